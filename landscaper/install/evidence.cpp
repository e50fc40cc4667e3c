#include "landscaper/install/evidence.hpp"

#include <nlohmann/json.hpp>

#include "landscaper/base/hex.hpp"
#include "landscaper/base/json_fields.hpp"
#include "landscaper/base/printable.hpp"
#include "landscaper/install/parse.hpp"

namespace landscaper::install {

marker_seen read_marker(const std::optional<bytes>& block) {
    if (!block) return no_marker{};
    auto found = decode_marker(*block);
    if (found) return *found;
    if (found.error().code() == marker_errc::absent) return no_marker{};
    return damaged_marker{found.error().message()};
}

namespace {

std::optional<bytes> block_in(json_fields& fields) {
    auto text = fields.text_or_empty("marker");
    if (text.empty()) return std::nullopt;
    auto block = from_hex(text);
    if (!block || block->size() != marker_size) fields.fail("marker", "not 4096 bytes as hexadecimal text");
    return block;
}

result<disk_evidence> parse_one(std::string_view line, const disk_facts& disk, std::string_view seed) {
    TRY(auto document, json_in(line, std::size_t{1} << 20, 8));
    json_fields fields(document, disk.path);
    disk_evidence out;
    if (fields.number("version") != 1) fields.fail("version", "not 1");
    out.path = device_path(fields, "device");
    out.identity = identity_of(disk);
    out.blank = fields.boolean("blank");
    out.reason = text::printable(fields.text_or_empty("reason"), 300);
    out.partitions = device_paths(fields, "partitions");
    out.holders = device_paths(fields, "holders");
    out.signatures = parse_signatures(fields, "signatures");
    out.mark = read_marker(block_in(fields));
    if (out.path != disk.path) fields.fail("device", "is not the disk that was asked about");
    if (fields.text("seed") != seed) fields.fail("seed", "is not the one that was given");
    auto size = fields.number_or_none("size");
    if (size ? *size != disk.size : out.blank) fields.fail("size", "is not the disk's; was it exchanged?");
    if (fields.failed()) return fields.failure();
    return out;
}

}  // namespace

result<std::vector<disk_evidence>> parse_evidence(std::string_view output,
                                                  const std::vector<disk_facts>& disks,
                                                  std::string_view seed) {
    std::vector<disk_evidence> out;
    for (const auto& disk : disks) {
        auto line = output.substr(0, output.find('\n'));
        output.remove_prefix(std::min(output.size(), line.size() + 1));
        auto one = parse_one(line, disk, seed);
        if (!one) return error(install_errc::bad_evidence, one.error().message());
        out.push_back(std::move(*one));
    }
    if (!output.empty()) return error(install_errc::bad_evidence, "more lines than disks");
    return out;
}

std::optional<std::string> why_not_blank(const disk_evidence& disk) {
    auto sentence = [&](std::string why) { return "disk " + disk.path + ": " + why; };
    if (!disk.holders.empty()) return sentence("held by " + disk.holders.front());
    if (!disk.signatures.empty()) {
        const auto& found = disk.signatures.back();
        auto label = found.label.empty() ? std::string() : " '" + found.label + "'";
        return sentence("holds " + found.type + label + " on " + found.device);
    }
    if (!disk.partitions.empty()) return sentence("has partition " + disk.partitions.front());
    if (!disk.blank) return sentence(disk.reason.empty() ? "is not blank" : disk.reason);
    return std::nullopt;
}

}  // namespace landscaper::install
