// The command line of landscaper-bootd. Never opens anything.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "landscaper/base/ip_address.hpp"
#include "pxe/bootd/error.hpp"
#include "tftpd/source.hpp"

namespace pxe::bootd {

struct options {
    std::string socket = "/run/landscaper/bootd.sock";
    std::string state = "/var/lib/landscaper/bootd";
    std::string data;  // folder of generic programs (local.efi); empty: share/landscaper/boot beside the
                       // program's bin
    std::string root;  // stand-alone: TFTP and HTTP of this folder
    std::optional<landscaper::ip_address> listen;  // for TFTP and HTTP; none: all
    std::uint16_t tftp_port = 69;                  // 0: off
    tftpd::port_range tftp_transfer_ports;
    std::uint16_t http_port = 8069;  // 0: off
    std::vector<std::string> interfaces;
    bool help = false;
    bool version = false;

    bool is_standalone() const { return !root.empty(); }
    // A plain file server answers no DHCP unless an interface is named for it.
    bool wants_dhcp() const { return !is_standalone() || !interfaces.empty(); }
};

landscaper::result<options> parse(std::span<const char* const> arguments);
extern const char* const usage;

}  // namespace pxe::bootd
