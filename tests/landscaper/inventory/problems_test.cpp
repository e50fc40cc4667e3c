// Every mistake in keys, words and the file itself, and the sentence that the operator reads.
#include <doctest/doctest.h>

#include "problems_of.hpp"

using namespace landscaper::inventory;

TEST_CASE("an unknown key at the top, with the near one") {
    CHECK(problems_of("systms: {}\n") == "i:1:1: unknown key \"systms\"; did you mean \"systems\"?\n");
}

TEST_CASE("an unknown key with nothing near it") {
    CHECK(problems_of("colour: red\n") ==
          "i:1:1: unknown key \"colour\"; known here: version, site, network, systems, defaults, hosts, "
          "reconcile, deployments, launch\n");
}

TEST_CASE("an unknown key of a host") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24, adress: 1 }\n") ==
          "i:3:53: hosts.px01: unknown key \"adress\"; known here: mac, ip, gateway, nameservers, role, "
          "firmware, disk, disko, data, trust, boot, domain, ntp, mtu, managed_by\n");
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
          "trust, boot, domain, ntp, mtu\n");
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

TEST_CASE("a key twice beneath a section") {
    CHECK(problems_of("defaults:\n"
                      "  disk:\n"
                      "    wipe: own\n"
                      "    wipe: any\n") ==
          "i:4:5: \"wipe\" is written twice; the first is in line 3; keep one of them\n");
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
          "i:2:1: not YAML: end of map flow not found; a { is not closed, or a comma is missing, here or in "
          "a line before\n");
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

TEST_CASE("what is copied from a web page, and an alias of nothing") {
    CHECK(
        problems_of("systems: { a: .#a }\n"
                    "hosts:\n"
                    "  px01:\xc2\xa0{ mac: 52:54:00:0a:00:01, ip: dhcp }\n")
            .find("; this line has a non-breaking blank, as copied from a web page; type an ordinary one") !=
        std::string::npos);
    CHECK(problems_of("hosts: *all\n") ==
          "i:1:8: not YAML: the referenced anchor is not defined; write the value itself; anchors and "
          "aliases are "
          "not read here\n");
}
