# providers.ssh: the temporary host key of an installation, and the permanent one made on the server.
{ lib, ... }:
let
  host.type = lib.types.str;
  host.description = "The server's name in inventory.yaml, whose line there says managed_by: nixops4.";
in
import ./types.nix {
  inherit lib;
  family = "ssh";
  description = "SSH host keys.";
  types.keypair = {
    description = "A temporary host key pair of one attempt; the private half stays with the daemon.";
    inputs = {
      inherit host;
      attempt.type = lib.types.int;
      attempt.default = 1;
      attempt.description = "Raise it to install anew.";
    };
    outputs.public_key = "ssh-ed25519 AAAA..";
    outputs.private_key_file = "A file in the runtime folder of the appliance.";
  };
  types.host_key = {
    description = "The permanent host key: made on the server, switched to, proven; the old one proven refused.";
    inputs = {
      inherit host;
      installation_id.type = lib.types.str;
      installation_id.description = "The output of providers.host.install.";
    };
    outputs.public_key = "ssh-ed25519 AAAA..";
  };
}
