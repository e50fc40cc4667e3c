#include "landscaper/install/grant.hpp"

#include <nlohmann/json.hpp>

#include "landscaper/base/json_fields.hpp"

namespace landscaper::install {

std::string grant_text(const grant& given, const appliance_time& now, std::chrono::seconds lasts) {
    nlohmann::json text{{"version", 1},
                        {"attempt", given.attempt},
                        {"disks", given.identities},
                        {"boot_id", now.boot_id},
                        {"expires", now.seconds + static_cast<std::uint64_t>(lasts.count())}};
    return json_text(text) + "\n";
}

std::optional<grant> parse_grant(std::string_view text, const id128& host, const appliance_time& now) {
    auto document = json_in(text, 65536, 4);
    if (!document) return std::nullopt;
    json_fields fields(*document, "grant");
    grant out;
    out.host = host;
    out.attempt = fields.number("attempt");
    out.identities = fields.texts("disks");
    out.live = fields.text("boot_id") == now.boot_id && fields.number("expires") > now.seconds;
    if (fields.failed()) return std::nullopt;
    return out;
}

}  // namespace landscaper::install
