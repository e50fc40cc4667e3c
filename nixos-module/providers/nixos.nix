# providers.nixos: the final system of a server.
{ lib, ... }:
import ./types.nix {
  inherit lib;
  family = "nixos";
  description = "NixOS systems.";
  types.system = {
    description = "Copies the system, activates it with a roll-back when the server is lost, reboots once if its kernel differs.";
    inputs = {
      host.type = lib.types.str;
      host.description = "The server's name in inventory.yaml, whose line there says managed_by: nixops4.";
      public_key.type = lib.types.str;
      public_key.description = "The output of providers.ssh.host_key: the key that must answer.";
      toplevel.type = lib.types.str;
      toplevel.description = "Store path of the system.";
    };
    outputs.generation = "The number of the generation.";
    outputs.toplevel = "The store path that runs.";
  };
}
