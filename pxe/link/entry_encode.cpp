#include <nlohmann/json.hpp>

#include "landscaper/base/base64.hpp"
#include "landscaper/base/overloaded.hpp"
#include "pxe/link/entry_json.hpp"
#include "pxe/link/json_fields.hpp"
#include "pxe/link/words.hpp"

namespace pxe::link {

using landscaper::content;

static result<json> json_of(const landscaper::extent& part, const file_naming& id_of) {
    return std::visit(
        landscaper::overloaded{
            [&](const landscaper::file_extent& e) -> result<json> {
                if (!id_of || !e.file) return error(link_errc::unknown_file, "an extent without a file");
                return json{{"file", id_of(e.file)}, {"offset", e.offset}, {"length", e.length}};
            },
            [](const landscaper::zero_extent& e) -> result<json> {
                return json{{"zero", e.length}};
            },
            [](const landscaper::literal_extent& e) -> result<json> {
                if (e.length > max_literal) {
                    return error(link_errc::bad_entry, "more than 4096 literal bytes; put them into a memfd");
                }
                auto data = landscaper::bytes_view(*e.data).subspan(e.offset, e.length);
                return json{{"bytes", landscaper::to_base64(data)}};
            }},
        part);
}

result<json> json_of(const content& what, const file_naming& id_of) {
    auto out = json::array();
    for (const auto& part : what.extents()) {
        TRY(auto value, json_of(part, id_of));
        out.push_back(std::move(value));
    }
    return out;
}

static result<json> json_of(const std::map<std::string, content>& objects, const file_naming& id_of) {
    auto out = json::object();
    for (const auto& [name, body] : objects) {
        auto value = json_of(body, id_of);
        if (!value) return value.error().in(name);
        out[name] = std::move(*value);
    }
    return out;
}

static json json_of(const reservation& ip) {
    json out{{"address", ip.ip.text()}};
    if (ip.gateway) out["gateway"] = ip.gateway->text();
    for (const auto& server : ip.nameservers) out["nameservers"].push_back(server.text());
    if (!ip.hostname.empty()) out["hostname"] = ip.hostname;
    if (!ip.domain.empty()) out["domain"] = ip.domain;
    for (const auto& server : ip.ntp) out["ntp"].push_back(server.text());
    if (ip.mtu != 0) out["mtu"] = ip.mtu;
    return out;
}

result<json> json_of(const boot_entry& entry, const file_naming& id_of) {
    json out{{"stage", word_of(stage_words, entry.stage)},
             {"style", word_of(style_words, entry.style)},
             {"nbp", word_of(nbp_words, entry.nbp)},
             {"mac", json::array()}};
    for (const auto& mac : entry.mac) out["mac"].push_back(mac.text());
    if (entry.ip) out["ip"] = json_of(*entry.ip);
    if (!entry.token.empty()) out["token"] = entry.token;
    TRY(auto objects, json_of(entry.objects, id_of));
    if (!objects.empty()) out["objects"] = std::move(objects);
    return out;
}

result<json> json_of(const network& net, const file_naming& id_of) {
    json out{{"generation", net.generation},
             {"rack", net.settings.rack},
             {"dhcp", word_of(dhcp_words, net.settings.mode)},
             {"interfaces", net.settings.interfaces}};
    if (net.cache && id_of) out["cache"] = id_of(net.cache);
    TRY(out["shared"], json_of(net.settings.shared, id_of));
    return out;
}

}  // namespace pxe::link
