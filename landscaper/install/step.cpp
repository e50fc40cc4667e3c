#include "landscaper/install/step.hpp"

#include <nlohmann/json.hpp>
#include <array>
#include <charconv>

#include "landscaper/base/hex.hpp"
#include "landscaper/base/json_fields.hpp"
#include "landscaper/base/printable.hpp"
#include "landscaper/install/parse.hpp"
#include "landscaper/install/reach.hpp"
#include "landscaper/install/scripts.hpp"

namespace landscaper::install {

namespace {

using json = nlohmann::json;

error unproven(const char* what, std::string_view seen) {
    return {install_errc::bad_proof, std::string(what) + ": " + text::printable(seen, 300)};
}

// The common case: one proof line with a fixed meaning becomes {"KEY":"VALUE"}.
result<std::string> prove_line(std::string_view output, const char* key) {
    TRY(auto value, proof(proofs_in(output), key));
    return json_text(json{{key, value}});
}

result<std::string> field_of(std::string_view proof_text, const char* key) {
    TRY(auto document, json_in(proof_text));
    json_fields fields(document, "proof");
    auto out = fields.text(key);
    if (fields.failed()) return fields.failure();
    return out;
}

bool is_boot_id(std::string_view text) {
    return text.size() == 36 && text.find_first_not_of("0123456789abcdef-") == text.npos;
}

result<std::string> prove_clock(const install_plan&, std::string_view output) {
    TRY(auto boot_id, proof(proofs_in(output), "boot_id"));
    if (!is_boot_id(boot_id)) return unproven("boot_id", boot_id);
    return json_text(json{{"boot_id", boot_id}});
}
result<void> learn_clock(install_plan& plan, std::string_view proof_text) {
    TRY(auto boot_id, field_of(proof_text, "boot_id"));
    plan.boot_id = boot_id;
    return {};
}

result<std::string> prove_facts(const install_plan&, std::string_view output) {
    TRY_VOID(parse_facts(output));
    TRY(auto document, json_in(output, std::size_t{8} << 20, 16));
    return json_text(document);
}
result<void> learn_facts(install_plan& plan, std::string_view proof_text) {
    TRY(auto machine, parse_facts(proof_text));
    plan.machine = std::move(machine);
    return {};
}

result<std::string> prove_evidence(const install_plan& plan, std::string_view output) {
    TRY_VOID(parse_evidence(output, plan.disks, blank_seed(plan)));
    auto lines = json::array();
    while (!output.empty()) {
        auto line = output.substr(0, output.find('\n'));
        output.remove_prefix(std::min(output.size(), line.size() + 1));
        TRY(auto document, json_in(line, std::size_t{1} << 20, 8));
        lines.push_back(std::move(document));
    }
    return json_text(lines);
}
result<void> learn_evidence(install_plan& plan, std::string_view proof_text) {
    TRY(auto lines, json_in(proof_text, std::size_t{8} << 20, 10));
    std::string output;
    for (const auto& line : lines) output += json_text(line) + "\n";
    TRY(auto evidence, parse_evidence(output, plan.disks, blank_seed(plan)));
    plan.evidence = std::move(evidence);
    return {};
}

// Every chosen disk printed the marker that now lies on it.
result<std::string> prove_markers(const install_plan& plan, std::string_view output, marker_state state) {
    auto lines = proofs_in(output);
    auto disks = json::array();
    for (const auto& disk : plan.disks) {
        bool found = false;
        for (const auto& [key, value] : lines) {
            if (key != "marker" || !value.starts_with(disk.path + " ")) continue;
            auto block = from_hex(std::string_view(value).substr(disk.path.size() + 1));
            if (!block) return unproven("marker", value);
            TRY(auto seen, decode_marker(*block));
            seen.time = plan.now;
            found = seen == marker_of(plan, state);
        }
        if (!found) return unproven("marker", disk.path + " does not carry it");
        disks.push_back(identity_of(disk));
    }
    if (disks.empty()) return error(install_errc::wrong_plan, "no disk was chosen");
    return json_text(json{{state == marker_state::open ? "open" : "finished", disks}});
}
result<std::string> prove_open(const install_plan& plan, std::string_view output) {
    return prove_markers(plan, output, marker_state::open);
}
result<std::string> prove_finished(const install_plan& plan, std::string_view output) {
    return prove_markers(plan, output, marker_state::finished);
}

result<std::string> prove_format(const install_plan& plan, std::string_view output) {
    auto mounts = json::array();
    for (const auto& [key, value] : proofs_in(output)) {
        if (key == "mount") mounts.push_back(text::printable(value, 300));
    }
    if (mounts.empty()) return unproven("format", "nothing is mounted at /mnt");
    return json_text(json{{"mounts", mounts}, {"layout", text::printable(plan.layout.source, 300)}});
}

result<std::string> prove_copy(const install_plan& plan, std::string_view output) {
    auto lines = proofs_in(output);
    TRY_VOID(check_cache_answered(lines));
    TRY(auto hash, proof(lines, "copied"));
    TRY(auto paths, proof(lines, "paths"));
    if (!hash.starts_with("sha256:")) return unproven("copied", hash);
    return json_text(json{{"base", plan.base}, {"hash", hash}, {"paths", paths}, {"pushed", plan.is_pushed}});
}

result<std::string> prove_profile(const install_plan& plan, std::string_view output) {
    TRY(auto profile, proof(proofs_in(output), "profile"));
    if (profile != plan.base) return unproven("profile", profile);
    return json_text(json{{"profile", profile}});
}

std::string host_json_sum(const install_plan& plan) {
    return to_hex(sha256(as_bytes(plan.host_json + "\n")));
}

result<std::string> prove_files(const install_plan& plan, std::string_view output) {
    auto lines = proofs_in(output);
    TRY(auto host_json, proof(lines, "host_json"));
    TRY(auto key, proof(lines, "host_key"));
    if (host_json != host_json_sum(plan)) return unproven("host.json", host_json);
    if (key != plan.temporary_key) return unproven("host key", key);
    return json_text(json{{"host_json", host_json}, {"host_key", key}});
}

result<std::string> prove_loader(const install_plan&, std::string_view output) {
    return prove_line(output, "loader");
}

// "/dev/vda 1 GUID /boot" as boot_order prints it.
result<esp> parse_esp(std::string_view text) {
    std::array<std::string_view, 4> words;
    for (auto& word : words) {
        word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(text.size(), word.size() + 1));
    }
    esp out{std::string(words[0]), 0, std::string(words[2]), std::string(words[3])};
    std::from_chars(words[1].data(), words[1].data() + words[1].size(), out.number);
    bool plain_guid = is_boot_id(out.guid);
    if (!is_device_path(out.disk) || out.number == 0 || !plain_guid || !out.mount.starts_with("/") ||
        !text.empty()) {
        return error(install_errc::bad_proof, "ESP");
    }
    return out;
}

result<std::string> prove_boot_order(const install_plan& plan, std::string_view output) {
    auto esps = json::array(), warnings = json::array();
    for (const auto& [key, value] : proofs_in(output)) {
        if (key == "warning") warnings.push_back(text::printable(value, 300));
        if (key != "esp") continue;
        TRY_VOID(parse_esp(value));
        esps.push_back(value);
    }
    if (plan.machine.firmware == firmware::uefi && esps.empty())
        return unproven("ESP", "the layout mounts none");
    return json_text(json{{"esps", esps}, {"warnings", warnings}});
}
result<void> learn_boot_order(install_plan& plan, std::string_view proof_text) {
    TRY(auto document, json_in(proof_text));
    json_fields fields(document, "proof");
    std::vector<esp> esps;
    for (const auto& text : fields.texts("esps")) {
        TRY(auto one, parse_esp(text));
        esps.push_back(std::move(one));
    }
    if (fields.failed()) return fields.failure();
    plan.esps = std::move(esps);
    return {};
}

result<std::string> prove_unmount(const install_plan&, std::string_view output) {
    return prove_line(output, "unmounted");
}
result<std::string> prove_reboot(const install_plan&, std::string_view output) {
    return prove_line(output, "rebooting");
}

// The system on the disk: not the installer, not the installer's boot, this host's file, this base.
result<std::string> prove_installed(const install_plan& plan, std::string_view output) {
    auto lines = proofs_in(output);
    TRY(auto variant, proof(lines, "variant"));
    TRY(auto boot_id, proof(lines, "boot_id"));
    TRY(auto booted, proof(lines, "booted"));
    TRY(auto root, proof(lines, "root"));
    TRY(auto host_json, proof(lines, "host_json"));
    if (variant == "installer")
        return unproven("installed", "the installer came up again instead of the disk");
    if (!is_boot_id(boot_id) || boot_id == plan.boot_id) return unproven("boot_id", boot_id);
    if (booted != plan.base) return unproven("booted system", booted);
    if (host_json != host_json_sum(plan)) return unproven("host.json", host_json);
    return json_text(json{{"booted", booted}, {"boot_id", boot_id}, {"root", text::printable(root, 200)}});
}

using namespace std::chrono_literals;
using ssh::run_as;

const std::array table{
    install_step{.name = "clock",
                 .phase = "installer",
                 .intent = "set the installer's clock",
                 .quiet = 60s,
                 .script = clock_script,
                 .prove = prove_clock,
                 .learn = learn_clock},
    install_step{.name = "facts",
                 .phase = "installer",
                 .intent = "read what the machine is",
                 .quiet = 120s,
                 .script = facts_script,
                 .prove = prove_facts,
                 .learn = learn_facts},
    install_step{.name = "evidence",
                 .phase = "gate",
                 .intent = "look whether the chosen disks are blank",
                 .quiet = 300s,
                 .script = evidence_script,
                 .prove = prove_evidence,
                 .learn = learn_evidence},
    install_step{.name = "marker",
                 .phase = "gate",
                 .intent = "mark the chosen disks as this attempt's",
                 .quiet = 300s,
                 .script = marker_script,
                 .prove = prove_open},
    install_step{.name = "format",
                 .phase = "format",
                 .intent = "partition, format and mount the disks",
                 .how = run_as::detached,
                 .quiet = 600s,
                 .script = format_script,
                 .prove = prove_format},
    install_step{.name = "copy",
                 .phase = "copy",
                 .intent = "copy the base system",
                 .how = run_as::detached,
                 .quiet = 300s,
                 .script = copy_script,
                 .prove = prove_copy},
    install_step{.name = "profile",
                 .phase = "copy",
                 .intent = "make the base system generation 1",
                 .quiet = 60s,
                 .script = profile_script,
                 .prove = prove_profile},
    install_step{.name = "files",
                 .phase = "copy",
                 .intent = "write the files that are this host's own",
                 .quiet = 60s,
                 .script = files_script,
                 .prove = prove_files},
    install_step{.name = "loader",
                 .phase = "loader",
                 .intent = "write the boot loader",
                 .how = run_as::detached,
                 .quiet = 300s,
                 .script = loader_script,
                 .prove = prove_loader},
    install_step{.name = "boot_order",
                 .phase = "loader",
                 .intent = "make the firmware boot the disk first",
                 .quiet = 120s,
                 .script = boot_order_script,
                 .prove = prove_boot_order,
                 .learn = learn_boot_order},
    install_step{.name = "unmount",
                 .phase = "loader",
                 .intent = "unmount the disks",
                 .quiet = 300s,
                 .script = unmount_script,
                 .prove = prove_unmount},
    install_step{.name = "finish",
                 .phase = "loader",
                 .intent = "mark the installation as finished",
                 .quiet = 60s,
                 .script = finish_script,
                 .prove = prove_finished},
    install_step{.name = "reboot",
                 .phase = "reboot",
                 .intent = "reboot into the installed system",
                 .quiet = 30s,
                 .script = reboot_script,
                 .prove = prove_reboot},
    install_step{.name = "installed",
                 .phase = "reboot",
                 .intent = "see the installed system answer",
                 .quiet = 60s,
                 .script = installed_script,
                 .prove = prove_installed},
};

std::string mib(std::uint64_t count) {
    return std::to_string(count >> 20) + " MiB";
}

}  // namespace

std::span<const install_step> install_steps() {
    return table;
}

result<void> check_room(const install_plan& plan) {
    // The installer lives in RAM; nix needs about 300 MiB above it while it copies.
    constexpr auto needed_ram = std::uint64_t{900} << 20;
    if (plan.machine.ram < needed_ram) {
        return error(install_errc::too_small, "RAM " + mib(plan.machine.ram) + ", needed " + mib(needed_ram));
    }
    // ESP, file system overhead, and a second generation beside the first.
    auto needed_disk = (std::uint64_t{2} << 30) + plan.base_bytes * 2;
    for (const auto& disk : plan.disks) {
        if (disk.size < needed_disk) {
            return error(install_errc::too_small,
                         "disk " + disk.path + " " + mib(disk.size) + ", needed " + mib(needed_disk));
        }
    }
    return {};
}

}  // namespace landscaper::install
