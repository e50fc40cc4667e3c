#include "pxe/proxy/fetch.hpp"

#include <doctest/doctest.h>

#include "tests/pxe/proxy/scene.hpp"

using namespace pxe;
using namespace pxe::fixtures;
using namespace pxe::proxy;

// Over both transports, which must agree.
static std::string fetched(const scene& s, const std::string& name) {
    boot_table table;
    table.set(s.host);
    auto by_tftp = told(decide_fetch(table, {name, transport::tftp}, s.us));
    auto by_http = told(decide_fetch(table, {"/" + name, transport::http}, s.us));
    CHECK(by_tftp == by_http);
    return by_tftp;
}

static const std::string own = "b/" + token + "/";
static const std::string none = "refuse: no such file";
static const std::string not_now = "refuse: not served in the host's present stage";

TEST_CASE("to install: the host's own objects, by its token only") {
    scene s(stage::install);
    for (auto object : {"uki.efi", "kernel", "initrd", "host.cpio", "script.ipxe", "local.efi"}) {
        CHECK(fetched(s, own + object) == std::string("own ") + object);
    }
    CHECK(fetched(s, "uki.efi") == none);
    CHECK(fetched(s, "host.cpio") == none);
    CHECK(fetched(s, "b/uki.efi") == none);
    CHECK(fetched(s, "b/ffffffffffffffffffffffffffffffff/uki.efi") == none);
    CHECK(fetched(s, "b/52:54:00:0a:00:01/uki.efi") == none);
    CHECK(fetched(s, own + "nothing") == none);
}

TEST_CASE("a payload is served in no other stage, token or not") {
    for (auto stage : {stage::local, stage::hold, stage::silent}) {
        scene s(stage);
        for (auto object : {"uki.efi", "kernel", "initrd", "host.cpio", "script.ipxe"}) {
            CHECK(fetched(s, own + object) == not_now);
        }
    }
}

TEST_CASE("one host's token never opens another's objects") {
    scene s;
    boot_table table;
    table.set(s.host);
    auto other = s.host;
    other.mac = {*mac_address::parse("52:54:00:0a:00:02")};
    other.token = std::string(32, 'e');
    other.objects = {{"uki.efi", content_of("other")}};
    table.set(other);
    CHECK(told(decide_fetch(table, {own + "uki.efi"}, s.us)) == "own uki.efi");
    CHECK(told(decide_fetch(table, {"b/" + other.token + "/uki.efi"}, s.us)) == "other");
    CHECK(told(decide_fetch(table, {"b/" + other.token + "/host.cpio"}, s.us)) == none);
    // Asked directly with another host's entry, the decision still compares the token.
    CHECK(told(decide(&other, {}, fetch{own + "uki.efi"}, s.us)) == none);
}

TEST_CASE("generic programs are served to everybody, and under every host's name") {
    scene s;
    CHECK(fetched(s, "undionly.kpxe") == "shared undionly.kpxe");
    CHECK(fetched(s, "local.efi") == "shared local.efi");
    CHECK(fetched(s, own + "snponly.efi") == "shared snponly.efi");
    s.host.stage = stage::hold;
    CHECK(fetched(s, own + "undionly.kpxe") == "shared undionly.kpxe");
}

TEST_CASE("names as firmware writes them") {
    scene s;
    for (auto name : {"/b//" + token + "/./uki.efi", "\\b\\" + token + "\\uki.efi", own + "uki.efi\xff",
                      own + "uki.efi "}) {
        CHECK(fetched(s, name) == "own uki.efi");
    }
    for (auto name : {std::string("b/../b/"), own + "../uki.efi", std::string(), std::string("/"),
                      std::string("\0x", 2)}) {
        CHECK(fetched(s, name) == none);
    }
}

TEST_CASE("iPXE finds the script of the stage as autoexec.ipxe beside the program it was started as") {
    scene s;
    CHECK(fetched(s, own + "autoexec.ipxe") == "own script.ipxe");
    s.host.stage = stage::local;
    CHECK(fetched(s, own + "autoexec.ipxe").find("sanboot --no-describe --drive 0x80") != std::string::npos);
    s.host.stage = stage::hold;
    CHECK(fetched(s, own + "autoexec.ipxe").find("on hold") != std::string::npos);
    CHECK(fetched(s, "autoexec.ipxe") == "#!ipxe\nautoboot\n");
}

TEST_CASE("GRUB finds the configuration of the stage as grub.cfg beside itself") {
    scene s(stage::install);
    s.host.objects["grub.cfg"] = content_of("own grub.cfg");
    CHECK(fetched(s, "/" + own + "grub.cfg") == "own grub.cfg");
    CHECK(fetched(s, own + "grub.0") == "shared grub.0");
    s.host.stage = stage::local;
    CHECK(fetched(s, own + "grub.cfg").find("chainloader +1") != std::string::npos);
    s.host.stage = stage::hold;
    CHECK(fetched(s, own + "grub.cfg").find("on hold") != std::string::npos);
    CHECK(fetched(s, "grub.cfg") == none);
}

TEST_CASE("the script to the disk chains the host's local-boot NBP where it has one") {
    scene s(stage::local);
    CHECK(fetched(s, own + "local.ipxe").find("chain " + url + own + "local.efi ||") != std::string::npos);
    CHECK(fetched(s, "local.ipxe").find("chain " + url + "local.efi ||") != std::string::npos);
}

TEST_CASE("a hold script of the host's own goes before the generic one") {
    scene s(stage::hold);
    CHECK(fetched(s, own + "hold.ipxe").find("Asking again every 30 s") != std::string::npos);
    s.host.objects["hold.ipxe"] = content_of("#!ipxe\necho disk in use\n");
    CHECK(fetched(s, own + "hold.ipxe") == "#!ipxe\necho disk in use\n");
}

TEST_CASE("a closed interface serves no files either") {
    scene s;
    s.us.interface_allowed = false;
    CHECK(fetched(s, own + "uki.efi") == "refuse: came in on an interface that the inventory does not name");
}

TEST_CASE("every name that DHCP tells can be fetched") {
    for (auto stage : {stage::install, stage::local, stage::hold}) {
        scene s(stage);
        for (const auto* client : {&ovmf_discover, &ovmf_http_discover, &ipxe_bios_discover,
                                   &ipxe_uefi_discover, &bios_rom_discover}) {
            auto name = told(s.decided(*client));
            if (name == "disk") continue;
            if (name.starts_with(url)) name.erase(0, url.size());
            CHECK(fetched(s, name).find("refuse") == std::string::npos);
        }
    }
}
