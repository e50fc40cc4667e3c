// Launch phases in the scheduler: beginnings in their order, destruction in the reverse one.
#include <algorithm>

#include "landscaper/engine/scheduler_machine.hpp"

namespace landscaper::engine {

// "social, db, ..", as the operator listed them.
static std::string names_of(const std::vector<path>& roots) {
    std::string out;
    for (std::size_t i = 0; i < roots.size() && i < 3; ++i) out += (i ? ", " : "") + roots[i].text();
    return roots.size() > 3 ? out + ", .." : out;
}

// What is as declared stays so; what would be begun waits. The sentence names what was listed, not who is
// still missing: nobody is judged again for each of a thousand.
judgement scheduler::machine::in_its_phase(const node& n, judgement due) const {
    if (due.status != resource_status::ready) return due;
    auto own = graph_->phase_of(n.at);
    for (std::size_t number = 1; number < own; ++number) {
        if (open_[number - 1] == 0 && !graph_->is_phase_unexplored(number)) continue;
        due.status = resource_status::blocked;
        due.sentence = "waits for launch phase " + std::to_string(number) + " (" +
                       names_of(graph_->launch()[number - 1]) + ")";
        due.inputs = {};
        return due;
    }
    return due;
}

// Outputs of a resource are known, or no longer; with the last of a phase the next ones begin.
void scheduler::machine::publish(node& n, std::optional<value> outputs) {
    bool was_known = n.published.has_value();
    n.published = std::move(outputs);
    auto number = graph_->phase_of(n.at);
    if (number == 0 || !n.wanted || was_known == n.published.has_value()) return;
    auto& open = open_[number - 1];
    was_known ? ++open : --open;
    bool is_turning = was_known ? open == 1 : open == 0;
    for (auto later = number + 1; is_turning && later <= open_.size(); ++later) {
        for (const auto& at : graph_->phase(later)) mark(at);
    }
}

void scheduler::machine::count_phases() {
    open_.assign(graph_->launch().size(), 0);
    for (std::size_t number = 1; number <= open_.size(); ++number) {
        const auto& members = graph_->phase(number);
        open_[number - 1] = static_cast<std::size_t>(std::count_if(
            members.begin(), members.end(), [this](const path& at) { return !nodes_.at(at).published; }));
    }
}

// What stays, being protected, holds nobody up.
void scheduler::machine::note_destruction(const node& n) {
    const auto* entry = entry_of(n.at);
    if (entry && (n.even_protected || !is_protected(*entry))) to_destroy_[phase_in(*entry)].insert(n.at);
}

void scheduler::machine::forget_destruction(const path& at) {
    bool is_turning = false;
    for (auto& [number, paths] : to_destroy_) is_turning = (paths.erase(at) && paths.empty()) || is_turning;
    if (!is_turning) return;
    std::erase_if(to_destroy_, [](const auto& phase) { return phase.second.empty(); });
    for (const auto& [number, paths] : to_destroy_) {
        for (const auto& other : paths) mark(other);
    }
}

// Whether something of a later phase is to be destroyed as well, and is still there.
bool scheduler::machine::is_before_others(const resource_entry& entry) const {
    auto number = phase_in(entry);
    return number != 0 && !to_destroy_.empty() && to_destroy_.rbegin()->first > number;
}

}  // namespace landscaper::engine
