// Lines from foreign providers and foreign engines: never a crash, and every accepted request writes to a
// line that is accepted again.
#include "landscaper/base/bytes.hpp"
#include "landscaper/provider/protocol.hpp"

using namespace landscaper::provider::protocol;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto line = landscaper::as_text({data, size});
    if (auto request = decode_request(line)) {
        if (!decode_request(encode(*request))) __builtin_trap();
    }
    for (auto kind : {message_kind::create, message_kind::state_read, message_kind::destroy}) {
        auto response = decode_response(kind, line);
        if (response && !decode_response(kind, encode(kind, *response))) __builtin_trap();
    }
    return 0;
}
