// The headers of EFI programs (Microsoft, "PE Format"): read, checked, and extended by sections. Works on the
// first bytes of the file alone; the sections' data stays where it is.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "landscaper/base/bytes.hpp"
#include "pxe/nbp/error.hpp"

namespace pxe::nbp {

// How much of an EFI program to read for read_pe: beyond any SizeOfHeaders seen (0x1000 at most).
inline constexpr std::size_t pe_head_size = 8192;

enum class pe_machine : std::uint16_t { x64 = 0x8664, arm64 = 0xaa64 };

struct pe_section {
    std::string name;  // at most 8 bytes
    std::uint32_t virtual_size = 0;
    std::uint32_t virtual_address = 0;
    std::uint32_t raw_size = 0;
    std::uint32_t raw_offset = 0;
    std::uint32_t characteristics = 0;
    friend bool operator==(const pe_section&, const pe_section&) = default;
};

struct pe_headers {
    pe_machine machine = pe_machine::x64;
    std::uint32_t section_alignment = 0;
    std::uint32_t file_alignment = 0;
    std::uint32_t size_of_image = 0;
    std::uint32_t size_of_headers = 0;
    std::uint32_t size_of_initialized_data = 0;
    bool is_signed = false;
    std::vector<pe_section> sections;
    // Where in the file: the COFF header, the optional header, the section table.
    std::uint32_t coff_offset = 0;
    std::uint32_t optional_offset = 0;
    std::uint32_t table_offset = 0;

    const pe_section* find(std::string_view name) const;
    std::uint64_t raw_end() const;      // bytes of the file that headers and sections take
    std::uint64_t virtual_end() const;  // end of the last section in memory
    std::size_t room() const;           // section headers that can still be added
};

landscaper::result<pe_headers> read_pe(landscaper::bytes_view head);

// The first size_of_headers bytes with `added` sections behind the present ones, sizes and counts updated,
// checksum and symbol table cleared.
landscaper::result<landscaper::bytes> with_sections(landscaper::bytes_view head, const pe_headers& headers,
                                                    std::span<const pe_section> added);

}  // namespace pxe::nbp
