#include "landscaper/daemon/rollback.hpp"

#include <nlohmann/json.hpp>
#include <algorithm>
#include <optional>

#include "landscaper/base/json_in.hpp"
#include "landscaper/base/printable.hpp"
#include "landscaper/job/life.hpp"
#include "landscaper/provider/provider.hpp"

namespace landscaper::daemon {

namespace {

using ledger::generation;

error refused(std::string why) {
    return {provider::provider_errc::bad_input, std::move(why)};
}

std::string named(const generation& one) {
    return "generation " + std::to_string(one.number) + " (" + one.toplevel + ")";
}

result<generation> of_number(const ledger::host& of, const nlohmann::json& number) {
    std::string there;
    for (const auto& one : of.generations) there += (there.empty() ? "" : ", ") + std::to_string(one.number);
    auto found = std::find_if(of.generations.rbegin(), of.generations.rend(), [&](const generation& one) {
        return number.is_number_integer() && one.number == number.get<std::int64_t>();
    });
    if (found != of.generations.rend()) return *found;
    return refused("generation=" + text::printable(json_text(number), 40) + " never ran on " + of.name +
                   "; there is: " + there);
}

}  // namespace

result<generation> generation_to_return_to(const ledger::host& of, const nlohmann::json& given) {
    auto standing = job::standing_of(of);
    if (of.generations.empty() || standing < job::standing::deploying) {
        return refused(of.name +
                       " has no system of its own to return to: it is not installed, or is being so");
    }
    bool is_proven = standing == job::standing::ok;
    auto last = of.generations.back();
    std::optional<generation> target;
    if (auto number = given.find("generation"); number != given.end()) {
        TRY(target, of_number(of, *number));
    } else {
        auto before =
            std::find_if(of.generations.rbegin(), of.generations.rend(),
                         [&](const generation& one) { return !is_proven || one.toplevel != last.toplevel; });
        if (before != of.generations.rend()) target = *before;
    }
    if (!target) return refused(of.name + " ran nothing but " + named(last) + " since it was installed");
    if (is_proven && target->toplevel == last.toplevel) return refused(named(*target) + " is what runs");
    if (given.value("confirm", nlohmann::json()) == of.name) return *target;
    return refused("this would activate " + named(*target) + " on " + of.name + " instead of " + named(last) +
                   "; say so with confirm=" + of.name);
}

}  // namespace landscaper::daemon
