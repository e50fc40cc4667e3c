// Any datagram: decoding neither crashes nor invents bytes, and what was decoded survives a round trip.
#include <cstdlib>

#include "tftpd/name.hpp"
#include "tftpd/options.hpp"
#include "tftpd/packet.hpp"
#include "tftpd/record.hpp"

using namespace tftpd;

static void check(bool holds) {
    if (!holds) std::abort();
}

static void check_request(const request& r) {
    auto mode = parse_mode(r.mode).value_or(transfer_mode::octet);
    auto agreed = negotiate(r.options, mode, 1468);
    check(agreed.block_bytes() >= smallest_blksize && agreed.block_bytes() <= 1468);
    check(agreed.window_blocks() >= 1 && agreed.window_blocks() <= largest_windowsize);
    if (auto n = normalise(r.name)) {
        check(!n->path.empty() && n->path[0] != '/' && n->path.find('\\') == std::string::npos);
        check(("/" + n->path + "/").find("/../") == std::string::npos);
    }
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    bytes_view input(data, size);
    if (auto p = decode(input)) {
        auto again = decode(encode(*p));
        check(again && *again == *p);
        check(encode(*p).size() <= size + 1);
        if (auto* r = std::get_if<request>(&*p)) check_request(*r);
    }
    if (auto records = decode_records(input)) check(encode(*records) == bytes(input.begin(), input.end()));
    return 0;
}
