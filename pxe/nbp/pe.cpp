#include "pxe/nbp/pe.hpp"

#include <algorithm>

namespace pxe::nbp {

using landscaper::bytes;
using landscaper::bytes_view;
using landscaper::error;
using landscaper::reader;
using landscaper::result;

namespace {

// Offsets in the PE32+ headers (Microsoft, "PE Format": COFF file header, optional header).
constexpr std::uint32_t coff_size = 20, section_header_size = 40;
constexpr std::uint32_t coff_section_count = 2, coff_symbol_table = 8, coff_symbol_count = 12;
constexpr std::uint32_t opt_initialized = 8, opt_image = 56, opt_checksum = 64, opt_directory_count = 108;
constexpr std::uint32_t opt_certificates = 144, opt_smallest = 112;

void patch16(bytes& data, std::size_t at, std::uint16_t value) {
    data[at] = static_cast<std::uint8_t>(value);
    data[at + 1] = static_cast<std::uint8_t>(value >> 8);
}
void patch32(bytes& data, std::size_t at, std::uint32_t value) {
    patch16(data, at, static_cast<std::uint16_t>(value));
    patch16(data, at + 2, static_cast<std::uint16_t>(value >> 16));
}

bool is_power_of_two(std::uint32_t n) {
    return n != 0 && (n & (n - 1)) == 0;
}

std::uint64_t round_up(std::uint64_t n, std::uint64_t alignment) {
    return (n + alignment - 1) / alignment * alignment;
}

pe_section read_section(reader& in) {
    pe_section s;
    auto name = landscaper::as_text(in.take(8));
    s.name = name.substr(0, name.find('\0'));
    s.virtual_size = in.le32();
    s.virtual_address = in.le32();
    s.raw_size = in.le32();
    s.raw_offset = in.le32();
    in.take(12);
    s.characteristics = in.le32();
    return s;
}

void write_section(bytes& out, std::size_t at, const pe_section& s) {
    std::fill_n(out.begin() + static_cast<std::ptrdiff_t>(at), section_header_size, std::uint8_t{0});
    std::copy_n(s.name.begin(), std::min<std::size_t>(s.name.size(), 8),
                out.begin() + static_cast<std::ptrdiff_t>(at));
    patch32(out, at + 8, s.virtual_size);
    patch32(out, at + 12, s.virtual_address);
    patch32(out, at + 16, s.raw_size);
    patch32(out, at + 20, s.raw_offset);
    patch32(out, at + 36, s.characteristics);
}

result<pe_machine> machine_of(std::uint16_t number) {
    for (auto known : {pe_machine::x64, pe_machine::arm64}) {
        if (number == static_cast<std::uint16_t>(known)) return known;
    }
    return error(nbp_errc::wrong_machine, "machine number " + std::to_string(number));
}

// A loader maps sections by these numbers: what is extended must have them in order and inside the image.
// Not asked of a kernel, which is data here.
result<void> check_layout(const pe_headers& h) {
    if (!is_power_of_two(h.section_alignment) || !is_power_of_two(h.file_alignment)) {
        return error(nbp_errc::bad_layout, "section or file alignment is not a power of two");
    }
    std::uint64_t end = 0;
    for (const auto& s : h.sections) {
        // No word on alignment: systemd's own stub (252) has .sdmagic at 0x19100 with an alignment of 0x200.
        if (s.virtual_address < end) {
            return error(nbp_errc::bad_layout, "section " + s.name + " overlaps the one before it");
        }
        end = std::uint64_t{s.virtual_address} + s.virtual_size;
        if (s.raw_size && s.raw_offset < h.size_of_headers) {
            return error(nbp_errc::bad_layout, "section " + s.name + " lies inside the headers");
        }
    }
    if (h.virtual_end() > h.size_of_image) {
        return error(nbp_errc::bad_layout, "sections reach beyond SizeOfImage");
    }
    return {};
}

result<void> read_optional_header(reader& in, std::uint16_t size, pe_headers& h) {
    auto optional = in.take(size);
    if (in.failed()) return error(nbp_errc::truncated, "optional header");
    if (size < opt_smallest) return error(nbp_errc::not_pe, "optional header of a PE32+ is too short");
    reader fields(optional);
    if (fields.le16() != 0x20b) return error(nbp_errc::not_pe, "not PE32+");
    auto at = [&](std::uint32_t offset) { return reader(optional.subspan(offset)).le32(); };
    h.size_of_initialized_data = at(opt_initialized);
    h.section_alignment = at(32);
    h.file_alignment = at(36);
    h.size_of_image = at(opt_image);
    h.size_of_headers = at(60);
    if (at(opt_directory_count) > 4 && size >= opt_certificates + 8)
        h.is_signed = at(opt_certificates + 4) != 0;
    return {};
}

}  // namespace

const pe_section* pe_headers::find(std::string_view name) const {
    auto found =
        std::find_if(sections.begin(), sections.end(), [&](const auto& s) { return s.name == name; });
    return found == sections.end() ? nullptr : &*found;
}

std::uint64_t pe_headers::raw_end() const {
    std::uint64_t end = size_of_headers;
    for (const auto& s : sections) {
        if (s.raw_size) end = std::max(end, std::uint64_t{s.raw_offset} + s.raw_size);
    }
    return end;
}

std::uint64_t pe_headers::virtual_end() const {
    std::uint64_t end = 0;
    for (const auto& s : sections) end = std::max(end, std::uint64_t{s.virtual_address} + s.virtual_size);
    return end;
}

std::size_t pe_headers::room() const {
    auto used = table_offset + sections.size() * section_header_size;
    return used >= size_of_headers ? 0 : (size_of_headers - used) / section_header_size;
}

result<pe_headers> read_pe(bytes_view head) {
    if (head.size() < 64) return error(nbp_errc::truncated, "no room for an MZ header");
    if (head[0] != 'M' || head[1] != 'Z') return error(nbp_errc::not_pe, "no MZ at the start");
    auto pe_offset = reader(head.subspan(60)).le32();
    if (pe_offset > head.size()) return error(nbp_errc::truncated, "PE header beyond what was read");
    reader in(head.subspan(pe_offset));
    if (in.le32() != 0x00004550) return error(nbp_errc::not_pe, "no PE signature");
    pe_headers h;
    h.coff_offset = pe_offset + 4;
    TRY(h.machine, machine_of(in.le16()));
    auto section_count = in.le16();
    in.take(12);
    auto optional_size = in.le16();
    in.take(2);
    if (in.failed()) return error(nbp_errc::truncated, "COFF header");
    h.optional_offset = h.coff_offset + coff_size;
    h.table_offset = h.optional_offset + optional_size;
    TRY_VOID(read_optional_header(in, optional_size, h));
    for (int i = 0; i < section_count && !in.failed(); ++i) h.sections.push_back(read_section(in));
    if (in.failed()) return error(nbp_errc::truncated, "section table");
    if (h.size_of_headers < h.table_offset + h.sections.size() * section_header_size) {
        return error(nbp_errc::bad_layout, "SizeOfHeaders is smaller than the headers");
    }
    return h;
}

result<bytes> with_sections(bytes_view head, const pe_headers& h, std::span<const pe_section> added) {
    if (head.size() < h.size_of_headers) return error(nbp_errc::truncated, "headers");
    TRY_VOID(check_layout(h));
    if (added.size() > h.room()) {
        return error(nbp_errc::no_room, "room for " + std::to_string(h.room()) + " more, " +
                                            std::to_string(added.size()) + " wanted");
    }
    bytes out(head.begin(), head.begin() + h.size_of_headers);
    auto at = h.table_offset + h.sections.size() * section_header_size;
    auto data = std::uint64_t{h.size_of_initialized_data};
    auto end = h.virtual_end();
    for (const auto& s : added) {
        write_section(out, at, s);
        at += section_header_size;
        data += s.raw_size;
        end = std::max(end, std::uint64_t{s.virtual_address} + s.virtual_size);
    }
    auto image = round_up(end, h.section_alignment);
    if (data > UINT32_MAX || image > UINT32_MAX)
        return error(nbp_errc::too_large, std::to_string(image) + " bytes");
    patch16(out, h.coff_offset + coff_section_count,
            static_cast<std::uint16_t>(h.sections.size() + added.size()));
    patch32(out, h.coff_offset + coff_symbol_table, 0);
    patch32(out, h.coff_offset + coff_symbol_count, 0);
    patch32(out, h.optional_offset + opt_initialized, static_cast<std::uint32_t>(data));
    patch32(out, h.optional_offset + opt_image, static_cast<std::uint32_t>(image));
    patch32(out, h.optional_offset + opt_checksum, 0);
    return out;
}

}  // namespace pxe::nbp
