#include "landscaper/async/read_content.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "landscaper/base/overloaded.hpp"

namespace landscaper {

static result<void> read_file_part(const file_extent& part, std::span<std::uint8_t> into) {
    auto offset = part.offset;
    while (!into.empty()) {
        auto count = ::pread(part.file->fd.get(), into.data(), into.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return errno_error(part.file->name);
        if (count == 0) {
            return error(boost::system::errc::make_error_code(boost::system::errc::io_error),
                         part.file->name + " is shorter than it was when it was opened");
        }
        into = into.subspan(static_cast<std::size_t>(count));
        offset += static_cast<std::uint64_t>(count);
    }
    return {};
}

result<std::size_t> read_content(const content& from, std::uint64_t offset, std::span<std::uint8_t> into) {
    std::size_t done = 0;
    result<void> outcome;
    from.for_each(offset, into.size(), [&](const extent& part) {
        auto here = into.subspan(done, static_cast<std::size_t>(length_of(part)));
        done += here.size();
        std::visit(overloaded{
                       [&](const file_extent& f) {
                           if (outcome) outcome = read_file_part(f, here);
                       },
                       [&](const zero_extent&) { std::fill(here.begin(), here.end(), std::uint8_t{0}); },
                       [&](const literal_extent& l) {
                           auto first = l.data->begin() + static_cast<std::ptrdiff_t>(l.offset);
                           std::copy_n(first, here.size(), here.begin());
                       },
                   },
                   part);
    });
    if (!outcome) return outcome.error();
    return done;
}

result<bytes> read_content(const content& from, std::size_t limit) {
    if (from.size() > limit) {
        return error(boost::system::errc::make_error_code(boost::system::errc::file_too_large), "content");
    }
    bytes out(static_cast<std::size_t>(from.size()));
    TRY_VOID(read_content(from, 0, out));
    return out;
}

}  // namespace landscaper
