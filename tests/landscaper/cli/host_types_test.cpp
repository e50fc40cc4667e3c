// The types of hosts through the conformance check, in this process and over stdio, which asks the appliance
// behind its control socket as `landscaper provider` does.
#include <boost/asio/ip/tcp.hpp>
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
        auto of = [&](const std::string& host, const std::shared_ptr<resource_type>& type) {
            auto one = sample(host);
            one.type = dotted.substr(dotted.find('.') + 1);
            return told(run_on(here.context, provider::check(type, one)));
        };
        auto in_process = of("px01", near(name));
        auto over_stdio = of("px02", far(name));
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

std::vector<std::string> told_and_refused() {
    auto out = all_is_well;
    out[6] = "refused and put right";
    return out;
}

// Links are followed as far as folders exist, and a machine without a Nix store has no /nix/store.
const std::string toplevel = "/usr/a-toplevel", other_toplevel = "/usr/b-toplevel";

// Everything up to the system that runs is proven, as after an installation.
void prove_installed(appliance& of, const std::string& name, const std::string& host_key) {
    auto id = of.known(name).id;
    auto proof = [&](std::string_view resource, std::string_view step) {
        return ledger::step_proof{id, std::string(resource), std::string(step), "", 1};
    };
    of.commit({proof(job::installation_pxe_nbp, job::step_entry), proof(job::installation, job::step_answer),
               proof(job::installation, "finish"), proof(job::installation, "installed"),
               ledger::marker_written{id, {"disk", true, of.known(name).nonce, 1}},
               ledger::pin_pending{id, host_key}, ledger::pin_promoted{id},
               proof(job::ssh_host_public_key, job::step_withdraw),
               ledger::generation_proven{id, {1, toplevel, 1}}, proof(job::nixos, "generation")});
    of.jobs.find_name(name)->publish_entry();
    run_on(of.context, of.rack.link->acknowledged()).value();
}

void write(const std::string& file, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(file).parent_path());
    std::ofstream(file, std::ios::binary) << text;
}

// Servers that run what was proven, as far as somebody sees who logs in: a real sshd, and files as their
// disks.
struct servers {
    appliance& rack;
    std::unique_ptr<ssh_test::private_sshd> sshd;
    std::string key;  // the file

    servers(appliance& of, std::unique_ptr<ssh_test::private_sshd> real) : rack(of), sshd(std::move(real)) {
        key = sshd->folder() + "/ssh_host_ed25519_key";
        rack.rack.ssh = sshd->config();
        rack.rack.ssh.port = sshd->host().port;
        rack.rack.ssh.root = sshd->file("seen");
        rack.rack.client.private_key_file = sshd->host().identity_file;
        rack.meet({"px01", "px02"}, "127.0.0.1");
        for (const auto* name : {"px01", "px02"}) prove_installed(rack, name, sshd->temporary().key.text());
        make_whole();
    }
    std::string at(const std::string& path) const { return rack.rack.ssh.root + path; }
    std::string disk(const std::string& host) const { return at("/dev/" + host); }
    void make_whole() const {
        namespace fs = std::filesystem;
        fs::remove_all(rack.rack.ssh.root);
        run(toplevel);
        for (const auto* host : {"px01", "px02"}) {
            fs::create_directories(at("/sys/block/" + std::string(host) + "/device"));
            const auto& known = rack.known(host);
            auto block =
                encode(install::marker{install::marker_state::finished, {}, known.id, known.nonce, {}, 1});
            write(disk(host),
                  std::string(install::marker_offset, 'x') + std::string(block.begin(), block.end()));
        }
    }
    void run(const std::string& system) const {
        namespace fs = std::filesystem;
        for (const auto* path : {"/run/current-system", "/nix/var/nix/profiles/system"}) {
            fs::create_directories(fs::path(at(path)).parent_path());
            fs::remove(at(path));
            fs::create_symlink(system, at(path));
        }
    }
    void answer_with(const std::string& key_file) const {
        namespace fs = std::filesystem;
        sshd->stop();
        fs::copy_file(key_file, key, fs::copy_options::overwrite_existing);
        fs::copy_file(key_file + ".pub", key + ".pub", fs::copy_options::overwrite_existing);
        sshd->start_again();
    }
};

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

TEST_CASE("the types of an installed server ask the server itself, in this process and over stdio alike") {
    auto sshd = ssh_test::private_sshd::start();
    if (!sshd) return;
    both_ways ways;
    servers there(ways.here, std::move(sshd));
    auto first_key = there.sshd->file("keys/first");
    for (const auto* end : {"", ".pub"}) std::filesystem::copy_file(there.key + end, first_key + end);
    auto other = there.sshd->another_key();
    auto sample = [&](const json& inputs, const char* changing, const json& to) {
        return [&, inputs, changing, to](const std::string& host) {
            there.make_whole();
            auto first = inputs;
            first["host"] = host;
            auto then = first;
            then[changing] = to;
            return check_sample{"", value(first), value(then), true, {}};
        };
    };
    json disk{{"layout", "single-ext4"}};
    auto install = sample({{"attempt", 1}, {"disk", disk}, {"base", "/nix/store/a-base"}}, "attempt", 2);
    CHECK(ways.check("host.install", [&](const std::string& host) {
        auto out = install(host);
        out.spoil = [&, host] { write(there.disk(host), std::string(1 << 20, 'x')); };
        return out;
    }) == told_and_refused());
    auto host_key = sample({{"installation_id", "1"}}, "installation_id", "2");
    CHECK(ways.check("ssh.host_key", [&](const std::string& host) {
        there.answer_with(first_key);
        auto out = host_key(host);
        out.spoil = [&] { there.answer_with(other.private_key_file); };
        return out;
    }) == told_and_refused());
    there.answer_with(first_key);
    // Putting it right would activate it on the machine that this runs on; tests/rack does.
    json system{{"public_key", "ssh-ed25519 AAAA"}, {"toplevel", toplevel}};
    CHECK(ways.check("nixos.system", sample(system, "public_key", "ssh-ed25519 BBBB")) == without_spoiling());
    // Forgetting it was all: the server is not touched, and goes on from its disk.
    CHECK(ways.here.boots("px01") == pxe::stage::local);
}

TEST_CASE("what a server shows is read from it, and from the ledger where nobody may or can ask") {
    auto sshd = ssh_test::private_sshd::start();
    if (!sshd) return;
    appliance rack;
    servers there(rack, std::move(sshd));
    auto read = [&](const char* family, const char* type) {
        auto found = rack.types.find({family, {}, false}, type).value();
        request asked;
        asked.type = type;
        asked.inputs = value(json{{"host", "px01"}});
        return run_on(rack.context, found->read(asked));
    };
    CHECK(*read("nixos", "system").value().inputs == json{{"toplevel", toplevel}});
    there.run(other_toplevel);
    CHECK(*read("nixos", "system").value().inputs == json{{"toplevel", other_toplevel}});

    std::filesystem::remove(there.at("/run/current-system"));
    std::filesystem::create_symlink(toplevel, there.at("/run/current-system"));
    // What its next boot would start.
    CHECK(*read("nixos", "system").value().inputs == json{{"toplevel", other_toplevel}});

    write(there.disk("px01"), "");
    auto wrong = read("host", "install").error();
    CHECK(wrong.context() ==
          "px01: of 1 disk that landscaper marked, 0 are there with the marker of this installation");

    there.sshd->stop();
    CHECK(read("ssh", "host_key").error().code() == provider_errc::try_again);
    CHECK(read("nixos", "system").error().message().find("px01 at 127.0.0.1: ") != std::string::npos);
    // A held server is not asked.
    rack.commit({ledger::host_held{rack.known("px01").id, true}});
    CHECK(*read("nixos", "system").value().inputs == json{{"toplevel", toplevel}});
    CHECK(read("ssh", "host_key").value().exists);
}

TEST_CASE("a look that ends with the host's stages, as for a rescue, is no cancellation of who asked") {
    if (!has_ssh_keygen()) return;
    appliance rack;
    asio::ip::tcp::acceptor silent(rack.context, {asio::ip::address_v4::loopback(), 0});
    rack.rack.ssh.port = silent.local_endpoint().port();
    rack.meet({"px01"}, "127.0.0.1");
    auto making = ssh::make_key_pair(rack.rack.ssh, rack.folder / "run/keys", "some_key", "px01");
    auto pair = run_on(rack.context, std::move(making)).value();
    rack.rack.client.private_key_file = pair.private_key_file;
    prove_installed(rack, "px01", pair.key.text());
    auto found = rack.types.find({"nixos", {}, false}, "system").value();
    request asked;
    asked.type = "system";
    asked.inputs = value(json{{"host", "px01"}});
    std::optional<result<reality>> seen;
    auto read = [&]() -> task<> {
        seen.emplace(co_await found->read(asked));
        co_return result<void>();
    };
    auto stop_it = [&]() -> task<> {
        auto connection = co_await silent.async_accept(asio::use_awaitable);
        co_await rack.jobs.find_name("px01")->stop();
        co_return result<void>();
    };
    std::vector<task<>> both;
    both.push_back(read());
    both.push_back(stop_it());
    run_on(rack.context, all_of(std::move(both))).value();
    REQUIRE(seen);
    CHECK(seen->error().code() == provider_errc::try_again);
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
