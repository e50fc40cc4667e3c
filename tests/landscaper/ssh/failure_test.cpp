#include "landscaper/ssh/failure.hpp"

#include <doctest/doctest.h>

using namespace landscaper;
using ssh::ssh_errc;

namespace {

struct said {
    const char* errors;
    ssh_errc meaning;
};

// stderr of OpenSSH 9.2p1 against sshd on loopback, a closed port, a dropped route and a killed peer.
const said sayings[] = {
    {"@@@@@\r\n@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\r\n@@@@@\r\nIT IS POSSIBLE THAT "
     "SOMEONE IS "
     "DOING SOMETHING NASTY!\r\nHost key verification failed.\r\n",
     ssh_errc::impostor},
    {"No ED25519 host key is known for px01 and you have requested strict checking.\r\nHost key verification "
     "failed.\r\n",
     ssh_errc::impostor},
    {"Unable to negotiate with 127.0.0.1 port 22: no matching host key type found. Their offer: "
     "ecdsa-sha2-nistp256\r\n",
     ssh_errc::impostor},
    {"root@127.0.0.1: Permission denied (publickey).\r\n", ssh_errc::auth_refused},
    {"ssh: connect to host 127.0.0.1 port 9: Connection refused\r\n", ssh_errc::not_listening},
    {"ssh: connect to host 10.9.9.9 port 22: No route to host\r\n", ssh_errc::unreachable},
    {"ssh: connect to host 10.9.9.9 port 22: Network is unreachable\r\n", ssh_errc::unreachable},
    {"ssh: connect to host 10.9.9.9 port 22: Connection timed out\r\n", ssh_errc::timed_out},
    {"Connection timed out during banner exchange\r\n", ssh_errc::timed_out},
    {"kex_exchange_identification: read: Connection reset by peer\r\n", ssh_errc::lost},
    {"Timeout, server 10.0.0.11 not responding.\r\n", ssh_errc::lost},
    {"client_loop: send disconnect: Broken pipe\r\n", ssh_errc::lost},
    {"command-line: line 0: Bad configuration option: nonsense\r\n", ssh_errc::client_failed},
};

}  // namespace

TEST_CASE("ssh's words become one of our codes") {
    for (const auto& [errors, meaning] : sayings) {
        CAPTURE(errors);
        auto why = ssh::classify(255, errors);
        REQUIRE(why);
        CHECK(why->code() == meaning);
    }
}

TEST_CASE("any other status than 255 is the command's own") {
    for (int code : {0, 1, 127, 254}) CHECK_FALSE(ssh::classify(code, "Host key verification failed."));
}

TEST_CASE("an impostor is never a reason to try again") {
    CHECK_FALSE(ssh::is_transient(error(ssh_errc::impostor)));
    CHECK_FALSE(ssh::is_transient(error(ssh_errc::auth_refused)));
    CHECK(ssh::is_transient(error(ssh_errc::not_listening)));
    CHECK(ssh::is_transient(error(ssh_errc::lost)));
}

TEST_CASE("the context is ssh's last line, printable") {
    CHECK(ssh::classify(255, "first\nla\x1b[31mst\r\n")->context().find("la\\x1b[31mst") == 0);
}
