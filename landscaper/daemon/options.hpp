// What `landscaper serve` is told on its command line.
#pragma once

#include <cstdint>
#include <string>

#include "landscaper/install/copy_queue.hpp"

namespace landscaper::daemon {

struct options {
    std::string network = "/var/lib/landscaper/network";  // inventory.yaml, flake.nix
    std::string state = "/var/lib/landscaper";            // ledger, cache, keys, engine state
    std::string socket = "/run/landscaper/control.sock";  // its folder is the runtime folder
    // kernel, initrd, linuxx64.efi.stub, local.efi, layouts; for firmware other than UEFI x64 PXE and HTTP
    // Boot also undionly.kpxe, snponly.efi, grub.0 ...
    std::string data = "/usr/share/landscaper";
    std::uint64_t copy_limit = install::copy_queue::default_limit;  // bytes that hosts copy at once
    bool with_bootd = false;                 // start landscaper-bootd unless one answers
    std::string bootd = "landscaper-bootd";  // the program

    std::string runtime() const {
        auto slash = socket.rfind('/');
        return slash == std::string::npos ? "." : socket.substr(0, slash);
    }
};

}  // namespace landscaper::daemon
