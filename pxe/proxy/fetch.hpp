// What may be fetched by name, over TFTP and HTTP alike. Part of decide(): a host's objects are served to who
// knows its token, and only while its stage wants them.
#pragma once

#include "pxe/proxy/decide.hpp"

namespace pxe::proxy {

answer on_fetch(const boot_entry* entry, const fetch& what, const server_facts& us);

}  // namespace pxe::proxy
