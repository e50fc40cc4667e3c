#include "landscaper/ssh/key.hpp"

#include <doctest/doctest.h>

#include "landscaper/ssh/failure.hpp"
#include "landscaper/ssh/pin.hpp"

using namespace landscaper;

namespace {

// ssh-keygen (OpenSSH 9.2) on Debian 12: the .pub file and what `ssh-keygen -l` says about it.
const std::string line =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJZRNtM2+zJPwub0iXCefRC+Axt3v+Jp7Y8SsEgMAG1L root@px01";
const std::string fingerprint = "SHA256:Qhow8Wb6LzHCFxnTlv+x3KwsrrX6+8zKIkLftxSP7Bc";
const std::string ecdsa =
    "ecdsa-sha2-nistp256 "
    "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBNbVSxfonCOIjoG8QI2a7rnu74xIHDd0EbQavjYq+"
    "Q46Bu4WSSgHqgrP6ev9VVlCkxQkBXlIOahHWQs6JBAbZlA= x";

}  // namespace

TEST_CASE("a public key is read from ssh-keygen's text and written back without its comment") {
    auto key = ssh::public_key::parse(line + "\n");
    REQUIRE(key.has_value());
    CHECK(key->text() == line.substr(0, line.rfind(' ')));
    CHECK(key->fingerprint() == fingerprint);
    CHECK(*ssh::public_key::parse(key->text()) == *key);
}

TEST_CASE("nothing but one whole ed25519 key is accepted") {
    auto bare = line.substr(0, line.rfind(' '));
    for (std::size_t length = 0; length < bare.size(); ++length) {
        CHECK_FALSE(ssh::public_key::parse(bare.substr(0, length)).has_value());
    }
    CHECK(ssh::public_key::parse(ecdsa).error().code() == ssh::ssh_errc::bad_key);
    CHECK_FALSE(ssh::public_key::parse(line + "\n" + line).has_value());
    CHECK_FALSE(ssh::public_key::parse("restrict " + line).has_value());
    CHECK_FALSE(ssh::public_key::parse(std::string("ssh-ed25519 AAAA\0", 17)).has_value());
}

TEST_CASE("a pin is one line of known_hosts under its alias") {
    auto key = *ssh::public_key::parse(line);
    auto pin = ssh::make_pin("px01", key);
    REQUIRE(pin.has_value());
    CHECK(ssh::known_hosts(*pin) == "px01 " + key.text() + "\n");
}

TEST_CASE("an alias cannot be a pattern, a second host, an option or a second line") {
    auto key = *ssh::public_key::parse(line);
    for (const char* alias : {"", "*", "a,b", "a b", "-oProxyCommand=x", "a\nb", "!a", "@cert-authority"}) {
        CHECK_FALSE(ssh::make_pin(alias, key).has_value());
    }
}
