#include "landscaper/daemon/deployment.hpp"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "landscaper/async/deadline.hpp"
#include "landscaper/async/group.hpp"
#include "landscaper/base/nearest.hpp"
#include "landscaper/engine/io/process_provider.hpp"
#include "landscaper/engine/io/state_file.hpp"
#include "landscaper/provider/local/local.hpp"

namespace landscaper::daemon {

using namespace std::chrono_literals;

deployment::deployment(const asio::any_io_executor& executor, deployment_options options)
    : executor_(executor), options_(std::move(options)) {
    const auto& types = options_.types ? *options_.types : own_types_;
    if (!options_.types && !memory_file().empty()) {
        auto known = read_memory(memory_file());
        recalled_ = known ? result<void>() : result<void>(known.error().in(memory_file()));
        if (known) memory_ = std::move(*known);
        is_remembered_ = !memory_.folder.empty();
    }
    use_folder(memory_.folder.empty() ? root_folder(options_.root.place) : memory_.folder);
    engine_ = std::make_unique<engine::runner>(executor_, types, options_.engine);
    auto root = options_.root;
    root.on_problems = [this](std::vector<std::string> all) {
        if (all == root_problems_) return;
        root_problems_ = std::move(all);
        options_.on_change();
    };
    root.kept_in = memory_.states;
    root.on_state_opened = [this](const engine::member& of) { remember_state(of); };
    root_ = std::make_unique<root_source>(executor_, *engine_, types, std::move(root));
}

void deployment::use_folder(const std::string& folder) {
    memory_.folder = folder;
    if (options_.types) return;
    provider::local::add_to(own_types_, engine::state_files_on_disk(), folder);
    engine::process_provider_options foreign;
    foreign.directory = folder;
    own_types_.set_foreign(engine::foreign_providers(foreign));
}

std::string deployment::memory_file() const {
    return options_.engine.state_file.empty() ? "" : options_.engine.state_file + ".about";
}

void deployment::remember(deployment_memory what) {
    if (what == memory_ && is_remembered_) return;
    memory_ = std::move(what);
    if (options_.types || memory_file().empty()) return;
    recalled_ = result<void>();
    auto written = write_memory(memory_file(), memory_);
    is_remembered_ = written.has_value();
    if (!written) options_.log("its folder cannot be remembered: " + written.error().message());
}

void deployment::remember_state(const engine::member& of) {
    auto what = memory_;
    auto known = std::find_if(what.states.begin(), what.states.end(),
                              [&](const engine::member& one) { return one.at == of.at; });
    if (known == what.states.end()) known = what.states.insert(known, engine::member());
    known->at = of.at;
    known->provider = of.provider;
    known->type = of.type;
    known->is_stateful = false;
    known->inputs.clear();
    for (const auto& [name, given] : of.inputs) known->inputs[name] = engine::literal(*given.literal);
    remember(std::move(what));
}

result<void> deployment::open() {
    // Without its folder what it has would be looked for elsewhere, not found, and taken for gone.
    bool is_known = declared_ || recalled_;
    auto opened = is_known ? engine_->open() : recalled_;
    is_open_ = opened.has_value();
    trouble_ = opened ? "" : "its state cannot be read, and nothing is done: " + opened.error().message();
    return opened;
}

task<> deployment::run() {
    while (!is_open_) {
        auto before = trouble_;
        auto opened = open();
        if (trouble_ != before) {
            if (!opened) options_.log(trouble_);
            options_.on_change();
        }
        if (opened) break;
        CO_TRY_VOID(co_await sleep_for(5s));
    }
    std::vector<task<>> all;
    all.push_back(engine_->run());
    all.push_back(root_->run());
    all.push_back(engine_->reconcile());
    co_return co_await first_of(std::move(all));
}

void deployment::declare(const inventory::deployment* declared) {
    declared_ = declared ? std::optional(*declared) : std::nullopt;
    auto place = options_.root.place;
    place.is_nowhere = !declared;
    if (declared) place.given = declared->root;
    options_.root.place = place;
    if (declared) {
        auto what = memory_;
        what.folder = root_folder(place);
        what.run_for = declared->run_for.name;
        remember(what);
        use_folder(what.folder);
    }
    root_->set_place(std::move(place));
    set_launch(declared ? declared->launch : inventory::launch_phases{});
    options_.on_change();
}

void deployment::set_launch(const inventory::launch_phases& phases) {
    // Declaring nothing would make orphans of what the inventory is about to declare.
    bool had_launch = std::exchange(has_launch_, !phases.empty());
    if (options_.types && phases.empty() && !had_launch) return;
    engine::declaration out;
    // The rack's hosts are declared by the rack alone.
    if (!options_.types) out.reserves = {engine::path{"hosts"}};
    launch_places_.clear();
    for (const auto& phase : phases) {
        auto& paths = out.launch.emplace_back();
        for (const auto& one : phase) {
            auto at = engine::path::parse(one.text);  // the inventory has checked it
            if (!at) continue;
            launch_places_[*at] = one;
            paths.push_back(*at);
        }
    }
    auto set = engine_->set_members("launch", std::move(out));
    auto before = std::exchange(launch_trouble_, set ? "" : "launch: " + set.error().message());
    if (before != launch_trouble_) options_.on_change();
}

// "inventory.yaml:12:20: launch: no member is called socail; did you mean "social"?"
std::string deployment::unmatched_launch(const engine::path& at) const {
    auto known = launch_places_.find(at);
    std::string where;
    if (known != launch_places_.end() && known->second.line > 0) {
        where = "inventory.yaml:" + std::to_string(known->second.line) + ":" +
                std::to_string(known->second.column) + ": ";
    }
    std::set<std::string> names;
    for (const auto& m : root_->members()) {
        for (auto part = m.at; !part.is_root(); part = part.parent()) names.insert(part.text());
    }
    auto meant = did_you_mean(at.text(), {names.begin(), names.end()});
    return where + "launch: no member is called " + at.text() + (meant.empty() ? "" : "; " + meant);
}

// Paths of `launch:` that no member lies within, once all members are known. The rack's hosts become members
// when their systems are built.
std::vector<std::string> deployment::launch_problems() const {
    if (!launch_trouble_.empty()) return {launch_trouble_};
    std::vector<std::string> out;
    if (!root_->is_at_rest()) return out;
    for (const auto& at : engine_->members().unmatched()) {
        if (at.names().front() != "hosts") out.push_back(unmatched_launch(at));
    }
    return out;
}

std::vector<std::string> deployment::problems() const {
    auto out = root_problems_;
    auto of_launch = launch_problems();
    out.insert(out.begin(), of_launch.begin(), of_launch.end());
    if (!trouble_.empty()) out.insert(out.begin(), trouble_);
    return out;
}

bool deployment::is_empty() const {
    bool is_read = memory_.states.empty() || root_->is_at_rest();
    return !declared_ && is_open_ && is_read && engine_->snapshot().empty();
}

}  // namespace landscaper::daemon
