// Nix from 2.34 on, scripted: most of what waits for an output comes without a word which.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <filesystem>

#include "landscaper/nix/root/io/evaluator.hpp"
#include "landscaper/nix/root/tree.hpp"
#include "private_nix.hpp"
#include "tests/landscaper/engine/io/one_thread.hpp"

using namespace landscaper;
using namespace landscaper::nix::root;

namespace {

// The folder with `nix-instantiate` as the script is.
std::string scripted_nix(const private_nix& own) {
    namespace fs = std::filesystem;
    auto folder = own.name + "/bin";
    fs::create_directories(folder);
    for (const auto& start : {fs::path(__FILE__).parent_path(), fs::current_path()}) {
        for (auto at = fs::absolute(start); at != at.parent_path(); at = at.parent_path()) {
            auto script = at / "tests/landscaper/nix/root/io/memoising_nix.py";
            if (!fs::exists(script)) continue;
            fs::copy_file(script, folder + "/nix-instantiate");
            fs::permissions(folder + "/nix-instantiate", fs::perms::owner_all);
            return folder;
        }
    }
    FAIL("no memoising_nix.py");
    return folder;
}

}  // namespace

TEST_CASE("failures that Nix remembers, and so tells only once, keep nobody waiting") {
    if (std::system("/usr/bin/python3 -c '' 2> /dev/null") != 0) {
        MESSAGE("skipped: no /usr/bin/python3");
        return;
    }
    for (const std::string forgets : {"group", "nothing"}) {
        CAPTURE(forgets);
        private_nix own;
        evaluator_config config;
        config.folder = own.name + "/questions";
        config.own_folder = own.network();
        config.env = {{"PATH", scripted_nix(own) + ":" + std::getenv("PATH")}, {"FORGETS", forgets}};
        evaluator evaluates(config);
        tree known;
        output_values now;
        auto round = [&] {
            auto groups = known.questions([&](const output_ref& ref) -> std::optional<value> {
                auto found = now.find(ref);
                return found == now.end() ? std::nullopt : std::optional(found->second);
            });
            if (groups.empty()) return false;
            question what;
            what.groups = std::move(groups);
            asio::io_context io;
            known.take(run_on(io, evaluates.ask(what)).value());
            return true;
        };
        auto text = [&] {
            std::string out;
            for (const auto& m : known.declaration().members) {
                const auto& x = m.inputs.at("x");
                out += m.at.text() + "=" + (x.unknown_until.empty() ? x.literal.text() : "waits") + " ";
                CHECK(m.broken == "");
            }
            return out;
        };
        auto settle = [&] {
            for (int rounds = 0; round(); ++rounds) REQUIRE(rounds < 10);
        };
        settle();
        CHECK(text() == "a=\"1\" b=waits c=waits d=waits ");
        CHECK(known.problems().empty());
        now.emplace(output_ref{{"a"}, "out"}, value("A"));
        settle();
        CHECK(text() == "a=\"1\" b=\"A\" c=waits d=\"A\" ");
        now.emplace(output_ref{{"b"}, "out"}, value("B"));
        settle();
        CHECK(text() == "a=\"1\" b=\"A\" c=\"AB\" d=\"A\" ");
        now.emplace(output_ref{{"c"}, "out"}, value("one two"));
        settle();
        CHECK(text() == "a=\"1\" apps.one=\"A\" apps.two=\"A\" b=\"A\" c=\"AB\" d=\"A\" ");
        CHECK(known.problems().empty());
        CHECK(known.declaration().unexplored.empty());
    }
}
