#include "pxe/nbp/uki.hpp"

namespace pxe::nbp {

using landscaper::error;
using landscaper::result;

namespace {

// Texts of sections are short; a length from the file is not a reason to read more.
constexpr std::uint32_t most_text = 65536;

result<std::string> text_of(const read_at& read, const pe_headers& headers, std::string_view name) {
    const auto* section = headers.find(name);
    if (!section) return std::string();
    auto length = std::min({section->virtual_size, section->raw_size, most_text});
    TRY(auto data, read(section->raw_offset, length));
    auto text = landscaper::as_text(data);
    return std::string(text.substr(0, text.find('\0')));
}

result<std::vector<slot_file>> files_of_slot(const read_at& read, const pe_headers& headers) {
    const auto* initrd = headers.find(".initrd");
    std::vector<slot_file> files;
    if (!initrd || initrd->virtual_size < host_slot_size || initrd->raw_size < initrd->virtual_size)
        return files;
    auto slot = std::uint64_t{initrd->raw_offset} + initrd->virtual_size - host_slot_size;
    TRY(auto data, read(slot, host_slot_size));
    // The end of an image that was not composed here is compressed data: no archive, no files to name.
    auto entries = read_cpio(data);
    if (!entries) return files;
    for (const auto& entry : *entries) files.push_back({entry.path, entry.mode, entry.content.size()});
    return files;
}

}  // namespace

result<uki_report> inspect(const read_at& read) {
    TRY(auto head, read(0, pe_head_size));
    uki_report report;
    TRY(report.headers, read_pe(head));
    if (!report.headers.find(".linux"))
        return error(nbp_errc::not_pe, "no .linux section: not a kernel image");
    TRY(report.os_release, text_of(read, report.headers, ".osrel"));
    TRY(report.uname, text_of(read, report.headers, ".uname"));
    TRY(report.command_line, text_of(read, report.headers, ".cmdline"));
    TRY(report.host_files, files_of_slot(read, report.headers));
    return report;
}

}  // namespace pxe::nbp
