#include "pxe/nbp/cpio.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace pxe::nbp;
using landscaper::as_bytes;
using landscaper::as_text;
using landscaper::bytes;
using landscaper::bytes_view;

static bytes data_of(std::string_view text) {
    auto view = as_bytes(text);
    return bytes(view.begin(), view.end());
}

TEST_CASE("files come back with their parents before them") {
    auto archive = write_cpio({{"landscaper/host.json", 0600, data_of("{}")},
                               {"landscaper/ssh_host_ed25519_key", 0100600, data_of("secret")},
                               {"etc/motd", 0644, {}}});
    REQUIRE(archive.has_value());
    CHECK(archive->size() % 512 == 0);
    auto entries = read_cpio(*archive);
    REQUIRE(entries.has_value());
    CHECK(*entries == std::vector<cpio_entry>{{"landscaper", 0040755, {}},
                                              {"landscaper/host.json", 0100600, data_of("{}")},
                                              {"landscaper/ssh_host_ed25519_key", 0100600, data_of("secret")},
                                              {"etc", 0040755, {}},
                                              {"etc/motd", 0100644, {}}});
    CHECK((*entries)[0].is_directory());
    CHECK(!(*entries)[1].is_directory());
}

TEST_CASE("the first header is the one that GNU cpio writes") {
    // printf hi > a; echo a | cpio -o -H newc (2.13), with inode 1, mode 0644, times and owners set to 0.
    auto archive = write_cpio({{"a", 0644, data_of("hi")}});
    REQUIRE(archive.has_value());
    CHECK(
        as_text(*archive).starts_with("07070100000001000081a40000000000000000000000010000000000000002"
                                      "0000000000000000000000000000000000000002"
                                      "00000000"));
    // 110 bytes of header and two of name are a multiple of 4.
    CHECK(as_text(bytes_view(*archive).subspan(110, 6)) == std::string_view("a\0hi\0\0", 6));
}

TEST_CASE("equal files make equal archives") {
    std::vector<cpio_entry> entries{{"a/b", 0600, data_of("x")}, {"a/c", 0600, data_of("yy")}};
    CHECK(*write_cpio(entries) == *write_cpio(entries));
}

TEST_CASE("paths that leave the tree, or stand twice, are refused by name") {
    for (std::string path : {"", "/etc/passwd", "a//b", "../x", "a/../b", "a/.", "TRAILER!!!"}) {
        CAPTURE(path);
        auto archive = write_cpio({{path, 0600, {}}});
        REQUIRE(!archive);
        CHECK(archive.error().code() == nbp_errc::bad_path);
    }
    auto twice = write_cpio({{"a", 0600, {}}, {"a", 0600, {}}});
    REQUIRE(!twice);
    CHECK(twice.error().message().starts_with("a twice"));
}

TEST_CASE("zeros before an archive are skipped, and nothing but zeros is no files") {
    auto archive = *write_cpio({{"a", 0600, data_of("x")}});
    bytes shifted(8);
    shifted.insert(shifted.end(), archive.begin(), archive.end());
    shifted.resize(shifted.size() + 4096);
    CHECK(read_cpio(shifted)->size() == 1);
    CHECK(read_cpio(bytes(65536))->empty());
    CHECK(read_cpio({})->empty());
    shifted.insert(shifted.begin(), 2, 0);
    CHECK(read_cpio(shifted).error().code() == nbp_errc::bad_cpio);
}

TEST_CASE("every truncation before the trailer is refused") {
    auto archive = *write_cpio({{"folder/file", 0600, data_of("content")}});
    auto end = as_text(archive).find("TRAILER!!!") + 11;
    for (std::size_t size = 1; size < end; ++size) {
        CAPTURE(size);
        CHECK(!read_cpio(bytes_view(archive).first(size)));
    }
    CHECK(read_cpio(bytes_view(archive).first(end)).has_value());
}

TEST_CASE("random files survive the round trip") {
    std::mt19937 random(7);
    for (int round = 0; round < 200; ++round) {
        std::vector<cpio_entry> entries;
        for (unsigned i = 0; i < random() % 6; ++i) {
            bytes content(random() % 70);
            for (auto& byte : content) byte = static_cast<std::uint8_t>(random());
            entries.push_back({std::string(1 + random() % 9, 'n') + std::to_string(i),
                               0100000u | static_cast<std::uint32_t>(random() % 01000), content});
        }
        CHECK(*read_cpio(*write_cpio(entries)) == entries);
    }
}
