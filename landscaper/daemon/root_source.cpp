#include "landscaper/daemon/root_source.hpp"

#include <boost/asio/this_coro.hpp>
#include <nlohmann/json.hpp>
#include <algorithm>
#include <utility>

#include "landscaper/base/printable.hpp"
#include "landscaper/daemon/folder_watch.hpp"
#include "landscaper/daemon/own_provider.hpp"

namespace landscaper::daemon {

namespace root = nix::root;
using engine::path;

namespace {

const std::string source_name = "nixops4.nix";

root::evaluator_config with_folder(const root_options& options) {
    auto out = options.evaluator;
    out.own_folder = options.place.folder;
    out.on_trace = options.on_log;
    return out;
}

template <class T>
bool is_cycle(const result<T>& declared) {
    return !declared && declared.error().code() == engine::graph_errc::cycle;
}

// Members that need each other are wrong, and nothing is asked of them any more; the others go on.
void break_cycle(std::vector<engine::member>& members, const std::vector<path>& cycle,
                 const std::string& sentence) {
    std::set<path> inside(cycle.begin(), cycle.end());
    for (auto& m : members) {
        if (!inside.contains(m.at)) continue;
        m.broken = sentence;
        m.inputs.clear();
        m.holds_while.clear();
        std::erase_if(m.after, [&](const path& at) { return inside.contains(at); });
        if (m.state && inside.contains(*m.state)) m.state.reset();
    }
}

bool is_same(const engine::declaration& a, const engine::declaration& b) {
    return a.members == b.members && a.unexplored == b.unexplored;
}

}  // namespace

root_source::root_source(const asio::any_io_executor& executor, engine::runner& runner,
                         const provider::registry& types, root_options options)
    : runner_(runner),
      types_(types),
      options_(std::move(options)),
      evaluator_(with_folder(options_)),
      builders_(executor),
      woken_(executor) {}

task<> root_source::run() {
    std::vector<task<>> both;
    both.push_back(watch());
    both.push_back(evaluate());
    auto ended = co_await first_of(std::move(both));
    co_await builders_.stop();
    co_return ended;
}

void root_source::look_again() {
    is_news_ = true;
    is_at_rest_ = false;
    woken_.notify();
}

task<> root_source::watch() {
    auto executor = co_await asio::this_coro::executor;
    auto folder = folder_watch::open(executor, options_.place.folder);
    for (;;) {
        look_at_text();
        // A user has only so many inotify instances.
        auto waiting = folder ? folder->wait() : sleep_for(std::chrono::seconds(2));
        CO_TRY_VOID(co_await std::move(waiting));
    }
}

void root_source::look_at_text() {
    is_text_read_ = true;
    auto now = read_root(options_.place);
    if (now.digest == text_.digest && now.missing == text_.missing) return;
    text_ = std::move(now);
    start_over();
}

void root_source::set_place(root_place place) {
    if (place == options_.place) return;
    options_.place = std::move(place);
    look_at_text();
}

void root_source::start_over() {
    tree_ = root::tree(++revision_);
    trouble_.clear();
    look_again();
}

task<> root_source::evaluate() {
    for (;;) {
        is_news_ = false;
        CO_TRY(bool goes_on, co_await step());
        // Declaring may make outputs known at once, before anybody waits for the news.
        is_at_rest_ = !goes_on && !is_news_ && is_text_read_;
        options_.on_change();
        if (goes_on || is_news_) continue;
        CO_TRY_VOID(co_await woken_.wait());
    }
}

// One thing at a time: what can be asked, then what can be read, then what is known is declared. False when
// all that is left is to wait.
task<bool> root_source::step() {
    if (auto hosts = options_.hosts(); hosts != hosts_) {
        hosts_ = std::move(hosts);
        start_over();
    }
    if (!text_.is_there()) {
        tree_ = root::tree(revision_);
        // What is recorded and nobody declares any more is to be shown as that.
        bool is_gone = options_.place.is_nowhere || !text_.missing.empty();
        if ((is_gone && !has_declared_) || !is_same(declared_, {})) {
            declared_ = {};
            made_from_.reset();
            has_declared_ = true;
            auto withdrawn = runner_.set_members(source_name, {});
            if (!withdrawn) trouble_ = withdrawn.error().message();
        }
        for (const auto& one : options_.kept_in) {
            engine::member of = one;
            if (options_.place.is_nowhere) {
                CO_TRY_VOID(co_await open_state(std::move(of)));
            }
        }
        problems_.clear();
        is_refused_ = !text_.missing.empty();
        if (is_refused_) problems_.push_back(text_.missing);
        tell_problems();
        co_return false;
    }
    declare_unknown();
    auto groups = tree_.questions(outputs_now());
    if (!groups.empty()) {
        CO_TRY_VOID(co_await ask(std::move(groups)));
        co_return true;
    }
    auto opened = states_.size();
    CO_TRY_VOID(co_await open_states());
    start_builds();
    declare();
    co_return opened != states_.size();
}

task<> root_source::ask(std::vector<root::group> groups) {
    auto revision = revision_;
    auto what = question_for(std::move(groups));
    is_evaluating_ = true;
    ++rounds_;
    options_.on_change();
    auto said = co_await evaluator_.ask(std::move(what));
    is_evaluating_ = false;
    if (!said && said.error().code() == async_errc::cancelled) co_return said.error();
    if (revision != revision_) co_return result<void>();  // of a text that is no more
    trouble_ = said ? "" : text_.name + ": " + said.error().message();
    tree_.take(said ? *said : root::answer());
    declare();
    co_return result<void>();
}

root::question root_source::question_for(std::vector<root::group> groups) const {
    root::question out;
    out.origin = text_.origin;
    out.hosts = hosts_;
    out.groups = std::move(groups);
    return out;
}

static std::optional<engine::value> output_in(const std::optional<engine::value>& outputs,
                                              const std::string& name) {
    auto found = outputs ? (*outputs)->find(name) : nlohmann::json::const_iterator();
    if (!outputs || found == (*outputs)->end()) return std::nullopt;
    return engine::value(*found);
}

std::optional<engine::value> root_source::output_now(const engine::output_ref& ref) const {
    auto view = runner_.view(ref.resource);
    if (view && view->status == engine::resource_status::done) return output_in(view->outputs, ref.output);
    auto lent = runner_.lent_now().find(ref.resource);
    if (view || lent == runner_.lent_now().end()) return std::nullopt;
    return output_in(lent->second, ref.output);
}

root::known_outputs root_source::outputs_now() const {
    return [this](const engine::output_ref& ref) { return output_now(ref); };
}

// --- declaring

std::optional<std::string> root_source::settle_member(engine::member& m,
                                                      std::set<std::string>& claimed) const {
    if (m.state && !states_.contains(*m.state) && m.pending.empty()) {
        m.pending = "its state in " + m.state->text() + " is not read yet";
    }
    if (!m.broken.empty()) return std::nullopt;
    auto objection = options_.objection(m);
    m.broken = objection;
    auto host = host_claimed_by(m);
    if (host.empty()) return objection;
    if (!claimed.insert(host + " " + m.provider.name + "." + m.type).second) {
        m.broken = m.at.text() + " is the second " + m.provider.name + "." + m.type + " of " + host + " in " +
                   text_.name + "; a host has one driver, take one of them out";
    }
    return objection;
}

engine::declaration root_source::members_of(const root::tree& of, bool must_be_built,
                                            objections* heard) const {
    auto out = of.declaration(must_be_built, use_own_provider);
    std::set<std::string> claimed;
    for (auto& m : out.members) {
        auto objection = settle_member(m, claimed);
        if (heard) heard->push_back(std::move(objection));
    }
    return out;
}

// Most news change nothing of it, and thousands of members are much to put together. What others object
// may change without any news of ours.
bool root_source::is_declared_as_it_is() const {
    bool is_unchanged = made_from_ && made_from_->revision == revision_ &&
                        made_from_->facts == tree_.changes() && made_from_->states == opened_;
    if (!is_unchanged) return false;
    for (std::size_t i = 0; i < declared_.members.size(); ++i) {
        const auto& heard = made_from_->heard[i];
        if (heard && options_.objection(declared_.members[i]) != *heard) return false;
    }
    return true;
}

// False when there is none among them: then it is with what others declare.
bool root_source::break_cycles(engine::declaration& of) {
    bool has_any = false;
    for (auto cycle = engine::cycle_among(of.members); !cycle.empty();
         cycle = engine::cycle_among(of.members)) {
        auto sentence = text_.name + ": " + engine::cycle_text(cycle) + ": " +
                        engine::describe(engine::graph_errc::cycle);
        break_cycle(of.members, cycle, sentence);
        bool is_said = std::find(problems_.begin(), problems_.end(), sentence) != problems_.end();
        if (!is_said) problems_.push_back(sentence);
        has_any = true;
    }
    return has_any;
}

// Until the first evaluation nothing that is recorded is an orphan, which could be destroyed.
void root_source::declare_unknown() {
    if (std::exchange(has_declared_, true)) return;
    engine::declaration unknown;
    unknown.unexplored.push_back({path(), {}, text_.name + " is not evaluated yet", {}});
    auto declared = runner_.set_members(source_name, unknown);
    if (declared) declared_ = std::move(unknown);
}

void root_source::declare() {
    if (is_declared_as_it_is()) return tell_problems();
    made_from_.reset();
    ++declarations_;
    made_from from{revision_, tree_.changes(), opened_, {}};
    auto now = members_of(tree_, true, &from.heard);
    problems_ = tree_.problems();
    for (const auto& m : now.members) {
        bool is_said = std::find(problems_.begin(), problems_.end(), m.broken) != problems_.end();
        if (!m.broken.empty() && !is_said) problems_.push_back(m.broken);
    }
    bool is_lost = now.members.empty() && !now.unexplored.empty() && now.unexplored.front().at.is_root() &&
                   !now.unexplored.front().sentence.empty();
    bool keeps_last = is_lost && !declared_.members.empty();
    bool is_in_force = is_same(now, declared_);
    if (!keeps_last && !is_in_force) {
        auto declared = runner_.set_members(source_name, now);
        if (is_cycle(declared) && break_cycles(now)) declared = runner_.set_members(source_name, now);
        is_in_force = declared.has_value();
        if (declared) declared_ = std::move(now);
        trouble_ = declared ? trouble_ : text_.name + ": " + declared.error().message();
    }
    if (is_in_force) made_from_ = std::move(from);
    is_refused_ = is_lost || !is_in_force;
    tell_problems();
}

void root_source::tell_problems() {
    auto all = problems_;
    if (!trouble_.empty()) all.insert(all.begin(), text::printable(trouble_, 2000));
    options_.on_problems(std::move(all));
}

// --- for people

std::string root_source::activity() const {
    if (is_evaluating_) return "evaluates " + text_.name;
    if (!building_.empty()) {
        return "builds " + std::to_string(building_.size()) +
               (building_.size() == 1 ? " derivation" : " derivations");
    }
    return text_.is_there() && tree_.has_questions(outputs_now()) ? "is about to evaluate " + text_.name : "";
}

task<std::vector<engine::plan_item>> root_source::plan(std::vector<path> roots) {
    if (!text_.is_there()) co_return runner_.plan(roots);
    auto look = tree_;
    root::output_values recorded;
    for (const auto& [at, entry] : runner_.state()) {
        for (const auto& [name, seen] : entry.outputs->items()) {
            recorded.emplace(engine::output_ref{at, name}, engine::value(seen));
        }
    }
    for (const auto& view : runner_.snapshot()) {
        if (!view.outputs) continue;
        for (const auto& [name, seen] : (*view.outputs)->items()) {
            recorded.insert_or_assign(engine::output_ref{view.at, name}, engine::value(seen));
        }
    }
    for (const auto& [at, outputs] : runner_.lent_now()) {
        if (!outputs) continue;
        for (const auto& [name, seen] : (*outputs)->items())
            recorded.insert_or_assign(engine::output_ref{at, name}, engine::value(seen));
    }
    auto groups = look.speculation(recorded);
    if (!groups.empty()) {
        ++rounds_;
        auto what = question_for(std::move(groups));
        CO_TRY(auto said, co_await evaluator_.ask(std::move(what)));
        look.take(said);
    }
    auto would_be = members_of(look, false);
    auto planned = runner_.plan_with(source_name, would_be, roots);
    if (is_cycle(planned) && break_cycles(would_be)) {
        planned = runner_.plan_with(source_name, std::move(would_be), roots);
    }
    co_return planned;
}

std::vector<path> root_source::members_of_host(const std::string& host) const {
    std::vector<path> out;
    for (const auto& m : declared_.members) {
        if (host_claimed_by(m) == host) out.push_back(m.at);
    }
    return out;
}

}  // namespace landscaper::daemon
