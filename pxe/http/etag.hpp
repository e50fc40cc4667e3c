// A strong entity tag for content of extents: the same bytes from the same files give the same tag, also
// after a restart; a replaced file gives another. Never reads content.
#pragma once

#include <functional>
#include <string>

#include "landscaper/base/content.hpp"

namespace pxe::http {

// Names one version of a file: device, inode, size and time of change, say.
using version_of_file = std::function<std::string(const landscaper::open_file&)>;

// With its quotes.
std::string etag_of(const landscaper::content& what, const version_of_file& version);

}  // namespace pxe::http
