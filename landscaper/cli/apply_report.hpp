// What an apply has to tell while it is followed, and what came of it: pictures in, events out. Pure; how it
// is said is apply_words'.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "landscaper/control/snapshot.hpp"

namespace landscaper::cli {

struct apply_event {
    enum class kind { resource, host, evaluation };
    kind what = kind::resource;
    std::string name;       // path of the resource, name of the host; empty for the evaluation
    std::string type;       // local.file; of a host its address
    std::string operation;  // create, update, ..; empty when nothing is due. Of a host: "host"
    std::string status;     // running, done, failed, person, .., gone; of a host its phase and condition
    std::string sentence;
    control::progress_view progress;
    bool is_quiet = false;  // no news for a person: it is in line, or is as it was before
    friend bool operator==(const apply_event&, const apply_event&) = default;
};

// What did not come to its end.
struct apply_trouble {
    std::string name;
    bool is_host = false;
    std::string status;  // failed, cancelled, person, blocked; of a host FAILED, HOLD, person
    std::string sentence;
    std::vector<std::string> log;  // the last lines that it wrote since the apply began
};

struct apply_summary {
    // created, updated, replaced, imported, gone, unchanged, and then states: failed, person, blocked, ..
    std::map<std::string, std::size_t> count;
    std::vector<std::string> problems;  // file:line: text, of what is declared
    std::vector<apply_trouble> failed, waiting;
};

class apply_report {
  public:
    // `roots` and `deployment` as for apply_verdict_of(); `before`: the picture when it was asked for.
    apply_report(std::vector<std::string> roots, std::string deployment, const control::snapshot& before);

    // What is to be told of the next picture. Of what only goes on, at most one event a second.
    std::vector<apply_event> on(const control::snapshot& shot);
    // As the last picture shows it.
    apply_summary summary() const;

  private:
    struct told {
        apply_event last, last_loud;
        std::uint64_t change_before = 0, change = 0;
        control::unix_ms at = 0, loud_at = 0;
        std::uint64_t picture = 0;  // the last one that has it
        bool was_there = false;     // when the apply began
        std::string changed_by;
    };
    void meet(const control::snapshot& before);
    void look_at(const control::resource_view& one, std::vector<apply_event>& out);
    void look_at(const control::host_view& one, std::vector<apply_event>& out);
    void look_for_gone(std::vector<apply_event>& out);
    void tell(told& of, apply_event now, std::vector<apply_event>& out);
    void keep_log();
    template <class Each>
    void each_resource(const control::snapshot& shot, Each each) const;
    void add(apply_summary& to, const control::resource_view& one) const;
    std::vector<std::string> log_of(const std::string& path) const;

    std::vector<std::string> roots_;
    std::string deployment_;
    control::snapshot shot_;
    std::uint64_t pictures_ = 0;
    std::map<std::string, told> resources_, hosts_;
    std::string evaluation_;
    std::size_t gone_ = 0;
    control::log_line last_line_;
    std::map<std::string, std::vector<std::string>> logs_;  // by path
};

}  // namespace landscaper::cli
