// nixos-module/providers/*.nix against the table of types: read from both sides.
#include <nlohmann/json.hpp>
#include <set>

#include "landscaper/async/process.hpp"
#include "landscaper/base/json_in.hpp"
#include "landscaper/provider/types.hpp"
#include "root_rack.hpp"

using namespace landscaper;

namespace {

// As much of nixpkgs' lib as the modules use.
constexpr const char* small_lib = R"({
  mkOption = x: x; mkDefault = x: x;
  types = { str = 1; int = 1; bool = 1; anything = 1; attrsOf = x: 1; nullOr = x: 1; };
})";

std::set<std::string> names_of(const json& list) {
    std::set<std::string> out;
    for (const auto& name : list) out.insert(name.get<std::string>());
    return out;
}

}  // namespace

TEST_CASE("the Nix modules of our providers have the types, inputs and outputs of the table, and no others") {
    WITH_NIX
    private_nix own;
    auto folder = from_source("nixos-module") + "/providers";
    unsigned count = 0;
    for (const auto* family : {"ssh", "pxe", "host", "nixos"}) {
        CAPTURE(std::string(family));
        auto expression = "let m = import " + folder + "/" + family + ".nix { lib = " + small_lib +
                          "; }; in { inherit (m) executable args; types = builtins.mapAttrs (n: t: { "
                          "inputs = builtins.attrNames t.inputs.options; required = builtins.filter (i: "
                          "!(t.inputs.options.${i} ? default)) (builtins.attrNames t.inputs.options); "
                          "outputs = builtins.attrNames t.outputs.options; }) m.resourceTypes; }";
        process_spec spec;
        spec.argv = {"nix-instantiate", "--eval", "--strict", "--json", "--expr", expression};
        spec.env = own.env();
        asio::io_context io;
        auto done = run_on(io, run_process(spec, {}, steady::now() + 60s)).value();
        REQUIRE_MESSAGE(done.status.is_success(), done.err);
        auto module = json_in(done.out).value();
        CHECK(module["args"] == json{"provider", family});
        for (const auto& [name, said] : module["types"].items()) {
            const auto* type = provider::find_type(std::string(family) + "." + name);
            REQUIRE_MESSAGE(type, name);
            ++count;
            std::set<std::string> inputs, outputs(type->outputs.begin(), type->outputs.end());
            for (const auto& input : type->inputs) inputs.insert(std::string(input.name));
            CHECK(names_of(said["inputs"]) == inputs);
            CHECK(names_of(said["outputs"]) == outputs);
        }
    }
    auto all = provider::types();
    CHECK(count ==
          std::count_if(all.begin(), all.end(), [](const auto& t) { return t.family() != "local"; }));
}
