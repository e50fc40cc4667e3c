// The root expression as a source of members beside the inventory: watches its text, asks Nix round by round
// as outputs become known, has derivations built, reads state resources, and declares to the engine what it
// knows. A text that cannot be evaluated leaves what was declared before in force.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "landscaper/async/event.hpp"
#include "landscaper/async/group.hpp"
#include "landscaper/daemon/root_text.hpp"
#include "landscaper/engine/io/runner.hpp"
#include "landscaper/nix/root/io/evaluator.hpp"
#include "landscaper/nix/root/tree.hpp"
#include "landscaper/provider/provider.hpp"

namespace landscaper::daemon {

struct root_options {
    root_place place;
    nix::root::evaluator_config evaluator;  // its own_folder and on_trace are set here
    // Members of the inventory that the expression may refer to.
    std::function<nix::root::host_outputs()> hosts;
    // Why a member must not be, since it is of a host or file that is somebody else's; empty when it may.
    std::function<std::string(const engine::member&)> objection;
    std::function<void(std::vector<std::string>)> on_problems;  // file:line: text; all there are
    std::function<void(const std::string&)> on_log;
    std::function<void()> on_change;  // of activity()
    bool builds = true;               // derivations that inputs refer to
    // State resources that members were kept in, for when there is no root any more; and each that is opened.
    std::vector<engine::member> kept_in;
    std::function<void(const engine::member&)> on_state_opened;  // may be empty
};

class root_source {
  public:
    root_source(const asio::any_io_executor& executor, engine::runner& runner,
                const provider::registry& types, root_options options);

    // Until cancelled.
    task<> run();
    // An output may have become known, or a host declared: look again.
    void look_again();
    // Reads the text now, for a person who has just written it.
    void look_at_text();
    // Where the text is from now on; nowhere withdraws everything.
    void set_place(root_place place);

    // All that can be evaluated now is.
    bool is_at_rest() const { return is_at_rest_; }
    // The text as it is declares nothing; what it said before is in force.
    bool is_refused() const { return is_refused_; }
    // What it is at: "evaluates nixops4.nix", "builds 2 derivations"; empty when it can do nothing more.
    std::string activity() const;
    // What an apply would do, as if all recorded outputs stayed what they are: one evaluation, or none when
    // everything is known.
    task<std::vector<engine::plan_item>> plan(std::vector<engine::path> roots);
    // What it declares, as far as that is known.
    const std::vector<engine::member>& members() const { return declared_.members; }
    // Members that speak for this host.
    std::vector<engine::path> members_of_host(const std::string& host) const;
    // Evaluations so far, and how often all members were put together anew.
    unsigned rounds() const { return rounds_; }
    unsigned declarations() const { return declarations_; }

  private:
    task<> watch();
    task<> evaluate();
    task<bool> step();
    task<> ask(std::vector<nix::root::group> groups);
    task<> open_states();
    task<> open_state(engine::member of);
    void start_builds();
    task<> build(std::string derivation, std::set<std::string> outputs);
    void start_over();
    void declare_unknown();
    bool break_cycles(engine::declaration& of);
    void declare();
    void tell_problems();
    // What was objected to each member; none where nobody was asked.
    using objections = std::vector<std::optional<std::string>>;
    engine::declaration members_of(const nix::root::tree& of, bool must_be_built,
                                   objections* heard = nullptr) const;
    std::optional<std::string> settle_member(engine::member& m, std::set<std::string>& claimed) const;
    bool is_declared_as_it_is() const;
    nix::root::question question_for(std::vector<nix::root::group> groups) const;
    std::optional<engine::value> output_now(const engine::output_ref& ref) const;
    nix::root::known_outputs outputs_now() const;

    engine::runner& runner_;
    const provider::registry& types_;
    root_options options_;
    nix::root::evaluator evaluator_;
    group builders_;
    event woken_;
    root_text text_;
    nix::root::tree tree_;
    std::uint64_t revision_ = 1;
    nix::root::host_outputs hosts_;  // that the tree was evaluated with
    engine::declaration declared_;   // in force
    // What it was made from: text, facts and states by their counts, and what was objected to its members.
    struct made_from {
        std::uint64_t revision, facts, states;
        objections heard;
    };
    std::optional<made_from> made_from_;
    std::set<std::string> building_;
    std::map<engine::path, std::string> states_;  // opened: the digest of the resource's inputs
    std::vector<std::string> problems_;
    std::string trouble_;       // of the last evaluation as a whole, or of declaring
    std::uint64_t opened_ = 0;  // states, and again
    unsigned rounds_ = 0;
    unsigned declarations_ = 0;
    bool is_evaluating_ = false;
    bool is_at_rest_ = false;
    bool is_refused_ = false;
    bool is_text_read_ = false;
    bool has_declared_ = false;
    bool is_news_ = false;  // since step() began
};

}  // namespace landscaper::daemon
