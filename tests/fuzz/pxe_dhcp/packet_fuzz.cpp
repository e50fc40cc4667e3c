// Any bytes: decoding ends, and what it accepts encodes to what decodes the same.
#include <cstdint>
#include <cstdlib>

#include "pxe/dhcp/client.hpp"
#include "pxe/dhcp/packet.hpp"

using namespace pxe::dhcp;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto p = decode({data, size});
    if (!p) return 0;
    classify(*p);
    for (const auto& o : p->options) text_of(o.code, o.value);
    auto again = encode(*p, 65507);
    if (!again || decode(*again).value() != *p) std::abort();
    auto small = encode(*p, 548);
    if (small && (small->size() > 548 || small->size() < least_message)) std::abort();
    return 0;
}
