#include "by_hand.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>

extern char** environ;

namespace bench {

std::string this_program() {
    char name[4096];
    auto length = ::readlink("/proc/self/exe", name, sizeof name);
    return {name, length > 0 ? static_cast<std::size_t>(length) : 0};
}

double round_trip_by_hand() {
    static const auto program = this_program();
    static const std::string line =
        R"({"createResourceRequest":{"inputProperties":{"address":"10.0.0.1","comment":"one of the records that a service of the deployment declares","name":"host-1.example.org","ttl":300,"zone":"example.org"},"isStateful":true,"type":"t"}})"
        "\n";
    auto began = std::chrono::steady_clock::now();
    int in[2], out[2];
    if (::pipe2(in, O_CLOEXEC) < 0 || ::pipe2(out, O_CLOEXEC) < 0) std::exit(1);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, in[0], 0);
    ::posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    char word[] = "provider";
    char* argv[] = {const_cast<char*>(program.c_str()), word, nullptr};
    pid_t child = 0;
    if (::posix_spawn(&child, program.c_str(), &actions, nullptr, argv, environ) != 0) std::exit(1);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(in[0]);
    ::close(out[1]);
    if (::write(in[1], line.data(), line.size()) < 0) std::exit(1);
    std::string answer;
    char buffer[4096];
    while (answer.empty() || answer.back() != '\n') {
        auto count = ::read(out[0], buffer, sizeof buffer);
        if (count <= 0) std::exit(1);
        answer.append(buffer, static_cast<std::size_t>(count));
    }
    ::close(in[1]);
    int status = 0;
    ::waitpid(child, &status, 0);
    ::close(out[0]);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count() * 1e6;
}

}  // namespace bench
