#include "landscaper/engine/io/look.hpp"

#include <memory>

#include "landscaper/async/deadline.hpp"
#include "landscaper/async/group.hpp"
#include "landscaper/base/printable.hpp"

namespace landscaper::engine {

namespace {

constexpr std::size_t at_once = 8;
constexpr auto patience = std::chrono::minutes(1);

// Shared by those that ask.
struct asking {
    const provider::registry& types;
    std::vector<to_look> all;
    std::function<void(const to_look&, const provider::reality&)> tell;
    std::size_t next = 0;
    looking found;
};

task<> ask_some(std::shared_ptr<asking> r) {
    while (r->next < r->all.size()) {
        auto what = r->all[r->next++];
        auto seen = co_await look_at_one(r->types, what);
        if (seen) {
            ++r->found.seen;
            r->tell(what, *seen);
        } else if (seen.error().code() == async_errc::cancelled) {
            co_return seen.error();
        } else if (seen.error().code() == provider::provider_errc::unsupported) {
            r->found.unreadable.push_back(what.at);
        } else {
            r->found.failed[what.at] = text::printable(provider::words_of(seen.error()), 600);
        }
    }
    co_return result<void>();
}

}  // namespace

std::vector<std::string> looking::failures() const {
    std::map<std::string, std::string> paths;
    for (const auto& [at, why] : failed) {
        auto& all = paths[why];
        all += (all.empty() ? "" : ", ") + at.text();
    }
    std::vector<std::string> out;
    for (const auto& [why, all] : paths) out.push_back(all + " could not be looked at: " + why);
    return out;
}

task<provider::reality> look_at_one(const provider::registry& types, to_look what) {
    CO_TRY(auto type, types.find(what.provider, what.entry.type));
    provider::request asked;
    asked.type = what.entry.type;
    asked.inputs = what.entry.inputs;
    asked.previous = what.entry;
    asked.at = what.at;
    auto reading = type->read(std::move(asked));
    co_return co_await until(steady::now() + patience, std::move(reading));
}

task<looking> look_at(const provider::registry& types, std::vector<to_look> all,
                      std::function<void(const to_look&, const provider::reality&)> tell) {
    auto r = std::make_shared<asking>(asking{types, std::move(all), std::move(tell), 0, {}});
    std::vector<task<>> askers;
    for (std::size_t i = 0; i < at_once; ++i) askers.push_back(ask_some(r));
    CO_TRY_VOID(co_await all_of(std::move(askers)));
    co_return std::move(r->found);
}

}  // namespace landscaper::engine
