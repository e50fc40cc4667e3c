#include "landscaper/daemon/ssh_exec.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <filesystem>

#include "landscaper/provider/provider.hpp"
#include "tests/landscaper/engine/io/one_thread.hpp"
#include "tests/landscaper/ssh/io/private_sshd.hpp"

using namespace landscaper;
using engine::value;
using nlohmann::json;
using provider::provider_errc;
namespace fs = std::filesystem;

namespace {

struct machine {
    std::unique_ptr<ssh_test::private_sshd> sshd = ssh_test::private_sshd::start();
    asio::io_context context{1};
    daemon::rack_context rack;
    std::shared_ptr<provider::resource_type> exec;
    std::vector<std::string> logged;

    machine() {
        if (!sshd) return;
        rack.executor = context.get_executor();
        rack.ssh = sshd->config();
        rack.client.private_key_file = sshd->host().identity_file;
        exec = daemon::make_ssh_exec(rack);
    }
    json inputs(const std::string& command) const {
        return {{"address", sshd->host().address},
                {"port", sshd->host().port},
                {"public_key", sshd->temporary().key.text()},
                {"command", command}};
    }
    provider::request request(json given) {
        provider::request out;
        out.type = "exec";
        out.inputs = value(std::move(given));
        out.say = [this](const engine::progress& now) {
            if (now.kind == engine::progress_kind::log) logged.push_back(now.sentence);
        };
        return out;
    }
    result<value> create(json given) { return run_on(context, exec->create(request(std::move(given)))); }
    std::string files() const { return sshd->file("made"); }
};

error_code code_of(const result<value>& r) {
    return r ? error_code() : r.error().code();
}

}  // namespace

TEST_CASE("a command's output is the resource's, its input is given, its failure is said in its own words") {
    machine m;
    if (!m.sshd) return;
    auto inputs = m.inputs("cat; echo \"$USER has $0\"; echo aside >&2");
    inputs["stdin"] = "from stdin\n";
    auto done = m.create(inputs);
    REQUIRE_MESSAGE(done.has_value(), done.error().message());
    CHECK((**done)["stdout"].get<std::string>().starts_with("from stdin\nroot has "));
    CHECK(!m.logged.empty());
    auto failed = m.create(m.inputs("echo no such site >&2; exit 7"));
    CHECK(code_of(failed) == provider_errc::failed);
    CHECK(failed.error().message().find(": exit status 7: no such site") != std::string::npos);
    CHECK(code_of(m.create(m.inputs("printf '\\377'"))) == provider_errc::failed);
}

TEST_CASE("a machine with another key gets no command, and one that is away may be tried again") {
    machine m;
    if (!m.sshd) return;
    auto inputs = m.inputs("touch " + m.files());
    auto other = inputs;
    other["public_key"] = m.sshd->another_key().key.text();
    CHECK(code_of(m.create(other)) == provider_errc::failed);
    CHECK_FALSE(fs::exists(m.files()));
    m.sshd->stop();
    auto away = m.create(inputs);
    CHECK(code_of(away) == provider_errc::try_again);
    CHECK(away.error().message().find(m.sshd->host().address) != std::string::npos);
}

TEST_CASE("with once a command runs at creation and on request only") {
    machine m;
    if (!m.sshd) return;
    auto inputs = m.inputs("echo x >>" + m.files() + "; wc -l <" + m.files());
    inputs["once"] = true;
    auto asked = m.request(inputs);
    asked.is_stateful = false;
    CHECK(code_of(run_on(m.context, m.exec->create(asked))) == provider_errc::needs_state);
    auto first = m.create(inputs).value();
    CHECK((*first)["stdout"] == "1\n");
    asked = m.request(inputs);
    asked.previous = engine::resource_entry{};
    asked.previous->outputs = first;
    CHECK((*run_on(m.context, m.exec->update(asked)).value())["stdout"] == "1\n");
    auto again = run_on(m.context, m.exec->operate(asked, "run", value(json::object()))).value();
    CHECK((*again.outputs.value())["stdout"] == "2\n");
    run_on(m.context, m.exec->destroy(asked)).value();
    CHECK(fs::exists(m.files()));
}

TEST_CASE("wrong inputs of ssh.exec are named before anybody is called") {
    machine m;
    if (!m.sshd) return;
    auto said = [&](const char* name, json wrong) {
        auto inputs = m.inputs("true");
        inputs[name] = std::move(wrong);
        auto done = m.create(inputs);
        CHECK(code_of(done) == provider_errc::bad_input);
        return done ? std::string() : done.error().message();
    };
    CHECK(said("address", "-oProxyCommand=x").find("\"address\" must be an IPv4 or IPv6 address") !=
          std::string::npos);
    CHECK(said("address", 7).find("\"address\" must be a string") != std::string::npos);
    CHECK(said("public_key", "ssh-rsa AAAA").find("ssh-ed25519 AAAA...") != std::string::npos);
    CHECK(said("user", "-l root").find("\"user\" is no user name") != std::string::npos);
    CHECK(said("port", 65536).find("\"port\" must be a number from 1 to 65535") != std::string::npos);
    CHECK(said("command", "").find("\"command\" is empty") != std::string::npos);
    CHECK(said("stdin", true).find("\"stdin\" must be a string") != std::string::npos);
    CHECK(said("once", 1).find("\"once\" must be true or false") != std::string::npos);
    CHECK(said("comand", "x").find("there is no input \"comand\"") != std::string::npos);
}
