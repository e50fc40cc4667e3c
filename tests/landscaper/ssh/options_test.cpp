#include "landscaper/ssh/options.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "landscaper/ssh/shell.hpp"

using namespace landscaper;

namespace {

const ssh::endpoint host{
    .address = "10.0.0.11", .port = 22, .user = "root", .identity_file = "/keys/client_ed25519"};
const ssh::pin expected{"px01", {}};

bool has(const std::vector<std::string>& list, const std::string& option) {
    auto at = std::find(list.begin(), list.end(), option);
    return at != list.end() && at != list.begin() && *(at - 1) == "-o";
}

}  // namespace

TEST_CASE("every connection is pinned, and reads no file of the user or the system") {
    auto master = ssh::master_arguments(host, expected, "/run/l/pin-1", "/run/l/m-1");
    auto direct = ssh::direct_arguments(host, expected, "/run/l/pin-1", "true");
    for (const auto& list : {master, direct}) {
        for (const char* option :
             {"UserKnownHostsFile=\"/run/l/pin-1\"", "GlobalKnownHostsFile=/dev/null", "HostKeyAlias=px01",
              "StrictHostKeyChecking=yes", "HostKeyAlgorithms=ssh-ed25519", "CheckHostIP=no",
              "UpdateHostKeys=no", "IdentitiesOnly=yes", "IdentityFile=\"/keys/client_ed25519\"",
              "BatchMode=yes"}) {
            CAPTURE(option);
            CHECK(has(list, option));
        }
        CHECK(std::vector<std::string>(list.begin(), list.begin() + 3) ==
              std::vector<std::string>{"ssh", "-F", "none"});
    }
}

TEST_CASE("the master ends with its stdin") {
    auto list = ssh::master_arguments(host, expected, "/run/l/pin-1", "/run/l/m-1");
    CHECK(has(list, "ControlMaster=yes"));
    CHECK(list.back() == "echo landscaper-connected && exec cat");
    CHECK(list[list.size() - 3] == "--");
}

TEST_CASE("a session goes through the master or nowhere") {
    auto list = ssh::session_arguments(host, "/run/l/m-1", "uname");
    CHECK(has(list, "ControlPath=\"/run/l/m-1\""));
    CHECK(has(list, "ProxyCommand=false"));
    CHECK(has(list, "StrictHostKeyChecking=yes"));
    CHECK(has(list, "UserKnownHostsFile=/dev/null"));
}

TEST_CASE("file names with blanks, quotes and percent signs stay one file name") {
    auto list = ssh::master_arguments(host, expected, "/a b/%h\"x", "/run/l/m-1");
    CHECK(has(list, "UserKnownHostsFile=\"/a b/%%h\\\"x\""));
}

TEST_CASE("quoting survives every byte") {
    CHECK(ssh::quote("it's $HOME `x` \\ \n") == "'it'\\''s $HOME `x` \\ \n'");
    CHECK(ssh::quote("") == "''");
}

TEST_CASE("nix goes through the pinned master and never connects by itself") {
    auto text = ssh::nix_ssh_options("/run/l/m-1");
    REQUIRE(text.has_value());
    for (const char* option :
         {"-F none", "-o ControlPath=/run/l/m-1", "-o ControlMaster=no", "-o ProxyCommand=false",
          "-o IdentityAgent=none", "-o StrictHostKeyChecking=yes"})
        CHECK(text->find(option) != text->npos);
    CHECK_FALSE(ssh::nix_ssh_options("/run/my rack/m-1").has_value());
}
