#include "pxe/bootd/options.hpp"

#include "tests/support/result.hpp"

using namespace pxe::bootd;

static landscaper::result<options> parsed(std::vector<const char*> arguments) {
    return parse(arguments);
}

TEST_CASE("the command line") {
    auto none = parsed({});
    REQUIRE(none);
    CHECK(none->socket == "/run/landscaper/bootd.sock");
    CHECK(none->tftp_port == 69);
    CHECK(none->http_port == 8069);
    CHECK(none->wants_dhcp());
    auto all = parsed({"--socket", "/x", "--state=/s", "--data", "/d", "--interface", "eth0",
                       "--interface=eth1", "--listen", "::1", "--tftp-port", "0", "--http-port=8080"});
    REQUIRE(all);
    CHECK(all->socket == "/x");
    CHECK(all->state == "/s");
    CHECK(all->data == "/d");
    CHECK(all->interfaces == std::vector<std::string>{"eth0", "eth1"});
    CHECK(all->listen->text() == "::1");
    CHECK(all->tftp_port == 0);
    CHECK(all->http_port == 8080);
}

TEST_CASE("a plain file server answers no DHCP unless an interface is named") {
    CHECK(!parsed({"--root", "/srv"})->wants_dhcp());
    CHECK(parsed({"--root", "/srv", "--interface", "eth0"})->wants_dhcp());
}

TEST_CASE("a wrong command line is refused with the word that is wrong") {
    auto reason = [](std::vector<const char*> arguments) {
        auto r = parsed(std::move(arguments));
        return r ? "" : r.error().message();
    };
    CHECK(reason({"--nonsense"}).starts_with("\"--nonsense\" is not an option"));
    CHECK(reason({"root"}).starts_with("\"root\""));
    CHECK(reason({"--root"}).starts_with("--root: a value is wanted"));
    CHECK(reason({"--root="}).starts_with("--root: a value is wanted"));
    CHECK(reason({"--tftp-port", "70000"}).starts_with("--tftp-port: a port number"));
    CHECK(reason({"--tftp-transfer-ports", "4000"}).starts_with("--tftp-transfer-ports: two ports"));
    CHECK(reason({"--tftp-transfer-ports", "4000-3999"})
              .starts_with("--tftp-transfer-ports: \"4000-3999\" holds no"));
    CHECK(reason({"--tftp-transfer-ports", "0-3"}).starts_with("--tftp-transfer-ports: \"0-3\" holds no"));
    CHECK(reason({"--tftp-transfer-ports", "1-x"}).starts_with("--tftp-transfer-ports: a port number"));
    CHECK(reason({"--tftp-port", "6x"}).starts_with("--tftp-port: a port number"));
    CHECK(reason({"--listen", "host"}).starts_with("--listen: \"host\" is no IP address"));
    CHECK(parsed({"--nonsense"}).error().code() == bootd_errc::bad_usage);
}
