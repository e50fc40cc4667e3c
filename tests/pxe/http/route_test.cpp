#include "pxe/http/route.hpp"

#include <doctest/doctest.h>

using namespace pxe::http;

static const std::string token = "0123456789abcdef0123456789abcdef";

TEST_CASE("a path becomes a name, without redirect") {
    CHECK(path_of("/b/x/uki.efi") == "b/x/uki.efi");
    CHECK(path_of("//b///x/./uki.efi") == "b/x/uki.efi");  // EDK2 and iPXE join URLs with too many slashes
    CHECK(path_of("b/x") == "b/x");
    CHECK(path_of("\\b\\x\\uki.efi") == "b/x/uki.efi");
    CHECK(path_of("http://10.0.0.1:8069/local.efi?mac=1") == "local.efi");
    CHECK(path_of("/a%20b%2Fc") == "a b/c");
    CHECK(path_of("/local.efi#x") == "local.efi");
}

TEST_CASE("a path that leaves the tree, or is none, is not found") {
    for (auto bad : {"", "/", "//", "/.", "/..", "/a/../b", "/%2e%2e/etc/passwd", "/a/..%2fb", "/a%5c..%5cb",
                     "/a%00b", "/a%", "/a%4", "/a%zz", "/a%0ab", "http://host"}) {
        CAPTURE(bad);
        CHECK(!path_of(bad));
        CHECK(route_of("GET", bad) == route(refusal{404, ""}));
    }
    CHECK(!path_of("/" + std::string(2000, 'a')));
}

TEST_CASE("routes") {
    CHECK(route_of("GET", "/b/" + token + "/uki.efi") == route(artefact{"b/" + token + "/uki.efi"}));
    CHECK(route_of("HEAD", "/local.efi") == route(artefact{"local.efi"}));
    CHECK(route_of("GET", "/cache/nar/x.nar.xz") == route(cache_file{"nar/x.nar.xz"}));
    CHECK(route_of("PUT", "/here/" + token) == route(announcement{token}));
}

TEST_CASE("other methods are refused, and nothing is ever answered with 401") {
    CHECK(route_of("POST", "/local.efi") == route(refusal{405, "GET, HEAD"}));
    CHECK(route_of("PUT", "/cache/x") == route(refusal{405, "GET, HEAD"}));
    CHECK(route_of("DELETE", "/b/x/y") == route(refusal{405, "GET, HEAD"}));
    CHECK(route_of("GET", "/here/" + token) == route(refusal{405, "PUT"}));
    CHECK(route_of("PUT", "/here/short") == route(refusal{404, ""}));
    CHECK(route_of("PUT", "/here/" + token + "/more") == route(refusal{404, ""}));
}

TEST_CASE("UEFI finds its content type by the end of the path, in either case") {
    CHECK(content_type_of("b/x/uki.efi") == "application/efi");
    CHECK(content_type_of("BOOTX64.EFI") == "application/efi");
    CHECK(content_type_of("x.iso") == "application/vnd.efi-iso");
    CHECK(content_type_of("kernel") == "application/octet-stream");
    CHECK(content_type_of("efi") == "application/octet-stream");
    CHECK(content_type_of("abc.narinfo") == "text/x-nix-narinfo");
}
