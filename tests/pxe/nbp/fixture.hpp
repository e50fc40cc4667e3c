// EFI programs of a few sections made for tests, and contents put together.
#pragma once

#include <unistd.h>

#include "landscaper/base/content.hpp"
#include "landscaper/base/overloaded.hpp"
#include "pxe/nbp/pe.hpp"

namespace fixture {

struct pe_options {
    std::uint16_t machine = 0x8664;
    std::uint32_t file_alignment = 512, section_alignment = 512, size_of_headers = 1024, size_of_image = 0;
    std::uint32_t certificate_size = 0;
};

// A PE32+ as the specification lays it out: MZ, PE signature at 0x80, COFF header, optional header with 16
// directories, section table, then the data of the sections.
inline landscaper::bytes make_pe(const std::vector<std::pair<std::string, landscaper::bytes>>& sections,
                                 pe_options o = {}) {
    auto up = [](std::size_t n, std::size_t a) { return static_cast<std::uint32_t>((n + a - 1) / a * a); };
    landscaper::writer out, data;
    out.put("MZ").zeros(58).le32(0x80).align(0x80).put("PE").le16(0);
    out.le16(o.machine).le16(static_cast<std::uint16_t>(sections.size()));
    out.le32(0).le32(0x1111).le32(0x2222).le16(240).le16(0x22);
    auto image = up(o.size_of_headers, o.section_alignment);
    for (const auto& s : sections) image += up(s.second.size(), o.section_alignment);
    out.le16(0x20b).le16(0).le32(0).le32(100).le32(0).le32(0).le32(0);       // to 24
    out.le64(0).le32(o.section_alignment).le32(o.file_alignment).zeros(16);  // to 56
    out.le32(std::max(image, o.size_of_image)).le32(o.size_of_headers).le32(0xabcd).le16(10).le16(0);
    out.zeros(32).le32(0).le32(16);  // stack and heap sizes, loader flags, directories
    for (int i = 0; i < 16; ++i)
        out.le32(i == 4 && o.certificate_size ? 4096 : 0).le32(i == 4 ? o.certificate_size : 0);
    auto raw = o.size_of_headers, address = up(o.size_of_headers, o.section_alignment);
    for (const auto& [name, content] : sections) {
        out.put(name).zeros(8 - name.size()).le32(static_cast<std::uint32_t>(content.size())).le32(address);
        out.le32(up(content.size(), o.file_alignment)).le32(raw).zeros(12).le32(0x60000020);
        raw += up(content.size(), o.file_alignment);
        address += up(content.size(), o.section_alignment);
        data.put(content).align(o.file_alignment);
    }
    out.zeros(o.size_of_headers - out.size()).put(data.data());
    return out.finish();
}

inline landscaper::content in_memory(const landscaper::bytes& data) {
    return landscaper::content({landscaper::literal(data)});
}

inline landscaper::bytes put_together(const landscaper::content& content) {
    landscaper::bytes out;
    for (const auto& e : content.extents()) {
        std::visit(landscaper::overloaded{
                       [&](const landscaper::zero_extent& z) { out.resize(out.size() + z.length); },
                       [&](const landscaper::literal_extent& l) {
                           auto from = l.data->begin() + static_cast<std::ptrdiff_t>(l.offset);
                           out.insert(out.end(), from, from + static_cast<std::ptrdiff_t>(l.length));
                       },
                       [&](const landscaper::file_extent& f) {
                           landscaper::bytes part(f.length);
                           auto got = pread(f.file->fd.get(), part.data(), part.size(),
                                            static_cast<off_t>(f.offset));
                           part.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
                           out.insert(out.end(), part.begin(), part.end());
                       },
                   },
                   e);
    }
    return out;
}

}  // namespace fixture
