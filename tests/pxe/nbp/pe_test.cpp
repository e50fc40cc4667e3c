#include "pxe/nbp/pe.hpp"

#include <doctest/doctest.h>

#include "tests/pxe/nbp/fixture.hpp"

using namespace pxe::nbp;
using landscaper::bytes;
using landscaper::bytes_view;

TEST_CASE("headers are read where the specification puts them") {
    auto file = fixture::make_pe({{".text", bytes(700, 1)}, {".data", bytes(10, 2)}});
    auto h = read_pe(file);
    REQUIRE(h.has_value());
    CHECK(h->machine == pe_machine::x64);
    CHECK(h->size_of_headers == 1024);
    CHECK(h->file_alignment == 512);
    CHECK(!h->is_signed);
    REQUIRE(h->sections.size() == 2);
    CHECK(h->sections[0] == pe_section{".text", 700, 1024, 1024, 1024, 0x60000020});
    CHECK(h->find(".data")->raw_offset == 2048);
    CHECK(h->find(".nope") == nullptr);
    CHECK(h->raw_end() == file.size());
    CHECK(h->virtual_end() == 2058);
    CHECK(h->room() == (1024 - (0x80 + 24 + 240) - 80) / 40);
}

TEST_CASE("every truncation of the headers is refused") {
    auto file = fixture::make_pe({{".text", bytes(700, 1)}});
    for (std::size_t size = 0; size < 0x80 + 24 + 240 + 40; ++size) {
        CAPTURE(size);
        CHECK(!read_pe(bytes_view(file).first(size)));
    }
}

TEST_CASE("what is no EFI program is refused, with what was seen") {
    auto file = fixture::make_pe({{".text", bytes(700, 1)}});
    SUBCASE("an ELF file") {
        file[0] = 0x7f;
        CHECK(read_pe(file).error().message() == "no MZ at the start: not an EFI program");
    }
    SUBCASE("a DOS program") {
        file[0x80] = 'N';
        CHECK(read_pe(file).error().message() == "no PE signature: not an EFI program");
    }
    SUBCASE("a 32 bit program") {
        file[0x98] = 0x0b;
        file[0x99] = 0x01;
        CHECK(read_pe(file).error().message() == "not PE32+: not an EFI program");
    }
    SUBCASE("for ia32") {
        CHECK(read_pe(fixture::make_pe({}, {.machine = 0x14c})).error().code() == nbp_errc::wrong_machine);
    }
}

TEST_CASE("a signature is noticed") {
    CHECK(read_pe(fixture::make_pe({}, {.certificate_size = 2000}))->is_signed);
}

TEST_CASE("added sections stand behind the present ones, and the sums follow") {
    auto file = fixture::make_pe({{".text", bytes(700, 1)}});
    auto before = *read_pe(file);
    std::vector<pe_section> added{{".osrel", 20, 4096, 512, 2048, 0x40000040},
                                  {".linux", 9000, 8192, 1024, 2560, 0x40000040}};
    auto header = with_sections(file, before, added);
    REQUIRE(header.has_value());
    CHECK(header->size() == 1024);
    auto after = *read_pe(*header);
    REQUIRE(after.sections.size() == 3);
    CHECK(after.sections[0] == before.sections[0]);
    CHECK(after.sections[2] == added[1]);
    CHECK(after.size_of_image == 17408);  // 8192 + 9000, rounded to 512
    CHECK(after.size_of_initialized_data == 100 + 512 + 1024);
    // Symbol table, its count, and the checksum are cleared.
    landscaper::reader symbols(bytes_view(*header).subspan(after.coff_offset + 8));
    CHECK(symbols.le64() == 0);
    CHECK(landscaper::reader(bytes_view(*header).subspan(after.optional_offset + 64)).le32() == 0);
}

TEST_CASE("no room for more headers is said with numbers") {
    auto file = fixture::make_pe({}, {.size_of_headers = 512});
    auto h = *read_pe(file);
    std::vector<pe_section> added(h.room() + 1);
    auto refused = with_sections(file, h, added);
    REQUIRE(!refused);
    CHECK(refused.error().message() == "room for 3 more, 4 wanted: no room for more section headers");
}

TEST_CASE("overlapping sections are refused when something is to be added") {
    auto file = fixture::make_pe({{".text", bytes(700, 1)}, {".data", bytes(10, 2)}});
    auto h = *read_pe(file);
    h.sections[1].virtual_address = 1024;
    CHECK(with_sections(file, h, {}).error().code() == nbp_errc::bad_layout);
}

TEST_CASE(
    "systemd's stub 252: a section that does not begin at a multiple of the alignment is extended all the "
    "same") {
    auto file = fixture::make_pe({{".sbat", bytes(226, 1)}, {".sdmagic", bytes(52, 2)}});
    auto h = *read_pe(file);
    h.sections[1].virtual_address = 1024 + 0x100;
    CHECK(with_sections(file, h, {}).has_value());
}
