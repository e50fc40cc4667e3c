#include "pxe/nbp/cpio.hpp"

#include <algorithm>
#include <charconv>
#include <set>

namespace pxe::nbp {

using landscaper::bytes;
using landscaper::bytes_view;
using landscaper::error;
using landscaper::reader;
using landscaper::result;
using landscaper::writer;

namespace {

constexpr std::string_view magic = "070701", trailer = "TRAILER!!!";
constexpr std::uint32_t type_mask = 0170000, folder_type = 0040000, regular_type = 0100000;

void put_number(writer& out, std::size_t value) {
    static constexpr char digits[] = "0123456789abcdef";
    for (int shift = 28; shift >= 0; shift -= 4) {
        out.u8(static_cast<std::uint8_t>(digits[value >> shift & 15]));
    }
}

// Thirteen fields of eight hexadecimal digits, the name with its NUL, the content; each padded to 4 bytes.
void put_entry(writer& out, std::string_view path, std::uint32_t mode, bytes_view content,
               std::size_t inode) {
    auto links = (mode & type_mask) == folder_type ? 2u : 1u;
    out.put(magic);
    for (std::size_t field : {inode, std::size_t{mode}, std::size_t{0}, std::size_t{0}, std::size_t{links},
                              std::size_t{0}, content.size(), std::size_t{0}, std::size_t{0}, std::size_t{0},
                              std::size_t{0}, path.size() + 1, std::size_t{0}}) {
        put_number(out, field);
    }
    out.put(path).u8(0).align(4).put(content).align(4);
}

bool is_good_path(std::string_view path) {
    if (path.empty() || path == trailer || path.find('\0') != path.npos) return false;
    while (true) {
        auto slash = path.find('/');
        auto part = path.substr(0, slash);
        if (part.empty() || part == "." || part == "..") return false;
        if (slash == path.npos) return true;
        path.remove_prefix(slash + 1);
    }
}

struct header {
    std::uint32_t mode = 0;
    std::uint32_t size = 0;
    std::uint32_t name_size = 0;
};

result<header> read_header(reader& in) {
    if (landscaper::as_text(in.take(magic.size())) != magic)
        return error(nbp_errc::bad_cpio, "no 070701 header");
    std::uint32_t fields[13]{};
    for (auto& field : fields) {
        auto digits = landscaper::as_text(in.take(8));
        auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), field, 16);
        if (in.failed() || failed != std::errc{} || end != digits.data() + digits.size()) {
            return error(nbp_errc::bad_cpio, "header is not hexadecimal");
        }
    }
    return header{fields[1], fields[6], fields[11]};
}

}  // namespace

result<bytes> write_cpio(const std::vector<cpio_entry>& entries) {
    writer out;
    std::set<std::string, std::less<>> written;
    for (const auto& entry : entries) {
        if (!is_good_path(entry.path)) return error(nbp_errc::bad_path, entry.path);
        for (auto slash = entry.path.find('/'); slash != std::string::npos;
             slash = entry.path.find('/', slash + 1)) {
            auto folder = entry.path.substr(0, slash);
            if (!written.insert(folder).second) continue;
            put_entry(out, folder, folder_type | 0755, {}, written.size());
        }
        if (!written.insert(entry.path).second) return error(nbp_errc::bad_path, entry.path + " twice");
        if (entry.content.size() > UINT32_MAX) return error(nbp_errc::too_large, entry.path);
        auto mode = entry.mode & type_mask ? entry.mode : entry.mode | regular_type;
        put_entry(out, entry.path, mode, entry.content, written.size());
    }
    put_entry(out, trailer, 0, {}, 0);
    out.align(512);
    return out.finish();
}

result<std::vector<cpio_entry>> read_cpio(bytes_view archive) {
    auto start = std::find_if(archive.begin(), archive.end(), [](auto byte) { return byte != 0; });
    std::vector<cpio_entry> entries;
    if (start == archive.end()) return entries;
    auto skipped = static_cast<std::size_t>(start - archive.begin());
    if (skipped % 4) return error(nbp_errc::bad_cpio, "does not begin at a multiple of 4");
    auto whole = archive.subspan(skipped);
    reader in(whole);
    // Padding is counted from the start of the archive; the last entry's may be cut off.
    auto align = [&] { in.take(std::min(in.left(), (4 - (whole.size() - in.left()) % 4) % 4)); };
    while (true) {
        TRY(auto head, read_header(in));
        auto name = landscaper::as_text(in.take(head.name_size));
        align();
        auto data = in.take(head.size);
        align();
        if (in.failed()) return error(nbp_errc::bad_cpio, "ends inside an entry");
        if (!name.ends_with('\0')) return error(nbp_errc::bad_cpio, "name without an end");
        name.remove_suffix(1);
        if (name == trailer) return entries;
        entries.push_back({std::string(name), head.mode, bytes(data.begin(), data.end())});
    }
}

}  // namespace pxe::nbp
