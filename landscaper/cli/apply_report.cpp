#include "landscaper/cli/apply_report.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "landscaper/cli/words.hpp"

namespace landscaper::cli {

using control::snapshot;

namespace {

// Nothing but the next number or sentence of what is under way.
bool is_only_progress(const apply_event& before, const apply_event& now) {
    bool goes_on = now.status == "running" || now.what == apply_event::kind::host;
    return goes_on && before.status == now.status && before.operation == now.operation;
}

std::uint64_t tenth(const control::progress_view& of) {
    return of.total ? of.done * 10 / of.total : 0;
}

// How long it has been silent, or goes on to wait, is said behind a semicolon and changes all the time.
std::string gist(const std::string& sentence) {
    return sentence.substr(0, sentence.find(';'));
}

apply_event event_of(const control::resource_view& one) {
    return {apply_event::kind::resource,
            one.path,
            one.type,
            one.operation,
            one.state,
            one.note,
            one.progress,
            false};
}

apply_event event_of(const control::host_view& one) {
    auto status = one.phase + (one.condition == "run" ? "" : " " + one.condition);
    return {apply_event::kind::host, one.name, one.ip, "host", status, one.sentence, one.progress, false};
}

constexpr std::size_t most_log_lines = 5;

}  // namespace

apply_report::apply_report(std::vector<std::string> roots, std::string deployment, const snapshot& before)
    : roots_(std::move(roots)), deployment_(std::move(deployment)) {
    meet(before);
}

template <class Each>
void apply_report::each_resource(const snapshot& shot, Each each) const {
    for (const auto& host : shot.hosts) {
        if (!deployment_.empty() || !is_meant(host, roots_)) continue;
        for (const auto& one : host.resources) each(one);
    }
    for (const auto& one : shot.resources) {
        if (one.deployment == deployment_ && is_within(one.path, roots_)) each(one);
    }
}

void apply_report::meet(const snapshot& before) {
    shot_ = before;
    if (!before.log.empty()) last_line_ = before.log.back();
    each_resource(before, [&](const auto& one) {
        auto& known = resources_[one.path];
        known.was_there = true;
        known.change_before = known.change = one.change;
        // What runs already is waited for, and therefore told.
        if (one.state != "running") known.last = known.last_loud = event_of(one);
    });
    for (const auto& host : before.hosts) {
        if (host.condition != "run" || host.phase == "ok")
            hosts_[host.name].last = hosts_[host.name].last_loud = event_of(host);
    }
}

std::vector<apply_event> apply_report::on(const snapshot& shot) {
    shot_ = shot;
    ++pictures_;
    keep_log();
    std::vector<apply_event> out;
    const auto* own = deployment_.empty() ? nullptr : deployment_in(shot, deployment_);
    auto evaluation = own ? own->evaluation : deployment_.empty() ? shot.evaluation : "";
    if (!evaluation.empty() && evaluation != evaluation_) {
        apply_event news;
        news.what = apply_event::kind::evaluation;
        news.sentence = evaluation;
        out.push_back(std::move(news));
        evaluation_ = std::move(evaluation);
    }
    for (const auto& host : shot.hosts) {
        if (deployment_.empty() && is_meant(host, roots_)) look_at(host, out);
    }
    each_resource(shot, [&](const auto& one) { look_at(one, out); });
    look_for_gone(out);
    return out;
}

void apply_report::look_at(const control::resource_view& one, std::vector<apply_event>& out) {
    auto& known = resources_[one.path];
    known.picture = pictures_;
    auto now = event_of(one);
    bool was_changed = std::exchange(known.change, one.change) != one.change;
    known.changed_by = one.changed_by;
    bool is_done = one.state == "done";
    if (is_done && known.change != known.change_before) now.operation = one.changed_by;
    // It was done before the pictures could show that it was begun.
    if (was_changed && is_done) known.last_loud.status.clear();
    tell(known, std::move(now), out);
}

void apply_report::look_at(const control::host_view& one, std::vector<apply_event>& out) {
    tell(hosts_[one.name], event_of(one), out);
}

void apply_report::tell(told& of, apply_event now, std::vector<apply_event>& out) {
    bool was_overtaken = of.last_loud.status.empty() && now.status == of.last.status;
    if (now == of.last && !was_overtaken) return;
    bool goes_on = is_only_progress(of.last, now) && !was_overtaken;
    if (goes_on && shot_.now - of.at < 1000) return;
    of.last = now;
    of.at = shot_.now;
    bool is_in_line = now.status == "ready" || now.status == "blocked";
    const auto& before = of.last_loud;
    bool is_as_before = before.status == now.status && before.sentence == now.sentence;
    bool says_little = goes_on && gist(before.sentence) == gist(now.sentence) &&
                       tenth(before.progress) == tenth(now.progress) && shot_.now - of.loud_at < 30'000;
    bool is_quiet = is_in_line || says_little || (is_as_before && !goes_on);
    if (!is_quiet) {
        of.last_loud = now;
        of.loud_at = shot_.now;
    }
    now.is_quiet = is_quiet;
    out.push_back(std::move(now));
}

void apply_report::look_for_gone(std::vector<apply_event>& out) {
    for (auto i = resources_.begin(); i != resources_.end();) {
        if (i->second.picture == pictures_) {
            ++i;
            continue;
        }
        apply_event news = i->second.last;
        news.name = i->first;
        news.status = "gone";
        news.sentence.clear();
        news.progress = {};
        if (i->second.was_there) ++gone_;
        out.push_back(std::move(news));
        i = resources_.erase(i);
    }
}

// "apps.web: listening", "foo: apps.web: listening".
void apply_report::keep_log() {
    auto start = deployment_.empty() ? "" : deployment_ + ": ";
    for (const auto& line : new_lines(shot_, last_line_)) {
        last_line_ = line;
        if (!line.host.empty() || !line.text.starts_with(start)) continue;
        auto rest = line.text.substr(start.size());
        auto colon = rest.find(": ");
        if (colon == std::string::npos) continue;
        auto& kept = logs_[rest.substr(0, colon)];
        kept.push_back(rest.substr(colon + 2));
        if (kept.size() > most_log_lines) kept.erase(kept.begin());
    }
}

std::vector<std::string> apply_report::log_of(const std::string& path) const {
    auto found = logs_.find(path);
    return found == logs_.end() ? std::vector<std::string>() : found->second;
}

void apply_report::add(apply_summary& to, const control::resource_view& one) const {
    auto known = resources_.find(one.path);
    bool was_changed = known != resources_.end() && known->second.change != known->second.change_before;
    static const std::map<std::string, std::string> words{
        {"create", "created"}, {"update", "updated"}, {"replace", "replaced"}, {"import", "imported"}};
    auto word = words.find(one.changed_by);
    if (one.state != "done") {
        ++to.count[one.state];
    } else {
        ++to.count[was_changed && word != words.end() ? word->second : "unchanged"];
    }
    apply_trouble trouble{one.path, false, one.state, one.note, log_of(one.path)};
    if (one.state == "failed" || one.state == "cancelled") to.failed.push_back(std::move(trouble));
    if (one.state == "person" || one.state == "blocked") to.waiting.push_back(std::move(trouble));
}

apply_summary apply_report::summary() const {
    apply_summary out;
    const auto* own = deployment_in(shot_, deployment_);
    out.problems = deployment_.empty() || !own ? shot_.inventory_problems : own->problems;
    if (gone_) out.count["gone"] = gone_;
    std::set<std::string> told_by_host;
    for (const auto& host : shot_.hosts) {
        if (!deployment_.empty() || !is_meant(host, roots_) || host.condition == "run") continue;
        for (const auto& one : host.resources) told_by_host.insert(one.path);
        auto lines = std::min(host.log.size(), most_log_lines);
        auto& list = host.condition == "FAILED" ? out.failed : out.waiting;
        list.push_back({host.name,
                        true,
                        host.condition,
                        host.sentence,
                        {host.log.end() - static_cast<std::ptrdiff_t>(lines), host.log.end()}});
    }
    each_resource(shot_, [&](const auto& one) { add(out, one); });
    auto is_told = [&](const apply_trouble& one) { return !one.is_host && told_by_host.contains(one.name); };
    std::erase_if(out.failed, is_told);
    std::erase_if(out.waiting, is_told);
    // What is blocked by a failure has nothing to say of its own.
    if (!out.failed.empty())
        std::erase_if(out.waiting, [](const auto& one) { return one.status == "blocked"; });
    return out;
}

}  // namespace landscaper::cli
