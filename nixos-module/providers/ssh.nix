# providers.ssh: the temporary host key of an installation, the permanent one made on the server, and commands run on any
# machine that accepts the key of landscaper.
{ lib, ... }:
let
  host.type = lib.types.str;
  host.description = "The server's name in inventory.yaml, whose line there says managed_by: nixops4.";
in
import ./types.nix {
  inherit lib;
  family = "ssh";
  description = "SSH host keys, and commands over SSH.";
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
  types.exec = {
    description = "A command on a machine that accepts the key of landscaper, under a host key that is given.";
    inputs = {
      address.type = lib.types.str;
      address.description = "An IPv4 or IPv6 address; the output of providers.host.install, or any other.";
      public_key.type = lib.types.str;
      public_key.description = "The host key that must answer: the output of providers.ssh.host_key, or as ssh-keyscan prints it.";
      command.type = lib.types.str;
      command.description = "Shell text.";
      user.type = lib.types.str;
      user.default = "root";
      user.description = "Who it runs as.";
      port.type = lib.types.int;
      port.default = 22;
      port.description = "Where sshd listens.";
      stdin.type = lib.types.nullOr lib.types.str;
      stdin.default = null;
      stdin.description = "What the command reads.";
      once.type = lib.types.bool;
      once.default = false;
      once.description = "Only at creation, not at an update; needs state.";
    };
    outputs.stdout = "What it printed.";
  };
}
