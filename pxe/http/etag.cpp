#include "pxe/http/etag.hpp"

#include "landscaper/base/hex.hpp"
#include "landscaper/base/overloaded.hpp"
#include "landscaper/base/sha256.hpp"

namespace pxe::http {

std::string etag_of(const landscaper::content& what, const version_of_file& version) {
    landscaper::writer description;
    for (const auto& part : what.extents()) {
        std::visit(landscaper::overloaded{
                       [&](const landscaper::file_extent& e) {
                           auto name = version(*e.file);
                           description.u8('f').le64(name.size()).put(name).le64(e.offset).le64(e.length);
                       },
                       [&](const landscaper::zero_extent& e) { description.u8('z').le64(e.length); },
                       [&](const landscaper::literal_extent& e) {
                           auto data = landscaper::bytes_view(*e.data).subspan(e.offset, e.length);
                           description.u8('l').le64(e.length).put(data);
                       }},
                   part);
    }
    auto digest = landscaper::sha256(description.data());
    return '"' + landscaper::to_hex(landscaper::bytes_view(digest).first(16)) + '"';
}

}  // namespace pxe::http
