#include "pxe/nbp/ipxe_script.hpp"

#include <doctest/doctest.h>

using namespace pxe::nbp;

TEST_CASE("the installer's script names both initrds, and tries again on failure") {
    auto script = install_script("px01", "console=ttyS0");
    REQUIRE(script.has_value());
    CHECK(*script ==
          "#!ipxe\n"
          ":start\n"
          "imgfree\n"
          "echo landscaper: px01 boots the installer\n"
          "kernel kernel initrd=initrd initrd=host.cpio console=ttyS0 || goto failed\n"
          "initrd --name initrd initrd || goto failed\n"
          "initrd --name host.cpio host.cpio || goto failed\n"
          "boot || goto failed\n"
          ":failed\n"
          "echo landscaper: that failed, trying again in 10 s\n"
          "sleep 10\n"
          "goto start\n");
}

TEST_CASE("a command line with a line break does not become a command") {
    CHECK(install_script("px01", "quiet\nshell").error().code() == nbp_errc::bad_text);
}

TEST_CASE("a reason cannot run commands: iPXE has no quoting") {
    auto script = hold_script("px01", "disk says ${secret} && shell; # caf\xc3\xa9\nsecond line");
    CHECK(script.find("echo landscaper holds px01:\n"
                      "echo disk says __secret_ __ shell_ _ caf??\n"
                      "echo second line\n") != std::string::npos);
    CHECK(script.find("chain --replace --autofree ${filename}") != std::string::npos);
}

TEST_CASE("GRUB's configuration loads the same files from the folder that GRUB came from") {
    auto config = grub_install_config("px01", "console=ttyS0");
    REQUIRE(config.has_value());
    CHECK(*config ==
          "echo landscaper: px01 boots the installer\n"
          "if linux $prefix/kernel console=ttyS0; then\n"
          "  if initrd $prefix/initrd $prefix/host.cpio; then boot; fi\n"
          "fi\n"
          "echo landscaper: that failed, restarting in 10 s\n"
          "sleep 10\n"
          "reboot\n");
    CHECK(grub_install_config("px01", "quiet 'x").error().code() == nbp_errc::bad_text);
    CHECK(grub_install_config("px01", "quiet\nreboot").error().code() == nbp_errc::bad_text);
}

TEST_CASE("installed hosts go to their disk, by firmware") {
    CHECK(chain_local_script("px01").find("chain local.efi || goto failed\n") != std::string::npos);
    CHECK(sanboot_script("px01").find("sanboot --no-describe --drive 0x80 || goto failed\n") !=
          std::string::npos);
}
