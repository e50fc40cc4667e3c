// The conformance check in tests: this program as a provider of its own, a family asked in this process as it
// is over stdio, and the transcript as words.
#pragma once

#include <doctest/doctest.h>
#include <signal.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "landscaper/provider/check.hpp"
#include "landscaper/provider/provider.hpp"

namespace landscaper::provider {

// This program again, as a provider: the test case of this name.
inline engine::provider_ref this_program(const std::string& test_case) {
    char name[4096];
    auto length = ::readlink("/proc/self/exe", name, sizeof name);
    std::string self(name, static_cast<std::size_t>(length));
    return {self, {"--no-skip", "--test-case=" + test_case}, true};
}

// As the daemon does: a provider that ends without reading must not end its caller.
inline const auto ignores_broken_pipes = ::signal(SIGPIPE, SIG_IGN);

// One family as one provider: requests find their type as they do over stdio.
class family : public resource_type {
  public:
    family(const registry& types, std::string name) : types_(types), name_(std::move(name)) {}

    task<engine::value> create(request r) override {
        CO_TRY(auto type, types_.find({name_, {}, false}, r.type));
        co_return co_await type->create(r);
    }
    task<engine::value> update(request r) override {
        CO_TRY(auto type, types_.find({name_, {}, false}, r.type));
        co_return co_await type->update(r);
    }
    task<> destroy(request r) override {
        CO_TRY(auto type, types_.find({name_, {}, false}, r.type));
        co_return co_await type->destroy(r);
    }
    task<reality> read(request r) override {
        CO_TRY(auto type, types_.find({name_, {}, false}, r.type));
        co_return co_await type->read(r);
    }

  private:
    const registry& types_;
    std::string name_;
};

inline std::vector<std::string> told(const result<std::vector<check_step>>& steps) {
    std::vector<std::string> out;
    if (!steps) return {steps.error().message()};
    for (const auto& step : *steps) out.push_back(std::string(to_text(step.verdict)) + " " + step.name);
    return out;
}

inline const std::vector<std::string> all_is_well{
    "ok a type that does not exist is refused",
    "ok it is created",
    "ok applied again without a change, it is the same",
    "ok it is updated",
    "ok the same update, sent again after a crash, works",
    "ok what others do to it is seen",
    "ok and put right",
    "ok it is destroyed",
    "ok it is gone",
    "ok it is destroyed once more, which is no error",
};

}  // namespace landscaper::provider
