#include "landscaper/daemon/resource_verbs.hpp"

#include <nlohmann/json.hpp>
#include <algorithm>

#include "landscaper/async/deadline.hpp"
#include "landscaper/base/nearest.hpp"
#include "landscaper/base/printable.hpp"
#include "landscaper/engine/judge.hpp"

namespace landscaper::daemon {

using control::control_errc;
using engine::path;

namespace {

constexpr auto patience = std::chrono::seconds(30);  // a person waits at the other end

nlohmann::json said(std::string sentence) {
    return {{"sentence", std::move(sentence)}};
}

// Waits until nothing more happens by itself, or no longer than a person would.
task<bool> has_settled(engine::runner& runner, std::vector<path> roots) {
    auto waiting = runner.settled(std::move(roots));
    auto ended = co_await until(steady::now() + patience, std::move(waiting));
    if (!ended && ended.error().code() != async_errc::timed_out) co_return ended.error();
    co_return ended.has_value();
}

result<void> check_orphans(const engine::runner& runner, const std::vector<path>& roots) {
    for (const auto& root : roots) {
        bool is_recorded = false;
        for (const auto& [at, entry] : runner.state()) {
            if (!at.is_within(root)) continue;
            is_recorded = true;
            if (!runner.members().contains(at)) continue;
            return error(
                control_errc::refused,
                at.text() +
                    " is still declared, and would be created again: take it out of its source first");
        }
        if (!is_recorded) {
            return error(control_errc::not_found,
                         root.text() + " is not recorded; see `landscaper state list`");
        }
    }
    return {};
}

task<nlohmann::json> destroy(engine::runner& runner, std::vector<path> roots, bool even_protected) {
    if (roots.empty()) co_return error(control_errc::bad_request, "name what is to be destroyed");
    // As an unset variable of a script gives it.
    if (std::any_of(roots.begin(), roots.end(), [](const path& at) { return at.is_root(); }))
        co_return error(control_errc::bad_request,
                        "an empty path is everything; name what is to be destroyed");
    CO_TRY_VOID(check_orphans(runner, roots));
    std::vector<path> named;
    for (const auto& [at, entry] : runner.state()) {
        if (is_within_any(at, roots)) named.push_back(at);
    }
    runner.destroy(roots, even_protected);
    runner.retry(roots);
    CO_TRY_VOID(co_await has_settled(runner, roots));
    std::string out, kept;
    for (const auto& at : named) {
        auto view = runner.view(at);
        if (!view) out += at.text() + " is destroyed\n";
        if (view)
            kept +=
                at.text() + " is kept: " + std::string(to_text(view->status)) + " " + view->sentence + "\n";
    }
    out += kept;
    if (!out.empty()) out.pop_back();
    if (!kept.empty()) co_return error(control_errc::failed, out);
    co_return said(std::move(out));
}

task<nlohmann::json> move(engine::runner& runner, std::vector<path> paths) {
    if (paths.size() != 2) co_return error(control_errc::bad_request, "two paths are wanted: from and to");
    auto from = paths[0], to = paths[1];
    if (from.is_root() || to.is_root())
        co_return error(control_errc::bad_request, "an empty path names nothing that can be moved");
    bool is_recorded = false;
    for (const auto& [at, entry] : runner.state()) is_recorded = is_recorded || at.is_within(from);
    if (!is_recorded) {
        co_return error(control_errc::not_found,
                        from.text() + " is not recorded; see `landscaper state list`");
    }
    auto moving = runner.move(from, to);
    auto moved = co_await std::move(moving);
    if (!moved) co_return error(control_errc::refused, moved.error().message());
    co_return said(from.text() + " is now recorded as " + to.text() + "; nothing was run");
}

task<nlohmann::json> import(engine::runner& runner, std::vector<path> roots) {
    if (roots.empty()) co_return error(control_errc::bad_request, "name what is to be imported");
    for (const auto& root : roots) {
        if (runner.state().contains(root))
            co_return error(control_errc::refused, root.text() + " is recorded already");
        if (!runner.members().contains(root)) {
            co_return error(control_errc::not_found, root.text() + " is not declared; declare it first");
        }
    }
    runner.import_existing(roots);
    CO_TRY_VOID(co_await has_settled(runner, roots));
    std::string out;
    bool is_all = true;
    for (const auto& root : roots) {
        bool is_there = runner.state().contains(root);
        is_all = is_all && is_there;
        auto view = runner.view(root);
        out += (out.empty() ? "" : "\n") + root.text();
        if (is_there) {
            out += " is recorded";
        } else {
            out += " is not: " + (view ? view->sentence : std::string("it is gone"));
        }
    }
    if (!is_all) co_return error(control_errc::failed, out);
    co_return said(std::move(out));
}

task<nlohmann::json> refresh(engine::runner& runner, std::vector<path> roots) {
    auto looking = runner.refresh(roots);
    CO_TRY(auto found, co_await std::move(looking));
    auto out = said(std::to_string(found.seen) + " looked at, " + std::to_string(found.unreadable.size()) +
                    " of types that cannot say what is there");
    out["failed"] = nlohmann::json::object();
    for (const auto& [at, why] : found.failed) out["failed"][at.text()] = why;
    out["failures"] = found.failures();
    co_return out;
}

task<nlohmann::json> read(engine::runner& runner, std::vector<path> paths) {
    if (paths.size() != 1) co_return error(control_errc::bad_request, "one path is wanted");
    auto reading = runner.read(paths[0]);
    auto seen = co_await std::move(reading);
    if (!seen) co_return error(control_errc::failed, seen.error().message());
    auto out = said(seen->exists ? "exists" : "is gone");
    out["exists"] = seen->exists;
    auto recorded = runner.state().find(paths[0]);
    const auto* declared = runner.members().find(paths[0]);
    std::set<std::string> sensitive;
    if (recorded != runner.state().end()) sensitive = engine::sensitive_in(recorded->second);
    if (declared) sensitive.insert(declared->sensitive.begin(), declared->sensitive.end());
    out["inputs"] = engine::shown(seen->inputs, sensitive);
    out["outputs"] = engine::shown(seen->outputs, sensitive);
    co_return out;
}

}  // namespace

result<std::vector<path>> paths_of(const std::vector<std::string>& texts) {
    std::vector<path> out;
    for (const auto& text : texts) {
        auto at = path::parse(text);
        if (!at) return error(control_errc::bad_request, at.error().message());
        out.push_back(std::move(*at));
    }
    return out;
}

result<void> check_known(const engine::runner& runner, const path& at) {
    const auto& declared = runner.members();
    std::set<std::string> names;
    bool is_known = at.is_root() || declared.unexplored_around(at);
    auto see = [&](const path& one) {
        is_known = is_known || one.is_within(at);
        for (auto part = one; !part.is_root(); part = part.parent()) names.insert(part.text());
    };
    for (const auto& [one, wanted] : declared.members()) see(one);
    for (const auto& [one, entry] : runner.state()) see(one);
    for (const auto& part : declared.unexplored()) see(part.at);
    if (is_known) return {};
    // What it was said to lie in is right.
    for (auto part = at.parent(); !part.is_root(); part = part.parent()) names.erase(part.text());
    auto meant = did_you_mean(at.text(), {names.begin(), names.end()});
    return error(control_errc::not_found, at.text() + " is neither declared nor recorded" +
                                              (meant.empty() ? "; see `landscaper plan`" : "; " + meant));
}

task<nlohmann::json> act_on(engine::runner& runner, std::string verb, std::vector<std::string> texts) {
    auto paths = paths_of(texts);
    if (!paths) co_return paths.error();
    if (verb == "destroy") co_return co_await destroy(runner, *paths, false);
    if (verb == "destroy-protected") co_return co_await destroy(runner, *paths, true);
    if (verb == "move") co_return co_await move(runner, *paths);
    if (verb == "import") co_return co_await import(runner, *paths);
    if (verb == "refresh") co_return co_await refresh(runner, *paths);
    if (verb == "read") co_return co_await read(runner, *paths);
    co_return error(control_errc::bad_request,
                    "there is no operation " + verb + "; there is: destroy, import, move, read, refresh");
}

static nlohmann::json listed(const std::vector<provider::operation_info>& all) {
    nlohmann::json out{{"read", "Says what its provider says is there."},
                       {"refresh", "Compares that with what is recorded."}};
    for (const auto& one : all) {
        std::string takes;
        for (const auto& name : one.arguments) takes += " [" + name + "=VALUE]";
        out[one.name + takes] = one.description;
    }
    return {{"operations", std::move(out)}};
}

task<nlohmann::json> run_operation(engine::runner& runner, std::string text, std::string operation,
                                   nlohmann::json arguments, std::function<void(const std::string&)> say) {
    auto at = path::parse(text);
    if (!at) co_return error(control_errc::bad_request, at.error().message());
    auto own = runner.operations_of(*at);
    if (!own) co_return error(control_errc::not_found, own.error().message());
    if (operation.empty()) co_return listed(*own);
    std::vector<path> paths{*at};
    if (operation == "read") co_return co_await read(runner, paths);
    if (operation == "refresh") co_return co_await refresh(runner, paths);
    const auto* declared = runner.members().find(*at);
    bool is_foreign = declared && declared->provider.is_foreign;
    if (own->empty()) {
        co_return error(control_errc::bad_request,
                        at->text() + " has no operation " + text::printable(operation, 80) +
                            (is_foreign ? ": its provider is a program of somebody else's, and NixOps4's "
                                          "protocol knows none; there is: read, refresh"
                                        : "; there is: read, refresh"));
    }
    auto sink = [say](const engine::progress& now) {
        if (say && !now.sentence.empty()) say(now.sentence);
    };
    engine::value given(std::move(arguments));
    auto operating = runner.operate(*at, std::move(operation), std::move(given), sink);
    auto answered = co_await std::move(operating);
    if (!answered) co_return error(control_errc::failed, answered.error().message());
    co_return answered->json();
}

// By itself the engine only creates.
static std::string upon_whose_word(const engine::resource_view& view,
                                   const std::vector<confirmation>& before) {
    if (view.op == engine::operation::create) return {};
    auto found = std::find_if(before.rbegin(), before.rend(), [&](const confirmation& one) {
        return one.at <= view.since && is_within_any(view.at, one.roots);
    });
    return found == before.rend() ? "" : ", confirmed by " + found->who;
}

std::string at_work(const engine::runner& runner, const std::vector<path>& roots,
                    const std::vector<confirmation>& before) {
    std::string out;
    for (const auto& view : runner.snapshot()) {
        bool runs = view.status == engine::resource_status::running;
        if (!runs || !is_within_any(view.at, roots)) continue;
        auto seconds = std::chrono::duration_cast<std::chrono::seconds>(steady::now() - view.since).count();
        out += (out.empty() ? "" : "\n") + view.at.text() + " is at work already (" + to_text(view.op) +
               ", for " + std::to_string(seconds) + " s" + upon_whose_word(view, before) +
               "): this apply waits for it";
    }
    return out;
}

}  // namespace landscaper::daemon
