#include "loads.hpp"

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "by_hand.hpp"
#include "landscaper/engine/io/operations.hpp"
#include "landscaper/engine/io/process_provider.hpp"
#include "landscaper/engine/io/runner.hpp"
#include "tests/landscaper/engine/io/one_thread.hpp"

namespace bench {

namespace {

using namespace landscaper;
using clock = std::chrono::steady_clock;

double seconds_since(clock::time_point then) {
    return std::chrono::duration<double>(clock::now() - then).count();
}

double median(std::vector<double> all) {
    std::sort(all.begin(), all.end());
    return all[all.size() / 2];
}

// What a benchmark cannot go on without.
template <class T>
T must(result<T> what) {
    if (what) return std::move(*what);
    std::fprintf(stderr, "bench_engine: %s\n", what.error().message().c_str());
    std::exit(1);
}
void must(const result<void>& what) {
    if (what) return;
    std::fprintf(stderr, "bench_engine: %s\n", what.error().message().c_str());
    std::exit(1);
}

engine::value some_inputs(unsigned number) {
    return engine::value(
        {{"name", "host-" + std::to_string(number) + ".example.org"},
         {"zone", "example.org"},
         {"address", "10.0." + std::to_string(number / 256) + "." + std::to_string(number % 256)},
         {"ttl", 300},
         {"comment", "one of the records that a service of the deployment declares"}});
}

double one_operation(asio::io_context& context, provider::resource_type& type) {
    provider::request r;
    r.type = "t";
    r.inputs = some_inputs(1);
    auto began = clock::now();
    must(run_on(context, type.create(std::move(r))));
    return seconds_since(began) * 1e6;
}

class instant : public provider::resource_type {
  public:
    task<engine::value> create(provider::request) override { co_return engine::value(); }
};

std::vector<engine::member> some_members(unsigned count) {
    std::vector<engine::member> out;
    for (unsigned i = 0; i < count; ++i) {
        engine::member m;
        m.at = {"deployment", "r" + std::to_string(i)};
        m.provider.name = "bench";
        m.type = "t";
        m.policy.create_is_idempotent = true;
        auto inputs = some_inputs(i);
        for (const auto& [name, given] : inputs->items()) m.inputs[name] = engine::literal(given);
        if (i > 0) m.after.push_back({"deployment", "r" + std::to_string(i / 2)});
        if (i == 1) m.after = {};
        out.push_back(std::move(m));
    }
    return out;
}

// An apply from the state file to rest.
struct whole_apply {
    explicit whole_apply(const std::string& file) : running(context.get_executor()) {
        types.add("bench.t", std::make_shared<instant>());
        engine::runner_options options;
        options.state_file = file;
        runner.emplace(context.get_executor(), types, options);
    }
    void run(std::vector<engine::member> members) {
        must(runner->open());
        running.spawn("runner", runner->run());
        must(runner->set_members("bench", {std::move(members), {}, {}}));
        auto sum = must(run_on(context, runner->settled()));
        if (sum.of(engine::resource_status::done) != runner->members().members().size()) std::exit(1);
    }
    ~whole_apply() { must(run_on(context, stopped(running))); }

    asio::io_context context{1};
    provider::registry types;
    std::optional<engine::runner> runner;
    group running;
};

struct folder {
    folder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "landscaper-bench-XXXXXX").string();
        name = ::mkdtemp(pattern.data());
    }
    ~folder() { std::filesystem::remove_all(name); }
    std::string name;
};

std::size_t resident() {
    ::malloc_trim(0);
    std::ifstream file("/proc/self/statm");
    std::size_t pages = 0;
    file >> pages >> pages;
    return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

std::size_t in_use() {
    auto all = ::mallinfo2();
    return all.uordblks + all.hblkhd;
}

}  // namespace

nlohmann::json one_shot(unsigned count) {
    asio::io_context context(1);
    auto program = engine::make_process_provider({this_program(), {"provider"}, true}, {});
    std::vector<double> ours, theirs;
    for (unsigned i = 0; i < count; ++i) {
        bool begin_with_ours = i % 2 == 0;
        if (begin_with_ours) ours.push_back(one_operation(context, *program));
        theirs.push_back(round_trip_by_hand());
        if (!begin_with_ours) ours.push_back(one_operation(context, *program));
    }
    return {{"ours", median(ours)}, {"theirs", median(theirs)}};
}

nlohmann::json heap(unsigned count) {
    constexpr std::size_t size = std::size_t{500} << 20;
    asio::io_context context(1);
    auto program = engine::make_process_provider({this_program(), {"provider"}, true}, {});
    std::vector<double> with, without;
    for (unsigned turn = 0; turn < 4; ++turn) {
        for (unsigned i = 0; i < count / 4; ++i) without.push_back(one_operation(context, *program));
        void* used = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (used == MAP_FAILED) std::exit(1);
        for (std::size_t at = 0; at < size; at += 4096) static_cast<volatile char*>(used)[at] = 1;
        for (unsigned i = 0; i < count / 4; ++i) with.push_back(one_operation(context, *program));
        ::munmap(used, size);
    }
    return {{"ours", median(with)}, {"theirs", median(without)}};
}

nlohmann::json operations(unsigned count) {
    asio::io_context context(1);
    provider::registry types;
    types.add("bench.t", std::make_shared<instant>());
    unsigned told = 0;
    engine::operations work(context.get_executor(), types, [&](const engine::event&) { ++told; }, {});
    auto began = clock::now();
    for (unsigned i = 0; i < count; ++i) {
        engine::start what;
        what.run = i + 1;
        what.at = {"r"};
        what.provider.name = "bench";
        what.type = "t";
        work.begin(what);
        if (i % 64 == 63) {
            context.restart();
            context.run();
        }
    }
    context.restart();
    context.run();
    auto plain = count / seconds_since(began);
    if (told != count) std::exit(1);
    whole_apply apply("");
    auto members = some_members(count / 10);
    began = clock::now();
    apply.run(std::move(members));
    return {{"operations", plain}, {"applied", (count / 10) / seconds_since(began)}};
}

nlohmann::json unchanged(unsigned count) {
    folder in;
    auto file = in.name + "/state.json";
    {
        whole_apply first(file);
        first.run(some_members(count));
    }
    auto members = some_members(count);
    auto began = clock::now();
    whole_apply again(file);
    again.run(std::move(members));
    return {{"seconds", seconds_since(began)}};
}

nlohmann::json memory(unsigned count) {
    folder in;
    auto file = in.name + "/state.json";
    {
        whole_apply first(file);
        first.run(some_members(count));
    }
    auto before = resident(), live = in_use();
    whole_apply again(file);
    again.run(some_members(count));
    // Pages of the first apply may be taken anew: what is in use counts as well.
    auto grown = std::max(resident() - before, in_use() - live);
    return {{"bytes", static_cast<double>(grown) / count}};
}

}  // namespace bench
