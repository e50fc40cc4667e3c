#include "pxe/bootd/local_hosts.hpp"

#include "tests/pxe/link/entries.hpp"
#include "tests/support/result.hpp"

using namespace pxe::bootd;

TEST_CASE("what is kept on disk comes back") {
    local_hosts hosts{pxe::proxy::dhcp_mode::reservations, {"eth0"}, {mac_number(1), mac_number(2)}};
    auto text = encode(hosts);
    CHECK(
        text ==
        R"({"dhcp":"reservations","interfaces":["eth0"],"local":["52:54:00:00:00:01","52:54:00:00:00:02"],"version":1})"
        "\n");
    CHECK(decode_local_hosts(text).value() == hosts);
}

TEST_CASE("a state file that is damaged or not ours is refused") {
    for (auto bad :
         {"", "{}", "[]", R"({"version":2,"local":[]})", R"({"version":1})", R"({"version":1,"local":[7]})",
          R"({"version":1,"local":["x"]})", R"({"version":1,"local":[],"interfaces":[1]})"}) {
        CAPTURE(bad);
        CHECK(!decode_local_hosts(bad));
    }
}
