// What a shell says of a command, for tests of scripts.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>

namespace landscaper {

// Its exit status.
inline int shell(const std::string& command) {
    return WEXITSTATUS(std::system(command.c_str()));
}

// What it wrote to stdout; `status`: where its exit status goes.
inline std::string output_of(const std::string& command, int* status = nullptr) {
    std::string out;
    auto* pipe = ::popen(command.c_str(), "r");
    char buffer[4096];
    while (auto count = std::fread(buffer, 1, sizeof buffer, pipe)) out.append(buffer, count);
    auto ended = ::pclose(pipe);
    if (status) *status = WEXITSTATUS(ended);
    return out;
}

}  // namespace landscaper
