// What one evaluation of a root expression is asked: which parts of the tree of members, under which known
// outputs. Values only; the expression that answers is `expression()`.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "landscaper/base/error.hpp"
#include "landscaper/engine/resource.hpp"

namespace landscaper::nix::root {

using engine::output_ref;
using engine::path;
using engine::value;

// The smallest thing that can be known, or wait for an output, by itself.
enum class part {
    kind,     // whether a member is a resource or a composite
    members,  // the names in a composite
    head,     // provider, type, state, names of the outputs
    inputs,   // the names of a resource's inputs
    input,    // the value of one input
};

struct item {
    path at;
    root::part part = part::kind;
    std::string name;  // of an input
    friend auto operator<=>(const item&, const item&) = default;
};
// "hosts.a.inputs.contents", for people.
std::string to_text(const item& what);

// Everything beneath `at`; or a resource with its inputs; or these inputs of it.
enum class scope { subtree, resource, inputs };
struct ask {
    path at;
    root::scope scope = scope::subtree;
    std::vector<std::string> inputs;
    friend bool operator==(const ask&, const ask&) = default;
};

using output_values = std::map<output_ref, value>;

// Questions that are answered knowing just these outputs: what else an answer needs is then found out, and
// not only what it happened to meet first.
struct group {
    output_values known;
    std::vector<ask> asks;
    friend bool operator==(const group&, const group&) = default;
};

// Members of other sources that the expression can refer to: by host, by resource, the names of the outputs.
using host_outputs = std::map<std::string, std::map<std::string, std::vector<std::string>>>;

// nixops4.nix, or an attribute of a flake.
struct origin {
    std::string file;            // absolute; or
    std::string flake;           // "path:/.."
    std::string attribute = {};  // "foo.bar"; empty: nixops4, which a flake may lack
    friend bool operator==(const origin&, const origin&) = default;
};

struct question {
    root::origin origin;
    std::string system;  // resourceProviderSystem; empty = this machine's
    host_outputs hosts;
    std::vector<group> groups;
    std::vector<item> skip;  // what ended an evaluation before
    bool catches = true;     // false: the first error ends it, with Nix's own words
};

// What the expression reads. Holds outputs, which may be secret: a file of mode 0600, never an argument.
std::string to_json(const question& what);

// Nix text: a function from the name of that file to the answer.
std::string_view expression();

// The command line; `expression_file` holds expression(), `question_file` the JSON. Never contains values.
std::vector<std::string> evaluate(const std::string& expression_file, const std::string& question_file);

// Builds outputs of a derivation (all when none is named); `root` is a link that keeps them from garbage
// collection.
std::vector<std::string> realise(const std::string& derivation, const std::set<std::string>& outputs,
                                 const std::string& root);

}  // namespace landscaper::nix::root
