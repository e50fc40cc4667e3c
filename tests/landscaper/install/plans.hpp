// An installation's plan and its rows, and what runs their scripts, for the tests of this folder.
#pragma once

#include <string>

#include "landscaper/install/step.hpp"
#include "machine.hpp"
#include "tests/support/shell.hpp"

namespace landscaper::install_test {

using install::install_plan;
using install::install_step;

inline const std::string base = "/nix/store/m5zd3qj7c4bs4g5d8hqvs5pc5xicclfg-nixos-system-base";

inline install_plan plan() {
    install_plan p;
    p.name = "px01";
    p.rack.fill(1);
    p.host.fill(2);
    p.nonce.fill(3);
    p.key_id.fill(9);
    p.attempt = 5;
    p.now = 1700000000;
    p.host_json = R"({"name":"px01's"})";
    p.authorized_keys = "ssh-ed25519 AAAAclient landscaper";
    p.temporary_key = "ssh-ed25519 AAAAtemporary";
    p.cache_url = "http://10.0.0.2:8069/cache";
    p.cache_key = "landscaper-r:AAAA";
    p.base = base;
    p.disks = {disk("/dev/sda", "A")};
    p.others = {disk("/dev/sdb", "B")};
    p.layout = {"echo DESTROY", "echo FORMAT", "echo MOUNT", "echo UNMOUNT", "a test"};
    p.boot_id = "11111111-2222-3333-4444-555555555555";
    return p;
}

inline const install_step& row(std::string_view name) {
    return *ssh::find_step<install_plan>(install::install_steps(), name);
}

}  // namespace landscaper::install_test
