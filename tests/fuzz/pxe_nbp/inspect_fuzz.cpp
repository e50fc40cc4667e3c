// Any file may be handed to `landscaper nbp --inspect`, or be named as stub or tail.
#include <algorithm>

#include "pxe/nbp/local_boot.hpp"
#include "pxe/nbp/uki.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    landscaper::bytes file(data, data + size);
    auto read = [&](std::uint64_t offset, std::uint64_t length) -> landscaper::result<landscaper::bytes> {
        auto begin = std::min<std::uint64_t>(offset, size);
        auto end = begin + std::min<std::uint64_t>(length, size - begin);
        return landscaper::bytes(data + begin, data + end);
    };
    (void)pxe::nbp::inspect(read);
    (void)pxe::nbp::decode_tail(file);
    landscaper::content whole({landscaper::literal(file)});
    (void)pxe::nbp::shared_uki::make({{whole, file}, {whole, file}, whole, "ID=x", "", "quiet"});
    return 0;
}
