#include "landscaper/cli/apply_words.hpp"

#include <nlohmann/json.hpp>
#include <algorithm>
#include <array>

#include "landscaper/tui/words.hpp"

namespace landscaper::cli {

using nlohmann::json;

static std::string padded(std::string text, std::size_t width) {
    text.resize(std::max(text.size(), width), ' ');
    return text;
}

std::string line_of(const apply_event& event, std::size_t width) {
    if (event.what == apply_event::kind::evaluation) return padded("", 10) + event.sentence;
    auto out = padded(event.operation, 9) + " " + padded(event.name, width) + "  " + padded(event.status, 9);
    auto numbers = tui::numbers_of(event.progress);
    auto rest = numbers + (numbers.empty() || event.sentence.empty() ? "" : ": ") + event.sentence;
    if (!rest.empty()) out += " " + rest;
    out.erase(out.find_last_not_of(' ') + 1);
    return out;
}

static json json_of(const control::progress_view& progress) {
    json out{{"done", progress.done}, {"unit", progress.unit}};
    if (progress.total) out["total"] = progress.total;
    if (progress.per_second) out["per_second"] = progress.per_second;
    if (progress.eta_seconds >= 0) out["eta_seconds"] = progress.eta_seconds;
    return out;
}

json json_of(const apply_event& event, const std::string& deployment) {
    json out{{"deployment", deployment.empty() ? "rack" : deployment}, {"sentence", event.sentence}};
    if (event.what == apply_event::kind::evaluation) {
        out["event"] = "evaluation";
        return out;
    }
    bool is_host = event.what == apply_event::kind::host;
    out["event"] = is_host ? "host" : "resource";
    out[is_host ? "host" : "resource"] = event.name;
    if (is_host) {
        auto blank = event.status.find(' ');
        out["phase"] = event.status.substr(0, blank);
        out["condition"] = blank == std::string::npos ? "run" : event.status.substr(blank + 1);
    } else {
        out["type"] = event.type;
        out["operation"] = event.operation;
        out["status"] = event.status;
    }
    if (!event.progress.unit.empty()) out["progress"] = json_of(event.progress);
    return out;
}

std::string line_of(const apply_summary& summary) {
    // What was done, then what was not.
    static constexpr std::array<std::pair<const char*, const char*>, 14> words{{
        {"created", "created"},
        {"updated", "updated"},
        {"replaced", "replaced"},
        {"imported", "imported"},
        {"gone", "gone"},
        {"unchanged", "unchanged"},
        {"failed", "failed"},
        {"cancelled", "cancelled"},
        {"person", "waiting for a person"},
        {"blocked", "blocked"},
        {"waiting", "tried again later"},
        {"running", "running"},
        {"ready", "in line"},
        {"orphan", "no longer declared"},
    }};
    std::string out;
    for (auto [name, word] : words) {
        auto found = summary.count.find(name);
        if (found == summary.count.end() || found->second == 0) continue;
        out += (out.empty() ? "" : ", ") + std::to_string(found->second) + " " + word;
    }
    return out.empty() ? "nothing is declared" : out;
}

// Where more of it stands.
static std::string command_for(const apply_trouble& one) {
    return one.is_host ? "landscaper host " + one.name : "landscaper watch --plain";
}

static void add_reasons(const std::vector<apply_trouble>& all, std::vector<std::string>& out) {
    constexpr std::size_t most = 20;
    for (std::size_t i = 0; i < std::min(all.size(), most); ++i) {
        const auto& one = all[i];
        auto what = one.sentence.empty() ? one.status : one.sentence;
        out.push_back(one.name + ": " + what);
        bool has_failed = one.status == "failed" || one.status == "FAILED";
        if (!has_failed) continue;
        for (const auto& line : one.log) {
            // What a program said last is often in the sentence already.
            if (what.find(line) == std::string::npos) out.push_back("  | " + line);
        }
        out.push_back("  its log: " + command_for(one));
    }
    if (all.size() > most) {
        out.push_back("and " + std::to_string(all.size() - most) + " more: landscaper plan, or apply --json");
    }
}

std::vector<std::string> reasons_of(const apply_summary& summary) {
    auto out = summary.problems;
    add_reasons(summary.failed, out);
    add_reasons(summary.waiting, out);
    return out;
}

static json json_of(const std::vector<apply_trouble>& all) {
    auto out = json::array();
    for (const auto& one : all) {
        out.push_back({{one.is_host ? "host" : "resource", one.name},
                       {"status", one.status},
                       {"sentence", one.sentence},
                       {"log", one.log},
                       {"log_command", command_for(one)}});
    }
    return out;
}

json json_of(const apply_summary& summary, const std::string& deployment, int exit) {
    return {{"event", "summary"},
            {"deployment", deployment.empty() ? "rack" : deployment},
            {"summary", summary.count},
            {"failed", json_of(summary.failed)},
            {"waiting", json_of(summary.waiting)},
            {"problems", summary.problems},
            {"exit", exit},
            {"reason", exit == 0   ? "done"
                       : exit == 3 ? "waits for a person"
                                   : "failed"}};
}

}  // namespace landscaper::cli
