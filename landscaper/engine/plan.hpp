// What an apply would do, computed from the declared members and the recorded state without asking anybody.
// Pure; changes nothing.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "landscaper/engine/graph.hpp"

namespace landscaper::engine {

enum class plan_action {
    unchanged,
    create,
    update,   // in place; waits for confirmation
    replace,  // destroyed and created again; waits for confirmation
    move,     // recorded under another name; nothing is run
    person,   // waits for a person, who is to look or to do something: `sentence` says what
    orphan,   // recorded, no longer declared: kept, destroyed only when named
    waiting,  // recorded, and whether it changes is known only after others are applied
    unknown,  // the path's members are known only after others are applied
};
const char* to_text(plan_action action);

struct changed_input {
    std::string name;
    std::string before;  // JSON text, of a sensitive input its hash; "" = absent
    std::string after;   // "" = absent or only known after apply
    bool is_known_after_apply = false;
    friend bool operator==(const changed_input&, const changed_input&) = default;
};

struct plan_item {
    path at;
    std::string provider;
    std::string type;
    plan_action action = plan_action::unchanged;
    std::vector<changed_input> inputs;  // those that differ; all for create
    bool is_stateful = true;            // stateless ones are created again when landscaper starts
    bool is_protected = false;          // a replace that will be refused
    std::string sentence;    // what its source has to say: an error, what an unknown part waits for
    bool is_broken = false;  // the sentence is an error: what is declared cannot be applied
    friend bool operator==(const plan_item&, const plan_item&) = default;
};

// What is known of a resource beside what is declared and recorded.
struct standing {
    bool waits_for_person = false;  // for more than a confirmation
    std::string sentence;
    std::string drift;     // what others did to it, when somebody looked
    bool is_gone = false;  // it does not exist any more
};

// In the order in which it would be done; orphans last. `roots`: only what is within them and what they need.
// `applied`: outputs of stateless resources that run as declared since landscaper started, and those of
// resources that are nobody's here.
std::vector<plan_item> plan(const graph& declared, const std::map<path, resource_entry>& state,
                            const std::vector<path>& roots = {}, const std::map<path, value>& applied = {},
                            const std::map<path, standing>& standings = {});
// Whether an apply would change anything that is recorded (exit code 4).
bool would_change(const std::vector<plan_item>& items);
nlohmann::json to_json(const std::vector<plan_item>& items);

// Properties as people see them: what is sensitive as a hash, which tells whether it changes, and no more.
nlohmann::json shown(const value& properties, const std::set<std::string>& sensitive);

}  // namespace landscaper::engine
