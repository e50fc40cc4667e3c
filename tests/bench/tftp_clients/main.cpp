// bench/tftp_clients: downloads one file as many clients at once and prints what came of it as JSON.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <stdexcept>

#include "swarm.hpp"

static const char* const usage =
    "usage: tftp_clients --name NAME --expected FILE [--server ADDR] [--port N] [--clients N] [--each N]\n"
    "                    [--blksize N] [--windowsize N] [--loss PERMILLE] [--abort PERMILLE] [--delay US]\n"
    "                    [--timer MS] [--away-every N] [--doubling] [--limit S] [--seed N]\n"
    "One JSON object on stdout. Exit: 0 when the load was run, whatever came of it; 2 bad usage or no way to "
    "run it.\n";

static void raise_descriptor_limit() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

static bench::bytes_view mapped(const std::string& path) {
    int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat s {};
    if (fd < 0 || ::fstat(fd, &s) < 0) throw std::runtime_error(path + ": cannot be read");
    auto size = static_cast<std::size_t>(s.st_size);
    auto* at = size ? ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0) : nullptr;
    ::close(fd);
    if (at == MAP_FAILED) throw std::runtime_error(path + ": cannot be mapped");
    return {static_cast<const std::uint8_t*>(at), size};
}

// Nearest rank.
static double quantile(const std::vector<double>& sorted, double q) {
    if (sorted.empty()) return 0;
    auto rank = static_cast<std::size_t>(std::ceil(q * static_cast<double>(sorted.size())));
    return sorted[std::max<std::size_t>(rank, 1) - 1];
}

static void print(bench::tally t) {
    std::sort(t.durations.begin(), t.durations.end());
    auto number = [](const char* name, std::uint64_t value) {
        std::printf("\"%s\": %llu, ", name, static_cast<unsigned long long>(value));
    };
    std::printf("{");
    number("complete", t.complete);
    number("wrong", t.wrong);
    number("refused", t.refused);
    number("aborted", t.aborted);
    number("unfinished", t.unfinished);
    number("bytes", t.bytes);
    number("repeated", t.repeated);
    number("unexpected", t.unexpected);
    number("windowsize", t.windowsize);
    std::printf("\"seconds\": %.6f, \"longest_silence\": %.6f, ", t.seconds, t.longest_silence);
    std::printf("\"p50\": %.6f, \"p99\": %.6f, \"max\": %.6f}\n", quantile(t.durations, 0.5),
                quantile(t.durations, 0.99), quantile(t.durations, 1));
}

int main(int count, char** arguments) {
    try {
        if (count == 2 && std::string(arguments[1]) == "--help") return std::printf("%s", usage) < 0;
        auto l = bench::parse(count, arguments);
        raise_descriptor_limit();
        print(bench::swarm(l, mapped(l.expected)).run());
    } catch (const std::exception& e) {
        std::fprintf(stderr, "tftp_clients: %s\n%s", e.what(), usage);
        return 2;
    }
}
