// What the control server asks of serve. The server knows routes and roles; what a verb does to a host or a
// deployment is behind this.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <functional>
#include <string>
#include <vector>

#include "landscaper/async/event.hpp"
#include "landscaper/async/task.hpp"
#include "landscaper/control/error.hpp"
#include "landscaper/control/snapshot.hpp"

namespace landscaper::control {

// What came of `arm`: a sentence for the operator, and whether the next to act is a person (the host does not
// answer, so nobody can send it to the network).
struct arming {
    std::string sentence;
    bool waits_for_person = false;
};

class backend {
  public:
    virtual ~backend() = default;

    // The last published snapshot, and the event notified after each publication (at most 4 a second).
    virtual const snapshot& current() const = 0;
    virtual event& published() = 0;

    // retry, hold, resume, retire, ... of a host; `argument` is that of `trust`, `who` is for the audit
    // ("root", "uid 1000"). Returns one sentence for the operator.
    virtual task<std::string> act(std::string verb, std::string host, std::string argument,
                                  std::string who) = 0;

    // What `arm` would allow, as JSON {host, mode, reinstalls, disks: [{identity, path, what}]}; and the
    // permission itself, for exactly these disks.
    virtual result<nlohmann::json> wipe(const std::string& host) const = 0;
    virtual task<arming> arm(std::string host, std::string typed, std::vector<std::string> disks,
                             std::string who) = 0;

    // The engine's: what an apply would do, as JSON (engine/plan.hpp to_json); confirming it; the state
    // file's content; the graph as Graphviz text. `roots` are dotted paths, empty = everything. `deployment`:
    // empty = the rack's own; not_found, naming what there is, for one that is none.
    virtual task<nlohmann::json> plan(std::string deployment, std::vector<std::string> roots) = 0;
    virtual task<std::string> confirm(std::string deployment, std::vector<std::string> roots,
                                      std::string who) = 0;
    // destroy, move, import, refresh or read of resources: JSON {sentence, ..}; ends when it is done, or says
    // after half a minute what it still waits for.
    virtual task<nlohmann::json> act_on_resources(std::string deployment, std::string verb,
                                                  std::vector<std::string> paths, std::string who) = 0;
    // One operation of a resource's type; `operation` "" lists them. May take long, and ends with its wait.
    virtual task<nlohmann::json> run_operation(std::string deployment, std::string path,
                                               std::string operation, nlohmann::json arguments,
                                               std::string who,
                                               std::function<void(const std::string&)> say) = 0;
    virtual result<nlohmann::json> state(const std::string& deployment) const = 0;
    virtual result<std::string> graph(const std::string& deployment) const = 0;

    // `operation` create: brings a resource of a host about and returns its outputs; may take days. `say`: a
    // sentence whenever what it does or waits for changes. Ending the wait stops nothing. read: {exists,
    // inputs}. destroy: {}.
    virtual task<nlohmann::json> bring_about(std::string operation, std::string type, nlohmann::json inputs,
                                             std::function<void(const std::string&)> say) = 0;

    // How to reach a host: address, user, identity file and the pinned public key, as JSON {address, user,
    // identity_file, alias, public_key}. For root only.
    virtual result<nlohmann::json> endpoint(const std::string& host) const = 0;
};

}  // namespace landscaper::control
