// The types of hosts through the conformance check, in this process and over stdio, which asks the appliance
// behind its control socket as `landscaper provider` does.
#include <nlohmann/json.hpp>
#include <cstdlib>

#include "landscaper/base/hex.hpp"
#include "landscaper/cli/command.hpp"
#include "landscaper/engine/io/process_provider.hpp"
#include "tests/landscaper/daemon/appliance.hpp"
#include "tests/landscaper/provider/conformance.hpp"
#include "tests/landscaper/ssh/io/private_sshd.hpp"

using namespace landscaper;
using namespace landscaper::provider;
using engine::value;
using nlohmann::json;

namespace {

constexpr const char* as_provider = "a provider of host types for the test below";

bool has_ssh_keygen() {
    return std::system("command -v ssh-keygen >/dev/null 2>&1") == 0;
}

struct both_ways {
    appliance here;

    std::shared_ptr<resource_type> near(const std::string& name) {
        return std::make_shared<family>(here.types, name);
    }
    std::shared_ptr<resource_type> far(const std::string& name) const {
        ::setenv("LANDSCAPER_TEST_FAMILY", name.c_str(), 1);
        ::setenv("LANDSCAPER_TEST_SOCKET", here.rack.opts.socket.c_str(), 1);
        return engine::make_process_provider(this_program(as_provider), {});
    }
    // The one transcript of both, of a host each.
    std::vector<std::string> check(const std::string& dotted,
                                   const std::function<check_sample(const std::string&)>& sample) {
        auto name = dotted.substr(0, dotted.find('.'));
        auto one = sample("px01"), two = sample("px02");
        one.type = two.type = dotted.substr(dotted.find('.') + 1);
        auto in_process = told(run_on(here.context, provider::check(near(name), one)));
        auto over_stdio = told(run_on(here.context, provider::check(far(name), two)));
        CAPTURE(dotted);
        CHECK(in_process == over_stdio);
        return in_process;
    }
};

std::vector<std::string> without_spoiling() {
    auto out = all_is_well;
    out[5] = "left out what others do to it is seen";
    out[6] = "left out and put right";
    return out;
}

// Everything up to the system that runs is proven, as after an installation.
void prove_installed(appliance& of, const std::string& name) {
    auto id = of.known(name).id;
    auto proof = [&](std::string_view resource, std::string_view step) {
        return ledger::step_proof{id, std::string(resource), std::string(step), "", 1};
    };
    of.commit({proof(job::installation_pxe_nbp, job::step_entry), proof(job::installation, job::step_answer),
               proof(job::installation, "finish"), proof(job::installation, "installed"),
               ledger::marker_written{id, {"disk", true, of.known(name).nonce, 1}},
               ledger::pin_pending{id, "ssh-ed25519 AAAA"}, ledger::pin_promoted{id},
               proof(job::ssh_host_public_key, job::step_withdraw),
               ledger::generation_proven{id, {1, "/nix/store/a-toplevel", 1}},
               proof(job::nixos, "generation")});
    of.jobs.find_name(name)->publish_entry();
    run_on(of.context, of.rack.link->acknowledged()).value();
}

}  // namespace

TEST_CASE("a provider of host types for the test below" * doctest::skip()) {
    cli::arguments given;
    given.words = {std::getenv("LANDSCAPER_TEST_FAMILY")};
    given.values["--socket"] = std::getenv("LANDSCAPER_TEST_SOCKET");
    std::_Exit(cli::run_provider(given));
}

TEST_CASE("what a server is offered goes through its whole life, in this process and over stdio alike") {
    if (!has_ssh_keygen()) return;
    both_ways ways;
    auto& rack = ways.here;
    rack.meet({"px01", "px02"});
    // The folder of keys is a tmpfs: a power cut empties it.
    auto losing_the_key = [&](const std::string& host) {
        check_sample out;
        out.inputs = value(json{{"host", host}, {"attempt", 1}});
        out.changed = value(json{{"host", host}, {"attempt", 2}});
        out.spoil = [&rack, host] { CHECK(std::filesystem::remove(rack.key_file(host))); };
        return out;
    };
    CHECK(ways.check("ssh.keypair", losing_the_key) == all_is_well);
    CHECK(ways.check("pxe.nbp", [&](const std::string& host) {
        auto out = losing_the_key(host);
        auto with_key = [](const value& from) {
            auto inputs = *from;
            inputs["public_key"] = "ssh-ed25519 AAAA";
            return value(std::move(inputs));
        };
        out.inputs = with_key(out.inputs);
        out.changed = with_key(out.changed);
        return out;
    }) == all_is_well);
}

TEST_CASE("a boot entry whose key was lost is made anew, and a destroyed one is a page that asks to wait") {
    if (!has_ssh_keygen()) return;
    appliance rack;
    rack.meet({"px01"});
    auto nbp = rack.types.find({"pxe", {}, false}, "nbp").value();
    request asked;
    asked.type = "nbp";
    asked.inputs = value(json{{"host", "px01"}, {"attempt", 1}, {"public_key", "ssh-ed25519 AAAA"}});
    CHECK(!run_on(rack.context, nbp->read(asked)).value().exists);
    run_on(rack.context, nbp->create(asked)).value();
    CHECK(rack.boots("px01") == pxe::stage::install);
    auto token = rack.known("px01").payload_in_force()->token;
    std::filesystem::remove(rack.key_file("px01"));
    CHECK(!run_on(rack.context, nbp->read(asked)).value().exists);
    run_on(rack.context, nbp->create(asked)).value();
    CHECK(rack.boots("px01") == pxe::stage::install);
    CHECK(rack.known("px01").payload_in_force()->token != token);
    run_on(rack.context, nbp->destroy(asked)).value();
    CHECK(rack.boots("px01") == pxe::stage::hold);
}

TEST_CASE("what was proven of a server is answered from the ledger, in this process and over stdio alike") {
    both_ways ways;
    ways.here.meet({"px01", "px02"});
    for (const auto* name : {"px01", "px02"}) prove_installed(ways.here, name);
    auto sample = [](json inputs, const char* changing, json to) {
        return [=](const std::string& host) {
            auto first = inputs;
            first["host"] = host;
            auto then = first;
            then[changing] = to;
            return check_sample{"", value(first), value(then), true, {}};
        };
    };
    json disk{{"layout", "single-ext4"}};
    auto install = sample({{"attempt", 1}, {"disk", disk}, {"base", "/nix/store/a-base"}}, "attempt", 2);
    CHECK(ways.check("host.install", install) == without_spoiling());
    CHECK(ways.check("ssh.host_key", sample({{"installation_id", "1"}}, "installation_id", "2")) ==
          without_spoiling());
    json system{{"public_key", "ssh-ed25519 AAAA"}, {"toplevel", "/nix/store/a-toplevel"}};
    CHECK(ways.check("nixos.system", sample(system, "public_key", "ssh-ed25519 BBBB")) == without_spoiling());
    // Forgetting it was all: the server is not touched, and goes on from its disk.
    CHECK(ways.here.boots("px01") == pxe::stage::local);
}

TEST_CASE("a command on a real machine goes through its whole life, in this process and over stdio alike") {
    auto sshd = ssh_test::private_sshd::start();
    if (!sshd) return;
    both_ways ways;
    auto where = sshd->host();
    ways.here.rack.client.private_key_file = where.identity_file;
    auto sample = [&](bool is_once) {
        return [&, is_once](const std::string&) {
            json inputs{{"address", where.address},
                        {"port", where.port},
                        {"public_key", sshd->temporary().key.text()},
                        {"command", "cat; echo here"},
                        {"stdin", "given\n"}};
            if (is_once) inputs["once"] = true;
            auto changed = inputs;
            changed["command"] = "echo changed";
            return check_sample{"", value(inputs), value(changed), true, {}};
        };
    };
    // What a command did cannot be looked at, so nobody can tell what others did to it.
    auto blind = without_spoiling();
    blind[2] = "unsupported applied again without a change, it is the same";
    blind[8] = "unsupported it is gone";
    CHECK(ways.check("ssh.exec", sample(false)) == blind);
    CHECK(ways.check("ssh.exec", sample(true)) == blind);
}
