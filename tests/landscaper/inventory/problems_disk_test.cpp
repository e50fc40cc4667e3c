// Every mistake in what is said of disks, and the sentence that the operator reads.
#include <doctest/doctest.h>

#include "problems_of.hpp"

using namespace landscaper::inventory;

TEST_CASE("a wipe policy that is none") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24, disk: { wipe: yes } }\n") ==
          "i:3:67: hosts.px01.disk.wipe: \"yes\" is not known here; write one of: blank, own, any, never\n");
}

TEST_CASE("a layout that is none") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24, disk: { layout: zfs } }\n") ==
          "i:3:69: hosts.px01.disk.layout: \"zfs\" is not known here; did you mean \"zfs-mirror\"?\n");
}

TEST_CASE("a disk by a name that changes") {
    CHECK(
        problems_of("systems: { a: .#a }\n"
                    "hosts:\n"
                    "  px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24, disk: { devices: /dev/sda } }\n") ==
        "i:3:70: hosts.px01.disk.devices: \"/dev/sda\" is not a lasting name of a disk; write by-id/NAME as "
        "/dev/disk/by-id shows it; names like /dev/sda change between boots\n");
}

TEST_CASE("a disk outside of /dev/disk") {
    CHECK(problems_of(
              "systems: { a: .#a }\n"
              "hosts:\n"
              "  px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24, disk: { devices: by-id/../../sda } }\n") ==
          "i:3:70: hosts.px01.disk.devices: \"by-id/../../sda\" is not a lasting name of a disk; write "
          "by-id/NAME as /dev/disk/by-id shows it; names like /dev/sda change between boots\n");
}

TEST_CASE("a disk twice") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24, disk: { layout: zfs-mirror, "
                      "devices: [by-id/a, /dev/disk/by-id/a] } }\n") ==
          "i:3:59: hosts.px01.disk: layout zfs-mirror with one disk; name at least two, or take single-ext4\n"
          "i:3:100: hosts.px01.disk.devices: \"/dev/disk/by-id/a\" is not new in this list; write every disk "
          "once\n");
}

TEST_CASE("two ways to choose disks") {
    CHECK(problems_of(
              "systems: { a: .#a }\n"
              "hosts:\n"
              "  px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24, disk: { serial: S1, match: x } }\n") ==
          "i:3:59: hosts.px01.disk: more than one of devices, serial and match; keep one of them\n");
}

TEST_CASE("a mirror of one disk") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24, disk: { layout: mdadm-raid1, "
                      "serial: S1 } }\n") ==
          "i:3:59: hosts.px01.disk: layout mdadm-raid1 with one disk; name at least two, or take "
          "single-ext4\n");
}

TEST_CASE("two disks for a layout of one") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24, disk: { serial: [S1, S2] } }\n") ==
          "i:3:59: hosts.px01.disk: layout single-ext4 with 2 disks; name one, or take mdadm-raid1 or "
          "zfs-mirror\n");
    CHECK(
        problems_of("systems: { a: .#a }\n"
                    "hosts:\n"
                    "  px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24, disk: { layout: btrfs, serial: [S1, "
                    "S2] } }\n") ==
        "i:3:59: hosts.px01.disk: layout btrfs with 2 disks; name one, or take mdadm-raid1 or "
        "zfs-mirror\n");
}

TEST_CASE("a size without unit") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24, disk: { esp_size: 512 } }\n") ==
          "i:3:71: hosts.px01.disk.esp_size: \"512\" is not a size; write it like 512M or 1G\n");
}

TEST_CASE("a size that is too small") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24, disk: { esp_size: 1M } }\n") ==
          "i:3:71: hosts.px01.disk.esp_size: \"1M\" is not a size for an EFI system partition; write 64M to "
          "16G\n");
}

TEST_CASE("a disk that is a word") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24, disk: zfs-mirror }\n") ==
          "i:3:59: hosts.px01.disk: a map of keys is wanted here; write it as `key: value`, one per line\n");
}

TEST_CASE("disko and a layout") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24, disko: { disk: {} }, disk: { "
                      "layout: btrfs } }\n") ==
          "i:3:60: hosts.px01: both disko and disk.layout; keep one of them\n");
}

TEST_CASE("disko that is a word") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24, disko: mirror }\n") ==
          "i:3:60: hosts.px01.disko: a map of keys is wanted here; write it as `key: value`, one per line\n");
}
