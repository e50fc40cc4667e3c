#include "landscaper/inventory/parse.hpp"

#include <doctest/doctest.h>

using namespace landscaper;
using namespace landscaper::inventory;

static rack good(std::string_view text) {
    auto read = parse(text, "i.yaml");
    std::string problems = read ? "" : inventory::text(read.error());
    CHECK(problems == "");
    return read ? *read : rack{};
}

// The design's own example (design.md, section 6), with store paths beside the flake.
static constexpr std::string_view whole = R"(version: 1                          # may be left out
site: rack-a
network: { interface: auto, address: dhcp, dhcp: proxy }
systems:
  proxmox: .#proxmox
  store:
    base: /nix/store/0c9cz3hbhbzkrj0f0l1qnl6i8k0fpp9v-base
    toplevel: /nix/store/1c9cz3hbhbzkrj0f0l1qnl6i8k0fpp9v-nixos-system-px-24.11
defaults: { role: proxmox, firmware: uefi, nameservers: [10.0.0.1], disk: { layout: single-ext4, wipe: blank } }
hosts:
  px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24, gateway: 10.0.0.1 }
  px02:
    mac: [52:54:00:0a:00:02, 52-54-00-0A-00-03]   # any of them is the host
    ip: 10.0.0.12/24
    disk: { layout: zfs-mirror, devices: [by-id/nvme-A, /dev/disk/by-id/nvme-B], wipe: own, esp_size: 1G }
  px03:
    mac: 52:54:00:0a:00:04
    ip: dhcp
    role: store
    firmware: bios
    trust: confirm
    managed_by: nixops4
    boot: { style: 4011, nbp: undionly }
    disko: { disk: { main: { type: disk, size: 100%, priority: 010, start: 1, ok: true, no: "true", nothing: ~ } } }
    data: { rack unit: 7 }
  px04: { mac: 52:54:00:0a:00:05, ip: "fd00::4/64", gateway: fd00::1, nameservers: fd00::53 }
deployments:
  foouni:
    operator: { name: Foo University, email: ops@foo.example, contact: "+49 30 1" }
    launch: [[database], [apps.social, apps.video], last]
  baruni: { root: ".#bar" }
  plain:
launch: [hosts.px01, [hosts.px02]]
)";

TEST_CASE("the whole file is read as values, with the defaults in every host") {
    auto r = good(whole);
    CHECK(r.site == "rack-a");
    CHECK(r.network == network{});
    CHECK(r.systems.at("proxmox") == system_source(flake_system{".#proxmox"}));
    CHECK(std::get<store_system>(r.systems.at("store")).base ==
          "/nix/store/0c9cz3hbhbzkrj0f0l1qnl6i8k0fpp9v-base");
    REQUIRE(r.hosts.size() == 4);
    const auto& px01 = r.hosts.at("px01");
    CHECK(px01.mac == std::vector{*mac_address::parse("52:54:00:0a:00:01")});
    CHECK(px01.ip == ip_prefix::parse("10.0.0.11/24"));
    CHECK(px01.gateway == ip_address::parse("10.0.0.1"));
    CHECK(px01.role == "proxmox");
    CHECK(px01.nameservers == std::vector{*ip_address::parse("10.0.0.1")});
    CHECK(px01.disk == disk_wish{});
    CHECK(px01.lines.of("ip") == 11);
    CHECK(px01.lines.of("firmware") == 9);
    CHECK(px01.lines.of("trust") == 11);
    const auto& px02 = r.hosts.at("px02");
    CHECK(px02.mac.size() == 2);
    CHECK(px02.disk.layout == disk_layout::zfs_mirror);
    CHECK(px02.disk.devices == std::vector<std::string>{"/dev/disk/by-id/nvme-A", "/dev/disk/by-id/nvme-B"});
    CHECK(px02.disk.wipe == wipe_policy::own);
    CHECK(px02.disk.esp_size == std::uint64_t{1} << 30);
    const auto& px03 = r.hosts.at("px03");
    CHECK(!px03.ip);
    CHECK(px03.firmware == firmware_kind::bios);
    CHECK(px03.trust == trust_mode::confirm);
    CHECK(px03.managed_by == host_driver::nixops4);
    CHECK(px03.style == pxe::reply_style::port_4011);
    CHECK(px03.nbp == pxe::nbp_kind::undionly);
    CHECK(
        px03.disko ==
        R"({"disk":{"main":{"no":"true","nothing":null,"ok":true,"priority":"010","size":"100%","start":1,"type":"disk"}}})");
    CHECK(px03.data == R"({"rack unit":7})");
    CHECK(r.hosts.at("px04").ip == ip_prefix::parse("fd00::4/64"));
    REQUIRE(r.deployments.size() == 3);
    const auto& foouni = r.deployments.at("foouni");
    CHECK(foouni.run_for == operator_contact{"Foo University", "ops@foo.example", "+49 30 1"});
    CHECK(foouni.root.empty());
    CHECK(foouni.launch == launch_phases{{"database"}, {"apps.social", "apps.video"}, {"last"}});
    CHECK(foouni.lines.of("launch") == 30);
    CHECK(foouni.lines.of("root") == 28);
    CHECK(r.deployments.at("baruni").root == ".#bar");
    CHECK(r.deployments.at("plain").name == "plain");
    CHECK(r.launch == launch_phases{{"hosts.px01"}, {"hosts.px02"}});
    CHECK(r.find(*mac_address::parse("52:54:00:0a:00:03")) == &r.hosts.at("px02"));
    CHECK(r.find(*mac_address::parse("52:54:00:0a:00:99")) == nullptr);
}

TEST_CASE("an empty file is an inventory without hosts") {
    for (const auto* text : {"", "\n", "# nothing yet\n", "---\n", "hosts:\n", "hosts:\n# none\nsite: a\n"}) {
        CAPTURE(text);
        CHECK(good(text).hosts.empty());
    }
}

TEST_CASE("CRLF, a byte order mark, quotes and comments change nothing") {
    std::string_view plain =
        "systems: { a: .#a }\nhosts:\n  px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24 }\n";
    std::string crlf =
        "\xef\xbb\xbfsystems: { a: .#a } # one\r\nhosts:\r\n  \"px01\": { mac: '52:54:00:0a:00:01', ip: "
        "10.0.0.11/24 }\r\n";
    CHECK(good(crlf) == good(plain));
}

TEST_CASE("where something stood in the file is no difference") {
    std::string_view one =
        "systems: { a: .#a }\nhosts:\n  px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24 }\n";
    CHECK(good(one) == good("\n\n" + std::string(one)));
}

TEST_CASE("a host that chooses its disks is not bound by the default's choice") {
    auto r = good(
        "systems: { a: .#a }\ndefaults: { disk: { match: nvme-*, wipe: own } }\nhosts:\n"
        "  a: { mac: 52:54:00:0a:00:01, ip: dhcp, disk: { serial: S1 } }\n"
        "  b: { mac: 52:54:00:0a:00:02, ip: dhcp }\n");
    CHECK(r.hosts.at("a").disk.matches.empty());
    CHECK(r.hosts.at("a").disk.serials == std::vector<std::string>{"S1"});
    CHECK(r.hosts.at("a").disk.wipe == wipe_policy::own);
    CHECK(r.hosts.at("b").disk.matches == std::vector<std::string>{"nvme-*"});
}

TEST_CASE("the default gateway serves hosts of its own family with an address of their own") {
    auto r = good(
        "systems: { a: .#a }\ndefaults: { gateway: 10.0.0.1 }\nhosts:\n"
        "  a: { mac: 52:54:00:0a:00:01, ip: 10.0.0.5/24 }\n"
        "  b: { mac: 52:54:00:0a:00:02, ip: dhcp }\n"
        "  c: { mac: 52:54:00:0a:00:03, ip: 'fd00::5/64' }\n");
    CHECK(r.hosts.at("a").gateway.has_value());
    CHECK(!r.hosts.at("b").gateway);
    CHECK(!r.hosts.at("c").gateway);
}

TEST_CASE("a thousand hosts are read") {
    std::string text = "systems: { a: .#a }\nhosts:\n";
    for (int i = 0; i < 1000; ++i) {
        char line[120];
        std::snprintf(line, sizeof line, "  n%d: { mac: 52:54:00:%02x:%02x:%02x, ip: 10.%d.%d.%d/8 }\n", i,
                      i >> 16, i >> 8 & 255, i & 255, 1 + i / 62500, i / 250 % 250, 1 + i % 250);
        text += line;
    }
    CHECK(good(text).hosts.size() == 1000);
}

TEST_CASE("what is thrown for a broken invariant names every problem") {
    CHECK_THROWS_WITH((void)parse("sites: x\n", "i.yaml").value(),
                      "i.yaml:1:1: unknown key \"sites\"; did you mean \"site\"?\n");
}
