// What members of a root expression need besides outputs: derivations built, and states read.
#include <nlohmann/json.hpp>

#include "landscaper/base/printable.hpp"
#include "landscaper/daemon/root_source.hpp"

namespace landscaper::daemon {

namespace {

// Nix builds in parallel by itself; these are only processes that wait for it.
constexpr std::size_t most_builds = 8;

// The JSON of a member's inputs; none while one is not known.
std::optional<engine::value> known_inputs(const engine::member& m) {
    auto out = nlohmann::json::object();
    for (const auto& [name, given] : m.inputs) {
        if (given.is_unknown || !given.unknown_until.empty()) return std::nullopt;
        out[name] = given.literal.json();
    }
    return engine::value(std::move(out));
}

}  // namespace

void root_source::start_builds() {
    if (!options_.builds) return;
    for (auto& [derivation, outputs] : tree_.to_build()) {
        if (builders_.size() >= most_builds) return;
        if (building_.insert(derivation).second) builders_.spawn("build", build(derivation, outputs));
    }
}

task<> root_source::build(std::string derivation, std::set<std::string> outputs) {
    options_.on_change();
    auto done = co_await evaluator_.build(derivation, std::move(outputs));
    building_.erase(derivation);
    if (!done && done.error().code() == async_errc::cancelled) co_return done.error();
    if (done) {
        tree_.built(derivation);
    } else {
        tree_.not_built(derivation, text::printable(done.error().message(), 2000));
    }
    look_again();
    co_return result<void>();
}

task<> root_source::open_states() {
    for (const auto& at : tree_.state_resources()) {
        const auto* declared = runner_.members().find(at);
        auto view = runner_.view(at);
        if (!declared || !view || view->status != engine::resource_status::done) continue;
        engine::member of = *declared;
        CO_TRY_VOID(co_await open_state(std::move(of)));
    }
    co_return result<void>();
}

task<> root_source::open_state(engine::member of) {
    auto inputs = known_inputs(of);
    if (!inputs) co_return result<void>();
    auto digest = inputs->digest();
    auto known = states_.find(of.at);
    if (known != states_.end() && known->second == digest) co_return result<void>();
    auto type = types_.find(of.provider, of.type);
    provider::request about;
    about.type = of.type;
    about.inputs = *inputs;
    about.at = of.at;
    about.is_stateful = of.is_stateful;
    auto view = runner_.view(of.at);
    auto outputs = view && view->outputs ? *view->outputs : engine::value();
    about.previous = engine::resource_entry{of.type, *inputs, std::move(outputs), {}};
    result<engine::value> read = error();
    if (type) {
        read = co_await (*type)->read_state(about);
    } else {
        read = type.error();
    }
    if (!read && read.error().code() == async_errc::cancelled) co_return read.error();
    if (!read) {
        trouble_ = of.at.text() + ": the state in it cannot be read: " + read.error().message();
        co_return result<void>();
    }
    engine::state_keeper keeper{engine::state_document(read->json()), {}, {}};
    // Taken for an empty one, everything in it would be created once more.
    if (auto usable = keeper.document.resources(); !usable) {
        trouble_ = of.at.text() + ": the state in it cannot be used: " + usable.error().message();
        co_return result<void>();
    }
    keeper.append = [type = *type, about](std::string event, engine::value patch) {
        return type->state_event(about, std::move(event), std::move(patch));
    };
    keeper.read = [type = *type, about] { return type->read_state(about); };
    runner_.keep_state_in(of.at, std::move(keeper));
    states_.insert_or_assign(of.at, digest);
    ++opened_;
    if (options_.on_state_opened) options_.on_state_opened(of);
    co_return result<void>();
}

}  // namespace landscaper::daemon
