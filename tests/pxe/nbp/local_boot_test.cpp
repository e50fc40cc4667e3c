#include "pxe/nbp/local_boot.hpp"

#include <doctest/doctest.h>

#include "landscaper/base/base64.hpp"
#include "tests/pxe/nbp/fixture.hpp"

using namespace pxe::nbp;
using landscaper::bytes;
using landscaper::bytes_view;

TEST_CASE("a GUID is stored as EFI does and read as blkid prints it") {
    // The ESP type GUID: UEFI 2.10, 5.3.3, and its bytes on any GPT disk.
    auto guid = efi_guid::parse("C12A7328-F81F-11D2-BA4B-00A0C93EC93B");
    REQUIRE(guid.has_value());
    CHECK(guid->octets == std::array<std::uint8_t, 16>{0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11, 0xba,
                                                       0x4b, 0x00, 0xa0, 0xc9, 0x3e, 0xc9, 0x3b});
    CHECK(guid->text() == "c12a7328-f81f-11d2-ba4b-00a0c93ec93b");
    for (const auto* text :
         {"", "c12a7328-f81f-11d2-ba4b-00a0c93ec93", "c12a7328f81f-11d2-ba4b-00a0c93ec93b0",
          "g12a7328-f81f-11d2-ba4b-00a0c93ec93b", "c12a7328-f81f-11d2-ba4b-00a0c93e-93b"}) {
        CHECK(!efi_guid::parse(text));
    }
}

TEST_CASE("a tail comes back as it was written") {
    local_boot_tail local{tail_mode::local, efi_guid::parse("c12a7328-f81f-11d2-ba4b-00a0c93ec93b"), "px01",
                          30};
    local_boot_tail hold{tail_mode::hold, std::nullopt, "px02 is held:\nthe disk holds data", 5};
    for (const auto& tail : {local, hold}) {
        auto slot = encode(tail);
        REQUIRE(slot.has_value());
        CHECK(slot->size() == tail_size);
        CHECK(*decode_tail(*slot) == tail);
    }
}

TEST_CASE("a tail fits into a line of bootd's socket, also in base 64") {
    auto slot = *encode({tail_mode::hold, {}, std::string(LOCAL_BOOT_TEXT_SIZE, 'x'), 30});
    CHECK(landscaper::to_base64(slot).size() <= 4096);
}

TEST_CASE("characters that a firmware cannot show become question marks; too long a text is refused") {
    CHECK(decode_tail(*encode({tail_mode::hold, {}, "caf\xc3\xa9\x1b[2J\nx", 30}))->text == "caf???[2J\nx");
    auto refused = encode({tail_mode::hold, {}, std::string(LOCAL_BOOT_TEXT_SIZE + 1, 'x'), 30});
    REQUIRE(!refused);
    CHECK(refused.error().code() == nbp_errc::slot_full);
}

TEST_CASE("the retry time stays between a second and an hour") {
    CHECK(decode_tail(*encode({tail_mode::hold, {}, "", 0}))->retry_seconds == 1);
    CHECK(decode_tail(*encode({tail_mode::hold, {}, "", 100000}))->retry_seconds == 3600);
}

TEST_CASE("what is no tail is refused") {
    CHECK(decode_tail({}).error().code() == nbp_errc::no_slot);
    CHECK(decode_tail(bytes(tail_size)).error().code() == nbp_errc::no_slot);
    auto slot = *encode({});
    slot[40] = slot[41] = 0xff;  // a text length beyond the slot
    CHECK(decode_tail(slot).error().code() == nbp_errc::truncated);
    slot.pop_back();
    CHECK(!decode_tail(slot));
}

TEST_CASE("a host's program is the generic one up to its tail") {
    bytes program(5000, 7);
    auto generic_tail = *encode({});
    program.insert(program.end(), generic_tail.begin(), generic_tail.end());
    local_boot_tail tail{tail_mode::hold, {}, "held", 30};
    auto made = local_boot(fixture::in_memory(program), bytes_view(program).last(tail_size), tail);
    REQUIRE(made.has_value());
    auto image = fixture::put_together(*made);
    REQUIRE(image.size() == program.size());
    CHECK(std::equal(program.begin(), program.begin() + 5000, image.begin()));
    CHECK(*decode_tail(bytes_view(image).last(tail_size)) == tail);
    CHECK(!local_boot(fixture::in_memory(program), bytes_view(program).first(tail_size), tail));
}
