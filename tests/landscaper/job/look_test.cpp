#include "landscaper/job/look.hpp"

#include <doctest/doctest.h>

using namespace landscaper;
using namespace landscaper::job;

namespace {

ledger::host known() {
    ledger::host out;
    out.id.fill(1);
    out.nonce.fill(2);
    out.markers = {{"one", true, out.nonce, 1}, {"two", true, out.nonce, 1}, {"earlier", true, {}, 1}};
    out.generations = {{1, "/nix/store/a", 1}, {2, "/nix/store/b", 2}};
    return out;
}

install::marker on_disk(const ledger::host& of) {
    install::marker out;
    out.state = install::marker_state::finished;
    out.host = of.id;
    out.nonce = of.nonce;
    return out;
}

}  // namespace

TEST_CASE("another system is the one that runs, or else the one that the next boot starts") {
    CHECK(other_system(known(), {"/nix/store/b", "/nix/store/b", {}}).empty());
    CHECK(other_system(known(), {"/nix/store/a", "/nix/store/b", {}}) == "/nix/store/a");
    CHECK(other_system(known(), {"/nix/store/b", "/nix/store/a", {}}) == "/nix/store/a");
    CHECK(other_system(known(), {"/nix/store/b", "", {}}) == "nothing");
}

TEST_CASE("every disk that this installation marked has to be there") {
    auto of = known();
    auto right = on_disk(of);
    CHECK(objection_to_disks(of, {"", "", {right, right}}).empty());
    // A disk with two ways to it is seen twice.
    CHECK(objection_to_disks(of, {"", "", {right, right, right}}).empty());
    CHECK(objection_to_disks(of, {"", "", {right}}) ==
          "of 2 disks that landscaper marked, 1 is there with the marker of this installation");
    for (int wrong = 0; wrong < 3; ++wrong) {
        auto other = right;
        if (wrong == 0) other.state = install::marker_state::open;
        if (wrong == 1) other.host.fill(9);
        if (wrong == 2) other.nonce.fill(9);
        CHECK(!objection_to_disks(of, {"", "", {right, other}}).empty());
    }
}
