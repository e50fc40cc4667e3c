#include "landscaper/install/system.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "landscaper/ssh/shell.hpp"

namespace fs = std::filesystem;
using namespace landscaper;
using namespace landscaper::install;

namespace {

const std::string top = "/nix/store/m5zd3qj7c4bs4g5d8hqvs5pc5xicclfg-nixos-system-px01";
const std::string old = "/nix/store/n5zd3qj7c4bs4g5d8hqvs5pc5xicclfg-nixos-system-base";

system_plan plan() {
    system_plan p;
    p.name = "px01";
    p.toplevel = top;
    p.cache_url = "http://10.0.0.2:8069/cache";
    p.cache_key = "landscaper-r:AAAA";
    p.activation = "5.1";
    return p;
}

const system_step& row(std::string_view name) {
    return *ssh::find_step<system_plan>(system_steps(), name);
}

std::string way(bool needs_reboot) {
    auto p = plan();
    p.needs_reboot = needs_reboot;
    std::string out;
    for (auto at = next_system_step(p, ""); !at.empty(); at = next_system_step(p, at))
        out += std::string(at) + " ";
    return out;
}

const std::string running = "landscaper-proof generation 2\nlandscaper-proof profile " + top +
                            "\nlandscaper-proof current " + top +
                            "\nlandscaper-proof kernel /nix/store/k/bzImage /nix/store/k/bzImage\n"
                            "landscaper-proof initrd /nix/store/i/initrd /nix/store/i/initrd\n"
                            "landscaper-proof boot_id b\n";

}  // namespace

TEST_CASE("a host is rebooted once, and only when its kernel or initrd changes") {
    CHECK(way(false) == "copy compare activate confirm generation ");
    CHECK(way(true) == "copy compare activate restart default generation ");
}

TEST_CASE("every way names rows of the table") {
    auto p = plan();
    for (bool reboot : {false, true}) {
        p.needs_reboot = reboot;
        for (auto at = next_system_step(p, ""); !at.empty(); at = next_system_step(p, at)) {
            CHECK(ssh::find_step<system_plan>(system_steps(), at) != nullptr);
        }
    }
}

TEST_CASE("what the comparison says is learnt through the ledger's text") {
    auto p = plan();
    auto proof = row("compare").prove(p, "landscaper-proof reboot yes\nlandscaper-proof previous " + old +
                                             "\nlandscaper-proof boot_id b\n");
    REQUIRE(proof.has_value());
    REQUIRE(row("compare").learn(p, *proof).has_value());
    CHECK(p.needs_reboot);
    CHECK(p.previous == old);
    CHECK_FALSE(row("compare").prove(p, "landscaper-proof reboot maybe\n").has_value());
}

TEST_CASE("a switch is guarded by a watchman who brings the previous generation back") {
    auto p = plan();
    p.previous = old;
    auto script = row("activate").script(p);
    auto watchman = script.find("--switch-generation"), change = script.find("nix-env -p \"$profile\" --set");
    CHECK(watchman != script.npos);
    CHECK(watchman < change);
    p.needs_reboot = true;
    CHECK(row("activate").script(p).find("--switch-generation") == std::string::npos);
}

TEST_CASE("ok is proven only by the host running exactly this system, kernel and initrd included") {
    auto p = plan();
    auto proof = row("generation").prove(p, running);
    REQUIRE_MESSAGE(proof.has_value(), proof.error().message());
    REQUIRE(row("generation").learn(p, *proof).has_value());
    CHECK(p.generation == 2);
    for (auto [from, to] : {std::pair<std::string, std::string>{"current " + top, "current " + old},
                            {"profile " + top, "profile " + old},
                            {"k/bzImage /nix/store/k", "other/bzImage /nix/store/k"},
                            {"i/initrd /nix/store/i", " /nix/store/i"},
                            {"generation 2", "generation x"},
                            {"boot_id b\n", "boot_id b\nlandscaper-proof current " + top + "\n"}}) {
        auto output = running;
        output.replace(output.find(from), from.size(), to);
        CAPTURE(output);
        CHECK_FALSE(row("generation").prove(p, output).has_value());
    }
}

namespace {

bool can_mount_on_nix() {
    if (::geteuid() == 0 && fs::exists("/nix")) return true;
    MESSAGE("skipped: needs root and a folder /nix to mount on");
    return false;
}

// Of systemd-boot's variables (Boot Loader Interface).
const std::string loader = "-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f";

// The activation scripts in a mount table of their own: /nix and /run are empty, nix-env moves a link, and a
// system is a folder whose switch-to-configuration says that it ran.
struct activation_host {
    fs::path root;
    system_plan p = plan();

    activation_host() {
        std::string pattern = "/tmp/landscaper-activation-XXXXXX";
        root = ::mkdtemp(pattern.data());
        fs::create_directories(root / "bin");
        std::ofstream(root / "bin/nix-env") << R"sh(#!/bin/sh
profiles=/nix/var/nix/profiles
case $3 in
    --set) ln -sfn "$4" $profiles/system-2-link; ln -sfn system-2-link $profiles/system ;;
    --switch-generation) ln -sfn "system-$4-link" $profiles/system ;;
esac
)sh";
        fs::permissions(root / "bin/nix-env", fs::perms::owner_all);
        p.previous = old;
        p.confirm_within = std::chrono::seconds(1);
    }
    ~activation_host() { fs::remove_all(root); }

    void use_systemd_boot() {
        p.needs_reboot = true;
        p.efivars = (root / "efivars").string();
        p.loader_entries = (root / "entries").string();
        fs::create_directories(p.efivars);
        fs::create_directories(p.loader_entries);
        std::ofstream(root / "efivars" / ("LoaderInfo" + loader)) << "x";
    }

    // GRUB with a menu as NixOS writes it (install-grub.pl), on a file system and device of this kind.
    void use_grub(const std::string& next_entry, const std::string& file_system, const std::string& device) {
        p.needs_reboot = true;
        p.efivars = (root / "none").string();
        p.grub = (root / "grub").string();
        fs::create_directories(p.grub);
        auto entry = [](const std::string& title, const std::string& system) {
            return "menuentry \"" + title + "\" --class nixos --unrestricted {\n" +
                   "search --set=drive1 --fs-uuid 0a1b\n  linux ($drive1)/k-bzImage init=" + system +
                   "/init loglevel=4\n  initrd ($drive1)/i-initrd\n}\n";
        };
        std::ofstream(root / "grub/grub.cfg")
            << "if [ -s $prefix/grubenv ]; then\n  load_env\nfi\nif [ \"${next_entry}\" ]; then\n"
            << "  set default=\"${next_entry}\"\n  set next_entry=\n  " << next_entry << "\nfi\n"
            << "function savedefault {\n  save_env saved_entry\n}\n"
            << "menuentry \"Memory test\" { linux /memtest }\n"
            << entry("NixOS", old) << "submenu \"NixOS - All configurations\" --class submenu {\n"
            << entry("NixOS - Configuration 3", top + "-other") << entry("NixOS - Configuration 2", top)
            << entry("NixOS - Configuration 1", old) << "}\n";
        answer("findmnt",
               "case \"$*\" in *FSTYPE*) echo " + file_system + " ;; *) echo /dev/somewhere ;; esac");
        answer("lsblk", "echo " + device);
    }
    void answer(const char* program, const std::string& body) const {
        std::ofstream(root / "bin" / program) << "#!/bin/sh\n" << body << "\n";
        fs::permissions(root / "bin" / program, fs::perms::owner_all);
    }
    std::string environment() const {
        auto file = (root / "grub/grubenv").string();
        auto listed = "PATH=" + root.string() + "/bin:$PATH; grub-editenv " + file + " list >" +
                      (root / "list").string() + " 2>&1";
        if (std::system(listed.c_str()) != 0) return "none";
        std::ifstream said(root / "list");
        return {std::istreambuf_iterator<char>(said), {}};
    }
    // grub-editenv of this machine, or of a package that a rack has unpacked.
    bool has_grub_editenv() const {
        if (std::system("command -v grub-editenv >/dev/null") == 0) return true;
        auto source =
            fs::weakly_canonical(fs::path(__FILE__)).parent_path().parent_path().parent_path().parent_path();
        std::error_code none;
        for (const auto& package : fs::directory_iterator(source / "build/unpacked", none)) {
            auto file = package.path() / "usr/bin/grub-editenv";
            if (!fs::exists(file)) continue;
            fs::create_symlink(file, root / "bin/grub-editenv");
            return true;
        }
        MESSAGE("skipped: grub-editenv is not installed, nor unpacked by the virtual rack");
        return false;
    }

    // Runs the rows one after the other in one life of the host, then waits and prints what was switched to,
    // in order.
    std::string life(std::initializer_list<std::string_view> rows) const {
        std::ofstream script(root / "script");
        script << "set -e\nmount --make-rprivate /\nmount -t tmpfs tmpfs /nix\nmount -t tmpfs tmpfs /run\n"
                  "PATH="
               << root.string() << "/bin:$PATH\nmkdir -p /nix/var/nix/profiles\n";
        for (const auto& system : {top, old}) {
            script << "mkdir -p " << system << "/bin\nprintf '#!/bin/sh\\necho "
                   << (system == top ? "new" : "old") << " $1 >>" << root.string() << "/said\\n' >" << system
                   << "/bin/switch-to-configuration\nchmod +x " << system << "/bin/switch-to-configuration\n";
        }
        script << "ln -s " << old
               << " /nix/var/nix/profiles/system-1-link\nln -s system-1-link /nix/var/nix/profiles/system\n";
        for (auto name : rows)
            script << "bash -c " << ssh::quote(row(name).script(p)) << " || echo " << name << " failed >>"
                   << root.string() << "/said\n";
        script << "sleep 1.5\nreadlink /nix/var/nix/profiles/system >>" << root.string() << "/said\n";
        script.close();
        if (std::system(("unshare -m bash " + (root / "script").string() + " >/dev/null 2>&1").c_str()) != 0)
            return "no";
        std::ifstream said(root / "said");
        return {std::istreambuf_iterator<char>(said), {}};
    }
};

}  // namespace

TEST_CASE("a switch that is confirmed stays, one that is not is taken back by the host itself") {
    if (!can_mount_on_nix()) return;
    CHECK(activation_host().life({"activate", "confirm"}) == "new switch\nsystem-2-link\n");
    CHECK(activation_host().life({"activate"}) == "new switch\nold switch\nsystem-1-link\n");
}

TEST_CASE("a reboot into another kernel starts no watchman") {
    if (!can_mount_on_nix()) return;
    activation_host host;
    host.p.needs_reboot = true;
    CHECK(host.life({"activate"}) == "new boot\nsystem-2-link\n");
}

TEST_CASE("another kernel is booted once by systemd-boot, and becomes the default when it runs") {
    if (!can_mount_on_nix()) return;
    activation_host host;
    host.use_systemd_boot();
    std::ofstream(host.root / "entries/nixos-generation-1.conf") << "options init=" << old << "/init quiet\n";
    std::ofstream(host.root / "entries/nixos-generation-2.conf") << "options init=" << top << "/init quiet\n";
    // In the life before the reboot nothing runs that booted from the new generation.
    // The new generation is the default at no moment: the power may go at any.
    CHECK(host.life({"activate", "default"}) == "old boot\ndefault failed\nsystem-2-link\n");
    std::ifstream file(host.root / "efivars" / ("LoaderEntryOneShot" + loader), std::ios::binary);
    std::string once{std::istreambuf_iterator<char>(file), {}};
    std::string wanted("\7\0\0\0", 4);
    for (char c : std::string("nixos-generation-2.conf")) wanted += {c, '\0'};
    wanted += {'\0', '\0'};
    CHECK(once == wanted);
}

TEST_CASE("another kernel is booted once by GRUB, whose default stays the old one meanwhile") {
    activation_host host;
    if (!can_mount_on_nix() || !host.has_grub_editenv()) return;
    host.use_grub("save_env next_entry", "ext4", "part");
    CHECK(host.life({"activate"}) == "old boot\nsystem-2-link\n");
    CHECK(host.environment() == "next_entry=2>1\n");
    CHECK(fs::file_size(host.root / "grub/grubenv") == 1024);
}

TEST_CASE("the order for GRUB is taken back with the proof of the new generation") {
    activation_host host;
    if (!can_mount_on_nix() || !host.has_grub_editenv()) return;
    host.use_grub("save_env next_entry", "ext4", "part");
    host.answer("readlink",
                "case $* in *booted-system) echo " + top + " ;; *) exec /bin/readlink \"$@\" ;; esac");
    CHECK(host.life({"activate", "default"}) == "old boot\nnew boot\nsystem-2-link\n");
    CHECK(host.environment() == "");
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
        if (!can_mount_on_nix() || !host.has_grub_editenv()) return;
        CAPTURE(next_entry);
        CAPTURE(file_system);
        CAPTURE(device);
        host.use_grub(next_entry, file_system, device);
        CHECK(host.life({"activate"}) == "new boot\nsystem-2-link\n");
        CHECK_FALSE(fs::exists(host.root / "grub/grubenv"));
    }
}

TEST_CASE("a new generation that the old one wrote no entry for is the default at once, and that is said") {
    if (!can_mount_on_nix()) return;
    activation_host host;
    host.use_systemd_boot();
    CHECK(host.life({"activate"}) == "old boot\nnew boot\nsystem-2-link\n");
}

TEST_CASE("the activation for a reboot says whether the old generation is still the default") {
    auto p = plan();
    p.needs_reboot = true;
    auto proof = row("activate").prove(p, "landscaper-proof once yes\nlandscaper-proof activated boot\n");
    REQUIRE(proof.has_value());
    CHECK(*proof == R"({"activated":"boot","once":true})");
    CHECK_FALSE(row("activate").prove(p, "landscaper-proof activated boot\n").has_value());
    CHECK(row("activate").learn(p, *proof).has_value());
    CHECK_FALSE(p.is_default_at_once);
    CHECK(row("activate").learn(p, R"({"activated":"boot","once":false})").has_value());
    CHECK(p.is_default_at_once);
    CHECK(row("default").prove(p, "landscaper-proof default " + top + "\n").has_value());
    CHECK_FALSE(row("default").prove(p, "landscaper-proof default " + old + "\n").has_value());
}
