// The two ways to a file's bytes, TFTP and HTTP, led to the one decision; or to a plain folder.
#pragma once

#include "pxe/bootd/reporter.hpp"
#include "pxe/bootd/served.hpp"
#include "tftpd/source.hpp"

namespace pxe::bootd {

// Answers of decide() for TFTP names and HTTP paths.
tftpd::resolver table_over_tftp(served& now, reporter& tell);
http::hooks table_over_http(served& now, reporter& tell);

// Files of one folder (--root) over HTTP; over TFTP it is tftpd::folder.
http::hooks folder_over_http(std::shared_ptr<const landscaper::open_file> root, reporter& tell);

}  // namespace pxe::bootd
