// Every mistake, and the sentence that the operator reads.
#include <doctest/doctest.h>

#include "landscaper/inventory/parse.hpp"

using namespace landscaper::inventory;

static std::string problems_of(std::string_view written) {
    auto read = parse(written, "i");
    return read ? "none" : text(read.error());
}

TEST_CASE("an unknown key at the top, with the near one") {
    CHECK(problems_of("systms: {}\n") == "i:1:1: unknown key \"systms\"; did you mean \"systems\"?\n");
}

TEST_CASE("an unknown key with nothing near it") {
    CHECK(problems_of("colour: red\n") ==
          "i:1:1: unknown key \"colour\"; known here: version, site, network, systems, defaults, hosts, "
          "deployments\n");
}

TEST_CASE("an unknown key of a host") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24, adress: 1 }\n") ==
          "i:3:53: hosts.px01: unknown key \"adress\"; known here: mac, ip, gateway, nameservers, role, "
          "firmware, disk, disko, data, trust, boot, managed_by\n");
}

TEST_CASE("a misspelt key of a host") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24, nameserver: 10.0.0.1 }\n") ==
          "i:3:53: hosts.px01: unknown key \"nameserver\"; did you mean \"nameservers\"?\n");
}

TEST_CASE("a key of another section") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24, layout: btrfs }\n") ==
          "i:3:53: hosts.px01: unknown key \"layout\"; it belongs into hosts.NAME.disk\n");
}

TEST_CASE("a key twice") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24, ip: dhcp }\n") ==
          "i:3:53: \"ip\" is written twice; the first is in line 3; keep one of them\n");
}

TEST_CASE("a host twice, lines of both") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01: { mac: 52:54:00:0a:00:01, ip: dhcp }\n"
                      "  px01: { mac: 52:54:00:0a:00:02, ip: dhcp }\n") ==
          "i:4:3: \"px01\" is written twice; the first is in line 3; keep one of them\n");
}

TEST_CASE("a missing address") {
    CHECK(
        problems_of("systems: { a: .#a }\n"
                    "hosts:\n"
                    "  px01: { mac: 52:54:00:0a:00:01 }\n") ==
        "i:3:3: hosts.px01: \"ip\" is missing; write the server's address, ip: 10.0.0.11/24, or ip: dhcp\n");
}

TEST_CASE("a missing MAC") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01: { ip: dhcp }\n") ==
          "i:3:3: hosts.px01: \"mac\" is missing; write the address of the server's network card, mac: "
          "52:54:00:0a:00:01\n");
}

TEST_CASE("a host without anything") {
    CHECK(
        problems_of("systems: { a: .#a }\n"
                    "hosts:\n"
                    "  px01:\n") ==
        "i:3:3: hosts.px01: \"mac\" is missing; write the address of the server's network card, mac: "
        "52:54:00:0a:00:01\n"
        "i:3:3: hosts.px01: \"ip\" is missing; write the server's address, ip: 10.0.0.11/24, or ip: dhcp\n");
}

TEST_CASE("a MAC with a digit too few") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01:\n"
                      "    mac: 52:54:00:0a:00:1\n"
                      "    ip: dhcp\n") ==
          "i:4:10: hosts.px01.mac: \"52:54:00:0a:00:1\" is not a MAC address; write six pairs of hexadecimal "
          "digits, like 52:54:00:0a:00:01\n");
}

TEST_CASE("a multicast MAC") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01:\n"
                      "    mac: 01:00:5e:00:00:01\n"
                      "    ip: dhcp\n") ==
          "i:4:10: hosts.px01.mac: \"01:00:5e:00:00:01\" is not the address of a network card; look it up on "
          "the card's label\n");
}

TEST_CASE("a MAC that is nothing") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01:\n"
                      "    mac:\n"
                      "    ip: dhcp\n") ==
          "i:4:5: hosts.px01.mac: nothing where a MAC address is wanted; write it behind the colon, or leave "
          "the key out\n");
}

TEST_CASE("a MAC twice in a list") {
    CHECK(
        problems_of("systems: { a: .#a }\n"
                    "hosts:\n"
                    "  px01:\n"
                    "    mac: [52:54:00:0a:00:01, 52-54-00-0a-00-01]\n"
                    "    ip: dhcp\n") ==
        "i:4:30: hosts.px01.mac: \"52-54-00-0a-00-01\" is not new in this list; write every address once\n");
}

TEST_CASE("an empty list of MACs") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01:\n"
                      "    mac: []\n"
                      "    ip: dhcp\n") ==
          "i:4:10: hosts.px01.mac: an empty list; leave the key out, or name something\n");
}

TEST_CASE("a MAC of two hosts, lines of both") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01: { mac: 52:54:00:0a:00:01, ip: dhcp }\n"
                      "  px02:\n"
                      "    mac: [52:54:00:0a:00:02, 52:54:00:0A:00:01]\n"
                      "    ip: dhcp\n") ==
          "i:5:30: hosts.px02.mac: 52:54:00:0a:00:01 is also that of px01 (line 3); every address belongs to "
          "one host\n");
}

TEST_CASE("an address of two hosts") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24 }\n"
                      "  px02: { mac: 52:54:00:0a:00:02, ip: 10.0.0.11/16 }\n") ==
          "i:4:39: hosts.px02.ip: 10.0.0.11 is also that of px01 (line 3); every address belongs to one "
          "host\n");
}

TEST_CASE("the appliance's address") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "network: { address: 10.0.0.11/24 }\n"
                      "hosts:\n"
                      "  px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24 }\n") ==
          "i:4:39: hosts.px01.ip: 10.0.0.11 is also that of the appliance (line 2); every address belongs to "
          "one host\n");
}

TEST_CASE("an address without prefix length") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01:\n"
                      "    mac: 52:54:00:0a:00:01\n"
                      "    ip: 10.0.0.11\n") ==
          "i:5:9: hosts.px01.ip: \"10.0.0.11\" is not an address with prefix length; add the length of the "
          "network's prefix, like 10.0.0.11/24\n");
}

TEST_CASE("an IPv6 address without prefix length") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01:\n"
                      "    mac: 52:54:00:0a:00:01\n"
                      "    ip: fd00::1\n") ==
          "i:5:9: hosts.px01.ip: \"fd00::1\" is not an address with prefix length; add the length of the "
          "network's prefix, like fd00::1/64\n");
}

TEST_CASE("an octet above 255") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01:\n"
                      "    mac: 52:54:00:0a:00:01\n"
                      "    ip: 10.0.0.300/24\n") ==
          "i:5:9: hosts.px01.ip: \"10.0.0.300/24\" is not an address with prefix length; write it like "
          "10.0.0.11/24, or `dhcp`\n");
}

TEST_CASE("a prefix of 33 bits") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01:\n"
                      "    mac: 52:54:00:0a:00:01\n"
                      "    ip: 10.0.0.11/33\n") ==
          "i:5:9: hosts.px01.ip: \"10.0.0.11/33\" is not an address with prefix length; write it like "
          "10.0.0.11/24, or `dhcp`\n");
}

TEST_CASE("the network's address") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01:\n"
                      "    mac: 52:54:00:0a:00:01\n"
                      "    ip: 10.0.0.0/24\n") ==
          "i:5:9: hosts.px01.ip: \"10.0.0.0/24\" is not an address of one machine but of the network; write "
          "the server's own address in it, like 10.0.0.11/24\n");
}

TEST_CASE("the broadcast address") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01:\n"
                      "    mac: 52:54:00:0a:00:01\n"
                      "    ip: 10.0.0.255/24\n") ==
          "i:5:9: hosts.px01.ip: \"10.0.0.255/24\" is not an address of one machine but of the network; "
          "write the server's own address in it, like 10.0.0.11/24\n");
}

TEST_CASE("loopback") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01:\n"
                      "    mac: 52:54:00:0a:00:01\n"
                      "    ip: 127.0.0.2/8\n") ==
          "i:5:9: hosts.px01.ip: \"127.0.0.2/8\" is not an address that a machine can have; write the "
          "server's own address\n");
}

TEST_CASE("multicast") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01:\n"
                      "    mac: 52:54:00:0a:00:01\n"
                      "    ip: ff02::1/64\n") ==
          "i:5:9: hosts.px01.ip: \"ff02::1/64\" is not an address that a machine can have; write the "
          "server's own address\n");
}

TEST_CASE("a list") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01:\n"
                      "    mac: 52:54:00:0a:00:01\n"
                      "    ip: [10.0.0.11/24]\n") ==
          "i:5:9: hosts.px01.ip: a list where an address with prefix length, or `dhcp`, is wanted; write one "
          "value on this line\n");
}

TEST_CASE("a gateway outside of the prefix") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24, gateway: 10.0.1.1 }\n") ==
          "i:3:62: hosts.px01.gateway: 10.0.1.1 is not in 10.0.0.11/24, the host's network; correct one of "
          "the two\n");
}

TEST_CASE("a gateway that is the host") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24, gateway: 10.0.0.11 }\n") ==
          "i:3:62: hosts.px01.gateway: 10.0.0.11 is the host itself; write the router's address\n");
}

TEST_CASE("a gateway with a prefix length") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24, gateway: 10.0.0.1/24 }\n") ==
          "i:3:62: hosts.px01.gateway: \"10.0.0.1/24\" is not an IP address; leave the prefix length out\n");
}

TEST_CASE("a default gateway that does not fit one host") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "defaults: { gateway: 10.0.0.1 }\n"
                      "hosts:\n"
                      "  px01: { mac: 52:54:00:0a:00:01, ip: 10.1.0.11/24 }\n") ==
          "i:4:39: hosts.px01.ip: the default gateway 10.0.0.1 is not in 10.1.0.11/24, the host's network; "
          "correct the address, or write `gateway:` for this host\n");
}

TEST_CASE("a gateway beside DHCP") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01:\n"
                      "    mac: 52:54:00:0a:00:01\n"
                      "    ip: dhcp\n"
                      "    gateway: 10.0.0.1\n") ==
          "i:6:14: hosts.px01.gateway: a gateway for an address by DHCP; leave it out, DHCP names the "
          "gateway; or write the address in `ip`\n");
}

TEST_CASE("no address where landscaper gives the addresses") {
    CHECK(problems_of("network: { dhcp: reservations }\n"
                      "systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01: { mac: 52:54:00:0a:00:01, ip: dhcp }\n") ==
          "i:4:39: hosts.px01.ip: no address, and `network.dhcp: reservations` gives only known ones; write "
          "the host's address, or `dhcp: proxy` beside a DHCP server\n");
}

TEST_CASE("a role that does not exist") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24, role: proxmxo }\n") ==
          "i:3:59: hosts.px01.role: \"proxmxo\" is not in `systems`; write one of: a\n");
}

TEST_CASE("a misspelt role") {
    CHECK(problems_of("systems: { proxmox: .#p, store: .#s }\n"
                      "hosts:\n"
                      "  px01: { mac: 52:54:00:0a:00:01, ip: dhcp, role: proxmx }\n") ==
          "i:3:51: hosts.px01.role: \"proxmx\" is not in `systems`; did you mean \"proxmox\"?\n");
}

TEST_CASE("several systems and no role") {
    CHECK(problems_of("systems: { a: .#a, b: .#b }\n"
                      "hosts:\n"
                      "  px01: { mac: 52:54:00:0a:00:01, ip: dhcp }\n") ==
          "i:3:3: hosts.px01: no role, and there are several systems; write role: here or in defaults, one "
          "of a, b\n");
}

TEST_CASE("no system at all") {
    CHECK(problems_of("hosts:\n"
                      "  px01: { mac: 52:54:00:0a:00:01, ip: dhcp }\n") ==
          "i:2:3: hosts.px01: no system to install; add `systems:` with one line like `proxmox: .#proxmox` "
          "at the left margin\n");
}

TEST_CASE("firmware that is none") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24, firmware: efi }\n") ==
          "i:3:63: hosts.px01.firmware: \"efi\" is not known here; did you mean \"uefi\"?\n");
}

TEST_CASE("trust in other words") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24, trust: me }\n") ==
          "i:3:60: hosts.px01.trust: \"me\" is not known here; write one of: segment, confirm\n");
}

TEST_CASE("a driver that is none") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24, managed_by: terraform }\n") ==
          "i:3:65: hosts.px01.managed_by: \"terraform\" is not known here; write one of: inventory, nixops4, "
          "module\n");
}

TEST_CASE("a boot program that is none") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24, boot: { nbp: pxelinux } }\n") ==
          "i:3:66: hosts.px01.boot.nbp: \"pxelinux\" is not known here; write one of: auto, uki, ipxe, "
          "undionly, grub\n");
}

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

TEST_CASE("nameservers that are names") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24, nameservers: [dns.example] }\n") ==
          "i:3:67: hosts.px01.nameservers: \"dns.example\" is not an IP address; write it like 10.0.0.1 or "
          "fd00::1\n");
}

TEST_CASE("a name that is no host name: Px01") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  Px01: { mac: 52:54:00:0a:00:01, ip: dhcp }\n") ==
          "i:3:3: \"Px01\" is not a host name; write 1 to 63 lower-case letters, digits and hyphens, no "
          "hyphen at the ends\n");
}

TEST_CASE("a name that is no host name: px_01") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px_01: { mac: 52:54:00:0a:00:01, ip: dhcp }\n") ==
          "i:3:3: \"px_01\" is not a host name; write 1 to 63 lower-case letters, digits and hyphens, no "
          "hyphen at the ends\n");
}

TEST_CASE("a name that is no host name: -px") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  -px: { mac: 52:54:00:0a:00:01, ip: dhcp }\n") ==
          "i:3:3: \"-px\" is not a host name; write 1 to 63 lower-case letters, digits and hyphens, no "
          "hyphen at the ends\n");
}

TEST_CASE("a name that is no host name: px.example.org") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px.example.org: { mac: 52:54:00:0a:00:01, ip: dhcp }\n") ==
          "i:3:3: \"px.example.org\" is not a host name; write 1 to 63 lower-case letters, digits and "
          "hyphens, no hyphen at the ends\n");
}

TEST_CASE("a name that is no host name: xxxxxxxxxxxxxxxxxxxx") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx: { mac: "
                      "52:54:00:0a:00:01, ip: dhcp }\n") ==
          "i:3:3: \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\" is not a host name; "
          "write 1 to 63 lower-case letters, digits and hyphens, no hyphen at the ends\n");
}

TEST_CASE("hosts as a list") {
    CHECK(problems_of("hosts:\n"
                      "  - px01\n") ==
          "i:2:3: hosts: a map of names is wanted here; write it like `px01: { mac: 52:54:00:0a:00:01, ip: "
          "10.0.0.11/24 }`\n");
}

TEST_CASE("a host that is a word") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01: yes\n") ==
          "i:3:9: hosts.px01: a map of keys is wanted here; write it as `key: value`, one per line\n");
}

TEST_CASE("a file that is a list") {
    CHECK(problems_of("- a\n") ==
          "i:1:1: a map of keys is wanted here; write it as `key: value`, one per line\n");
}

TEST_CASE("a later version") {
    CHECK(problems_of("version: 2\n") ==
          "i:1:10: version: \"2\" is not a version that is read here; write 1, or leave the key out\n");
}

TEST_CASE("a DHCP mode that is none") {
    CHECK(problems_of("network: { dhcp: server }\n") ==
          "i:1:18: network.dhcp: \"server\" is not known here; write one of: proxy, reservations, off\n");
}

TEST_CASE("an interface that cannot be") {
    CHECK(problems_of("network: { interface: 'eth 0' }\n") ==
          "i:1:23: network.interface: \"eth 0\" is not an interface's name; write a name that `ip link` "
          "shows, or `auto` alone\n");
}

TEST_CASE("a flake reference without attribute") {
    CHECK(problems_of("systems: { a: . }\n") ==
          "i:1:15: systems.a: \".\" is not a flake attribute; write FLAKE#ATTRIBUTE like .#proxmox, or { "
          "base: PATH, toplevel: PATH }\n");
}

TEST_CASE("a pair without toplevel") {
    CHECK(problems_of("systems: { a: { base: /nix/store/0c9cz3hbhbzkrj0f0l1qnl6i8k0fpp9v-base } }\n") ==
          "i:1:15: systems.a: \"toplevel\" is missing; write both base and toplevel\n");
}

TEST_CASE("a path that is no store path") {
    CHECK(problems_of("systems:\n"
                      "  a:\n"
                      "    base: ./result\n"
                      "    toplevel: /nix/store/0c9cz3hbhbzkrj0f0l1qnl6i8k0fpp9v-x\n") ==
          "i:3:11: systems.a.base: \"./result\" is not a path in the Nix store; write /nix/store/HASH-NAME, "
          "as `nix build --print-out-paths` shows it\n");
}

TEST_CASE("systems as a list") {
    CHECK(problems_of("systems: [a]\n") ==
          "i:1:10: systems: a map of roles is wanted here; write it like `proxmox: .#proxmox`\n");
}

TEST_CASE("an anchor") {
    CHECK(problems_of("site: &s rack\n") ==
          "i:1:7: an anchor (&name); write the value where it is needed; anchors are not read here\n");
}

TEST_CASE("an alias") {
    CHECK(problems_of("site: &s rack\n"
                      "network: *s\n") ==
          "i:1:7: an anchor (&name); write the value where it is needed; anchors are not read here\n"
          "i:2:10: an alias (*name); write the value itself; anchors and aliases are not read here\n");
}

TEST_CASE("a tag") {
    CHECK(problems_of("site: !!str rack\n") == "i:1:7: a tag (tag:yaml.org,2002:str); leave the tag out\n");
}

TEST_CASE("a merge key") {
    CHECK(problems_of("defaults: { trust: segment, <<: { firmware: bios } }\n") ==
          "i:1:29: a merge key (<<); write the keys themselves, or put them into `defaults`\n"
          "i:1:29: defaults: unknown key \"<<\"; known here: role, firmware, nameservers, gateway, disk, "
          "trust, boot\n");
}

TEST_CASE("a second document") {
    CHECK(problems_of("site: a\n"
                      "---\n"
                      "site: b\n") ==
          "i:3:1: a second document (---); keep one document; only the first would be read\n");
}

TEST_CASE("a key that is a list") {
    CHECK(problems_of("? [a, b]\n"
                      ": c\n") ==
          "i:1:3: a key that is not a word; keys are plain words, followed by a colon\n");
}

TEST_CASE("bytes that are not UTF-8") {
    CHECK(problems_of("site: caf\xe9\n") ==
          "i:1:1: bytes that are not UTF-8 text; save the file as UTF-8 without control characters\n");
}

TEST_CASE("a control character") {
    CHECK(problems_of("site: a\n"
                      "network:\x1b[2J\n") ==
          "i:2:1: bytes that are not UTF-8 text; save the file as UTF-8 without control characters\n");
}

TEST_CASE("a duplicate in what is passed on") {
    CHECK(problems_of("deployments:\n"
                      "  foo:\n"
                      "    zone: a\n"
                      "    zone: b\n") ==
          "i:4:5: \"zone\" is written twice; the first is in line 3; keep one of them\n");
}

TEST_CASE("a text of several lines") {
    CHECK(problems_of("site: |\n"
                      "  a\n"
                      "  b\n") ==
          "i:1:7: site: several lines or control characters where a name is wanted; write one value on this "
          "line\n");
}
TEST_CASE("a tab as indentation") {
    CHECK(problems_of("hosts:\n\tpx01: {}\n") ==
          "i:2:6: not YAML: illegal map value; indent with blanks, not with a tab\n");
}

TEST_CASE("a bracket that is not closed") {
    CHECK(problems_of("hosts: {\n") ==
          "i:2:1: not YAML: end of map flow not found; a { is not closed; add the }\n");
}

TEST_CASE("several problems at once, in the order of the lines") {
    CHECK(problems_of("site:\nhosts:\n  PX: { mac: x, ip: y }\n") ==
          "i:1:1: site: nothing where a name is wanted; write it behind the colon, or leave the key out\n"
          "i:3:3: \"PX\" is not a host name; write 1 to 63 lower-case letters, digits and hyphens, no hyphen "
          "at the ends\n"
          "i:3:3: hosts.PX: no system to install; add `systems:` with one line like `proxmox: .#proxmox` at "
          "the left margin\n"
          "i:3:14: hosts.PX.mac: \"x\" is not a MAC address; write six pairs of hexadecimal digits, like "
          "52:54:00:0a:00:01\n"
          "i:3:21: hosts.PX.ip: \"y\" is not an address with prefix length; write it like 10.0.0.11/24, or "
          "`dhcp`\n");
}

TEST_CASE("control characters written as escapes") {
    CHECK(problems_of("site: \"a\\e[2J\"\n") ==
          "i:1:7: site: several lines or control characters where a name is wanted; write one value on this "
          "line\n");
    CHECK(problems_of("network: { address: \"10.0.0.1/24\\0x\" }\n") ==
          "i:1:21: network.address: several lines or control characters where an address with prefix length, "
          "or "
          "`dhcp`, is wanted; write one value on this line\n");
}
