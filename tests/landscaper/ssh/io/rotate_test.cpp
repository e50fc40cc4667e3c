#include "landscaper/ssh/io/rotate.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "private_sshd.hpp"

using namespace landscaper;
using namespace std::chrono_literals;
using ssh_test::private_sshd;
using ssh_test::run;
namespace fs = std::filesystem;

namespace {

// The ledger's lines of one rotation, and the point where landscaper is killed: "intent commit" dies when
// that intent is written, "effect commit" after the effect, before its proof, "proof commit" once that is
// written.
struct fake_ledger {
    std::map<std::string, std::string> proofs;
    std::string die_at;

    task<> intend(std::string step) {
        if (die_at == "intent " + step) co_return error(async_errc::cancelled, die_at);
        co_return result<void>();
    }
    task<> prove(std::string step, std::string proof) {
        if (die_at == "effect " + step) co_return error(async_errc::cancelled, die_at);
        proofs[step] = proof;
        if (die_at == "proof " + step) co_return error(async_errc::cancelled, die_at);
        co_return result<void>();
    }
};

ssh::rotation_plan plan_for(private_sshd& sshd) {
    ssh::rotation_plan plan;
    plan.alias = "px01";
    plan.attempt = "1";
    plan.comment = "root@px01";
    plan.temporary = sshd.temporary().key;
    plan.folder = sshd.folder();
    plan.config = sshd.folder() + "/sshd_config";
    plan.pid_file = sshd.folder() + "/sshd.pid";
    return plan;
}

// One life of landscaper: what the ledger has is all it knows.
result<ssh::public_key> one_life(private_sshd& sshd, fake_ledger& ledger) {
    auto plan = plan_for(sshd);
    std::set<std::string> proven;
    for (const auto& [step, proof] : ledger.proofs) proven.insert(step);
    if (ledger.proofs.contains("generate")) {
        ssh::rotation_steps()[0].step.learn(plan, ledger.proofs["generate"]).value();
    }
    ssh::rotation_record record;
    record.intend = [&](std::string step) { return ledger.intend(std::move(step)); };
    record.prove = [&](std::string step, std::string proof) {
        return ledger.prove(std::move(step), std::move(proof));
    };
    auto done = run(sshd.io(), ssh::rotate(sshd.config(), sshd.host(), plan, proven, record));
    if (!done) return done.error();
    return done->key;
}

// Exactly one key is accepted, the ledger's, and no private half of another lies around.
void check_rotated(private_sshd& sshd, const ssh::public_key& key, const std::string& temporary_private) {
    CHECK(key != sshd.temporary().key);
    CHECK(run(sshd.io(), sshd.session({"px01", key}).open()).has_value());
    CHECK(run(sshd.io(), ssh::is_refused(sshd.config(), sshd.host(), sshd.pin(), 10s)).value());
    for (const auto& entry : fs::recursive_directory_iterator(sshd.folder())) {
        if (!entry.is_regular_file()) continue;
        std::ifstream in(entry.path());
        std::string text(std::istreambuf_iterator<char>(in), {});
        CHECK(text.find(temporary_private) == text.npos);
    }
    auto mode = fs::status(sshd.folder() + "/ssh_host_ed25519_key").permissions();
    CHECK(mode == (fs::perms::owner_read | fs::perms::owner_write));
}

// Some bytes of the private half that no other file has.
std::string private_bytes(const private_sshd& sshd) {
    std::ifstream in(sshd.temporary().private_key_file);
    std::string text(std::istreambuf_iterator<char>(in), {});
    return text.substr(200, 60);
}

}  // namespace

TEST_CASE("the host key is rotated, and the temporary one is refused afterwards") {
    auto sshd = private_sshd::start();
    if (!sshd) return;
    auto temporary = private_bytes(*sshd);
    fake_ledger ledger;
    auto key = one_life(*sshd, ledger);
    if (!key) MESSAGE(key.error().message());
    REQUIRE(key.has_value());
    CHECK(ledger.proofs.size() == 4);
    check_rotated(*sshd, *key, temporary);
}

TEST_CASE(
    "landscaper killed at any line of the ledger ends with exactly one accepted key and a true record") {
    for (const auto& row : ssh::rotation_steps()) {
        for (const char* when : {"intent ", "effect ", "proof "}) {
            auto sshd = private_sshd::start();
            if (!sshd) return;
            auto temporary = private_bytes(*sshd);
            fake_ledger ledger;
            ledger.die_at = when + std::string(row.step.name);
            CAPTURE(ledger.die_at);
            CHECK_FALSE(one_life(*sshd, ledger).has_value());
            ledger.die_at.clear();
            auto key = one_life(*sshd, ledger);
            if (!key) MESSAGE(key.error().message());
            REQUIRE(key.has_value());
            check_rotated(*sshd, *key, temporary);
        }
    }
}

TEST_CASE("a commit cut off after any of its lines is finished by the next one") {
    auto sshd = private_sshd::start();
    if (!sshd) return;
    auto temporary = private_bytes(*sshd);
    fake_ledger ledger;
    ledger.die_at = "intent commit";
    CHECK_FALSE(one_life(*sshd, ledger).has_value());
    ledger.die_at.clear();
    auto plan = plan_for(*sshd);
    ssh::rotation_steps()[0].step.learn(plan, ledger.proofs["generate"]).value();
    auto commit = ssh::rotation_steps()[1].step.script(plan);
    // Dies after these lines, one after the other; each later try starts from what the earlier ones left.
    for (const char* line : {"    mv -f \"$fresh/key\" \"$key\"\n", "mv -f \"$key.pub.new\" \"$key.pub\"\n",
                             "rm -rf \"$fresh\"\n", "\"$sshd\" -t -f \"$config\"\n"}) {
        CAPTURE(line);
        auto cut = commit;
        auto at = cut.find(line);
        REQUIRE(at != cut.npos);
        cut.insert(at + std::string_view(line).size(), "kill -9 $$\n");
        // The first cut leaves a host that answers to the new key only (OpenSSH before 9.8) or still to the
        // old one.
        for (const auto& pin : ssh::pins_to_try(plan)) {
            auto session = sshd->session(pin);
            auto said = run(sshd->io(), session.run(cut));
            if (said) break;
        }
    }
    auto key = one_life(*sshd, ledger);
    if (!key) MESSAGE(key.error().message());
    REQUIRE(key.has_value());
    check_rotated(*sshd, *key, temporary);
}

TEST_CASE("a key on the host that is not the recorded one is refused by the host itself") {
    auto sshd = private_sshd::start();
    if (!sshd) return;
    fake_ledger ledger;
    ledger.die_at = "intent commit";
    CHECK_FALSE(one_life(*sshd, ledger).has_value());
    ledger.die_at.clear();
    ledger.proofs["generate"] = "{\"pending\":\"" + sshd->another_key().key.text() + "\"}";
    auto key = one_life(*sshd, ledger);
    REQUIRE_FALSE(key.has_value());
    CHECK(key.error().code() == ssh::ssh_errc::command_failed);
    CHECK(key.error().message().find("is not the one that was recorded") != std::string::npos);
    CHECK(run(sshd->io(), sshd->session().open()).has_value());
}

TEST_CASE("a host that answers to neither pin is an impostor, in every step") {
    auto sshd = private_sshd::start();
    if (!sshd) return;
    for (const char* at : {"generate", "commit", "verify"}) {
        fake_ledger ledger;
        ledger.proofs["generate"] = "{\"pending\":\"" + sshd->another_key().key.text() + "\"}";
        if (std::string(at) == "generate") ledger.proofs.clear();
        if (std::string(at) == "verify") ledger.proofs["commit"] = "{}";
        auto plan = plan_for(*sshd);
        plan.temporary = sshd->another_key().key;
        std::set<std::string> proven;
        for (const auto& [step, proof] : ledger.proofs) proven.insert(step);
        if (!ledger.proofs.empty()) plan.pending = sshd->another_key().key;
        ssh::rotation_record record;
        record.intend = [&](std::string step) { return ledger.intend(std::move(step)); };
        record.prove = [&](std::string step, std::string proof) {
            return ledger.prove(std::move(step), std::move(proof));
        };
        auto key = run(sshd->io(), ssh::rotate(sshd->config(), sshd->host(), plan, proven, record));
        REQUIRE_FALSE(key.has_value());
        CHECK(key.error().code() == ssh::ssh_errc::impostor);
    }
}
