#include "landscaper/engine/io/keepers.hpp"

#include <nlohmann/json.hpp>

namespace landscaper::engine {

void keepers::replace(const path& at, state_keeper keeper, std::map<path, resource_entry>& state) {
    for (const auto& [gone, entry] : all_[at].entries) state.erase(gone);
    auto entries = keeper.document.resources();
    all_[at] = {std::move(keeper), entries ? std::move(*entries) : std::map<path, resource_entry>()};
    for (const auto& [known, entry] : all_[at].entries) state[known] = entry;
}

void keepers::add_to(std::map<path, resource_entry>& state) const {
    for (const auto& [at, one] : all_) {
        for (const auto& [known, entry] : one.entries) state[known] = entry;
    }
}

std::map<path, resource_entry> keepers::without_theirs(std::map<path, resource_entry> state) const {
    for (const auto& [at, one] : all_) {
        for (const auto& [known, entry] : one.entries) state.erase(known);
    }
    return state;
}

// What is no longer declared goes where it is.
const path* keepers::keeper_of(const path& at, const graph& declared) const {
    const auto* wanted = declared.find(at);
    for (const auto& [keeper, one] : all_) {
        bool is_named = wanted && wanted->state == keeper;
        if (is_named || (!wanted && one.entries.contains(at))) return &keeper;
    }
    return nullptr;
}

std::vector<std::pair<path, record>> keepers::take_theirs(std::vector<record>& records,
                                                          const graph& declared) const {
    std::vector<std::pair<path, record>> theirs;
    std::vector<record> ours;
    for (auto& r : records) {
        const auto* keeper = keeper_of(r.at, declared);
        if (keeper)
            theirs.emplace_back(*keeper, std::move(r));
        else
            ours.push_back(std::move(r));
    }
    records = std::move(ours);
    return theirs;
}

// A program that died while it wrote may have written: a patch is made for what is there, not for what was.
task<> keepers::look_again(path keeper) {
    auto& before = all_.at(keeper);
    if (!before.is_unsure || !before.keeper.read) co_return result<void>();
    auto reading = before.keeper.read();
    CO_TRY(auto read, co_await std::move(reading));
    state_document document(read.json());
    auto usable = document.resources();
    if (!usable) co_return usable.error();
    auto& now = all_.at(keeper);
    now.keeper.document = std::move(document);
    now.is_unsure = false;
    co_return result<void>();
}

task<> keepers::append(path keeper, record what) {
    auto looking = look_again(keeper);
    CO_TRY_VOID(co_await std::move(looking));
    auto& before = all_.at(keeper);
    auto patch = before.keeper.document.patch_for({what.at, what.entry, to_text(what.op)});
    if (!patch.empty()) {
        before.is_unsure = true;
        auto writing = before.keeper.append(to_text(what.op), value(patch));
        CO_TRY_VOID(co_await std::move(writing));
        all_.at(keeper).is_unsure = false;
    }
    // It may have been replaced meanwhile.
    auto& now = all_.at(keeper);
    CO_TRY_VOID(now.keeper.document.apply(patch));
    if (what.entry) {
        now.entries.insert_or_assign(what.at, *what.entry);
    } else {
        now.entries.erase(what.at);
    }
    co_return result<void>();
}

}  // namespace landscaper::engine
