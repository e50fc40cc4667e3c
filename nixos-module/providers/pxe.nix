# providers.pxe: what a server boots from the network.
{ lib, ... }:
import ./types.nix {
  inherit lib;
  family = "pxe";
  description = "Network boot programs.";
  types.nbp = {
    description = "Composes the server's boot program around the temporary key and enters it into the boot table.";
    inputs = {
      host.type = lib.types.str;
      host.description = "The server's name in inventory.yaml, whose line there says managed_by: nixops4.";
      attempt.type = lib.types.int;
      attempt.default = 1;
      attempt.description = "Raise it to install anew.";
      public_key.type = lib.types.str;
      public_key.description = "The output of providers.ssh.keypair.";
    };
    outputs.entry = "The entry in the boot table.";
  };
}
