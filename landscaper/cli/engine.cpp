// Commands on the deployment: plan, destroy, import, run, state, graph.
#include <nlohmann/json.hpp>
#include <algorithm>
#include <cstdio>
#include <utility>

#include "landscaper/base/json_in.hpp"
#include "landscaper/cli/answer.hpp"
#include "landscaper/cli/command.hpp"
#include "landscaper/cli/words.hpp"
#include "landscaper/control/io/client.hpp"
#include "landscaper/engine/path.hpp"

namespace landscaper::cli {

// /v1/plan?deployment=foo&root=a.b
static std::string target(const char* what, const std::string& deployment, const std::string& root = {}) {
    std::string out = "/v1/" + std::string(what), separator = "?";
    if (!deployment.empty())
        out += std::exchange(separator, "&") + "deployment=" + control::escaped(deployment);
    if (!root.empty()) out += separator + "root=" + control::escaped(root);
    return out;
}

// What is shown when no deployment is named: all of them.
static result<std::vector<std::string>> deployments_of(const arguments& given,
                                                       const control::client& client) {
    bool is_one = given.values.contains("--deployment") || !given.words.empty();
    if (is_one) return std::vector{deployment_of(given)};
    TRY(auto shot, client.current());
    std::vector<std::string> out;
    for (const auto& one : shot.deployments) out.push_back(one.name == "rack" ? "" : one.name);
    if (out.empty()) out.emplace_back();
    return out;
}

// Between the deployments when there are several.
static void print_heading(const std::string& deployment, bool is_one_of_many) {
    if (is_one_of_many) std::printf("%s:\n", deployment.empty() ? "rack" : deployment.c_str());
}

// The engine knows whether an apply would do something; an orphan waits for `landscaper destroy`.
static bool changes(const nlohmann::json& item) {
    return item.value("changes", false);
}

// Its source is wrong about it: what would be done is not known.
static bool is_broken(const nlohmann::json& item) {
    return item.value("broken", false);
}

static void print_plan(const nlohmann::json& items) {
    for (const auto& item : items) {
        auto path = item.value("path", "");
        auto type = item.value("provider", "") + "." + item.value("type", "");
        bool is_part = item.value("action", "") == "unknown";
        std::printf(
            "%-9s %s\n", item.value("action", "").c_str(),
            is_part ? (path.empty() ? "*" : path + ".*").c_str() : (path + " (" + type + ")").c_str());
        if (auto sentence = item.value("sentence", ""); !sentence.empty())
            std::printf("            %s\n", sentence.c_str());
        if (item.value("action", "") == "unchanged" || !item.contains("inputs")) continue;
        for (const auto& input : item["inputs"]) {
            bool later = input.value("known_after_apply", false);
            std::printf("            %s: %s -> %s\n", input.value("name", "").c_str(),
                        input.value("before", "").substr(0, 60).c_str(),
                        later ? "(known after apply)" : input.value("after", "").substr(0, 60).c_str());
        }
    }
}

// What the engine says to a request about resources; on failure its sentence is on stderr.
static result<nlohmann::json> ask_engine(const arguments& given, const std::string& verb,
                                         const std::vector<std::string>& paths) {
    nlohmann::json body;
    body["paths"] = paths;
    body["deployment"] = deployment_of(given);
    return control::client(socket_path(given)).post_for_json("/v1/resources/" + verb, json_text(body));
}

static int act(const arguments& given, const char* command, const std::string& verb,
               const std::vector<std::string>& paths) {
    auto answer = ask_engine(given, verb, paths);
    if (!answer) return complain(command, answer.error());
    if (given.has("--json")) {
        print_answer(*answer);
    } else {
        std::puts(answer->value("sentence", "").c_str());
    }
    return exit_done;
}

int run_destroy(const arguments& given) {
    // Without a path all that is left of a deployment goes; never of the rack.
    if (given.words.empty() && deployment_of(given).empty()) return complain_of_usage("destroy");
    return act(given, "destroy", given.has("--even-protected") ? "destroy-protected" : "destroy",
               given.words);
}
int run_import(const arguments& given) {
    return act(given, "import", "import", given.words);
}

// NAME=VALUE, where VALUE is JSON, or else a text; or an object of JSON with several.
static bool take_argument(nlohmann::json& into, const std::string& word) {
    if (word.starts_with("{")) {
        auto all = json_in(word);
        if (!all || !all->is_object()) return false;
        into.update(*all);
        return true;
    }
    auto equals = word.find('=');
    if (equals == std::string::npos || equals == 0) return false;
    auto text = word.substr(equals + 1);
    auto value = json_in(text);
    into[word.substr(0, equals)] = value ? *value : nlohmann::json(text);
    return true;
}

int run_operation(const arguments& given) {
    nlohmann::json arguments = nlohmann::json::object();
    for (std::size_t i = 2; i < given.words.size(); ++i) {
        if (!take_argument(arguments, given.words[i])) {
            return complain("run",
                            error(control::control_errc::bad_request,
                                  given.words[i] + " is no argument; write NAME=VALUE, or an object of JSON"),
                            exit_usage);
        }
    }
    auto operation = given.words.size() > 1 ? given.words[1] : "";
    auto say = [](const std::string& sentence) { std::fprintf(stderr, "%s\n", sentence.c_str()); };
    auto answer = control::client(socket_path(given))
                      .run_operation(given.words[0], operation, arguments, say, deployment_of(given));
    if (!answer) return complain("run", answer.error());
    if (!operation.empty() || given.has("--json")) {
        print_answer(*answer);
        return exit_done;
    }
    auto listed = answer->value("operations", nlohmann::json::object());
    for (const auto& [name, what] : listed.items()) {
        std::printf("%-24s  %s\n", name.c_str(), what.is_string() ? what.get<std::string>().c_str() : "");
    }
    return exit_done;
}

int run_plan(const arguments& given) {
    if (given.has("--refresh")) {
        auto seen = ask_engine(given, "refresh", given.words);
        if (!seen) return complain("plan", seen.error());
        std::fprintf(stderr, "%s\n", seen->value("sentence", "").c_str());
        for (const auto& sentence : seen->value("failures", std::vector<std::string>()))
            std::fprintf(stderr, "%s\n", sentence.c_str());
    }
    control::client client(socket_path(given));
    auto names = deployments_of(given, client);
    if (!names) return complain("plan", names.error());
    auto all = nlohmann::json::array();
    int code = exit_done;
    for (const auto& name : *names) {
        auto items = client.get(target("plan", name, given.words.empty() ? "" : given.words[0]));
        if (items && !items->is_array()) items = error(control::control_errc::wrong_answer);
        if (!items) {
            // The others are shown all the same.
            auto of = name.empty() ? "rack" : name;
            code = complain("plan", names->size() > 1 ? items.error().in(of) : items.error());
            if (names->size() > 1)
                all.push_back({{"deployment", of}, {"error", {{"message", sentence_of(items.error())}}}});
            continue;
        }
        bool would_change = std::any_of(items->begin(), items->end(), changes);
        if (would_change && code == exit_done) code = exit_would_change;
        if (std::any_of(items->begin(), items->end(), is_broken)) code = exit_failed;
        all.insert(all.end(), items->begin(), items->end());
        if (given.has("--json")) continue;
        print_heading(name, names->size() > 1);
        print_plan(*items);
    }
    if (given.has("--json") && (!all.empty() || code == exit_done)) print_answer(all);
    return code;
}

static int list_state(const arguments& given) {
    control::client client(socket_path(given));
    auto names = deployments_of({{}, given.values, given.flags}, client);
    if (!names) return complain("state", names.error());
    auto all = nlohmann::json::array();
    for (const auto& name : *names) {
        auto state = client.get(target("state", name));
        if (!state) return complain("state", state.error());
        if (!state->is_object()) return complain("state", error(control::control_errc::wrong_answer));
        if (!given.has("--json")) print_heading(name, names->size() > 1);
        for (const auto& [path, entry] : state->items()) {
            auto type = entry.value("type", "");
            all.push_back({{"deployment", name.empty() ? "rack" : name}, {"path", path}, {"type", type}});
            if (!given.has("--json")) std::printf("%s  %s\n", path.c_str(), type.c_str());
        }
    }
    if (given.has("--json")) print_answer(all);
    return exit_done;
}

int run_state(const arguments& given) {
    const auto& verb = given.words[0];
    if (verb == "mv" && given.words.size() == 3)
        return act(given, "state", "move", {given.words[1], given.words[2]});
    bool is_show = verb == "show" && given.words.size() == 2;
    bool is_plain = (verb == "list" || verb == "dump") && given.words.size() == 1;
    if (!is_show && !is_plain) return complain_of_usage("state");
    if (verb == "list") return list_state(given);
    auto state = control::client(socket_path(given)).get(target("state", deployment_of(given)));
    if (!state) return complain("state", state.error());
    if (!state->is_object()) return complain("state", error(control::control_errc::wrong_answer));
    if (verb == "dump") {
        print_answer(*state);
    } else {
        auto at = engine::path::parse(given.words[1]);
        if (!at) return complain("state", at.error(), exit_usage);
        auto found = state->find(at->text());
        if (found == state->end())
            return complain("state",
                            error(control::control_errc::not_found,
                                  "no resource " + given.words[1] + "; see `landscaper state list`"));
        print_answer(*found);
    }
    return exit_done;
}

int run_graph(const arguments& given) {
    auto graph = control::client(socket_path(given)).get(target("graph", deployment_of(given)));
    if (!graph) return complain("graph", graph.error());
    if (given.has("--json")) print_answer(*graph);
    if (!given.has("--json")) std::fputs(graph->value("dot", "").c_str(), stdout);
    return exit_done;
}

}  // namespace landscaper::cli
