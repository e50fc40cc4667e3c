// host.json: what a host is told about itself, in its payload and on its disk (one schema, contract 3).
#pragma once

#include <string>

#include "landscaper/daemon/rack_context.hpp"

namespace landscaper::daemon {

// `token` empty leaves `installer` out, as on the disk.
std::string host_json(const rack_context& rack, const inventory::host& declared, const ledger::host& known,
                      const std::string& token);

// The cpio with the files of contract 3, for the slot at the end of the initrd.
result<bytes> host_cpio(const rack_context& rack, const std::string& host_json,
                        const std::string& private_key);

}  // namespace landscaper::daemon
