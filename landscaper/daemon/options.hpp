// What `landscaper serve` is told on its command line.
#pragma once

#include <string>

namespace landscaper::daemon {

struct options {
    std::string network = "/var/lib/landscaper/network";  // inventory.yaml, flake.nix
    std::string state = "/var/lib/landscaper";            // ledger, cache, keys, engine state
    std::string socket = "/run/landscaper/control.sock";  // its folder is the runtime folder
    std::string data = "/usr/share/landscaper";  // kernel, initrd, linuxx64.efi.stub, local.efi, layouts
    bool with_bootd = false;                     // start landscaper-bootd unless one answers
    std::string bootd = "landscaper-bootd";      // the program

    std::string runtime() const {
        auto slash = socket.rfind('/');
        return slash == std::string::npos ? "." : socket.substr(0, slash);
    }
};

}  // namespace landscaper::daemon
