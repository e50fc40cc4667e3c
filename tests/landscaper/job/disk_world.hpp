// Machines and disks as a model, and the truth about what may be lost on them, which no appliance is asked
// for. A script of a step is refused here for the reasons for which it refuses itself on a host
// (install/scripts.cpp; tests/landscaper/install/step_test.cpp runs the real ones).
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "landscaper/base/hex.hpp"
#include "landscaper/install/scripts.hpp"

namespace landscaper::tests {

// splitmix64 (Steele, Lea, Flood 2014): a seed costs nothing, unlike a Mersenne twister's.
class dice {
  public:
    explicit dice(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next() {
        state_ += 0x9e3779b97f4a7c15u;
        auto z = state_;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        return z ^ (z >> 31);
    }
    std::uint64_t operator()(std::uint64_t sides) { return next() % sides; }
    bool one_in(std::uint64_t sides) { return next() % sides == 0; }

  private:
    std::uint64_t state_;
};

// Who wrote what is on a disk: one attempt of one host of one rack.
struct author {
    install::id128 rack{}, host{}, nonce{};
    friend auto operator<=>(const author&, const author&) = default;
};

struct model_disk {
    install::disk_facts facts;  // what never changes: WWID or serial, model, size
    // What a reader sees.
    bool has_data = false;
    std::string reason;
    std::vector<install::signature> signatures;
    std::vector<std::string> holders;
    std::optional<bytes> block;  // at marker_offset, when it begins with the magic
    // The truth. Nothing = proven blank. An author without `is_finished`: an attempt that is under way, which
    // only itself may write over. Anything else is somebody's.
    enum class content { nothing, attempt, installation, other } holds = content::nothing;
    author by;
};

struct model_machine {
    std::vector<mac_address> mac;
    std::array<int, 2> slots{-1, -1};  // index of the disk in each; the path is the slot's of this boot
    bool are_swapped = false;          // /dev/sda and /dev/sdb change places from boot to boot
    std::string boot_id;               // empty = off
    std::string installer_key;         // the temporary key it booted with; empty = not the installer
    sha256_digest accepts{};           // the client key that its installer lets in
    bool is_on_disk = false;           // runs what is on its disk
};

struct disk_world {
    std::vector<model_disk> disks;
    std::vector<model_machine> machines;
    std::uint64_t boots = 0;

    static constexpr std::array<const char*, 2> paths{"/dev/sda", "/dev/sdb"};

    int disk_at(const model_machine& m, const std::string& path) const {
        int place = path == paths[0] ? 0 : 1;
        return m.slots[static_cast<std::size_t>(m.are_swapped ? 1 - place : place)];
    }

    void power_off(model_machine& m) {
        m.boot_id.clear();
        m.installer_key.clear();
        m.is_on_disk = false;
    }

    void power_on(model_machine& m, bool swapped) {
        power_off(m);
        auto digits = std::to_string(++boots);
        m.boot_id = "11111111-2222-3333-4444-" + std::string(12 - digits.size(), '0') + digits;
        m.are_swapped = swapped;
    }

    // landscaper-facts.
    install::facts facts_of(const model_machine& m) const {
        install::facts out;
        out.ram = std::uint64_t{8} << 30;
        for (const auto* path : paths) {
            int index = disk_at(m, path);
            if (index < 0) continue;
            const auto& disk = disks[static_cast<std::size_t>(index)];
            auto facts = disk.facts;
            facts.path = path;
            facts.by_id = {"/dev/disk/by-id/" + facts.model + "_" + std::to_string(index)};
            facts.holders = disk.holders;
            facts.signatures = disk.signatures;
            facts.marker = disk.block;
            out.disks.push_back(std::move(facts));
        }
        return out;
    }

    // landscaper-blank for one path; none when nothing is there, or when it is another disk than was asked
    // about (parse_evidence compares sizes; the writes below compare identities).
    std::optional<install::disk_evidence> evidence_of(const model_machine& m,
                                                      const install::disk_facts& asked) const {
        int index = disk_at(m, asked.path);
        if (index < 0) return std::nullopt;
        const auto& disk = disks[static_cast<std::size_t>(index)];
        if (disk.facts.size != asked.size) return std::nullopt;
        install::disk_evidence out;
        out.path = asked.path;
        out.identity = install::identity_of(asked);
        out.blank = !disk.has_data && !disk.block;
        out.reason = disk.reason;
        out.holders = disk.holders;
        out.signatures = disk.signatures;
        out.mark = install::read_marker(disk.block);
        return out;
    }

    // The disks that the script would write to, or none when one of its own checks stops it.
    enum class check { blank_or_open, only_there, open, open_or_finished };
    std::optional<std::vector<int>> reach(const model_machine& m, const install::install_plan& plan,
                                          check which) const {
        if (m.installer_key.empty() || (!plan.boot_id.empty() && plan.boot_id != m.boot_id))
            return std::nullopt;
        std::vector<int> out;
        for (const auto& wanted : plan.disks) {
            int index = disk_at(m, wanted.path);
            if (index < 0) return std::nullopt;
            const auto& disk = disks[static_cast<std::size_t>(index)];
            bool is_same = disk.facts.size == wanted.size && disk.facts.wwid == wanted.wwid &&
                           disk.facts.serial == wanted.serial;
            if (!is_same || !disk.holders.empty()) return std::nullopt;  // exchanged, or in use (O_EXCL)
            bool open = carries(disk, plan, install::marker_state::open);
            bool blank = !disk.has_data && !disk.block;
            bool finished =
                which == check::open_or_finished && carries(disk, plan, install::marker_state::finished);
            bool goes =
                which == check::only_there || open || finished || (which == check::blank_or_open && blank);
            if (!goes) return std::nullopt;
            out.push_back(index);
        }
        if (out.empty()) return std::nullopt;
        return out;
    }

    static bool carries(const model_disk& disk, const install::install_plan& plan,
                        install::marker_state state) {
        if (!disk.block) return false;
        return to_hex(bytes_view(*disk.block).first(96)) == install::marker_prefix(plan, state);
    }

    void write_marker(model_disk& disk, const install::install_plan& plan, install::marker_state state) {
        disk.block = install::encode(install::marker_of(plan, state));
        disk.by = {plan.rack, plan.host, plan.nonce};
        disk.holds = state == install::marker_state::open ? model_disk::content::attempt
                                                          : model_disk::content::installation;
        disk.has_data = true;
        disk.reason = "holds a landscaper marker at offset 524288";
    }
};

}  // namespace landscaper::tests
