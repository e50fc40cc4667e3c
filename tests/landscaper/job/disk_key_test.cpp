#include "landscaper/job/disk_key.hpp"

#include "landscaper/job/life.hpp"
#include "landscaper/ssh/failure.hpp"
#include "landscaper/ssh/key.hpp"
#include "tests/landscaper/job/fresh_host.hpp"
#include "tests/support/result.hpp"

using namespace landscaper;
using namespace landscaper::job;
using keys = std::vector<std::string>;

namespace {

struct scene {
    ledger::model m = fresh_host();
    scene() {
        payload("first");
        prove(installation_pxe_nbp, step_entry);
        prove(installation, step_answer);
    }
    const ledger::host& host() { return m.hosts[id]; }
    void payload(const char* key) { apply(m, ledger::payload_made{id, "token", key, 101}); }
    void prove(std::string_view resource, std::string_view step) {
        apply(m, ledger::step_proof{id, std::string(resource), std::string(step), "", 102});
    }
    void write_files() { apply(m, key_written(host(), host().pins.temporary, 103)); }
    void come_to(standing wanted) {
        write_files();
        if (wanted >= standing::rebooting) prove(installation, "finish");
        if (wanted >= standing::rotating) prove(installation, "installed");
        if (wanted < standing::deploying) return;
        apply(m, ledger::pin_pending{id, "own"});
        prove(ssh_host_public_key, "refuse");
        apply(m, ledger::pin_promoted{id});
        prove(ssh_host_public_key, step_withdraw);
    }
    void rescue_and_back() {
        apply(m, ledger::rescue_begun{id});
        payload("rescue");
        apply(m, end_of_rescue(host(), 104));
    }
};

}  // namespace

TEST_CASE("the key on the disk is the one that was written there, whatever payload came after it") {
    scene s;
    CHECK(disk_keys(s.host()).empty());
    s.come_to(standing::rebooting);
    CHECK(disk_keys(s.host()) == keys{"first"});
    s.payload("second");
    CHECK(s.host().pins.temporary == "second");
    CHECK(installed_key(s.host()) == "first");
    CHECK(disk_keys(s.host()) == keys{"first"});
}

TEST_CASE("a host rescued before it has a key of its own answers as before afterwards") {
    for (auto standing : {standing::rebooting, standing::rotating}) {
        scene s;
        s.come_to(standing);
        s.rescue_and_back();
        CHECK(s.host().pins.temporary == "first");
        CHECK(disk_keys(s.host()) == keys{"first"});
        CHECK_FALSE(s.host().payload_in_force());
        CHECK(standing_of(s.host()) == standing);
        CHECK(boot_stage(s.host()) == pxe::stage::local);
    }
}

TEST_CASE("who answers with the rescue system's key is waited for a while after the rescue, and never else") {
    const std::string key =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMz";
    auto fingerprint = ssh::public_key::parse(key).value().fingerprint();
    scene s;
    s.come_to(standing::rebooting);
    CHECK(leaving_key(s.host(), 200).empty());
    apply(s.m, ledger::rescue_begun{id});
    s.payload(key.c_str());
    apply(s.m, ledger::step_proof{id, std::string(rescue), std::string(step_payload), fingerprint, 103});
    CHECK(leaving_key(s.host(), 200).empty());
    apply(s.m, end_of_rescue(s.host(), 104));
    CHECK(leaving_key(s.host(), 104) == key);
    CHECK(leaving_key(s.host(), 104 + 299'999) == key);
    CHECK(leaving_key(s.host(), 104 + 300'000).empty());
    CHECK(leaving_key(s.host(), 103).empty());
    // Another payload, such as that of a new attempt, is none that anybody was told to leave.
    s.payload("next");
    CHECK(leaving_key(s.host(), 200).empty());
}

TEST_CASE("a host that still has its payload after a rescue leaves no other key behind") {
    scene s;
    apply(s.m, ledger::rescue_begun{id});
    s.payload("rescue");
    apply(s.m, end_of_rescue(s.host(), 104));
    CHECK(s.host().payload_in_force());
    CHECK(leaving_key(s.host(), 105).empty());
}

TEST_CASE("only a proof of the rescue's key tells it from an impostor, and silence is believed once") {
    CHECK(who_answers(false, false) == stranger::leaving);
    CHECK(who_answers(false, true) == stranger::leaving);
    CHECK(who_answers(true, false) == stranger::impostor);
    result<bool> lost = error(ssh::ssh_errc::lost), other = error(ssh::ssh_errc::auth_refused);
    CHECK(who_answers(lost, false) == stranger::look_again);
    CHECK(who_answers(lost, true) == stranger::impostor);
    CHECK(who_answers(other, false) == stranger::impostor);
}

TEST_CASE("in the middle of a rotation the new key is tried first, then the one that was installed") {
    scene s;
    s.come_to(standing::rotating);
    apply(s.m, ledger::pin_pending{id, "own"});
    s.rescue_and_back();
    CHECK(disk_keys(s.host()) == keys{"own", "first"});
    CHECK(s.host().pins.pending == "own");
    CHECK(s.host().pins.temporary == "first");
}

TEST_CASE("a host with a key of its own is back under that one, also between promotion and withdrawal") {
    scene s;
    s.come_to(standing::rotating);
    apply(s.m, ledger::pin_pending{id, "own"});
    CHECK_FALSE(is_promoted(s.host()));
    s.prove(ssh_host_public_key, "refuse");
    CHECK_FALSE(is_promoted(s.host()));
    apply(s.m, ledger::pin_promoted{id});
    CHECK(is_promoted(s.host()));
    s.rescue_and_back();
    CHECK(is_promoted(s.host()));
    CHECK(disk_keys(s.host()) == keys{"own"});
    CHECK(s.host().pins.temporary.empty());
}

TEST_CASE("a rescue before the finished marker leaves the payload to the attempt") {
    scene s;
    s.rescue_and_back();
    CHECK(s.host().pins.temporary == "rescue");
    CHECK(s.host().payload_in_force());
}

TEST_CASE("while a host is installed anew, its disk answers as the installation before") {
    scene s;
    s.come_to(standing::deploying);
    apply(s.m, ledger::attempt_started{id, {8}, 200});
    s.payload("third");
    CHECK(disk_keys(s.host()) == keys{"own"});
    CHECK_FALSE(is_promoted(s.host()));
    s.prove(installation, step_answer);
    s.come_to(standing::rebooting);
    CHECK(disk_keys(s.host()) == keys{"third"});
}
