#include "landscaper/install/facts.hpp"

#include <doctest/doctest.h>

#include "machine.hpp"

using namespace landscaper;
using namespace landscaper::install;
using install_test::virtual_server;

namespace {

std::string with(std::string_view from, std::string_view to) {
    auto text = virtual_server;
    auto at = text.find(from);
    REQUIRE(at != text.npos);
    return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("a virtual server's facts are read") {
    auto f = parse_facts(virtual_server);
    REQUIRE_MESSAGE(f.has_value(), f.error().message());
    CHECK(f->firmware == firmware::uefi);
    CHECK(f->ram == 1547763712);
    CHECK(f->boot_current == "0003");
    REQUIRE(f->disks.size() == 1);
    CHECK(f->disks[0].path == "/dev/vda");
    CHECK(f->disks[0].wwid.empty());
    CHECK(identity_of(f->disks[0]) == "serial:/disk-px01/21474836480");
    REQUIRE(f->nics.size() == 1);
    CHECK(f->nics[0].mac.text() == "52:54:00:0a:00:01");
}

TEST_CASE("fields of a later image are ignored") {
    CHECK(parse_facts(with("\"image\"", "\"new\": [1], \"image\"")).has_value());
}

TEST_CASE("wrong types, sizes and paths are refused and named") {
    struct bad {
        const char* from;
        const char* to;
        const char* named;
    };
    for (const auto& [from, to, named] : {
             bad{"\"version\": 1", "\"version\": 2", "version"},
             bad{"\"uefi\"", "\"coreboot\"", "firmware"},
             bad{"\"size\": 21474836480", "\"size\": -1", "disks[0].size"},
             bad{"\"size\": 21474836480", "\"size\": \"20G\"", "disks[0].size"},
             bad{"\"removable\": false", "\"removable\": 0", "disks[0].removable"},
             bad{"\"/dev/vda\"", "\"/dev/../etc/passwd\"", "disks[0].path"},
             bad{"\"/dev/vda\"", "\"/dev/vda'; reboot\"", "disks[0].path"},
             bad{"\"markers\": []", "\"markers\": [\"4c41\"]", "disks[0].markers"},
             bad{"\"signatures\": []", "\"signatures\": [{}]", "signatures[0]"},
             bad{"\"nics\": [", "\"nics\": [1, ", "nics[0]"},
         }) {
        CAPTURE(to);
        auto f = parse_facts(with(from, to));
        REQUIRE_FALSE(f.has_value());
        CHECK(f.error().code() == install_errc::bad_facts);
        CHECK(f.error().context().find(named) != std::string::npos);
    }
    CHECK_FALSE(parse_facts("").has_value());
    CHECK_FALSE(parse_facts("[]").has_value());
}

TEST_CASE("a disk's identity is its WWID, else model, serial and size, else nothing") {
    auto d = install_test::disk("/dev/sda", "S1");
    CHECK(identity_of(d) == "serial:QEMU HARDDISK/S1/21474836480");
    d.wwid = "naa.5000c500a1b2c3d4";
    CHECK(identity_of(d) == "wwid:naa.5000c500a1b2c3d4");
    d.wwid.clear();
    d.serial.clear();
    CHECK(identity_of(d).empty());
}
