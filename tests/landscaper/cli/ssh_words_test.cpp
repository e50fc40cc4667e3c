#include "landscaper/cli/ssh_words.hpp"

#include <algorithm>

#include "tests/support/result.hpp"

using namespace landscaper;
using namespace landscaper::cli;

// RFC 8032 section 7.1, the public key of test 1, in OpenSSH's form.
static const char* key_text =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea";

static pinned_host sample() {
    auto key = ssh::public_key::parse(key_text);
    REQUIRE(key);
    auto pin = ssh::make_pin("00ff", *key);
    REQUIRE(pin);
    pinned_host out;
    out.host.address = "10.0.0.11";
    out.host.identity_file = "/var/lib/land scaper/100%/client_ed25519";
    out.pin = *pin;
    return out;
}

static bool holds(const std::vector<std::string>& argv, const std::string& word) {
    return std::find(argv.begin(), argv.end(), word) != argv.end();
}

TEST_CASE("a login is pinned to one key and reads no file of anybody") {
    auto argv = login_arguments(sample(), {});
    CHECK(holds(argv, "StrictHostKeyChecking=yes"));
    CHECK(holds(argv, "HostKeyAlias=00ff"));
    CHECK(holds(argv, "HostKeyAlgorithms=ssh-ed25519"));
    CHECK(holds(argv, "UserKnownHostsFile=/dev/null"));
    CHECK(holds(argv, "GlobalKnownHostsFile=/dev/null"));
    CHECK(holds(argv, std::string("KnownHostsCommand=/usr/bin/env echo 00ff ") + key_text));
    CHECK(std::vector<std::string>(argv.begin(), argv.begin() + 3) ==
          std::vector<std::string>{"ssh", "-F", "none"});
    CHECK(argv.back() == "10.0.0.11");
}

TEST_CASE("file names with blanks and percent signs stay what they are") {
    CHECK(holds(login_arguments(sample(), {}), "IdentityFile=\"/var/lib/land scaper/100%%/client_ed25519\""));
}

TEST_CASE("neither an address nor a command can become an option of ssh") {
    auto host = sample();
    host.host.address = "-oProxyCommand=evil";
    auto argv = login_arguments(host, {"-l", "; rm"});
    auto end = std::find(argv.begin(), argv.end(), "--");
    CHECK(std::vector<std::string>(end, argv.end()) ==
          std::vector<std::string>{"--", "-oProxyCommand=evil", "-l", "; rm"});
}

TEST_CASE("a section of ssh_config holds the same pin") {
    auto text = config_section("px01", sample());
    CHECK(text.starts_with("Host px01\n  HostName 10.0.0.11\n  User root\n"));
    CHECK(text.find(std::string("  KnownHostsCommand /usr/bin/env echo 00ff ") + key_text + "\n") !=
          text.npos);
}

TEST_CASE("a name that ssh_config would read as a pattern gets no section") {
    for (const char* name : {"", "*", "a b", "!px01", "px01\nHost *", "-x", "p\xc3\xa4"}) {
        CHECK(config_section(name, sample()).empty());
    }
}
