// What tests over random orders of events share: where they start and how many they try. tests/run sets the
// seed from the commit, so that every commit tries other orders and a failure can be had again.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>

namespace landscaper::tests {

// A number from the environment; `otherwise` when it is unset or no number.
inline std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);
    if (!text || *text == '\0') return otherwise;
    char* end = nullptr;
    auto number = std::strtoull(text, &end, 10);
    return *end == '\0' ? number : otherwise;
}

// Name it when a test fails: LANDSCAPER_TEST_SEED=N has the same orders again.
inline std::uint64_t seed() {
    return number_from_environment("LANDSCAPER_TEST_SEED", 1);
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LANDSCAPER_IS_SANITIZED
#endif
#endif

// How many orders a test tries: LANDSCAPER_TEST_ORDERS, else its own default, and where sanitizers make each
// dear a fiftieth of that.
inline std::uint64_t orders(std::uint64_t otherwise) {
#ifdef LANDSCAPER_IS_SANITIZED
    otherwise /= 50;
#endif
    return number_from_environment("LANDSCAPER_TEST_ORDERS", otherwise);
}

}  // namespace landscaper::tests
