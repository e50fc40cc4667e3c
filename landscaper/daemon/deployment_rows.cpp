#include "landscaper/daemon/deployment_rows.hpp"

#include <algorithm>

#include "landscaper/base/printable.hpp"

namespace landscaper::daemon {

using engine::resource_status;

// As the plan calls it.
static std::string word_of(engine::operation op, bool replaces) {
    using enum engine::operation;
    switch (op) {
        case create: return replaces ? "replace" : "create";
        case update: return "update";
        case destroy: return "destroy";
        case remove_old: return "clean up";
        case read: return "import";
        case none:
        case skip:
        case note: break;
    }
    return {};
}

control::resource_view view_of_resource(const engine::resource_view& of) {
    control::resource_view out;
    out.path = of.at.text();
    out.type = of.provider + "." + of.type;
    out.state = engine::to_text(of.status);
    out.note = text::printable(of.sentence, 300);
    bool is_at_rest = of.status == resource_status::done;
    if (!is_at_rest) out.operation = word_of(of.op, of.replaces);
    if (of.status == resource_status::running) {
        if (out.note.empty()) out.note = text::printable(of.progress.sentence, 300);
        out.progress.unit = text::printable(of.progress.unit, 20);
        out.progress.done = of.progress.done;
        out.progress.total = of.progress.total;
    }
    out.change = of.last.run;
    out.changed_by = word_of(of.last.op, of.last.replaced);
    return out;
}

// What the first resource in this state has to say.
static std::string first_sentence(const std::vector<engine::resource_view>& views, resource_status status) {
    auto found = std::find_if(views.begin(), views.end(), [&](const auto& v) { return v.status == status; });
    if (found == views.end()) return {};
    auto what = found->sentence;
    if (what.empty() && status == resource_status::running) {
        what = std::string(engine::to_text(found->op)) + " " + found->progress.sentence;
    }
    return text::printable(found->at.text() + ": " + what, 600);
}

control::deployment_view view_of_deployment(const deployment& of,
                                            const std::vector<engine::resource_view>& views) {
    using enum resource_status;
    control::deployment_view out;
    out.name = of.name();
    bool is_rack = of.name() == inventory::rack_deployment;
    out.managed = is_rack || of.declared().has_value();
    out.problems = of.problems();
    out.evaluation = of.root().activity();
    out.refused = of.root().is_refused();
    out.run_for = of.memory().run_for;
    if (of.declared()) {
        const auto& whom = of.declared()->run_for;
        out.run_for = whom.name;
        out.contact = whom.email.empty() || whom.contact.empty() ? whom.email + whom.contact
                                                                 : whom.email + ", " + whom.contact;
    }
    std::map<resource_status, std::uint64_t> count;
    for (const auto& view : views) ++count[view.status];
    for (const auto& [status, number] : count) out.count[engine::to_text(status)] = number;
    if (!out.managed) {
        out.condition = "unmanaged";
        out.sentence = "is no longer in inventory.yaml; " + std::to_string(views.size()) +
                       " recorded, kept until `landscaper destroy --deployment " + out.name + "`";
    } else if (!out.problems.empty() || count[failed] || count[cancelled]) {
        out.condition = "FAILED";
        out.sentence = !out.problems.empty() ? out.problems.front()
                                             : first_sentence(views, count[failed] ? failed : cancelled);
    } else if (count[running] || count[ready] || count[waiting] || !out.evaluation.empty()) {
        out.condition = "run";
        out.sentence = out.evaluation;
        if (count[waiting]) out.sentence = first_sentence(views, waiting);
        if (count[running]) out.sentence = first_sentence(views, running);
    } else if (count[person]) {
        out.condition = "person";
        out.sentence = first_sentence(views, person);
    } else if (count[blocked]) {
        out.condition = "wait";
        out.sentence = first_sentence(views, blocked);
    } else {
        out.condition = "ok";
        if (count[orphan]) out.sentence = first_sentence(views, orphan);
    }
    return out;
}

}  // namespace landscaper::daemon
