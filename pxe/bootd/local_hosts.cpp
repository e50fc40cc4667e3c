#include "pxe/bootd/local_hosts.hpp"

#include <nlohmann/json.hpp>

#include "landscaper/base/json_in.hpp"
#include "pxe/bootd/error.hpp"
#include "pxe/link/words.hpp"

namespace pxe::bootd {

using landscaper::error;
using landscaper::result;
using nlohmann::json;

static constexpr std::size_t largest = std::size_t{16} << 20;  // bytes; 10 000 hosts are 200 KB

std::string encode(const local_hosts& hosts) {
    json out{{"version", 1},
             {"dhcp", link::word_of(link::dhcp_words, hosts.mode)},
             {"interfaces", hosts.interfaces}};
    auto& list = out["local"] = json::array();
    for (auto mac : hosts.mac) list.push_back(mac.text());
    return landscaper::json_text(out) + "\n";
}

static error wrong(const char* what) {
    return error(bootd_errc::bad_state, what);
}

result<local_hosts> decode_local_hosts(std::string_view text) {
    TRY(auto document, landscaper::json_in(text, largest, 4));
    if (!document.is_object() || document.value("version", json()) != 1) return wrong("version 1 is wanted");
    local_hosts out;
    auto mode = document.value("dhcp", json());
    if (mode.is_string()) {
        out.mode = link::value_of(link::dhcp_words, mode.get_ref<const std::string&>()).value_or(out.mode);
    }
    auto interfaces = document.value("interfaces", json::array());
    if (!interfaces.is_array()) return wrong("interfaces: a list is wanted");
    for (const auto& name : interfaces) {
        if (!name.is_string()) return wrong("interfaces: a list of names is wanted");
        out.interfaces.push_back(name.get<std::string>());
    }
    auto list = document.value("local", json());
    if (!list.is_array()) return wrong("local: a list is wanted");
    for (const auto& value : list) {
        auto mac = value.is_string() ? landscaper::mac_address::parse(value.get_ref<const std::string&>())
                                     : std::nullopt;
        if (!mac) return wrong("local: a list of MAC addresses is wanted");
        out.mac.push_back(*mac);
    }
    return out;
}

}  // namespace pxe::bootd
