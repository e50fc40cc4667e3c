// Commands that read the snapshot, and the verbs.
#include <nlohmann/json.hpp>
#include <algorithm>
#include <cstdio>

#include "landscaper/base/json_in.hpp"
#include "landscaper/cli/answer.hpp"
#include "landscaper/cli/command.hpp"
#include "landscaper/control/io/client.hpp"
#include "landscaper/tui/words.hpp"

namespace landscaper::cli {

using control::control_errc;
using tui::age_text;
using tui::note_of;

static void print_problems(const control::snapshot& shot) {
    for (const auto& problem : shot.inventory_problems) std::fprintf(stderr, "%s\n", problem.c_str());
    if (!shot.bootd.empty()) std::fprintf(stderr, "%s\n", shot.bootd.c_str());
    for (const auto& alarm : shot.alarms)
        std::fprintf(stderr, "ALARM: %s: %s\n", alarm.host.c_str(), alarm.text.c_str());
    for (const auto& warning : shot.warnings) std::fprintf(stderr, "warning: %s\n", warning.c_str());
}

int run_hosts(const arguments& given) {
    auto shot = control::client(socket_path(given)).current();
    if (!shot) return complain("hosts", shot.error());
    if (given.has("--json")) {
        print_answer(to_json(*shot));
        return exit_done;
    }
    print_problems(*shot);
    std::size_t longest_name = 16, longest_address = 15;
    for (const auto& host : shot->hosts) {
        longest_name = std::max(longest_name, host.name.size());
        longest_address = std::max(longest_address, host.ip.size());
    }
    for (const auto& one : shot->deployments) longest_name = std::max(longest_name, one.name.size());
    auto names = static_cast<int>(longest_name), addresses = static_cast<int>(longest_address);
    std::printf("%-*s %-9s %-6s %-*s %-7s %s\n", names, "HOST", "PHASE", "", addresses, "ADDRESS", "IN",
                "NOTE");
    for (const auto& host : shot->hosts) {
        std::printf("%-*s %-9s %-6s %-*s %-7s %s\n", names, host.name.c_str(), host.phase.c_str(),
                    host.condition.c_str(), addresses, host.ip.c_str(),
                    tui::since_text(shot->now, host.phase_started).c_str(), note_of(host).c_str());
    }
    for (const auto& stranger : shot->unknown) {
        std::printf(
            "%-*s %-9s %-6s %-*s %-7s not in the inventory: landscaper adopt %s --name NAME --ip "
            "ADDR/LEN\n",
            names, "?", "unknown", "", addresses, stranger.mac.c_str(),
            age_text(shot->now - stranger.last_seen).c_str(), stranger.mac.c_str());
    }
    if (!shot->deployments.empty()) std::printf("%-*s %-9s %s\n", names, "DEPLOYMENT", "", "RESOURCES");
    for (const auto& one : shot->deployments) {
        auto line = tui::counts_of(one) + (one.sentence.empty() ? "" : "; " + one.sentence);
        std::printf("%-*s %-9s %s\n", names, one.name.c_str(), one.condition.c_str(), line.c_str());
    }
    return exit_done;
}

static void print_host(const control::snapshot& shot, const control::host_view& host) {
    std::printf("%s: %s %s\n", host.name.c_str(), host.phase.c_str(), host.condition.c_str());
    if (!host.sentence.empty()) std::printf("  %s\n", host.sentence.c_str());
    std::string macs;
    for (const auto& mac : host.mac) macs += (macs.empty() ? "" : " ") + mac;
    std::printf("  mac %s\n  ip %s  role %s  firmware %s\n", macs.c_str(), host.ip.c_str(), host.role.c_str(),
                host.firmware.c_str());
    if (!host.permanent_key.empty()) std::printf("  pinned key %s\n", host.permanent_key.c_str());
    if (!host.temporary_key.empty()) std::printf("  temporary key %s\n", host.temporary_key.c_str());
    if (host.generation) {
        std::printf("  generation %lld %s\n", static_cast<long long>(host.generation), host.toplevel.c_str());
    }
    std::printf("  attempt %llu, begun %s ago\n", static_cast<unsigned long long>(host.attempt),
                tui::since_text(shot.now, host.attempt_started).c_str());
    for (const auto& step : host.steps) {
        auto took = step.proof ? age_text(step.proof - step.intent) : "not proven";
        std::printf("    %-22s %-11s %-10s %s\n", step.resource.c_str(), step.step.c_str(), took.c_str(),
                    step.proof_text.substr(0, 60).c_str());
    }
    for (const auto& line : host.log) std::printf("  | %s\n", line.c_str());
}

int run_host(const arguments& given) {
    auto shot = control::client(socket_path(given)).current();
    if (!shot) return complain("host", shot.error());
    auto found = std::find_if(shot->hosts.begin(), shot->hosts.end(),
                              [&](const auto& host) { return host.name == given.words[0]; });
    if (found == shot->hosts.end())
        return complain(
            "host", error(control_errc::not_found, "no host " + given.words[0] + "; see `landscaper hosts`"));
    if (given.has("--json")) {
        print_answer(to_json(*found));
    } else {
        print_host(*shot, *found);
    }
    return exit_done;
}

static int act(const arguments& given, const std::string& verb, const std::string& body = {}) {
    auto target = "/v1/hosts/" + control::escaped(given.words[0]) + "/" + verb;
    auto said = control::client(socket_path(given)).post(target, body);
    if (!said) return complain(verb, said.error());
    return print_sentence(given, *said);
}

int run_trust(const arguments& given) {
    return act(given, "trust", json_text(nlohmann::json{{"argument", given.words[1]}}));
}
int run_retry(const arguments& given) {
    return act(given, "retry");
}
int run_hold(const arguments& given) {
    return act(given, "hold");
}
int run_resume(const arguments& given) {
    return act(given, "resume");
}
int run_rescue(const arguments& given) {
    return act(given, "rescue");
}
int run_retire(const arguments& given) {
    return act(given, "retire");
}

}  // namespace landscaper::cli
