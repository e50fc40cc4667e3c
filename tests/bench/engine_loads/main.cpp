// Loads for the deployment engine, one per call; what was measured is one line of JSON on stdout.
#include <nlohmann/json.hpp>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>

#include "loads.hpp"

int main(int argc, char** argv) {
    std::string load = argc > 1 ? argv[1] : "";
    auto count = argc > 2 ? static_cast<unsigned>(std::strtoul(argv[2], nullptr, 10)) : 0u;
    if (load == "provider") {
        std::string line;
        while (std::getline(std::cin, line)) {
            std::puts(R"({"createResourceResponse":{"outputProperties":{"a":1}}})");
            std::fflush(stdout);
        }
        return 0;
    }
    nlohmann::json seen;
    if (load == "one-shot") seen = bench::one_shot(count);
    if (load == "heap") seen = bench::heap(count);
    if (load == "operations") seen = bench::operations(count);
    if (load == "unchanged") seen = bench::unchanged(count);
    if (load == "full-round") seen = bench::full_round(count);
    if (load == "memory") seen = bench::memory(count);
    if (seen.is_null()) {
        std::fputs("usage: bench_engine one-shot|heap|operations|unchanged|full-round|memory COUNT\n",
                   stderr);
        return 2;
    }
    std::puts(seen.dump().c_str());
    return 0;
}
