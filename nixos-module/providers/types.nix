# What the provider modules here have in common: resource types from tables of inputs and outputs. The names are
# those of landscaper/provider/types.cpp; a test reads both.
{ lib, family, description, types }:
let
  inherit (lib) mkOption;
  input = name: value: mkOption ({ inherit (value) type description; } // (if value ? default then { inherit (value) default; } else { }));
  output = name: description: mkOption { type = lib.types.str; inherit description; };
in
{
  _class = "nixops4Provider";
  # Found in PATH, where the appliance has it; a flake may set a store path.
  executable = lib.mkDefault "landscaper";
  args = [ "provider" family ];
  resourceTypes = builtins.mapAttrs
    (name: resource: {
      inherit (resource) description;
      requireState = false;
      inputs.options = builtins.mapAttrs input resource.inputs;
      outputs.options = builtins.mapAttrs output resource.outputs;
    })
    types;
}
