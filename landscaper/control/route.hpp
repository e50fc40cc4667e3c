// Which request means what, and who may make it. Pure; the answers come from the backend.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "landscaper/control/error.hpp"

namespace landscaper::control {

struct get_snapshot {};
struct get_events {};  // server-sent events: one snapshot per publication
// `deployment` here and below: empty is the rack's own.
struct get_plan {
    std::vector<std::string> roots;
    std::string deployment;
};
struct get_state {
    std::string deployment;
};
struct get_graph {
    std::string deployment;
};
struct get_endpoint {
    std::string host;
};
// What `arm` would allow to wipe.
struct get_wipe {
    std::string host;
};
struct post_arm {
    std::string host;
    std::string typed;               // the name as the person typed it
    std::vector<std::string> disks;  // identities that they were shown
};
struct post_verb {
    std::string host;
    std::string verb;
    std::string argument;  // of the verb that takes one; else empty
};
struct post_apply {
    std::vector<std::string> roots;
    std::string deployment;
};
// What a person asks of resources: destroy, move, import, refresh, read.
struct post_resources {
    std::string verb;
    std::vector<std::string> paths;
    std::string deployment;
};
// One operation of a resource's type: server-sent events until it is done or has failed.
struct post_operation {
    std::string path;
    std::string operation;
    std::string arguments;  // JSON text of an object
    std::string deployment = {};
};
// create, read or destroy of a resource of a host, for `landscaper provider`: server-sent events until it is
// there or has failed.
struct post_host_resource {
    std::string type;    // "ssh.keypair"
    std::string inputs;  // JSON text of an object
    std::string operation = "create";
};
using route =
    std::variant<get_snapshot, get_events, get_plan, get_state, get_graph, get_endpoint, get_wipe, post_arm,
                 post_verb, post_apply, post_resources, post_operation, post_host_resource>;

// not_found for an unknown path, bad_request for a wrong method or body.
result<route> parse_route(std::string_view method, std::string_view target, std::string_view body);

// The snapshot, plan and graph are for everybody who reaches the socket; what changes something, the engine's
// state and what names a private key file are for root and the daemon's own user.
bool needs_operator(const route& wanted);

// HTTP status of an error of the backend.
unsigned status_of(const error& failure);

}  // namespace landscaper::control
