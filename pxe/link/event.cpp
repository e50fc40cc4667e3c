#include "pxe/link/event.hpp"

#include <array>

namespace pxe::link {

static constexpr std::array<std::string_view, 16> names = {
    "discover", "offer",   "request",      "ack",  "silence", "rrq",     "http", "progress",
    "done",     "refused", "foreign_dhcp", "here", "alarm",   "trouble", "lost", "other"};
static_assert(names.size() == static_cast<std::size_t>(event_kind::other) + 1);

std::string_view name_of(event_kind kind) {
    return names[static_cast<std::size_t>(kind)];
}

event_kind event_kind_of(std::string_view name) {
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == name) return static_cast<event_kind>(i);
    }
    return event_kind::other;
}

event& event::with(std::string name, std::string_view text) {
    fields.emplace_back(std::move(name), std::string(text));
    return *this;
}

event& event::with(std::string name, std::uint64_t number) {
    fields.emplace_back(std::move(name), number);
    return *this;
}

event& event::with(std::string name, bool flag) {
    fields.emplace_back(std::move(name), flag);
    return *this;
}

template <class T>
static const T* find(const event& e, std::string_view name) {
    for (const auto& [key, value] : e.fields) {
        if (key == name) return std::get_if<T>(&value);
    }
    return nullptr;
}

std::string_view event::text(std::string_view name) const {
    const auto* value = find<std::string>(*this, name);
    return value ? std::string_view(*value) : std::string_view();
}

std::uint64_t event::number(std::string_view name) const {
    const auto* value = find<std::uint64_t>(*this, name);
    return value ? *value : 0;
}

bool event::flag(std::string_view name) const {
    const auto* value = find<bool>(*this, name);
    return value && *value;
}

}  // namespace pxe::link
