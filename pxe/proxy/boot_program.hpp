// Which program a machine is told to boot: by the host's stage, its firmware and the objects there are.
// Part of decide(); says what is missing instead of naming what is not there.
#pragma once

#include <optional>
#include <string>

#include "pxe/dhcp/client.hpp"
#include "pxe/proxy/decide.hpp"

namespace pxe::proxy {

struct boot_program {
    std::optional<boot_file> file;
    std::string missing;  // when there is no file: what would be needed
};

// `may_go_to_disk`: the answer can carry "boot server type 0", which only an OFFER or ACK on port 67 can.
boot_program program_for(const boot_entry& entry, const dhcp::client& who, const server_facts& us,
                         bool may_go_to_disk = true);

// "http://10.0.0.2:8069/NAME".
std::string url_of(const server_facts& us, std::string_view name);
bool is_shared(const server_facts& us, const std::string& object);

}  // namespace pxe::proxy
