// landscaper apply: confirms, and tells what happens until the deployment rests.
#include <nlohmann/json.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>

#include "landscaper/base/json_in.hpp"
#include "landscaper/cli/answer.hpp"
#include "landscaper/cli/apply_words.hpp"
#include "landscaper/cli/command.hpp"
#include "landscaper/cli/words.hpp"
#include "landscaper/control/io/client.hpp"
#include "landscaper/engine/path.hpp"

namespace landscaper::cli {

namespace {

// Prints events as they come.
class teller {
  public:
    teller(std::string deployment, bool as_json) : deployment_(std::move(deployment)), as_json_(as_json) {}

    void tell(const std::vector<apply_event>& events) {
        // A new name may widen the column, and one long name does not move all the others.
        for (const auto& one : events) width_ = std::max(width_, std::min(one.name.size(), widest));
        for (const auto& one : events) {
            if (as_json_) print_line(json_of(one, deployment_));
            if (!as_json_ && !one.is_quiet) std::puts(line_of(one, width_).c_str());
        }
        if (!events.empty()) std::fflush(stdout);
    }
    void conclude(const apply_summary& came_of_it, int code) {
        if (as_json_) print_line(json_of(came_of_it, deployment_, code));
        if (!as_json_) std::puts(line_of(came_of_it).c_str());
        std::fflush(stdout);
        for (const auto& line : reasons_of(came_of_it)) std::fprintf(stderr, "%s\n", line.c_str());
    }

  private:
    static constexpr std::size_t widest = 40;
    std::string deployment_;
    bool as_json_;
    std::size_t width_ = 12;
};

result<std::vector<std::string>> roots_in(const arguments& given) {
    std::vector<std::string> out;
    for (const auto& word : given.words) {
        TRY(auto at, engine::path::parse(word));
        // As everybody writes it; an empty one is everything.
        if (!at.is_root()) out.push_back(at.text());
    }
    return out;
}

}  // namespace

int run_apply(const arguments& given) {
    control::client client(socket_path(given));
    auto deployment = deployment_of(given);
    auto roots = roots_in(given);
    if (!roots) return complain("apply", roots.error(), exit_usage);
    auto before = client.current();
    if (!before) return complain("apply", before.error());
    nlohmann::json body;
    body["roots"] = *roots;
    body["deployment"] = deployment;
    auto said = client.post("/v1/apply", json_text(body));
    if (!said) return complain("apply", said.error());
    if (*said != "confirmed") std::fprintf(stderr, "%s\n", said->c_str());
    // The first pictures may be older than the request: none of them is believed for two seconds.
    auto believed = std::chrono::steady_clock::now() + std::chrono::seconds(2);
    int code = -1;
    apply_report report(*roots, deployment, *before);
    teller out(deployment, given.has("--json"));
    auto is_over = [&] { return code >= 0 && std::chrono::steady_clock::now() >= believed; };
    auto followed = client.follow(
        [&](const control::snapshot& shot) {
            out.tell(report.on(shot));
            code = apply_verdict_of(shot, *roots, deployment);
            return !is_over();
        },
        [&] { return !is_over(); });
    if (!followed) return complain("apply", followed.error());
    out.conclude(report.summary(), code);
    return code;
}

}  // namespace landscaper::cli
