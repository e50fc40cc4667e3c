#include "landscaper/nix/root/question.hpp"

namespace landscaper::nix::root {

// Every item is evaluated by itself, between two traces that say which: `enter` before it, and `need` for
// each output that it wanted and nobody knows yet. An item whose evaluation met a need is not believed, even
// if the expression itself caught the failure. The values leave as JSON text with their string context beside
// it, so that what they refer to can be built.
std::string_view expression() {
    return R"nix(
{ question }:
let
  request = builtins.fromJSON (builtins.readFile question);
  say = what: builtins.trace "landscaper:${builtins.toJSON what}";

  # One group of questions, answered by a root of its own that knows just these outputs.
  answer = group:
    let
      byPath = field: builtins.listToAttrs
        (map (k: { name = builtins.toJSON k.path; value = k.${field} or { }; }) group.known);
      known = byPath "outputs";
      unfit = byPath "unfit";
      leaf = path: output:
        let
          outputs = known.${builtins.toJSON path} or { };
          refused = unfit.${builtins.toJSON path} or { };
        in
        if outputs ? ${output} then outputs.${output}
        else if refused ? ${output} then throw refused.${output}
        else say { need = { inherit path output; }; }
          (throw "the output ${output} of ${builtins.concatStringsSep "." path} is not known yet");

      values = path: export:
        if export ? resource
        then builtins.mapAttrs (name: _: leaf path name) export.resource.outputsSkeleton
        else builtins.mapAttrs (name: values (path ++ [ name ])) export.members;
      hosts = builtins.mapAttrs
        (host: resources: builtins.mapAttrs
          (name: outputs: builtins.listToAttrs
            (map (output: { name = output; value = leaf [ "hosts" host name ] output; }) outputs))
          resources)
        request.hosts;

      kindOf = value: {
        lambda = "a function"; int = "an integer"; set = "a set"; bool = "a boolean"; "null" = "null";
      }.${builtins.typeOf value} or "a ${builtins.typeOf value}";
      # Says where the attribute is written, and why it is wrong.
      wrong = set: name: text:
        let at = builtins.unsafeGetAttrPos name set; in
        if at == null then throw text else say { inherit at; } (throw text);

      # A flake that only defines systems declares nothing.
      nothing = { _type = "nixops4Component"; rootFunction = _: { members = { }; }; };
      found =
        if request ? attribute
        then builtins.foldl' (set: name: set.${name}) (builtins.getFlake request.flake) request.attribute
        else if request ? flake then (builtins.getFlake request.flake).nixops4 or nothing
        else import request.file;
      root = if builtins.isFunction found then found { inherit hosts; } else found;
      tree =
        if root._type or null != "nixops4Component"
        then throw "the root is no nixops4Component${if builtins.isAttrs root then "" else " but ${kindOf root}"}; make it with nixops4.lib.mkRoot, or as a set with _type and rootFunction"
        else root.rootFunction {
          inherit hosts;
          resourceProviderSystem = request.system or builtins.currentSystem;
          outputValues = values [ ] tree;
        };

      item = tag: value:
        let
          text = builtins.toJSON value;
          told = builtins.seq text {
            inherit tag;
            json = builtins.unsafeDiscardStringContext text;
            context = builtins.getContext text;
          };
          tried = builtins.tryEval told;
        in
        if builtins.elem tag request.skip then { inherit tag; skipped = true; }
        else say { enter = tag; } (
          if request.catch then (if tried.success then tried.value else { inherit tag; failed = true; })
          else told);
      isTold = what: what ? json;

      input = path: resource: name: item { inherit path; input = name; } resource.inputs.${name};

      # Where each is written, for what is wrong with it; nixos-module/component.nix says so itself.
      settings = resource: {
        inherit (resource) landscaper;
        places = resource.landscaperPlaces or (if !builtins.isAttrs resource.landscaper then { }
          else builtins.mapAttrs (name: _: builtins.unsafeGetAttrPos name resource.landscaper) resource.landscaper);
      };

      resourceAt = path: resource:
        let names = item { inherit path; part = "inputs"; } (builtins.attrNames resource.inputs); in
        [
          (item { inherit path; part = "head"; } ({
            inherit (resource) provider type;
            state = resource.state or null;
            outputs = builtins.attrNames resource.outputsSkeleton;
          } // (if resource ? landscaper then settings resource else { })))
          names
        ] ++ (if isTold names then map (input path resource) (builtins.attrNames resource.inputs) else [ ]);

      compositeAt = path: members:
        let names = item { inherit path; part = "members"; } (builtins.attrNames members); in
        [ names ] ++ (if isTold names
          then builtins.concatMap (name: nodeAt (path ++ [ name ]) members.${name}) (builtins.attrNames members)
          else [ ]);

      neither = set:
        let
          names = builtins.attrNames set;
          text = "a component has either `resource` or `members`";
        in
        if names == [ ] then throw text
        else wrong set (builtins.head names) "${text}, and this one has ${builtins.concatStringsSep ", " names}";

      nodeAt = path: export:
        let
          kind = item { inherit path; part = "kind"; }
            (if export ? resource then "resource"
            else if export ? members then
              (if builtins.isAttrs export.members then "composite"
              else wrong export "members" "`members` is ${kindOf export.members}; it has to be a set of components")
            else if builtins.isAttrs export
            then neither export
            else throw "is ${kindOf export}; a component is a set with either `resource` or `members`");
        in
        [ kind ] ++ (if !isTold kind then [ ]
          else if export ? resource then resourceAt path export.resource
          else compositeAt path export.members);

      at = builtins.foldl' (export: name: export.members.${name}) tree;
      asked = ask:
        let export = at ask.path; in
        if ask ? inputs then map (input ask.path export.resource) ask.inputs
        else if ask ? resource then resourceAt ask.path export.resource
        else nodeAt ask.path export;
    in
    { items = builtins.concatMap asked group.ask; };
in
map answer request.groups
)nix";
}

}  // namespace landscaper::nix::root
