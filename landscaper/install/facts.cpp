#include "landscaper/install/facts.hpp"

#include <nlohmann/json.hpp>
#include <algorithm>

#include "landscaper/base/hex.hpp"
#include "landscaper/base/json_fields.hpp"
#include "landscaper/install/parse.hpp"

namespace landscaper::install {

const char* describe(install_errc code) {
    switch (code) {
        case install_errc::bad_facts: return "landscaper-facts printed something unexpected";
        case install_errc::bad_evidence: return "landscaper-blank printed something unexpected";
        case install_errc::bad_proof: return "the host did not prove what the step promises";
        case install_errc::hold: return "a person has to decide";
        case install_errc::too_small: return "too small";
        case install_errc::no_cache: return "the host does not reach the cache";
        case install_errc::wrong_plan: return "the step needs something that was not learnt yet";
        case install_errc::went_back: return "the new system does not run";
        case install_errc::not_confirmed: return "nobody confirmed the new system in time";
        case install_errc::restarted: return "the host was started again";
    }
    return "unknown error";
}

namespace {

constexpr std::size_t most_disks = 512, most_nics = 256;

std::optional<bytes> marker_block(json_fields& fields) {
    auto blocks = fields.texts("markers");
    if (blocks.empty()) return std::nullopt;
    auto block = from_hex(blocks.front());
    if (!block || block->size() != 4096) fields.fail("markers", "not 4096 bytes as hexadecimal text");
    return block;
}

disk_facts parse_disk(json_fields& fields) {
    disk_facts out;
    out.path = device_path(fields, "path");
    out.by_id = device_paths(fields, "by_id");
    out.wwid = short_text(fields, "wwid");
    out.model = short_text(fields, "model");
    out.serial = short_text(fields, "serial");
    out.size = fields.number("size");
    out.sector = fields.number("logical_sector");
    out.transport = short_text(fields, "transport");
    out.removable = fields.boolean("removable");
    out.read_only = fields.boolean("read_only");
    out.holders = device_paths(fields, "holders");
    out.signatures = parse_signatures(fields, "signatures");
    out.marker = marker_block(fields);
    out.multipath = device_paths(fields, "multipath");
    out.errors = fields.texts("errors");
    return out;
}

nic_facts parse_nic(json_fields& fields) {
    nic_facts out;
    out.name = short_text(fields, "name");
    auto mac = mac_address::parse(fields.text("mac"));
    // Infiniband and the like have longer addresses; such a port cannot be in an inventory.
    out.mac = mac.value_or(mac_address{});
    out.link = fields.boolean("link");
    out.speed = fields.number_or_none("speed").value_or(0);
    out.driver = short_text(fields, "driver");
    return out;
}

template <class T>
std::vector<T> parse_list(json_fields& of, const char* key, std::size_t most, T (*parse)(json_fields&)) {
    std::vector<T> out;
    for (const auto& item : of.array(key, most)) {
        json_fields fields(item, std::string(key) + "[" + std::to_string(out.size()) + "]");
        out.push_back(parse(fields));
        of.take(fields);
    }
    return out;
}

std::string boot_entry_text(std::optional<std::uint64_t> number) {
    if (!number) return {};
    std::array octets{static_cast<std::uint8_t>(*number >> 8), static_cast<std::uint8_t>(*number)};
    auto text = to_hex(octets);
    std::ranges::transform(text, text.begin(),
                           [](char c) { return c >= 'a' ? static_cast<char>(c - 32) : c; });
    return text;
}

}  // namespace

result<facts> parse_facts(std::string_view json) {
    auto document = json_in(json, std::size_t{8} << 20, 16);
    if (!document) return error(install_errc::bad_facts, document.error().message());
    json_fields fields(*document, "facts");
    if (fields.number("version") != 1)
        fields.fail("version", "not 1; installer image and landscaper differ in age");
    facts out;
    auto firmware = fields.text("firmware");
    if (firmware != "uefi" && firmware != "bios") fields.fail("firmware", "neither uefi nor bios");
    out.firmware = firmware == "uefi" ? install::firmware::uefi : install::firmware::bios;
    out.secure_boot = fields.boolean("secure_boot");
    out.ram = fields.number("ram");
    out.boot_current = boot_entry_text(fields.number_or_none("boot_current"));
    out.clock = fields.integer("clock");
    out.disks = parse_list(fields, "disks", most_disks, parse_disk);
    out.nics = parse_list(fields, "nics", most_nics, parse_nic);
    if (fields.failed()) return error(install_errc::bad_facts, fields.failure().message());
    return out;
}

std::string identity_of(const disk_facts& disk) {
    if (!disk.wwid.empty()) return "wwid:" + disk.wwid;
    if (disk.serial.empty()) return {};
    return "serial:" + disk.model + "/" + disk.serial + "/" + std::to_string(disk.size);
}

}  // namespace landscaper::install
