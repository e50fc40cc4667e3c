#include "landscaper/job/life.hpp"

#include <algorithm>
#include <vector>

#include "landscaper/install/step.hpp"
#include "landscaper/install/system.hpp"
#include "landscaper/ssh/rotation.hpp"

namespace landscaper::job {

standing standing_of(const ledger::host& of) {
    if (!of.managed) return standing::unmanaged;
    if (of.is_proven(nixos, "generation")) return standing::ok;
    if (of.is_proven(ssh_host_public_key, step_withdraw)) return standing::deploying;
    if (of.is_proven(installation, "installed")) return standing::rotating;
    if (of.is_proven(installation, "finish")) return standing::rebooting;
    if (of.is_proven(installation, step_answer)) return standing::installing;
    if (of.is_proven(installation_pxe_nbp, step_entry)) return standing::offered;
    return standing::fresh;
}

activity next(standing now) {
    switch (now) {
        case standing::unmanaged: return activity::none;
        case standing::fresh: return activity::make_payload;
        case standing::offered: return activity::install;
        case standing::installing: return activity::install;
        case standing::rebooting: return activity::await_disk;
        case standing::rotating: return activity::rotate_key;
        case standing::deploying: return activity::deploy_system;
        case standing::ok: return activity::none;
    }
    return activity::none;
}

bool needs_payload(const ledger::host& of, bool has_private_half) {
    if (!of.managed || standing_of(of) >= standing::rebooting) return false;
    return !of.payload_in_force() || !has_private_half;
}

pxe::stage boot_stage(const ledger::host& of) {
    if (of.managed && of.rescue) return of.payload_in_force() ? pxe::stage::install : pxe::stage::hold;
    switch (standing_of(of)) {
        case standing::unmanaged: return of.is_installed() ? pxe::stage::local : pxe::stage::silent;
        case standing::fresh: return pxe::stage::hold;
        case standing::offered:
        case standing::installing: return of.payload_in_force() ? pxe::stage::install : pxe::stage::hold;
        case standing::rebooting:
        case standing::rotating:
        case standing::deploying:
        case standing::ok: return pxe::stage::local;
    }
    return pxe::stage::hold;
}

bool has_begun_writing(const ledger::host& of) {
    return std::ranges::any_of(of.markers, [&](const auto& marker) { return marker.nonce == of.nonce; });
}

std::optional<std::string> stopped_by(const ledger::host& of) {
    if (of.rescue) return "in rescue; landscaper resume " + of.name;
    if (of.held) return "held by the operator; landscaper resume " + of.name;
    return std::nullopt;
}

std::string gone_from_inventory(const std::string& name) {
    return "its line in inventory.yaml is gone; put it back, or landscaper retire " + name;
}

std::span<const ledger::planned_step> chain() {
    static const auto all = [] {
        std::vector<ledger::planned_step> steps{
            {installation_host_key, step_payload, "waiting"},
            {installation_pxe_nbp, step_entry, "waiting"},
            {installation, step_answer, "waiting"},
        };
        for (const auto& row : install::install_steps()) steps.push_back({installation, row.name, row.phase});
        for (const auto& row : ssh::rotation_steps()) {
            steps.push_back({ssh_host_public_key, row.step.name, row.step.phase});
        }
        steps.push_back({ssh_host_public_key, step_withdraw, "rotate"});
        // Which of the others are needed depends on the host's kernel; the last one proves them all.
        steps.push_back({nixos, "generation", "system"});
        return steps;
    }();
    return all;
}

}  // namespace landscaper::job
