// What is known of a root expression, from one evaluation to the next: which questions are worth asking now,
// what the answers make known, and what of it holds no longer when an output changes. Turns what is known
// into the engine's members. Pure: evaluates nothing, waits for nothing.
//
// Nothing is asked twice. An item that waits for an output is asked again, with the outputs that it is known
// to need and no others, once all of them are there; so every output that something was computed from is
// known, and forgotten with it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "landscaper/engine/source.hpp"
#include "landscaper/nix/root/answer.hpp"

namespace landscaper::nix::root {

// What holds for a member's type unless its own settings say otherwise.
using type_defaults = std::function<void(engine::member&)>;

// An output's value now; none while its resource is not done.
using known_outputs = std::function<std::optional<value>(const output_ref&)>;

class tree {
  public:
    // `revision`: of the text that is evaluated, not 0.
    explicit tree(std::uint64_t revision = 1);

    // What can be asked now; none when nothing can. What was computed from outputs that are another by now,
    // or no longer known, is forgotten first.
    std::vector<group> questions(const known_outputs& now);
    // Whether questions() would have any.
    bool has_questions(const known_outputs& now) const;
    // Everything that waits, in one go, as if these outputs stayed what they are. Only for a look at what
    // would be, on a copy.
    std::vector<group> speculation(const output_values& recorded);
    // The answer to the last questions.
    void take(const answer& said);

    // Derivations that values refer to and that are not built, each with the outputs wanted (empty = all),
    // and what came of it.
    std::map<std::string, std::set<std::string>> to_build() const;
    void built(const std::string& derivation);
    void not_built(const std::string& derivation, std::string sentence);

    // State resources that members keep their entries in.
    std::set<path> state_resources() const;
    // Errors, each once, the operator's file and line first.
    std::vector<std::string> problems() const;
    // `must_be_built`: an input with a derivation that is not built yet is not known yet.
    engine::declaration declaration(bool must_be_built = true, const type_defaults& of_type = {}) const;
    // Rises whenever declaration() and problems() may have become others.
    std::uint64_t changes() const { return changes_; }

  private:
    enum class status { waiting, known, broken };
    struct fact {
        tree::status status = tree::status::waiting;
        std::optional<told> value;
        std::set<output_ref> needs;  // all that were ever found
        output_values used;          // the needs as they were when it became known or broken
        std::string error;
    };
    using facts = std::map<item, fact>;

    static bool is_stale(const fact& known, const known_outputs& now);
    std::optional<output_values> given_for(const item& what, const known_outputs& now) const;
    void forget_stale(const known_outputs& now);
    void forget_beneath(const item& what);
    void find(const finding& one);
    void break_unanswered();
    std::set<output_ref> all_needs(const item& what) const;
    const fact* at(const path& where, part what) const;

    std::string trouble_of(const told& value) const;
    engine::unexplored unexplored(const path& where, const fact& why) const;
    // While a declaration is made.
    struct making {
        bool must_be_built = true;
        const type_defaults& of_type;
        std::set<path> keepers;  // state resources: they hold data, whatever their type
    };
    engine::member member_at(const path& where, const told& head, const making& how) const;
    void add_input(engine::member& to, const std::string& name, const fact& known, bool must_be_built) const;
    void add_resource(engine::declaration& to, const path& where, const making& how) const;

    std::uint64_t revision_;
    std::uint64_t changes_ = 0;
    facts facts_;
    std::map<item, std::set<output_ref>> asked_;  // with the last questions: what each was known to need
    output_values given_;                         // with the last questions
    std::set<std::string> built_;
    std::map<std::string, std::string> not_built_;
};

// Everything above an item that it only exists through: kinds and members of its ancestors, its own kind, the
// names of the inputs.
std::vector<item> above(const item& what);

// What the expression says of a resource; an error when it is not of the right types.
struct resource_head {
    std::string executable, type;
    std::vector<std::string> args, outputs;
    std::optional<path> state;  // the root: the deployment's own file; none: nothing is recorded
};
result<resource_head> read_head(const value& said);

}  // namespace landscaper::nix::root
