#include "landscaper/provider/provider.hpp"

#include <nlohmann/json.hpp>

namespace landscaper::provider {

const char* describe(provider_errc code) {
    switch (code) {
        case provider_errc::failed: return "the provider failed";
        case provider_errc::try_again: return "did not work yet";
        case provider_errc::unsupported: return "the resource type has no such operation";
        case provider_errc::unknown_type: return "there is no such resource type";
        case provider_errc::bad_input: return "wrong input";
        case provider_errc::needs_state: return "this type needs state: declare it stateful";
        case provider_errc::no_answer: return "the provider program ended without an answer";
        case provider_errc::bad_answer:
            return "the provider program answered something else than the protocol allows";
    }
    return "unknown error";
}

std::string words_of(const error& failure) {
    bool is_said = failure.code() == provider_errc::failed || failure.code() == provider_errc::try_again;
    return is_said && !failure.context().empty() ? failure.context() : failure.message();
}

namespace {

task<engine::value> no_operation(std::string type, const char* name) {
    co_return error(provider_errc::unsupported, type + ": " + name);
}

task<> no_effect(std::string type, const char* name) {
    co_return error(provider_errc::unsupported, type + ": " + name);
}

}  // namespace

void request::working(std::string sentence, std::uint64_t done, std::uint64_t total, std::string unit) const {
    if (say) say({engine::progress_kind::working, std::move(sentence), done, total, std::move(unit)});
}

void request::waits_for_person(std::string sentence) const {
    if (say) say({engine::progress_kind::person, std::move(sentence), 0, 0, {}});
}

void request::log(std::string line) const {
    if (say) say({engine::progress_kind::log, std::move(line), 0, 0, {}});
}

task<engine::value> resource_type::update(request r) {
    return no_operation(r.type, "update");
}
task<> resource_type::destroy(request r) {
    return no_effect(r.type, "destroy");
}
task<reality> resource_type::read(request r) {
    co_return error(provider_errc::unsupported, r.type + ": read");
}
task<engine::value> resource_type::read_state(request r) {
    return no_operation(r.type, "read the state");
}
task<> resource_type::state_event(request r, std::string, engine::value) {
    return no_effect(r.type, "record an event");
}

task<operation_outcome> resource_type::operate(request r, std::string name, engine::value) {
    co_return error(provider_errc::unsupported, r.type + ": " + name);
}

void registry::add(std::string dotted_name, std::shared_ptr<resource_type> type) {
    types_[std::move(dotted_name)] = std::move(type);
}

result<std::shared_ptr<resource_type>> registry::find(const engine::provider_ref& provider,
                                                      const std::string& type) const {
    if (provider.is_foreign && foreign_) return foreign_(provider);
    auto found = types_.find(provider.name + "." + type);
    if (found != types_.end() && !provider.is_foreign) return found->second;
    std::string there_is;
    for (const auto& name : names()) there_is += (there_is.empty() ? "" : ", ") + name;
    return error(provider_errc::unknown_type, provider.name + "." + type + " (there is: " + there_is + ")");
}

std::vector<std::string> registry::names() const {
    std::vector<std::string> out;
    for (const auto& [name, type] : types_) out.push_back(name);
    return out;
}

}  // namespace landscaper::provider
