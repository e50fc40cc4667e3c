#include "landscaper/install/system.hpp"

#include <nlohmann/json.hpp>
#include <array>
#include <charconv>

#include "landscaper/base/json_fields.hpp"
#include "landscaper/base/printable.hpp"
#include "landscaper/install/activation.hpp"
#include "landscaper/install/boot_once.hpp"
#include "landscaper/install/parse.hpp"
#include "landscaper/install/reach.hpp"
#include "landscaper/install/scripts.hpp"
#include "landscaper/ssh/shell.hpp"

namespace landscaper::install {

namespace {

using json = nlohmann::json;
using ssh::quote;

std::string head(const system_plan& plan) {
    return preamble() + "toplevel=" + quote(plan.toplevel) + "\nprofile=/nix/var/nix/profiles/system\n";
}

// Nix calls a path valid whose files a power cut would leave empty.
std::string copy_text(const system_plan& plan) {
    auto pull = nix_copy(plan.cache_url, plan.cache_key, plan.toplevel, "");
    return head(plan) + (plan.is_pushed ? "" : pull) + "sync\n" +
           "prove paths \"$(nix-store -qR \"$toplevel\" | wc -l)\"\n";
}

// A missing link proves nothing, so it counts as different.
std::string compare_text(const system_plan& plan) {
    return head(plan) + see_previous_text() +
           R"sh(same() { [ -e "$1" ] && [ "$(readlink -f "$1")" = "$(readlink -f "$2")" ]; }
reboot=no
same /run/booted-system/kernel "$toplevel/kernel" || reboot=yes
same /run/booted-system/initrd "$toplevel/initrd" || reboot=yes
prove reboot $reboot
prove previous "$previous"
prove boot_id "$(cat /proc/sys/kernel/random/boot_id)"
)sh";
}

// Another kernel is ordered for one boot; the same one is run at once, and booted only when confirmed.
std::string activate_text(const system_plan& plan) {
    auto out = head(plan) + "previous=" + quote(plan.previous) + "\n" + keep_systems_text();
    constexpr auto boot_id = "prove boot_id \"$(cat /proc/sys/kernel/random/boot_id)\"\n";
    if (!plan.needs_reboot) {
        return out + forget_once_text(plan) + run_guarded_text(plan) + boot_id + "prove activated test\n";
    }
    return out + "nix-env -p \"$profile\" --set \"$toplevel\"\n" + boot_once_text(plan) +
           "if [ $once = no ]; then\n" + forget_once_text(plan) +
           "\"$toplevel/bin/switch-to-configuration\" boot\nelse\n" + profile_back_text() +
           "fi\nend_line\nsync\n" + boot_id + "prove once $once\nprove activated boot\n";
}

std::string confirm_text(const system_plan& plan) {
    return head(plan) + decide_text(plan) + make_default_text(plan) + "prove confirmed " +
           quote(plan.activation) + "\n";
}

std::string reboot_text(const system_plan& plan) {
    return head(plan) + "[ \"$(cat /proc/sys/kernel/random/boot_id)\" = " + quote(plan.boot_id) +
           " ] || { prove rebooting already; exit 0; }\nsync\n" + ssh::reboot_after_session() +
           "prove rebooting now\n";
}

std::string default_text(const system_plan& plan) {
    return head(plan) +
           "[ \"$(readlink -f /run/booted-system)\" = \"$(readlink -f \"$toplevel\")\" ] || "
           "{ prove back kernel; exit 0; }\n" +
           make_default_text(plan) + "prove default \"$toplevel\"\n";
}

std::string generation_text(const system_plan& plan) {
    return head(plan) + R"sh(link=$(readlink "$profile")
link=${link#system-}
prove generation "${link%-link}"
prove profile "$(readlink -f "$profile")"
prove current "$(readlink -f /run/current-system)"
prove kernel "$(readlink -f /run/booted-system/kernel) $(readlink -f "$toplevel/kernel")"
prove initrd "$(readlink -f /run/booted-system/initrd) $(readlink -f "$toplevel/initrd")"
prove boot_id "$(cat /proc/sys/kernel/random/boot_id)"
)sh";
}

error unproven(const char* what, std::string_view seen) {
    return {install_errc::bad_proof, std::string(what) + ": " + text::printable(seen, 300)};
}

result<std::string> prove_copy(const system_plan& plan, std::string_view output) {
    auto lines = proofs_in(output);
    TRY_VOID(check_cache_answered(lines));
    TRY(auto paths, proof(lines, "paths"));
    return json_text(json{{"toplevel", plan.toplevel}, {"paths", paths}, {"pushed", plan.is_pushed}});
}

result<std::string> prove_compare(const system_plan&, std::string_view output) {
    auto lines = proofs_in(output);
    TRY(auto reboot, proof(lines, "reboot"));
    TRY(auto previous, proof(lines, "previous"));
    TRY(auto boot_id, proof(lines, "boot_id"));
    if (reboot != "yes" && reboot != "no") return unproven("reboot", reboot);
    if (!previous.starts_with("/nix/store/")) return unproven("current system", previous);
    return json_text(json{{"reboot", reboot == "yes"}, {"previous", previous}, {"boot_id", boot_id}});
}
result<void> learn_compare(system_plan& plan, std::string_view proof_text) {
    TRY(auto document, json_in(proof_text));
    json_fields fields(document, "proof");
    plan.needs_reboot = fields.boolean("reboot");
    plan.previous = fields.text("previous");
    plan.boot_id = fields.text("boot_id");
    if (fields.failed()) return fields.failure();
    return {};
}

result<std::string> prove_activate(const system_plan& plan, std::string_view output) {
    auto lines = proofs_in(output);
    TRY(auto how, proof(lines, "activated"));
    TRY(auto boot_id, proof(lines, "boot_id"));
    if (how != (plan.needs_reboot ? "boot" : "test")) return unproven("activated", how);
    json out{{"activated", how}, {"boot_id", text::printable(boot_id, 40)}};
    if (plan.needs_reboot) {
        TRY(auto once, proof(lines, "once"));
        out["once"] = once == "yes";
    }
    return json_text(out);
}

result<void> learn_activate(system_plan& plan, std::string_view proof_text) {
    TRY(auto document, json_in(proof_text));
    json_fields fields(document, "proof");
    // A proof of an older release has none.
    if (fields.find("boot_id")) plan.boot_id = fields.text("boot_id");
    if (plan.needs_reboot) plan.is_default_at_once = !fields.boolean("once");
    if (fields.failed()) return fields.failure();
    return {};
}

// Of a host that runs its previous system again.
result<void> check_not_back(const system_plan& plan, const proof_lines& lines) {
    auto how = proof(lines, "back");
    if (!how) return {};
    if (*how == "restarted") {
        return error(install_errc::restarted, "it was started again before " + plan.toplevel +
                                                  " was confirmed, and booted the generation before");
    }
    if (*how == "late") {
        return error(
            install_errc::not_confirmed,
            "the host has already gone back to the previous generation: it was not reached over SSH within " +
                std::to_string(plan.confirm_within.count()) + " s; look what " + plan.toplevel +
                " does to its network");
    }
    if (*how == "kernel") {
        return error(
            install_errc::went_back,
            "the host came back in its previous generation: the new kernel or initrd did not come up");
    }
    return error(install_errc::went_back, "the host runs " + text::printable(*how, 300) + " instead of " +
                                              plan.toplevel + ": somebody activated that meanwhile");
}

result<std::string> prove_default(const system_plan& plan, std::string_view output) {
    auto lines = proofs_in(output);
    TRY_VOID(check_not_back(plan, lines));
    TRY(auto which, proof(lines, "default"));
    if (which != plan.toplevel) return unproven("default", which);
    return json_text(json{{"default", which}});
}

result<std::string> prove_confirm(const system_plan& plan, std::string_view output) {
    auto lines = proofs_in(output);
    TRY_VOID(check_not_back(plan, lines));
    TRY(auto which, proof(lines, "confirmed"));
    if (which != plan.activation) return unproven("confirmed", which);
    return json_text(json{{"confirmed", which}});
}

result<std::string> prove_reboot(const system_plan&, std::string_view output) {
    TRY(auto when, proof(proofs_in(output), "rebooting"));
    return json_text(json{{"rebooting", text::printable(when, 20)}});
}

bool are_the_same(std::string_view two) {
    auto blank = two.find(' ');
    return blank != two.npos && blank > 0 && two.substr(0, blank) == two.substr(blank + 1);
}

result<std::string> prove_generation(const system_plan& plan, std::string_view output) {
    auto lines = proofs_in(output);
    TRY(auto generation, proof(lines, "generation"));
    TRY(auto profile, proof(lines, "profile"));
    TRY(auto current, proof(lines, "current"));
    TRY(auto kernel, proof(lines, "kernel"));
    TRY(auto initrd, proof(lines, "initrd"));
    TRY(auto boot_id, proof(lines, "boot_id"));
    std::uint64_t number = 0;
    auto [end, failed] = std::from_chars(generation.data(), generation.data() + generation.size(), number);
    if (failed != std::errc() || end != generation.data() + generation.size())
        return unproven("generation", generation);
    if (current != plan.toplevel) return unproven("the host runs", current);
    if (profile != plan.toplevel) return unproven("the profile is", profile);
    if (!are_the_same(kernel)) return unproven("kernel", kernel);
    if (!are_the_same(initrd)) return unproven("initrd", initrd);
    return json_text(
        json{{"generation", number}, {"toplevel", current}, {"boot_id", text::printable(boot_id, 40)}});
}
result<void> learn_generation(system_plan& plan, std::string_view proof_text) {
    TRY(auto document, json_in(proof_text));
    json_fields fields(document, "proof");
    plan.generation = fields.number("generation");
    if (fields.failed()) return fields.failure();
    return {};
}

using namespace std::chrono_literals;
using ssh::run_as;

const std::array table{
    system_step{.name = "copy",
                .phase = "system",
                .intent = "copy the final system",
                .how = run_as::detached,
                .quiet = 300s,
                .script = copy_text,
                .prove = prove_copy},
    system_step{.name = "compare",
                .phase = "system",
                .intent = "see whether the kernel changes",
                .quiet = 60s,
                .script = compare_text,
                .prove = prove_compare,
                .learn = learn_compare},
    system_step{.name = "activate",
                .phase = "system",
                .intent = "activate the final system",
                .how = run_as::detached,
                .quiet = 300s,
                .script = activate_text,
                .prove = prove_activate,
                .learn = learn_activate},
    system_step{.name = "confirm",
                .phase = "system",
                .intent = "make the final system the default, now that it is reached",
                .how = run_as::detached,
                .quiet = 300s,
                .script = confirm_text,
                .prove = prove_confirm},
    system_step{.name = "restart",
                .phase = "system",
                .intent = "reboot into the new kernel",
                .quiet = 30s,
                .script = reboot_text,
                .prove = prove_reboot},
    system_step{.name = "default",
                .phase = "system",
                .intent = "make the new kernel the default",
                .how = run_as::detached,
                .quiet = 300s,
                .script = default_text,
                .prove = prove_default},
    system_step{.name = "generation",
                .phase = "system",
                .intent = "see which generation the host runs",
                .quiet = 60s,
                .script = generation_text,
                .prove = prove_generation,
                .learn = learn_generation},
};

}  // namespace

std::span<const system_step> system_steps() {
    return table;
}

bool is_back(const error& failure) {
    return failure.code() == install_errc::went_back || is_excused(failure, false);
}

bool is_excused(const error& failure, bool was_there) {
    if (failure.code() == install_errc::restarted) return true;
    return failure.code() == install_errc::not_confirmed && !was_there;
}

std::string_view next_system_step(const system_plan& plan, std::string_view done) {
    if (done.empty()) return "copy";
    if (done == "copy") return "compare";
    if (done == "compare") return "activate";
    if (done == "activate") return plan.needs_reboot ? "restart" : "confirm";
    if (done == "restart") return "default";
    if (done == "confirm" || done == "default") return "generation";
    return {};
}

}  // namespace landscaper::install
