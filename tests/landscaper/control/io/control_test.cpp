// Server and client over a real Unix socket, with a backend made for the test.
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <nlohmann/json.hpp>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <optional>
#include <thread>

#include "landscaper/async/deadline.hpp"
#include "landscaper/async/group.hpp"
#include "landscaper/base/unique_fd.hpp"
#include "landscaper/control/io/client.hpp"
#include "landscaper/control/io/server.hpp"
#include "tests/support/result.hpp"

using namespace landscaper;
using namespace landscaper::control;

namespace {

class fake_backend final : public backend {
  public:
    explicit fake_backend(const asio::any_io_executor& executor) : published_(executor) {
        shot_.site = "rack-a";
        shot_.number = 1;
    }
    const snapshot& current() const override { return shot_; }
    event& published() override { return published_; }
    task<std::string> act(std::string verb, std::string host, std::string argument,
                          std::string who) override {
        if (verb == "trust") co_return argument + " of " + host;
        if (verb == "unknown") co_return error(control_errc::bad_request, "unknown verb unknown");
        if (host == "px99") co_return error(control_errc::not_found, "no host px99");
        if (verb == "retire") co_return error(control_errc::refused, host + " is still in the inventory");
        if (verb == "break") co_return error(async_errc::timed_out, "disk");
        co_return verb + " " + host + " by " + who;
    }
    result<nlohmann::json> wipe(const std::string& host) const override {
        return nlohmann::json{{"host", host}};
    }
    task<arming> arm(std::string host, std::string typed, std::vector<std::string> disks,
                     std::string who) override {
        if (typed != host) co_return error(control_errc::refused, "another name");
        co_return arming{"armed " + host + " for " + std::to_string(disks.size()) + " by " + who, true};
    }
    task<nlohmann::json> plan(std::string deployment, std::vector<std::string> roots) override {
        if (!deployment.empty()) roots.push_back("of " + deployment);
        co_return nlohmann::json(roots);
    }
    task<std::string> confirm(std::string deployment, std::vector<std::string> roots, std::string) override {
        co_return "confirmed " + std::to_string(roots.size()) + deployment;
    }
    task<nlohmann::json> act_on_resources(std::string deployment, std::string verb,
                                          std::vector<std::string> paths, std::string who) override {
        if (paths.empty()) co_return error(control_errc::bad_request, "name one");
        nlohmann::json out;
        out["sentence"] = verb + " " + paths[0] + deployment + " by " + who;
        co_return out;
    }
    task<nlohmann::json> run_operation(std::string deployment, std::string path, std::string operation,
                                       nlohmann::json arguments, std::string who,
                                       std::function<void(const std::string&)> say) override {
        if (path == "gone") co_return error(control_errc::not_found, "gone is not recorded");
        say("runs " + operation);
        arguments["who"] = who;
        if (!deployment.empty()) arguments["of"] = deployment;
        co_return arguments;
    }
    task<nlohmann::json> bring_about(std::string operation, std::string type, nlohmann::json inputs,
                                     std::function<void(const std::string&)> say) override {
        say("asked to " + operation + " " + type);
        CO_TRY_VOID(co_await sleep_for(std::chrono::milliseconds(20)));
        say("waits for the server");
        if (inputs.value("host", "") == "px09") co_return error(control_errc::refused, "px09 is not ours");
        co_return nlohmann::json{{"address", inputs["host"]}};
    }
    result<nlohmann::json> state(const std::string& deployment) const override {
        if (deployment == "none") return error(control_errc::not_found, "no deployment none");
        return nlohmann::json{{"hosts.px01", {{"type", "x" + deployment}}}};
    }
    result<std::string> graph(const std::string& deployment) const override {
        return "digraph {" + deployment + "}";
    }
    result<nlohmann::json> endpoint(const std::string& host) const override {
        return nlohmann::json{{"address", "10.0.0.11"}, {"alias", host}};
    }
    void publish(const std::string& site) {
        shot_.site = site;
        ++shot_.number;
        published_.notify();
    }

  private:
    snapshot shot_;
    event published_;
};

struct folder {
    folder() {
        char name[] = "/tmp/control-test-XXXXXX";
        path = ::mkdtemp(name);
    }
    ~folder() {
        ::unlink(socket().c_str());
        ::rmdir(path.c_str());
    }
    std::string socket() const { return path + "/control.sock"; }
    std::string path;
};

// A server in a thread of its own, as the client blocks.
class running {
  public:
    explicit running(const std::string& path)
        : behind_(context_.get_executor()),
          server_(context_.get_executor(), behind_),
          members_(context_.get_executor()) {
        REQUIRE(server_.listen(path));
        members_.spawn("control", server_.run());
        thread_ = std::thread([this] { context_.run(); });
    }
    ~running() {
        asio::post(context_, [this] { members_.cancel(); });
        thread_.join();
    }
    void publish(std::string site) {
        asio::post(context_, [this, site = std::move(site)] { behind_.publish(site); });
    }

  private:
    asio::io_context context_{1};
    fake_backend behind_;
    server server_;
    group members_;
    std::thread thread_;
};

template <class T>
error_code code_of(const result<T>& of) {
    return of ? error_code() : of.error().code();
}

}  // namespace

TEST_CASE("the client reads what serve publishes, and everybody may reach the socket") {
    folder at;
    running serve(at.socket());
    client asking(at.socket());
    auto shot = asking.current();
    REQUIRE(shot);
    CHECK(shot->site == "rack-a");
    CHECK(asking.get("/v1/plan?root=a.b").value() == nlohmann::json{"a.b"});
    CHECK(asking.get("/v1/state").value().contains("hosts.px01"));
    CHECK(asking.get("/v1/state?deployment=foo").value()["hosts.px01"]["type"] == "xfoo");
    CHECK(code_of(asking.get("/v1/state?deployment=none")) == control_errc::not_found);
    CHECK(asking.get("/v1/graph?deployment=foo").value()["dot"] == "digraph {foo}");
    CHECK(asking.get("/v1/plan?deployment=foo").value() == nlohmann::json{"of foo"});
    CHECK(asking.get("/v1/graph").value()["dot"] == "digraph {}");
    CHECK(asking.get("/v1/hosts/px01/endpoint").value()["alias"] == "px01");
    struct stat status {};
    REQUIRE(::stat(at.socket().c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0666);
}

TEST_CASE("verbs answer with a sentence, and odd names of hosts arrive as they are") {
    folder at;
    running serve(at.socket());
    client asking(at.socket());
    auto who = ::geteuid() == 0 ? std::string("root") : "uid " + std::to_string(::geteuid());
    CHECK(asking.post("/v1/hosts/px01/hold").value() == "hold px01 by " + who);
    CHECK(asking.post("/v1/hosts/" + escaped("a/b %c") + "/hold").value() == "hold a/b %c by " + who);
    CHECK(asking.post("/v1/apply", R"({"roots":["a","b"]})").value() == "confirmed 2");
    CHECK(asking.post("/v1/apply", R"({"roots":["a"],"deployment":"foo"})").value() == "confirmed 1foo");
    CHECK(asking.post("/v1/hosts/px01/arm", R"({"typed":"px01","disks":["d"]})").value() ==
          "armed px01 for 1 by " + who);
    auto armed = asking.post_for_json("/v1/hosts/px01/arm", R"({"typed":"px01","disks":[]})");
    CHECK(armed.value()["waits_for_person"] == true);
    CHECK(asking.post("/v1/hosts/px01/trust", R"({"argument":"abcdefgh"})").value() == "abcdefgh of px01");
    CHECK(asking.get("/v1/hosts/px01/wipe").value()["host"] == "px01");
}

TEST_CASE("errors keep their kind and their words on the way, and say them once") {
    folder at;
    running serve(at.socket());
    client asking(at.socket());
    CHECK(code_of(asking.post("/v1/hosts/px99/hold")) == control_errc::not_found);
    CHECK(code_of(asking.post("/v1/hosts/px01/unknown")) == control_errc::bad_request);
    CHECK(code_of(asking.get("/v1/nothing")) == control_errc::not_found);
    CHECK(asking.get("/v1/nothing").error().message() == "not found");
    auto refused = asking.post("/v1/hosts/px01/retire");
    CHECK(code_of(refused) == control_errc::refused);
    CHECK(refused.error().message() == "px01 is still in the inventory: refused");
    auto broken = asking.post("/v1/hosts/px01/break");
    CHECK(code_of(broken) == control_errc::failed);
    CHECK(broken.error().context().starts_with("disk: "));
}

TEST_CASE("a console that follows gets the present snapshot and each one published later") {
    folder at;
    running serve(at.socket());
    std::vector<std::string> seen;
    auto followed = client(at.socket()).follow([&](const snapshot& shot) {
        seen.push_back(shot.site);
        if (seen.size() == 1) serve.publish("rack-b");
        if (seen.size() == 2)
            serve.publish(
                "r\xc3\xa4"
                "ck\n\nc");
        return seen.size() < 3;
    });
    CHECK(followed);
    CHECK(seen == std::vector<std::string>{"rack-a", "rack-b",
                                           "r\xc3\xa4"
                                           "ck\n\nc"});
}

TEST_CASE("following ends when idle says so") {
    folder at;
    running serve(at.socket());
    int idle = 0;
    CHECK(client(at.socket()).follow([](const snapshot&) { return true; }, [&] { return ++idle < 3; }));
    CHECK(idle == 3);
}

TEST_CASE("two consoles see the same publication") {
    folder at;
    running serve(at.socket());
    std::string other;
    std::thread second([&] {
        auto followed = client(at.socket()).follow([&](const snapshot& shot) {
            other = shot.site;
            return shot.site != "rack-b";
        });
        static_cast<void>(followed);
    });
    auto followed = client(at.socket()).follow([&](const snapshot& shot) {
        if (shot.site == "rack-a") serve.publish("rack-b");
        return shot.site != "rack-b";
    });
    CHECK(followed);
    second.join();
    CHECK(other == "rack-b");
}

TEST_CASE("a serve that stops ends its consoles with not_running, and removes its socket") {
    folder at;
    auto serve = std::make_unique<running>(at.socket());
    std::thread stopper;
    auto followed = client(at.socket()).follow([&](const snapshot&) {
        stopper = std::thread([&] { serve.reset(); });
        return true;
    });
    stopper.join();
    CHECK(code_of(followed) == control_errc::not_running);
    CHECK(::access(at.socket().c_str(), F_OK) != 0);
    CHECK(code_of(client(at.socket()).current()) == control_errc::not_running);
}

TEST_CASE("a second serve on the same socket is refused and the first goes on") {
    folder at;
    running serve(at.socket());
    asio::io_context context(1);
    fake_backend behind(context.get_executor());
    server second(context.get_executor(), behind);
    auto listening = second.listen(at.socket());
    CHECK(code_of(listening) == control_errc::refused);
    CHECK(listening.error().context().find("another landscaper serve answers") != std::string::npos);
    CHECK(client(at.socket()).current());
}

TEST_CASE("the socket that a killed serve left is replaced") {
    folder at;
    {
        unique_fd left(::socket(AF_UNIX, SOCK_STREAM, 0));
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, at.socket().data(), at.socket().size());
        REQUIRE(::bind(left.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
        REQUIRE(::listen(left.get(), 1) == 0);
    }
    running serve(at.socket());
    CHECK(client(at.socket()).current());
}

TEST_CASE("a file at the socket's path that is no socket is never removed") {
    folder at;
    std::ofstream(at.socket()) << "precious";
    asio::io_context context(1);
    fake_backend behind(context.get_executor());
    server serve(context.get_executor(), behind);
    CHECK(code_of(serve.listen(at.socket())) == control_errc::refused);
    CHECK(::access(at.socket().c_str(), F_OK) == 0);
}

TEST_CASE("a path that is too long for a socket is named") {
    asio::io_context context(1);
    fake_backend behind(context.get_executor());
    server serve(context.get_executor(), behind);
    auto listening = serve.listen("/tmp/" + std::string(200, 'x'));
    REQUIRE_FALSE(listening);
    CHECK(listening.error().context().starts_with("/tmp/xxx"));
}

TEST_CASE("a resource of a host is told about until it is there, or why it is not") {
    folder at;
    running serve(at.socket());
    client asking(at.socket());
    std::vector<std::string> said;
    auto say = [&](const std::string& sentence) { said.push_back(sentence); };
    auto outputs = asking.bring_about("create", "host.install", {{"host", "px01"}}, say);
    REQUIRE(outputs);
    CHECK(outputs->at("address") == "px01");
    CHECK(said.front() == "asked to create host.install");
    auto refused = asking.bring_about("create", "host.install", {{"host", "px09"}}, say);
    REQUIRE(!refused);
    CHECK(refused.error().context() == "px09 is not ours");
    CHECK(refused.error().code() == control_errc::refused);
    auto nobody = client(at.socket() + "x").bring_about("read", "host.install", {{"host", "px01"}}, say);
    REQUIRE(!nobody);
    CHECK(nobody.error().code() == control_errc::not_running);
}

TEST_CASE("an operation of a resource is told about until it is done, or why it failed") {
    folder at;
    running serve(at.socket());
    client asking(at.socket());
    std::vector<std::string> said;
    auto say = [&](const std::string& sentence) { said.push_back(sentence); };
    auto answered = asking.run_operation("apps.db", "run", {{"times", 2}}, say);
    REQUIRE(answered);
    CHECK(answered->at("times") == 2);
    CHECK(answered->contains("who"));
    auto other = asking.run_operation("apps.db", "run", nlohmann::json::object(), say, "foo");
    REQUIRE(other);
    CHECK(other->at("of") == "foo");
    auto refused = asking.run_operation("gone", "run", nlohmann::json::object(), say);
    REQUIRE(!refused);
    CHECK(refused.error().context() == "gone is not recorded");
    CHECK(refused.error().code() == control_errc::not_found);
}
