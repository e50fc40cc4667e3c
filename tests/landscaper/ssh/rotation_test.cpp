#include "landscaper/ssh/rotation.hpp"

#include <doctest/doctest.h>

#include "landscaper/ssh/failure.hpp"

using namespace landscaper;

namespace {

ssh::public_key key(std::uint8_t fill) {
    ssh::public_key out;
    out.point.fill(fill);
    return out;
}

ssh::rotation_plan plan() {
    ssh::rotation_plan out;
    out.alias = "px01";
    out.attempt = "3";
    out.comment = "root@px01";
    out.temporary = key(1);
    return out;
}

const ssh::rotation_row& row(std::string_view name) {
    for (const auto& candidate : ssh::rotation_steps()) {
        if (candidate.step.name == name) return candidate;
    }
    throw std::logic_error("no such step");
}

}  // namespace

TEST_CASE("the rotation's steps come in the order that a crash cannot hurt") {
    std::string names;
    for (const auto& r : ssh::rotation_steps()) names += std::string(r.step.name) + " ";
    CHECK(names == "generate commit verify refuse ");
}

TEST_CASE("the host's public key becomes the pending one, through the proof as the ledger keeps it") {
    auto p = plan();
    auto proof = row("generate").step.prove(p, key(2).text() + " root@px01\n");
    REQUIRE(proof.has_value());
    CHECK(*proof == "{\"pending\":\"" + key(2).text() + "\"}");
    REQUIRE(row("generate").step.learn(p, *proof).has_value());
    CHECK(p.pending == key(2));
}

TEST_CASE("the temporary key is not accepted as the permanent one") {
    CHECK_FALSE(row("generate").step.prove(plan(), key(1).text()).has_value());
}

TEST_CASE("commit is proven only by the recorded key") {
    auto p = plan();
    p.pending = key(2);
    CHECK(row("commit").step.prove(p, "committed " + key(2).text() + "\n").has_value());
    CHECK_FALSE(row("commit").step.prove(p, "committed " + key(3).text() + "\n").has_value());
    CHECK_FALSE(row("commit").step.prove(p, "").has_value());
}

TEST_CASE("with a pending key the new pin is tried first, then the temporary one") {
    auto p = plan();
    CHECK(ssh::pins_to_try(p) == std::vector<ssh::pin>{{"px01", key(1)}});
    p.pending = key(2);
    CHECK(ssh::pins_to_try(p) == std::vector<ssh::pin>{{"px01", key(2)}, {"px01", key(1)}});
}

TEST_CASE("no script prints a private key or takes one") {
    auto p = plan();
    p.pending = key(2);
    for (const auto& r : ssh::rotation_steps()) {
        auto script = r.step.script(p);
        CHECK(script.find("cat \"$fresh/key\"") == script.npos);
        bool takes_input = r.step.input != nullptr;
        CHECK_FALSE(takes_input);
    }
}
