// The inventory that `landscaper init` writes.
#pragma once

namespace landscaper::cli {

inline constexpr const char* inventory_template =
    R"(# The servers of this rack. landscaper watches this file: a line added here is picked up at once.
version: 1
site: rack-a

# The appliance's own side. `proxy` answers boot questions beside the site's DHCP server and assigns no address.
network: { interface: auto, address: dhcp, dhcp: proxy }

# What hosts run, by role: an attribute of the flake in this folder that is a function of the host, or a pair of
# store paths that serves every host.
systems:
  proxmox: .#proxmox
  # proxmox: { base: /nix/store/HASH-base, toplevel: /nix/store/HASH-system }

defaults:
  role: proxmox
  firmware: uefi
  disk: { layout: single-ext4, wipe: blank }   # blank: only a disk without any data is ever written

# Every hour the providers are asked what is there; what others changed is shown by `landscaper plan`, and put right
# without asking only for the types named here.
# reconcile: { every: 1h, repair: [local.file] }

hosts:
  # px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24, gateway: 10.0.0.1 }

# Operators' own trees of members, each with a state of its own: a NixOps4 root expression in
# deployments/NAME/nixops4.nix, deployments/NAME.nix, or where `root:` says. Phases of `launch:` begin one after
# the other; beside them the members' own dependencies decide. The rack's own root is nixops4.nix beside this file.
deployments:
  # foo:
  #   operator: { name: Foo University, email: ops@foo.example, contact: the desk }
  #   launch: [[database], [social, video]]
)";

}  // namespace landscaper::cli
