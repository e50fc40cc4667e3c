#include <nlohmann/json.hpp>
#include <algorithm>
#include <utility>

#include "landscaper/base/base64.hpp"
#include "pxe/link/entry_json.hpp"
#include "pxe/link/json_fields.hpp"
#include "pxe/link/words.hpp"

namespace pxe::link {

using landscaper::content;
using landscaper::extent;
using landscaper::ipv4_address;

static constexpr std::size_t max_objects = 64;
static constexpr std::size_t max_extents = 1024;
static constexpr std::size_t max_macs = 64;

static result<extent> file_extent_of(const json& value, const file_lookup& files) {
    landscaper::file_extent out;
    TRY(auto id, number_field(value, "file"));
    TRY(out.offset, number_field(value, "offset"));
    TRY(out.length, number_field(value, "length"));
    if (files) out.file = files(id);
    if (!out.file) return error(link_errc::unknown_file, "file " + std::to_string(id));
    if (out.offset > out.file->size || out.length > out.file->size - out.offset) {
        return error(link_errc::unknown_file, "beyond the end of file " + std::to_string(id));
    }
    return extent(out);
}

static result<extent> extent_of(const json& value, const file_lookup& files) {
    if (!value.is_object()) return bad("extent", "an object is required");
    if (field(value, "file")) return file_extent_of(value, files);
    if (field(value, "zero")) {
        TRY(auto length, number_field(value, "zero"));
        return extent(landscaper::zero_extent{length});
    }
    TRY(auto text, text_field(value, "bytes", max_literal * 2));
    auto data = landscaper::from_base64(text);
    if (!data || data->size() > max_literal) return bad("bytes", "base64 of at most 4096 bytes is required");
    return landscaper::literal(std::move(*data));
}

result<content> content_of(const json& extents, const file_lookup& files) {
    if (!extents.is_array() || extents.size() > max_extents)
        return bad("object", "a list of extents is required");
    std::vector<extent> parts;
    parts.reserve(extents.size());
    std::uint64_t total = 0;
    for (const auto& value : extents) {
        TRY(auto part, extent_of(value, files));
        total += landscaper::length_of(part);
        if (total > std::uint64_t{1} << 53) return bad("object", "larger than 2^53 bytes");
        parts.push_back(std::move(part));
    }
    return content(std::move(parts));
}

static result<std::map<std::string, content>> objects_of(const json& object, const char* name,
                                                         const file_lookup& files) {
    std::map<std::string, content> out;
    const auto* value = field(object, name);
    if (!value) return out;
    if (!value->is_object() || value->size() > max_objects)
        return bad(name, "an object of extent lists is required");
    for (const auto& [key, extents] : value->items()) {
        auto body = content_of(extents, files);
        if (!body) return body.error().in(std::string(name) + "." + key);
        out.emplace(key, std::move(*body));
    }
    return out;
}

static result<ipv4_address> address_of(const json& value, const char* name) {
    auto address =
        value.is_string() ? ipv4_address::parse(value.get_ref<const std::string&>()) : std::nullopt;
    if (!address) return bad(name, "an IPv4 address is required");
    return *address;
}

static result<std::vector<ipv4_address>> addresses_of(const json& object, const char* name) {
    std::vector<ipv4_address> out;
    const auto* list = field(object, name);
    if (!list) return out;
    auto shown = "ip." + std::string(name);
    if (!list->is_array()) return bad(shown.c_str(), "a list is required");
    for (const auto& value : *list) {
        TRY(auto address, address_of(value, shown.c_str()));
        out.push_back(address);
    }
    return out;
}

static result<reservation> reservation_of(const json& value) {
    if (!value.is_object()) return bad("ip", "an object is required");
    reservation out;
    TRY(auto prefix, text_field(value, "address"));
    auto parsed = landscaper::ip_prefix::parse(prefix);
    if (!parsed) return bad("ip.address", "ADDRESS/LENGTH is required");
    out.ip = *parsed;
    if (const auto* gateway = field(value, "gateway")) {
        TRY(out.gateway, address_of(*gateway, "ip.gateway"));
    }
    TRY(out.nameservers, addresses_of(value, "nameservers"));
    TRY(out.ntp, addresses_of(value, "ntp"));
    TRY(out.hostname, optional_text(value, "hostname"));
    TRY(out.domain, optional_text(value, "domain"));
    if (const auto* mtu = field(value, "mtu")) {
        if (!mtu->is_number_unsigned() || *mtu > 65535u)
            return bad("ip.mtu", "a number of bytes is required");
        out.mtu = mtu->get<std::uint16_t>();
    }
    return out;
}

template <class Enum, std::size_t N>
static result<Enum> word_field(const json& object, const char* name, const word_table<Enum, N>& words,
                               Enum absent) {
    if (!field(object, name)) return absent;
    TRY(auto word, text_field(object, name));
    auto value = value_of(words, word);
    if (!value) return bad(name, "not a word of this protocol");
    return *value;
}

static bool is_token(std::string_view text) {
    auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    return text.size() == 32 && std::all_of(text.begin(), text.end(), is_digit);
}

static result<std::vector<landscaper::mac_address>> macs_of(const json& object) {
    const auto* list = field(object, "mac");
    if (!list || !list->is_array() || list->empty() || list->size() > max_macs) {
        return error(link_errc::bad_entry, "mac: a list of 1 to 64 addresses is required");
    }
    std::vector<landscaper::mac_address> out;
    for (const auto& value : *list) {
        auto mac = value.is_string() ? landscaper::mac_address::parse(value.get_ref<const std::string&>())
                                     : std::nullopt;
        if (!mac || !mac->is_unicast()) return error(link_errc::bad_entry, "mac: not a unicast address");
        if (std::find(out.begin(), out.end(), *mac) != out.end()) continue;
        out.push_back(*mac);
    }
    return out;
}

result<boot_entry> entry_of(const json& value, const file_lookup& files) {
    if (!value.is_object()) return bad("entry", "an object is required");
    boot_entry out;
    TRY(out.mac, macs_of(value));
    auto where = out.mac.front().text();
    if (!field(value, "stage")) return error(link_errc::bad_entry, where + ": stage is missing");
    TRY(out.stage, word_field(value, "stage", stage_words, stage::hold));
    TRY(out.style, word_field(value, "style", style_words, reply_style::automatic));
    TRY(out.nbp, word_field(value, "nbp", nbp_words, nbp_kind::automatic));
    if (const auto* ip = field(value, "ip")) {
        TRY(out.ip, reservation_of(*ip));
    }
    TRY(out.token, optional_text(value, "token"));
    auto objects = objects_of(value, "objects", files);
    if (!objects) return objects.error().in(where);
    out.objects = std::move(*objects);
    if (!out.token.empty() && !is_token(out.token)) {
        return error(link_errc::bad_entry, where + ": token: 32 lower-case hex digits are required");
    }
    if (out.token.empty() && !out.objects.empty()) {
        return error(link_errc::bad_entry, where + ": objects without a token");
    }
    return out;
}

result<network> network_of(const json& value, const file_lookup& files) {
    if (!value.is_object()) return bad("network", "an object is required");
    network out;
    TRY(out.generation, number_field(value, "generation"));
    TRY(out.settings.rack, optional_text(value, "rack"));
    TRY(out.settings.mode, word_field(value, "dhcp", dhcp_words, proxy::dhcp_mode::proxy));
    if (const auto* names = field(value, "interfaces")) {
        if (!names->is_array()) return bad("interfaces", "a list is required");
        for (const auto& name : *names) {
            if (!name.is_string()) return bad("interfaces", "a list of names is required");
            out.settings.interfaces.push_back(name.get<std::string>());
        }
    }
    if (field(value, "cache")) {
        TRY(auto id, number_field(value, "cache"));
        if (files) out.cache = files(id);
        if (!out.cache) return error(link_errc::unknown_file, "cache: file " + std::to_string(id));
    }
    TRY(out.settings.shared, objects_of(value, "shared", files));
    return out;
}

}  // namespace pxe::link
