// The life of a host: from what the ledger proves to what is done next, and to what the host is to boot.
// Pure: two enums and one switch; the daemon carries the activities out.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "landscaper/ledger/model.hpp"
#include "landscaper/ledger/phase.hpp"
#include "pxe/proxy/entry.hpp"

namespace landscaper::job {

// How far the host is proven to be.
enum class standing {
    unmanaged,   // gone from its source: sent to its disk if it has one, otherwise left alone
    fresh,       // nothing proven; no payload in force
    offered,     // its payload is in the boot table; nobody answered yet
    installing,  // the installer answered under the temporary key
    rebooting,   // the finished marker was read back: from here on the host belongs to its disk
    rotating,    // the installed system answered under the temporary key
    deploying,   // the permanent key is proven, the temporary one refused
    ok,          // the final generation is proven
};

// What the host job does next.
enum class activity {
    none,
    make_payload,  // key pair, token, host.cpio; then the boot table
    install,       // wait for the installer, then the installation's steps from the first unproven one
    await_disk,    // wait for the installed system
    rotate_key,
    deploy_system,
};

// The resources of a host's chain, as the engine and the ledger name them.
inline constexpr std::string_view installation_host_key = "installation_host_key";
inline constexpr std::string_view installation_pxe_nbp = "installation_pxe_nbp";
inline constexpr std::string_view installation = "installation";
inline constexpr std::string_view ssh_host_public_key = "ssh_host_public_key";
inline constexpr std::string_view nixos = "nixos";
// What is noted of `landscaper rescue`; no resource of the chain.
inline constexpr std::string_view rescue = "rescue";

// Steps that belong to no plan table, since landscaper itself or a mere answer proves them.
inline constexpr std::string_view step_payload = "payload";    // installation_host_key: the pair exists
inline constexpr std::string_view step_entry = "entry";        // installation_pxe_nbp: bootd acknowledged
inline constexpr std::string_view step_answer = "answer";      // installation: the installer answered
inline constexpr std::string_view step_disk_key = "disk_key";  // installation: what the disk answers with
inline constexpr std::string_view step_grant = "grant";        // installation: a grant was used up
inline constexpr std::string_view step_leave = "leave";    // installation, rescue: told to boot the network
inline constexpr std::string_view step_target = "target";  // nixos: the toplevel its steps are for
inline constexpr std::string_view step_trust = "trust";    // nixos: a person compared its key
inline constexpr std::string_view step_withdraw = "withdraw";  // ssh_host_public_key: the payload is gone

standing standing_of(const ledger::host& of);
activity next(standing now);
// Whether a temporary key pair has to be made: none is in force, or its private half is gone (a reboot of the
// appliance). Never for a host that belongs to its disk, whoever asks: what runs there has the key that it
// was installed with, until rotation.
bool needs_payload(const ledger::host& of, bool has_private_half);
// What the boot table says of it. A held host (`landscaper hold`) is the caller's business.
pxe::stage boot_stage(const ledger::host& of);

// Whether the present attempt may have written to a disk.
bool has_begun_writing(const ledger::host& of);

// Why nothing is done to the host until a person says so: held, or in rescue; with what ends it.
std::optional<std::string> stopped_by(const ledger::host& of);
// What is to be done about a host that is in the ledger and no longer in the inventory.
std::string gone_from_inventory(const std::string& name);

// Every step of the chain in order, with the phase that lasts until it is proven.
std::span<const ledger::planned_step> chain();

}  // namespace landscaper::job
