// Asks Nix: one process per question, plus one for each error that has to be found or explained. Never keeps
// an evaluator running, never decides what is asked.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "landscaper/async/deadline.hpp"
#include "landscaper/async/task.hpp"
#include "landscaper/async/turns.hpp"
#include "landscaper/nix/root/answer.hpp"

namespace landscaper::nix::root {

struct evaluator_config {
    std::string folder;      // for questions, which hold outputs: 0700, best on a tmpfs
    std::string gc_roots;    // a folder for links to what was built
    std::string own_folder;  // whose files are the operator's
    std::map<std::string, std::string> env;
    // After so long an evaluation is given up, and a build that says nothing.
    steady::duration deadline = std::chrono::minutes(10);
    steady::duration build_deadline = std::chrono::hours(4);
    // With other evaluators, each with a memory of its own; null = with none.
    std::shared_ptr<turns> takes_turns;
    std::function<void(const std::string& line)> on_trace;  // builtins.trace and warnings; may be empty
};

class evaluator {
  public:
    explicit evaluator(evaluator_config config) : config_(std::move(config)) {}

    // Every item asked for is found, waits for outputs, or has an error that begins with the operator's file
    // and line. What ends an evaluation as a whole is left out and the rest asked again.
    task<answer> ask(question what);
    task<> build(std::string derivation, std::set<std::string> outputs);

    // Processes started by ask() so far.
    unsigned runs() const { return runs_; }

  private:
    task<answer> run(question what);
    task<> explain(const question& asked, answer& said);
    own_files own(const origin& of) const;
    std::string sentence_of(const complaint& what, const item* about, const origin& of) const;

    evaluator_config config_;
    unsigned runs_ = 0;
    bool has_expression_ = false;
};

}  // namespace landscaper::nix::root
