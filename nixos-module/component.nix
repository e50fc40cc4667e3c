# The option `landscaper` of a NixOps4 component: how landscaper's engine treats a resource. NixOps4 itself ignores
# it. Import it once, in the root; every member beneath has it.
#
#     nixops4.lib.mkRoot { modules = [
#       landscaper/nixos-module/component.nix
#       ({ members, providers, ... }: {
#         members.db = {
#           type = providers.local.memo;
#           state = members.store;
#           inputs.initialize_with = "..";
#           landscaper = { protect = false; deadline = "10m"; after = [ members.names ]; };
#         };
#       })
#     ]; }
#
# What holds for all resources of a provider, or of one of its types, is said there: `providers.NAME.landscaper`,
# `providers.NAME.resourceTypes.TYPE.landscaper`. The nearest to the member counts.
{ config, lib, options, ... }:
let
  inherit (lib) mkOption types;
  setting = type: description: mkOption {
    type = types.nullOr type;
    default = null;
    inherit description;
  };
  # A member, as in `state = members.store`, or its path from the root.
  member = types.coercedTo
    (types.addCheck types.raw builtins.isAttrs)
    (component: component.absoluteMemberPath)
    (types.nonEmptyListOf types.str);
  settings = types.submodule {
    options = {
      protect = setting types.bool ''
        Never replaced or destroyed, not even when it is taken out of the expression and somebody says
        `landscaper destroy`, unless that says `--even-protected`. Without it: true for types that hold data
        and for state resources.
      '';
      replace_on = setting (types.listOf types.str) "Inputs whose change destroys it and creates it again, instead of updating it.";
      create_before_destroy = setting types.bool ''
        A replacement is created first, those that need it change to it, and only then the old one is destroyed.
      '';
      sensitive = setting (types.listOf types.str) "Inputs and outputs that are shown as hashes.";
      repair = setting types.bool ''
        What others changed or removed is put right without asking, at most once an hour. Not for what is
        protected or holds data.
      '';
      import = setting types.bool "Before it is created its provider is asked whether it exists; then it is recorded.";
      deadline = setting types.str ''
        After so long without a sign of progress (a line on the provider's stderr) an operation is stopped: "10m".
        Without it: never.
      '';
      retries = setting types.ints.unsigned "So many more attempts after a failure, with pauses from one second to a minute.";
      after = setting (types.listOf member) "Members that must be done first, although none of their outputs is used.";
      moved_from = setting member "The path that it had before: what is recorded there is this one, and nothing is run.";
    };
  };
  said = lib.filterAttrs (_: value: value != null);
  # An option `landscaper` of providers and resource types, whose settings the members inherit.
  defaults = mkOption {
    type = settings;
    default = { };
    description = "How landscaper's engine treats resources that do not say otherwise themselves.";
  };
  # Line and column of what the operator wrote in an option `landscaper`, for messages. What is handed on from
  # elsewhere is written nowhere.
  places_in = option: builtins.foldl'
    (all: definition: all // (
      if !builtins.isAttrs definition.value then { }
      else lib.filterAttrs (_: place: place != null)
        (builtins.mapAttrs (name: _: builtins.unsafeGetAttrPos name definition.value) definition.value)))
    { }
    option.definitionsWithLocations;
  places_option = above: option: mkOption {
    internal = true;
    type = types.raw;
    default = above // places_in option;
  };
  provider_defaults = { options, ... }: {
    options.landscaper = defaults;
    options.landscaperPlaces = places_option { } options.landscaper;
  };
  type_defaults = { provider, options, ... }: {
    options.landscaper = defaults;
    options.landscaperPlaces = places_option provider.landscaperPlaces options.landscaper;
    config.landscaper = builtins.mapAttrs (_: lib.mkDefault) (said provider.landscaper);
  };
  of_type = if options.type.isDefined then said config.type.landscaper or { } else { };
  places_of_type = if options.type.isDefined then config.type.landscaperPlaces or { } else { };
in
{
  _class = "nixops4Component";

  options.landscaper = mkOption {
    type = settings;
    default = { };
    description = "How landscaper's engine treats this resource.";
  };

  # What NixOps4 is handed of a resource, with two fields that it does not read.
  options._resourceForNixOps = mkOption {
    apply = resource: resource // {
      landscaper = of_type // said config.landscaper;
      landscaperPlaces = places_of_type // places_in options.landscaper;
    };
  };

  options.providers = mkOption {
    type = types.lazyAttrsOf (types.submoduleWith {
      class = "nixops4Provider";
      modules = [
        provider_defaults
        {
          options.resourceTypes = mkOption {
            type = types.lazyAttrsOf (types.submoduleWith {
              class = "nixops4ResourceType";
              modules = [ type_defaults ];
            });
          };
        }
      ];
    });
  };

  options.members = mkOption {
    type = types.lazyAttrsOf (types.submoduleWith {
      class = "nixops4Component";
      modules = [ ./component.nix ];
    });
  };
}
