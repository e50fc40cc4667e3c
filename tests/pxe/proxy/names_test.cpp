#include "pxe/proxy/names.hpp"

#include <doctest/doctest.h>

using namespace pxe::proxy;

static const std::string token(32, 'a');

TEST_CASE("a host's name has a token and one object") {
    CHECK(parse_name("b/" + token + "/uki.efi") == object_name{token, "uki.efi"});
    CHECK(parse_name("/b/" + token + "/uki.efi") == object_name{token, "uki.efi"});
    CHECK_FALSE(parse_name("b/" + token));
    CHECK_FALSE(parse_name("b/" + token + "/x/y"));
    CHECK_FALSE(parse_name("b/" + std::string(32, 'A') + "/x"));
    CHECK_FALSE(parse_name("b/" + std::string(31, 'a') + "/x"));
}

TEST_CASE("any other name is a shared object's, folders and all") {
    CHECK(parse_name("local.efi") == object_name{"", "local.efi"});
    CHECK(parse_name("\\grub\\.\\grub.cfg") == object_name{"", "grub/grub.cfg"});
}

TEST_CASE("a name that ROMs spoilt at its end is mended") {
    CHECK(parse_name("undionly.kpxe\xff") == object_name{"", "undionly.kpxe"});
    CHECK(parse_name("undionly.kpxe  ") == object_name{"", "undionly.kpxe"});
}

TEST_CASE("no name leaves the tree") {
    for (auto name : {"..", "../x", "a/../x", "a\\..\\x", "", "/", ".", "\xff"})
        CHECK_FALSE(parse_name(name));
    CHECK_FALSE(parse_name(std::string_view("a\0b", 3)));
}

TEST_CASE("names are put together") {
    CHECK(host_name(token, "uki.efi") == "b/" + token + "/uki.efi");
    CHECK(host_name("", "local.efi") == "local.efi");
}
