# providers.host: partition, format and install a server that booted the installer.
{ lib, ... }:
import ./types.nix {
  inherit lib;
  family = "host";
  description = "Servers of the rack.";
  types.install = {
    description = "Waits for the server in its installer, asks the wipe gate, installs the base system and boots it.";
    inputs = {
      host.type = lib.types.str;
      host.description = "The server's name in inventory.yaml, whose line there says managed_by: nixops4.";
      attempt.type = lib.types.int;
      attempt.default = 1;
      attempt.description = "Raise it to install anew; a disk with data needs landscaper arm all the same.";
      disk.type = lib.types.attrsOf lib.types.anything;
      disk.default = { };
      disk.description = "What makes another disk layout another installation. Layout and wipe policy are the inventory's.";
      base.type = lib.types.str;
      base.description = "Store path of the base system.";
      entry.type = lib.types.nullOr lib.types.str;
      entry.default = null;
      entry.description = "The output of providers.pxe.nbp, so that it comes first.";
    };
    outputs.installation_id = "Identifies this installation.";
    outputs.address = "Where the installed server answers.";
  };
}
