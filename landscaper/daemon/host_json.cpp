#include "landscaper/daemon/host_json.hpp"

#include <nlohmann/json.hpp>

#include "landscaper/base/hex.hpp"
#include "landscaper/base/json_in.hpp"
#include "pxe/nbp/cpio.hpp"

namespace landscaper::daemon {

static nlohmann::json text_or_null(const std::string& text) {
    if (text.empty()) return nullptr;
    return text;
}

std::string host_json(const rack_context& rack, const inventory::host& declared, const ledger::host& known,
                      const std::string& token) {
    auto address = declared.ip ? std::optional(declared.ip->address) : std::nullopt;
    nlohmann::json out;
    out["version"] = 1;
    out["name"] = declared.name;
    out["mac"] = nlohmann::json::array();
    for (const auto& mac : declared.mac) out["mac"].push_back(mac.text());
    out["ip"] = declared.ip ? declared.ip->text() : "dhcp";
    out["gateway"] = text_or_null(declared.gateway ? declared.gateway->text() : "");
    out["nameservers"] = nlohmann::json::array();
    for (const auto& server : declared.nameservers) out["nameservers"].push_back(server.text());
    out["site"] = rack.inventory.site;
    out["rack"] = to_hex(rack.ledger->content().rack);
    out["host_id"] = to_hex(known.id);
    out["appliance"] = rack.appliance_for(address);
    out["cache"] = {{"url", rack.cache_url_for(address)}, {"key", rack.cache_key}};
    if (!token.empty()) {
        out["installer"] = {{"attempt", known.attempt}, {"token", token}, {"store", nullptr}};
    }
    return json_pretty(out) + "\n";
}

static bytes bytes_of(std::string_view text) {
    auto view = as_bytes(text);
    return {view.begin(), view.end()};
}

result<bytes> host_cpio(const rack_context& rack, const std::string& host_json,
                        const std::string& private_key) {
    return pxe::nbp::write_cpio({
        {"landscaper", 0040700, {}},
        {"landscaper/host.json", 0100600, bytes_of(host_json)},
        {"landscaper/ssh_host_ed25519_key", 0100600, bytes_of(private_key)},
        {"landscaper/authorized_keys", 0100600, bytes_of(rack.client.key.text() + " landscaper\n")},
    });
}

}  // namespace landscaper::daemon
