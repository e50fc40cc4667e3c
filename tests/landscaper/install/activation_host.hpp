// A machine for the scripts of nixos.system: process, mount table, /nix and /run of its own; nix-env moves
// links, and a system is a folder whose switch-to-configuration moves what runs, or what boots. Needs root.
#pragma once

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <string>

#include "landscaper/install/system.hpp"
#include "landscaper/ssh/shell.hpp"

namespace landscaper::install_test {

namespace fs = std::filesystem;

inline const std::string top = "/nix/store/m5zd3qj7c4bs4g5d8hqvs5pc5xicclfg-nixos-system-px01";
inline const std::string old = "/nix/store/n5zd3qj7c4bs4g5d8hqvs5pc5xicclfg-nixos-system-base";

inline install::system_plan system_plan_of_px01() {
    install::system_plan p;
    p.name = "px01";
    p.toplevel = top;
    p.cache_url = "http://10.0.0.2:8069/cache";
    p.cache_key = "landscaper-r:AAAA";
    p.activation = "5.1";
    return p;
}

inline const install::system_step& system_row(std::string_view name) {
    return *ssh::find_step<install::system_plan>(install::system_steps(), name);
}

// Of systemd-boot's variables (Boot Loader Interface).
inline const std::string loader = "-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f";

struct activation_host {
    fs::path root;
    install::system_plan p = system_plan_of_px01();

    activation_host() {
        std::string pattern = "/tmp/landscaper-activation-XXXXXX";
        root = ::mkdtemp(pattern.data());
        fs::create_directories(root / "bin");
        p.previous = old;
        p.boot_id = "boot-1";
        p.grub = (root / "grub").string();
        p.efivars = (root / "efivars").string();
        p.loader_entries = (root / "entries").string();
        // As the real one, which makes no second generation of the system that the last one is.
        answer("nix-env", R"sh(cd /nix/var/nix/profiles
case $3 in
--set)
    number=0
    while [ -L system-$((number + 1))-link ]; do number=$((number + 1)); done
    [ "$(readlink system-$number-link)" = "$4" ] || number=$((number + 1))
    ln -sfn "$4" system-$number-link ;;
--switch-generation) number=$4 ;;
esac
ln -sfn system-$number-link system.new
mv -T system.new system)sh");
        // The time of the guard is over when the test says so.
        answer("sleep", "[ $1 = 300 ] || exec /bin/sleep $1\nuntil [ -e " + root.string() +
                            "/due ]; do /bin/sleep 0.01; done");
    }
    activation_host(const activation_host&) = delete;
    activation_host& operator=(const activation_host&) = delete;
    ~activation_host() { fs::remove_all(root); }

    static bool can_run() {
        if (::geteuid() == 0 && fs::exists("/nix")) return true;
        MESSAGE("skipped: needs root and a folder /nix to mount on");
        return false;
    }

    void answer(const char* program, const std::string& body) const {
        std::ofstream(root / "bin" / program) << "#!/bin/sh\n" << body << "\n";
        fs::permissions(root / "bin" / program, fs::perms::owner_all);
    }

    // What the new system's activation does besides.
    std::string activation = ":";

    // The rows, and what happens to the machine: `due` the time is over, `cut` the power goes and comes,
    // `once` it is restarted into the new system. Returns what was done, in order, and how it ends.
    std::string life(std::initializer_list<std::string_view> events) const {
        std::string script = "fresh\n";
        for (auto event : events) {
            bool is_row = ssh::find_step<install::system_plan>(install::system_steps(), event) != nullptr;
            script += (is_row ? "row " : "") + std::string(event) + "\n";
        }
        return play(script + "say \"$(standing)\"\n");
    }

    // Bash text with the functions below; what it said.
    std::string play(const std::string& text) const {
        for (const auto& row : install::system_steps()) {
            std::ofstream(root / ("row-" + std::string(row.name))) << row.script(p);
        }
        std::ofstream(root / "machine") << "root=" << root.string() << "\ntop=" << top << "\nold=" << old
                                        << "\nactivation=" << ssh::quote(activation) << "\n"
                                        << functions << text;
        // It ends with this program, also where that is killed.
        auto command = "exec setpriv --pdeathsig KILL unshare -mpf --mount-proc --kill-child bash " +
                       (root / "machine").string() + " </dev/null >" + (root / "machine.log").string() +
                       " 2>&1";
        if (std::system(command.c_str()) != 0) return "the machine failed: " + file(root / "machine.log");
        return file(root / "said");
    }

    static std::string file(const fs::path& path) {
        std::ifstream said(path);
        return {std::istreambuf_iterator<char>(said), {}};
    }

  private:
    static constexpr const char* functions = R"sh(
set -eu
mount --make-rprivate /
mount -t tmpfs tmpfs /nix
mount -t tmpfs tmpfs /run
echo boot-1 >"$root/boot_id"
mount --bind "$root/boot_id" /proc/sys/kernel/random/boot_id
export PATH=$root/bin:$PATH root top old
profiles=/nix/var/nix/profiles

say() { echo "$*" >>"$root/said"; }
name_of() { case $1 in "$top") echo new ;; "$old") echo old ;; *) echo "${1:-nothing}" ;; esac }
runs() { name_of "$(readlink /run/current-system)"; }
boots() { read -r default <"$root/default"; name_of "$default"; }
standing() { echo "runs $(runs), boots $(boots), profile $(readlink $profiles/system)"; }

start() { # SYSTEM
    ln -s "$1" /run/current-system
    ln -s "$1" /run/booted-system
}
for system in $top $old; do
    mkdir -p $system/bin $system/sw/bin $profiles
    cat >$system/bin/switch-to-configuration <<END
#!/bin/sh
echo "$(name_of $system) \$1" >>$root/said
if [ $system = $top ] && [ \$1 != boot ]; then $activation; fi
case \$1 in
test) ln -sfn $system /run/current-system.new; mv -T /run/current-system.new /run/current-system ;;
boot) echo $system >$root/default.new; mv $root/default.new $root/default ;;
*) exit 1 ;;
esac
END
    chmod +x $system/bin/switch-to-configuration
done

fresh() { # a machine that has booted the old system
    kill -s KILL -1 2>/dev/null || true
    rm -rf /nix/var/nix/gcroots $profiles/* /run/* "$root/due" "$root/said"
    ln -s $old $profiles/system-1-link
    ln -s system-1-link $profiles/system
    echo $old >"$root/default"
    echo boot-1 >"$root/boot_id"
    start $old
}
row() { # NAME: as a detached step runs it
    code=0
    bash "$root/row-$1" </dev/null >"$root/log" 2>&1 || code=$?
    [ $code = 0 ] || say "$1 failed: $(tail -n 1 "$root/log")"
    back=$(grep -o 'landscaper-proof back .*' "$root/log") || return 0
    say "$1: back ${back#landscaper-proof back }"
}
alone() { # until nothing runs beside the test
    for try in $(seq 1 3000); do
        set -- /proc/[0-9]*
        [ $# != 1 ] || return 0
        /bin/sleep 0.01
    done
    say "still there: $(cat /proc/[0-9]*/cmdline | tr '\0' ' ')"
}
due() { # the guards' time is over, and they have done what they do
    : >"$root/due"
    alone
}
reboot() { # SYSTEM
    kill -s KILL -1 2>/dev/null || true
    rm -rf /run/*
    echo "boot-$RANDOM$RANDOM" >"$root/boot_id"
    start "$1"
}
cut() {
    read -r default <"$root/default"
    reboot "$default"
}
once() { reboot "$top"; }
)sh";
};

}  // namespace landscaper::install_test
