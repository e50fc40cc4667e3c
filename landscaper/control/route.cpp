#include "landscaper/control/route.hpp"

#include <nlohmann/json.hpp>
#include <algorithm>

#include "landscaper/base/hex.hpp"
#include "landscaper/base/json_fields.hpp"
#include "landscaper/base/overloaded.hpp"

namespace landscaper::control {

static std::optional<std::string> percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        auto byte = from_hex(text.substr(i + 1, 2));
        if (!byte || byte->size() != 1) return std::nullopt;
        out += static_cast<char>(byte->front());
        i += 2;
    }
    return out;
}

static std::vector<std::string_view> parts_of(std::string_view text, char separator) {
    std::vector<std::string_view> out;
    while (!text.empty()) {
        auto end = text.find(separator);
        if (end != 0) out.push_back(text.substr(0, end));
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
    return out;
}

// Parts of a deployment: paths, and which deployment.
struct named_parts {
    std::vector<std::string> paths;
    std::string deployment;
};

// root=PATH, as often as wanted where paths are, and deployment=NAME.
static result<named_parts> parts_of_query(std::string_view query, bool takes_roots) {
    named_parts out;
    for (auto part : parts_of(query, '&')) {
        auto equals = std::min(part.find('='), part.size());
        auto key = part.substr(0, equals);
        auto value = equals < part.size() ? percent_decoded(part.substr(equals + 1)) : std::nullopt;
        bool is_root = takes_roots && key == "root";
        if (!value || (!is_root && key != "deployment")) {
            return error(control_errc::bad_request, takes_roots
                                                        ? "the query takes only root=PATH and deployment=NAME"
                                                        : "the query takes only deployment=NAME");
        }
        if (is_root)
            out.paths.push_back(*value);
        else
            out.deployment = *value;
    }
    return out;
}

// {KEY: [PATH..], "deployment": NAME}, both optional.
static result<named_parts> parts_of_body(std::string_view body, const char* key) {
    named_parts out;
    if (body.empty()) return out;
    auto json = json_in(body, 65536, 8);
    if (!json) return error(control_errc::bad_request, "body: " + json.error().message());
    if (!json->is_object()) return error(control_errc::bad_request, "the body is not an object");
    json_fields fields(*json, "body");
    out.deployment = fields.text_or_empty("deployment");
    if (fields.failed()) return error(control_errc::bad_request, fields.failure().message());
    auto roots = json->find(key);
    if (roots == json->end()) return out;
    auto bad = [&](const char* what) { return error(control_errc::bad_request, std::string(key) + what); };
    if (!roots->is_array()) return bad(" is not a list");
    for (const auto& root : *roots) {
        if (!root.is_string()) return bad(" holds something else than paths");
        out.paths.push_back(root.get<std::string>());
    }
    return out;
}

// {"typed":"px01","disks":["IDENTITY",..]}
static result<route> parse_arm(const std::string& host, std::string_view body) {
    auto json = json_in(body, 65536, 4);
    if (!json) return error(control_errc::bad_request, "body: " + json.error().message());
    json_fields fields(*json, "body");
    post_arm out{host, fields.text("typed"), fields.texts("disks")};
    if (fields.failed()) return error(control_errc::bad_request, fields.failure().message());
    return route(std::move(out));
}

// Nothing, or {"argument":".."}.
static result<route> parse_verb(const std::string& host, const std::string& verb, std::string_view body) {
    post_verb out{host, verb, ""};
    if (body.empty()) return route(std::move(out));
    auto json = json_in(body, 4096, 4);
    if (!json) return error(control_errc::bad_request, "body: " + json.error().message());
    json_fields fields(*json, "body");
    out.argument = fields.text_or_empty("argument");
    if (fields.failed()) return error(control_errc::bad_request, fields.failure().message());
    return route(std::move(out));
}

// {"type":"ssh.keypair","inputs":{..},"operation":"create"}
static result<route> parse_resource(std::string_view body) {
    auto json = json_in(body);
    if (!json) return error(control_errc::bad_request, "body: " + json.error().message());
    json_fields fields(*json, "body");
    post_host_resource out{fields.text("type"), {}};
    const auto* inputs = fields.find("inputs");
    if (!inputs || !inputs->is_object()) fields.fail("inputs", "is no object");
    if (fields.failed()) return error(control_errc::bad_request, fields.failure().message());
    out.inputs = json_text(*inputs);
    auto operation = fields.text_or_empty("operation");
    if (!operation.empty()) out.operation = operation;
    return route(std::move(out));
}

// {"path":"apps.db","operation":"run","arguments":{..}}
static result<route> parse_operation(std::string_view body) {
    auto json = json_in(body);
    if (!json) return error(control_errc::bad_request, "body: " + json.error().message());
    json_fields fields(*json, "body");
    post_operation out{fields.text("path"), fields.text("operation"), {}};
    auto deployment = fields.text_or_empty("deployment");
    const auto* arguments = fields.find("arguments");
    if (!arguments || !arguments->is_object()) fields.fail("arguments", "is no object");
    if (fields.failed()) return error(control_errc::bad_request, fields.failure().message());
    out.arguments = json_text(*arguments);
    out.deployment = deployment;
    return route(std::move(out));
}

static result<route> parse_get(const std::vector<std::string>& path, std::string_view query) {
    if (path.size() == 2 && path[1] == "snapshot") return route(get_snapshot{});
    if (path.size() == 2 && path[1] == "events") return route(get_events{});
    if (path.size() == 4 && path[1] == "hosts" && path[3] == "endpoint") return route(get_endpoint{path[2]});
    if (path.size() == 4 && path[1] == "hosts" && path[3] == "wipe") return route(get_wipe{path[2]});
    bool is_plan = path.size() == 2 && path[1] == "plan";
    bool is_state = path.size() == 2 && path[1] == "state";
    bool is_graph = path.size() == 2 && path[1] == "graph";
    if (!is_plan && !is_state && !is_graph) return error(control_errc::not_found);
    TRY(auto of, parts_of_query(query, is_plan));
    if (is_plan) return route(get_plan{std::move(of.paths), std::move(of.deployment)});
    if (is_state) return route(get_state{std::move(of.deployment)});
    return route(get_graph{std::move(of.deployment)});
}

result<route> parse_route(std::string_view method, std::string_view target, std::string_view body) {
    auto question = target.find('?');
    auto query = question == std::string_view::npos ? std::string_view() : target.substr(question + 1);
    std::vector<std::string> path;
    for (auto part : parts_of(target.substr(0, question), '/')) {
        auto decoded = percent_decoded(part);
        if (!decoded) return error(control_errc::bad_request, "a % in the path without two hex digits");
        path.push_back(*decoded);
    }
    if (path.empty() || path[0] != "v1") return error(control_errc::not_found);
    if (method == "GET") return parse_get(path, query);
    if (method != "POST") return error(control_errc::bad_request, "only GET and POST are answered");
    if (path.size() == 4 && path[1] == "hosts" && path[3] == "arm") return parse_arm(path[2], body);
    if (path.size() == 4 && path[1] == "hosts") return parse_verb(path[2], path[3], body);
    if (path.size() == 2 && path[1] == "host-resource") return parse_resource(body);
    if (path.size() == 2 && path[1] == "operation") return parse_operation(body);
    if (path.size() == 2 && path[1] == "apply") {
        TRY(auto of, parts_of_body(body, "roots"));
        return route(post_apply{std::move(of.paths), std::move(of.deployment)});
    }
    if (path.size() == 3 && path[1] == "resources") {
        TRY(auto of, parts_of_body(body, "paths"));
        return route(post_resources{path[2], std::move(of.paths), std::move(of.deployment)});
    }
    return error(control_errc::not_found);
}

bool needs_operator(const route& wanted) {
    return std::visit(overloaded{
                          [](const post_verb&) { return true; },
                          [](const post_arm&) { return true; },
                          [](const get_wipe&) { return true; },
                          [](const post_apply&) { return true; },
                          [](const post_resources&) { return true; },
                          [](const post_operation&) { return true; },
                          [](const post_host_resource&) { return true; },
                          [](const get_endpoint&) { return true; },
                          [](const get_state&) { return true; },
                          [](const auto&) { return false; },
                      },
                      wanted);
}

unsigned status_of(const error& failure) {
    auto code = failure.code();
    if (code == control_errc::not_found) return 404;
    if (code == control_errc::refused) return 409;
    if (code == control_errc::bad_request) return 400;
    if (code == control_errc::not_allowed) return 403;
    return 500;
}

}  // namespace landscaper::control
