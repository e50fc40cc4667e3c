// An apply of resources that a root expression declares, with the real nix: one full round and nothing to do.
#include <nlohmann/json.hpp>
#include <chrono>
#include <cstdlib>

#include "landscaper/async/event.hpp"
#include "landscaper/daemon/deployment.hpp"
#include "loads.hpp"
#include "tests/landscaper/engine/io/one_thread.hpp"
#include "tests/landscaper/nix/root/io/private_nix.hpp"

namespace bench {

namespace {

using namespace landscaper;
using clock = std::chrono::steady_clock;

std::string root_of(unsigned count) {
    return root_by_hand(R"(apps = { members = builtins.listToAttrs (map (number: {
        name = "r${toString number}";
        value = stateful [ ] (memo {
          name = "host-${toString number}.example.org";
          zone = "example.org";
          address = "10.0.${toString (number / 256)}.1";
          ttl = 300;
          comment = "one of the records that a service of the deployment declares";
        });
      }) (builtins.genList (number: number) )" +
                        std::to_string(count) + ")); };");
}

struct one_apply {
    one_apply(const private_nix& nix, unsigned members) : count(members) {
        daemon::deployment_options options;
        options.name = "bench";
        options.engine.state_file = nix.name + "/bench.json";
        options.root.place = {nix.network(), "bench", "nixops4.nix", false};
        options.root.evaluator.folder = nix.name + "/questions";
        options.root.evaluator.gc_roots = nix.name + "/roots";
        options.root.evaluator.env = nix.env();
        options.root.hosts = [] { return nix::root::host_outputs(); };
        options.root.objection = [](const engine::member&) { return std::string(); };
        options.log = [](const std::string& line) { std::fprintf(stderr, "%s\n", line.c_str()); };
        options.on_change = [this] { news.notify(); };
        options.root.on_log = options.log;
        options.root.on_change = options.on_change;
        options.engine.on_event = [this](const engine::resource_event& what) {
            done += what.view.status == engine::resource_status::done;
            news.notify();
        };
        all.emplace(context.get_executor(), std::move(options));
    }
    task<> rest() {
        for (;;) {
            bool is_over = all->root().is_at_rest() && done >= count && all->engine().summary().is_settled();
            if (is_over || !all->problems().empty()) co_return result<void>();
            CO_TRY_VOID(co_await news.wait());
        }
    }
    void run() {
        inventory::deployment declared;
        declared.name = "bench";
        declared.root = "nixops4.nix";
        all->declare(&declared);
        running.spawn("deployment", all->run());
        auto ended = run_on(context, rest());
        auto sum = all->engine().summary();
        if (ended && sum.of(engine::resource_status::done) == count && all->root().rounds() == 1) return;
        for (const auto& line : all->problems()) std::fprintf(stderr, "bench_engine: %s\n", line.c_str());
        std::fprintf(stderr, "bench_engine: %zu done after %u rounds\n",
                     sum.of(engine::resource_status::done), all->root().rounds());
        std::exit(1);
    }
    ~one_apply() {
        auto ended = run_on(context, stopped(running));
        static_cast<void>(ended);
    }

    std::size_t count, done = 0;
    asio::io_context context{1};
    event news{context.get_executor()};
    group running{context.get_executor()};
    std::optional<daemon::deployment> all;
};

}  // namespace

nlohmann::json full_round(unsigned count) {
    if (!has_nix()) {
        std::fputs("bench_engine: no nix-instantiate in PATH\n", stderr);
        std::exit(1);
    }
    private_nix nix;
    nix.write("network/nixops4.nix", root_of(count));
    {
        one_apply first(nix, count);
        first.run();
    }
    auto began = clock::now();
    one_apply again(nix, count);
    again.run();
    return {{"seconds", std::chrono::duration<double>(clock::now() - began).count()}};
}

}  // namespace bench
