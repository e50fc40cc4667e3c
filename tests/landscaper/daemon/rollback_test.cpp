#include "landscaper/daemon/rollback.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "landscaper/job/life.hpp"

using namespace landscaper;
using daemon::generation_to_return_to;
using nlohmann::json;

namespace {

ledger::host deployed(const std::vector<ledger::generation>& ran, bool is_proven = true) {
    ledger::host out;
    out.name = "px01";
    out.attempt = 1;
    out.generations = ran;
    auto prove = [&](std::string_view resource, std::string_view step) {
        out.steps.push_back({1, std::string(resource), std::string(step), 1, 1, ""});
    };
    prove(job::ssh_host_public_key, job::step_withdraw);
    if (is_proven) prove(job::nixos, "generation");
    return out;
}

const std::vector<ledger::generation> three{{1, "/a", 1}, {2, "/b", 2}, {3, "/c", 3}, {4, "/c", 4}};

std::string said(const ledger::host& of, const json& given) {
    auto found = generation_to_return_to(of, given);
    return found ? std::to_string(found->number) : found.error().context();
}

}  // namespace

TEST_CASE("a rollback returns to the last other system, or to a generation by its number") {
    CHECK(said(deployed(three), {{"confirm", "px01"}}) == "2");
    CHECK(said(deployed(three), {{"confirm", "px01"}, {"generation", 1}}) == "1");
    // The deployment of another system is not proven: what was proven last is what to return to.
    CHECK(said(deployed(three, false), {{"confirm", "px01"}}) == "4");
    CHECK(said(deployed(three, false), {{"confirm", "px01"}, {"generation", 3}}) == "3");
}

TEST_CASE("a rollback is refused without its host's name, and where there is nothing to return to") {
    const auto* would =
        "this would activate generation 2 (/b) on px01 instead of generation 4 (/c); say so with "
        "confirm=px01";
    CHECK(said(deployed(three), json::object()) == would);
    for (const json& wrong : {json("px02"), json(true), json("")})
        CHECK(said(deployed(three), {{"confirm", wrong}}) == would);
    json sure{{"confirm", "px01"}};
    for (const json& wrong : {json(9), json("2"), json(nullptr)}) {
        auto given = sure;
        given["generation"] = wrong;
        CHECK(said(deployed(three), given) ==
              "generation=" + wrong.dump() + " never ran on px01; there is: 1, 2, 3, 4");
    }
    auto present = sure;
    present["generation"] = 3;
    CHECK(said(deployed(three), present) == "generation 3 (/c) is what runs");
    CHECK(said(deployed({{1, "/a", 1}}), sure) ==
          "px01 ran nothing but generation 1 (/a) since it was installed");
    CHECK(said(deployed({}), sure).starts_with("px01 has no system of its own to return to"));
    auto anew = deployed(three);
    anew.attempt = 2;
    CHECK(said(anew, sure).starts_with("px01 has no system of its own to return to"));
}
