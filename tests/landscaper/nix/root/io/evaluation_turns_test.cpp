// Evaluations take turns: each is a process with a memory of its own.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "landscaper/nix/root/io/evaluator.hpp"
#include "landscaper/nix/root/tree.hpp"
#include "private_nix.hpp"
#include "tests/landscaper/engine/io/one_thread.hpp"

using namespace landscaper;
using nix::root::evaluator;
using nix::root::question;

TEST_CASE("an evaluation waits for its turn") {
    if (!has_nix()) {
        MESSAGE("skipped: no nix-instantiate in PATH");
        return;
    }
    private_nix own;
    asio::io_context io;
    own.write("network/nixops4.nix", root_by_hand("a = file \"a\" \"1\";"));
    nix::root::evaluator_config config;
    config.folder = own.name + "/questions";
    config.own_folder = own.network();
    config.env = own.env();
    config.takes_turns = std::make_shared<turns>(io.get_executor(), 1);
    auto others = run_on(io, config.takes_turns->take()).value();
    evaluator asks(config);
    question what;
    what.origin = {own.network() + "/nixops4.nix", ""};
    what.groups = nix::root::tree().questions([](const auto&) { return std::nullopt; });
    std::size_t found = 0;
    auto ask = [&]() -> task<> {
        CO_TRY(auto said, co_await asks.ask(what));
        found = said.findings.size();
        co_return result<void>();
    };
    landscaper::group asking(io.get_executor());
    asking.spawn("ask", ask());
    io.restart();
    io.poll();
    CHECK(asks.runs() == 0);
    CHECK(asking.size() == 1);
    others.reset();
    io.restart();
    io.run();
    CHECK(found > 0);
    CHECK(config.takes_turns->taken() == 0);
}
