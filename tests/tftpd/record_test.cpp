#include "tftpd/record.hpp"

#include <doctest/doctest.h>

using namespace tftpd;
using namespace std::chrono_literals;

static transfer_record some_record() {
    transfer_record r;
    r.client = {*landscaper::ip_address::parse("fe80::1"), 2070, 3};
    r.local = {*landscaper::ip_address::parse("fe80::2"), 40001, 3};
    r.interface = 3;
    r.request_digest = 0x0123456789abcdef;
    r.asked = "\\b\\uki.efi\xff";
    r.name = "b/uki.efi";
    agreement agreed{.blksize = 1428, .windowsize = 16, .timeout = 5, .tsize = true};
    auto now = time_point{} + 1h;
    r.transfer = begin_transfer(agreed, transfer_mode::octet, 5'000'000'000, now);
    on(r.transfer, started{}, now);
    on(r.transfer, ack_received{0}, now + 3ms);
    on(r.transfer, ack_received{16}, now + 5ms);
    return r;
}

TEST_CASE("a transfer that was written down goes on as if nothing had happened") {
    auto before = some_record();
    auto text = before;
    text.transfer = begin_transfer({}, transfer_mode::netascii, 10, time_point{} + 2h);
    text.transfer.after = {3, std::uint8_t{'\n'}};
    auto read = decode_records(encode({before, text}));
    REQUIRE(read.has_value());
    REQUIRE(read->size() == 2);
    CHECK((*read)[0] == before);
    CHECK((*read)[1] == text);
    auto later = time_point{} + 1h + 8ms;
    CHECK(on((*read)[0].transfer, ack_received{32}, later) == on(before.transfer, ack_received{32}, later));
}

TEST_CASE("no truncation of a record is taken for one") {
    auto whole = encode({some_record()});
    for (std::size_t size = 0; size < whole.size(); ++size)
        CHECK_FALSE(decode_records(bytes_view(whole).first(size)).has_value());
    whole.push_back(0);
    CHECK_FALSE(decode_records(whole).has_value());
}

TEST_CASE("another version and impossible values are refused") {
    auto data = encode({some_record()});
    auto other = data;
    other[3] = '2';
    CHECK(decode_records(other).error() == make_error_code(record_errc::unknown_version));
    auto refused = [](auto change) {
        auto r = some_record();
        change(r.transfer);
        return decode_records(encode({r})).error() == make_error_code(record_errc::malformed);
    };
    CHECK(refused([](transfer& t) { t.burst = 0; }));
    CHECK(refused([](transfer& t) { t.burst = 17; }));
    CHECK(refused([](transfer& t) { t.agreed.blksize = 7; }));
    CHECK(refused([](transfer& t) { t.last_block = 3; }));
    CHECK(refused([](transfer& t) { t.acknowledged = t.highest + 1; }));
    CHECK(refused([](transfer& t) { t.next = 0; }));
    CHECK(refused([](transfer& t) { t.stage = static_cast<stage>(9); }));
    CHECK(refused([](transfer& t) { t.srtt = 2h; }));
    CHECK(refused([](transfer& t) { t.deadline = time_point::min(); }));
}
