#include "landscaper/engine/scheduler.hpp"

#include <algorithm>

#include "landscaper/engine/scheduler_machine.hpp"

namespace landscaper::engine {

const char* to_text(resource_status status) {
    switch (status) {
        case resource_status::blocked: return "blocked";
        case resource_status::waiting: return "waiting";
        case resource_status::ready: return "ready";
        case resource_status::running: return "running";
        case resource_status::person: return "person";
        case resource_status::done: return "done";
        case resource_status::failed: return "failed";
        case resource_status::cancelled: return "cancelled";
        case resource_status::orphan: return "orphan";
    }
    return "unknown";
}

const char* to_text(operation op) {
    switch (op) {
        case operation::none: return "none";
        case operation::create: return "create";
        case operation::update: return "update";
        case operation::skip: return "skip";
        case operation::destroy: return "destroy";
        case operation::remove_old: return "remove_old";
        case operation::read: return "read";
        case operation::note: return "note";
    }
    return "unknown";
}

std::size_t summary::of(resource_status status) const {
    auto found = count.find(status);
    return found == count.end() ? 0 : found->second;
}

bool summary::is_settled() const {
    return of(resource_status::running) + of(resource_status::ready) + of(resource_status::waiting) == 0;
}

scheduler::scheduler(std::map<path, resource_entry> state, limits allowed, std::string deployment)
    : machine_(std::make_unique<machine>(std::move(state), std::move(allowed), std::move(deployment))) {}
scheduler::~scheduler() = default;
scheduler::scheduler(scheduler&&) noexcept = default;
scheduler& scheduler::operator=(scheduler&&) noexcept = default;

actions scheduler::on(const event& what, time_point now) {
    return machine_->on(what, now);
}
std::optional<time_point> scheduler::wake_at() const {
    return machine_->wake_at();
}
std::optional<resource_view> scheduler::view(const path& at) const {
    return machine_->view(at);
}
std::vector<resource_view> scheduler::views() const {
    return machine_->views();
}
engine::summary scheduler::summary(const std::vector<path>& roots) const {
    return machine_->summary(roots);
}
std::optional<resource_entry> scheduler::applied(const path& at) const {
    return machine_->applied(at);
}
bool scheduler::repairs(const path& at) const {
    return machine_->repairs_at(at);
}
const std::map<path, resource_entry>& scheduler::state() const {
    return machine_->state();
}
const std::map<path, std::optional<value>>& scheduler::lent_now() const {
    return machine_->lent_now();
}

}  // namespace landscaper::engine
