#include "landscaper/install/boot_once.hpp"

#include <doctest/doctest.h>

#include "activation_host.hpp"

using namespace landscaper;
using namespace landscaper::install;
using namespace landscaper::install_test;

namespace {

void use_systemd_boot(activation_host& host) {
    host.p.needs_reboot = true;
    fs::create_directories(host.p.efivars);
    fs::create_directories(host.p.loader_entries);
    std::ofstream(host.root / "efivars" / ("LoaderInfo" + loader)) << "x";
}
fs::path order_for_systemd_boot(const activation_host& host) {
    return host.root / "efivars" / ("LoaderEntryOneShot" + loader);
}

// GRUB with a menu as NixOS writes it (install-grub.pl), on a file system and device of this kind.
void use_grub(activation_host& host, const std::string& next_entry, const std::string& file_system,
              const std::string& device) {
    host.p.needs_reboot = true;
    fs::create_directories(host.p.grub);
    auto entry = [](const std::string& title, const std::string& system) {
        return "menuentry \"" + title + "\" --class nixos --unrestricted {\n" +
               "search --set=drive1 --fs-uuid 0a1b\n  linux ($drive1)/k-bzImage init=" + system +
               "/init loglevel=4\n  initrd ($drive1)/i-initrd\n}\n";
    };
    std::ofstream(host.root / "grub/grub.cfg")
        << "if [ -s $prefix/grubenv ]; then\n  load_env\nfi\nif [ \"${next_entry}\" ]; then\n"
        << "  set default=\"${next_entry}\"\n  set next_entry=\n  " << next_entry << "\nfi\n"
        << "function savedefault {\n  save_env saved_entry\n}\n"
        << "menuentry \"Memory test\" { linux /memtest }\n"
        << entry("NixOS", old) << "submenu \"NixOS - All configurations\" --class submenu {\n"
        << entry("NixOS - Configuration 3", top + "-other") << entry("NixOS - Configuration 2", top)
        << entry("NixOS - Configuration 1", old) << "}\n";
    host.answer("findmnt",
                "case \"$*\" in *FSTYPE*) echo " + file_system + " ;; *) echo /dev/somewhere ;; esac");
    host.answer("lsblk", "echo " + device);
}

std::string environment(const activation_host& host) {
    auto file = (host.root / "grub/grubenv").string();
    auto listed = "PATH=" + host.root.string() + "/bin:$PATH; grub-editenv " + file + " list >" +
                  (host.root / "list").string() + " 2>&1";
    return std::system(listed.c_str()) == 0 ? activation_host::file(host.root / "list") : "none";
}

// grub-editenv of this machine, or of a package that a rack has unpacked.
bool has_grub_editenv(const activation_host& host) {
    if (std::system("command -v grub-editenv >/dev/null") == 0) return true;
    auto source =
        fs::weakly_canonical(fs::path(__FILE__)).parent_path().parent_path().parent_path().parent_path();
    std::error_code none;
    for (const auto& package : fs::directory_iterator(source / "build/unpacked", none)) {
        auto file = package.path() / "usr/bin/grub-editenv";
        if (!fs::exists(file)) continue;
        fs::create_symlink(file, host.root / "bin/grub-editenv");
        return true;
    }
    MESSAGE("skipped: grub-editenv is not installed, nor unpacked by the virtual rack");
    return false;
}

// What a machine says whose default was the old system at every moment: the power may go at any.
const std::string ordered = "old boot\nruns old, boots old, profile system-1-link\n";
const std::string proven = "old boot\nnew boot\nruns new, boots new, profile system-2-link\n";

}  // namespace

TEST_CASE("another kernel is booted once by systemd-boot, and becomes the default when it runs") {
    if (!activation_host::can_run()) return;
    activation_host host;
    use_systemd_boot(host);
    std::ofstream(host.root / "entries/nixos-generation-1.conf") << "options init=" << old << "/init quiet\n";
    std::ofstream(host.root / "entries/nixos-generation-2.conf") << "options init=" << top << "/init quiet\n";
    CHECK(host.life({"activate"}) == ordered);
    auto once = activation_host::file(order_for_systemd_boot(host));
    std::string wanted("\7\0\0\0", 4);
    for (char c : std::string("nixos-generation-2.conf")) wanted += {c, '\0'};
    wanted += {'\0', '\0'};
    CHECK(once == wanted);
    CHECK(host.life({"activate", "once", "default", "default"}) ==
          "old boot\nnew boot\nnew boot\nruns new, boots new, profile system-2-link\n");
    CHECK_FALSE(fs::exists(order_for_systemd_boot(host)));
}

TEST_CASE("a kernel that did not come up is no default, and its profile not in force") {
    if (!activation_host::can_run()) return;
    activation_host host;
    use_systemd_boot(host);
    std::ofstream(host.root / "entries/nixos-generation-2.conf") << "options init=" << top << "/init quiet\n";
    CHECK(host.life({"activate", "once", "cut", "default"}) ==
          "old boot\ndefault: back kernel\nruns old, boots old, profile system-1-link\n");
}

TEST_CASE("an order for one boot that another system left is taken back before a new one runs") {
    if (!activation_host::can_run()) return;
    activation_host host;
    use_systemd_boot(host);
    std::ofstream(order_for_systemd_boot(host)) << "x";
    host.p.needs_reboot = false;
    CHECK(host.life({"activate"}) == "new test\nruns new, boots old, profile system-1-link\n");
    CHECK_FALSE(fs::exists(order_for_systemd_boot(host)));
}

TEST_CASE("another kernel is booted once by GRUB, whose default stays the old one meanwhile") {
    activation_host host;
    if (!activation_host::can_run() || !has_grub_editenv(host)) return;
    use_grub(host, "save_env next_entry", "ext4", "part");
    CHECK(host.life({"activate"}) == ordered);
    CHECK(environment(host) == "next_entry=2>1\n");
    CHECK(fs::file_size(host.root / "grub/grubenv") == 1024);
}

TEST_CASE("the order for GRUB is taken back with the proof of the new generation") {
    activation_host host;
    if (!activation_host::can_run() || !has_grub_editenv(host)) return;
    use_grub(host, "save_env next_entry", "ext4", "part");
    CHECK(host.life({"activate", "once", "default"}) == proven);
    CHECK(environment(host) == "");
}

TEST_CASE(
    "a GRUB that cannot forget its order, or looks for none, makes the new generation the default at once") {
    struct grub {
        std::string next_entry, file_system, device;
    };
    for (const auto& [next_entry, file_system, device] :
         {grub{"save_env next_entry", "btrfs", "part"}, grub{"save_env next_entry", "ext4", "raid1"},
          grub{"save_env next_entry", "ext4", "lvm"}, grub{"", "ext4", "part"}}) {
        activation_host host;
        if (!activation_host::can_run() || !has_grub_editenv(host)) return;
        CAPTURE(next_entry);
        CAPTURE(file_system);
        CAPTURE(device);
        use_grub(host, next_entry, file_system, device);
        CHECK(host.life({"activate"}) == "new boot\nruns old, boots new, profile system-2-link\n");
        CHECK_FALSE(fs::exists(host.root / "grub/grubenv"));
    }
}

TEST_CASE("a new generation that the old one wrote no entry for is the default at once, and that is said") {
    if (!activation_host::can_run()) return;
    activation_host host;
    use_systemd_boot(host);
    CHECK(host.life({"activate"}) == "old boot\nnew boot\nruns old, boots new, profile system-2-link\n");
}
