#include "landscaper/nix/admission.hpp"

#include <doctest/doctest.h>

#include "landscaper/nix/command.hpp"

using namespace landscaper;

namespace {

const std::string key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJZRNtM2";

bool admits(std::string_view config, std::string_view keys = {}) {
    return nix::check_admission(config, keys, key).has_value();
}

}  // namespace

TEST_CASE("NixOS' own sshd_config reads the file that the installer writes") {
    CHECK(
        admits("UsePAM yes\nAuthorizedKeysFile %h/.ssh/authorized_keys /etc/ssh/authorized_keys.d/%u\n"
               "PermitRootLogin prohibit-password\n"));
    CHECK(admits("Port 22\n"));
}

TEST_CASE("a system that keeps root out is refused, with the line to change") {
    auto no = nix::check_admission("permitrootlogin no\n", key, key);
    REQUIRE_FALSE(no.has_value());
    CHECK(no.error().code() == nix::nix_errc::not_admitted);
    CHECK(no.error().context().find("prohibit-password") != std::string::npos);
}

TEST_CASE("keys from the configuration alone must hold landscaper's") {
    std::string only = "AuthorizedKeysFile /etc/ssh/authorized_keys.d/%u\n";
    CHECK_FALSE(admits(only));
    CHECK_FALSE(admits(only, "ssh-ed25519 AAAAother someone\n"));
    CHECK(admits(only, "ssh-ed25519 AAAAother someone\n" + key + " landscaper\n"));
}

TEST_CASE("the first value counts, comments and Match blocks do not") {
    CHECK(admits("# PermitRootLogin no\nPermitRootLogin yes\nPermitRootLogin no\n"));
    CHECK(admits("Port 22\nMatch User x\nPermitRootLogin no\n"));
    CHECK_FALSE(admits("PermitRootLogin=no\n"));
    CHECK_FALSE(admits(""));
}
