#include "landscaper/control/route.hpp"

#include "landscaper/base/json_in.hpp"
#include "tests/support/result.hpp"

using namespace landscaper;
using namespace landscaper::control;

template <class T>
static T wanted(std::string_view method, std::string_view target, std::string_view body = {}) {
    auto parsed = parse_route(method, target, body);
    REQUIRE(parsed);
    REQUIRE(std::holds_alternative<T>(*parsed));
    return std::get<T>(*parsed);
}

static error_code refusal(std::string_view method, std::string_view target, std::string_view body = {}) {
    auto parsed = parse_route(method, target, body);
    REQUIRE_FALSE(parsed);
    return parsed.error().code();
}

TEST_CASE("each path has its meaning") {
    wanted<get_snapshot>("GET", "/v1/snapshot");
    wanted<get_events>("GET", "/v1/events");
    wanted<get_state>("GET", "/v1/state");
    wanted<get_graph>("GET", "/v1/graph");
    CHECK(wanted<get_plan>("GET", "/v1/plan").roots.empty());
    CHECK(wanted<get_plan>("GET", "/v1/plan?root=hosts.px01&root=hosts.px02").roots ==
          std::vector<std::string>{"hosts.px01", "hosts.px02"});
    CHECK(wanted<get_endpoint>("GET", "/v1/hosts/px01/endpoint").host == "px01");
    for (const char* verb : {"retry", "hold", "resume", "retire"}) {
        auto post = wanted<post_verb>("POST", "/v1/hosts/px01/" + std::string(verb));
        CHECK(post.host == "px01");
        CHECK(post.verb == verb);
    }
    CHECK(wanted<post_verb>("POST", "/v1/hosts/px01/trust", R"({"argument":"abc"})").argument == "abc");
    CHECK(refusal("POST", "/v1/hosts/px01/trust", R"({"argument":1})") == control_errc::bad_request);
    auto moved = wanted<post_resources>("POST", "/v1/resources/move", R"({"paths":["a.b","c"]})");
    CHECK(moved.verb == "move");
    CHECK(moved.paths == std::vector<std::string>{"a.b", "c"});
    CHECK(needs_operator(route(moved)));
    CHECK(refusal("POST", "/v1/resources/move", R"({"paths":"a"})") == control_errc::bad_request);
    CHECK(refusal("GET", "/v1/resources/move") == control_errc::not_found);
    CHECK(wanted<get_wipe>("GET", "/v1/hosts/px01/wipe").host == "px01");
    auto arm = wanted<post_arm>("POST", "/v1/hosts/px01/arm", R"({"typed":"px01","disks":["serial-1"]})");
    CHECK(arm.host == "px01");
    CHECK(arm.typed == "px01");
    CHECK(arm.disks == std::vector<std::string>{"serial-1"});
    auto operated = wanted<post_operation>("POST", "/v1/operation",
                                           R"({"path":"a.b","operation":"run","arguments":{"x":1}})");
    CHECK(operated.path == "a.b");
    CHECK(operated.operation == "run");
    CHECK(operated.arguments == R"({"x":1})");
    CHECK(needs_operator(route(operated)));
    CHECK(refusal("POST", "/v1/operation", R"({"path":"a.b","operation":"run"})") ==
          control_errc::bad_request);
    auto resource =
        wanted<post_host_resource>("POST", "/v1/host-resource", R"({"type":"pxe.nbp","inputs":{}})");
    CHECK(resource.operation == "create");
    CHECK(wanted<post_apply>("POST", "/v1/apply").roots.empty());
    CHECK(wanted<post_apply>("POST", "/v1/apply", R"({"roots":["a.b"]})").roots ==
          std::vector<std::string>{"a.b"});
}

TEST_CASE("what is asked of the engine may name a deployment; without it the rack's own is meant") {
    CHECK(wanted<get_plan>("GET", "/v1/plan").deployment.empty());
    auto plan = wanted<get_plan>("GET", "/v1/plan?deployment=foo&root=a");
    CHECK(plan.deployment == "foo");
    CHECK(plan.roots == std::vector<std::string>{"a"});
    CHECK(wanted<get_state>("GET", "/v1/state?deployment=foo").deployment == "foo");
    CHECK(wanted<get_graph>("GET", "/v1/graph?deployment=foo").deployment == "foo");
    CHECK(wanted<post_apply>("POST", "/v1/apply", R"({"deployment":"foo"})").deployment == "foo");
    CHECK(wanted<post_resources>("POST", "/v1/resources/destroy", R"({"deployment":"foo"})").deployment ==
          "foo");
    CHECK(refusal("GET", "/v1/state?root=a") == control_errc::bad_request);
    CHECK(refusal("POST", "/v1/apply", R"({"deployment":1})") == control_errc::bad_request);
}

TEST_CASE("names are percent-decoded after the path was cut, so that a slash stays in its name") {
    CHECK(wanted<post_verb>("POST", "/v1/hosts/a%2Fb%20c/hold").host == "a/b c");
    CHECK(wanted<get_plan>("GET", "/v1/plan?root=a%26b").roots == std::vector<std::string>{"a&b"});
}

TEST_CASE("half a percent sequence is a bad request") {
    for (const char* target : {"/v1/hosts/a%/hold", "/v1/hosts/a%2/hold", "/v1/hosts/a%zz/hold", "/v1/%  "}) {
        CHECK(refusal("POST", target) == control_errc::bad_request);
    }
    CHECK(refusal("GET", "/v1/plan?root=%4") == control_errc::bad_request);
}

TEST_CASE("other paths are not found") {
    for (const char* target :
         {"", "/", "/v1", "/v2/snapshot", "/v1/snapshot/x", "/v1/hosts/px01", "/v1/hosts//endpoint"}) {
        CHECK(refusal("GET", target) == control_errc::not_found);
    }
    CHECK(refusal("POST", "/v1/snapshot") == control_errc::not_found);
    CHECK(refusal("POST", "/v1/hosts/px01") == control_errc::not_found);
}

TEST_CASE("other methods, queries and bodies are bad requests") {
    CHECK(refusal("DELETE", "/v1/snapshot") == control_errc::bad_request);
    CHECK(refusal("GET", "/v1/plan?path=x") == control_errc::bad_request);
    for (const char* body : {"{", "[]", R"({"roots":"a"})", R"({"roots":[1]})", R"({"a":1,"a":2})"}) {
        CHECK(refusal("POST", "/v1/apply", body) == control_errc::bad_request);
    }
    for (const char* body :
         {"", "{}", R"({"typed":"px01"})", R"({"typed":1,"disks":[]})", R"({"typed":"a","disks":[1]})"}) {
        CHECK(refusal("POST", "/v1/hosts/px01/arm", body) == control_errc::bad_request);
    }
}

TEST_CASE("looking is free, changing and secrets need the operator") {
    CHECK_FALSE(needs_operator(get_snapshot{}));
    CHECK_FALSE(needs_operator(get_events{}));
    CHECK_FALSE(needs_operator(get_plan{}));
    CHECK_FALSE(needs_operator(get_graph{}));
    CHECK(needs_operator(get_state{}));
    CHECK(needs_operator(get_endpoint{"px01"}));
    CHECK(needs_operator(post_verb{"px01", "hold", ""}));
    CHECK(needs_operator(get_wipe{"px01"}));
    CHECK(needs_operator(post_arm{"px01", "px01", {}}));
    CHECK(needs_operator(post_apply{}));
}

TEST_CASE("errors have the status that says them") {
    CHECK(status_of(control_errc::not_found) == 404);
    CHECK(status_of(control_errc::refused) == 409);
    CHECK(status_of(control_errc::bad_request) == 400);
    CHECK(status_of(control_errc::not_allowed) == 403);
    CHECK(status_of(error(json_errc::syntax)) == 500);
}
