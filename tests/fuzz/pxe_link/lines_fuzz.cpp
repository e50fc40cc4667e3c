// Any bytes as lines on both ends of the link: no crash, and what is understood survives a round trip.
#include <cstdlib>
#include <string_view>

#include "pxe/link/receiver.hpp"

using namespace pxe::link;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto text = landscaper::as_text({data, size});
    auto told = decode_from_bootd(text);
    if (told && !decode_from_bootd(encode(*told))) std::abort();
    receiver bootd;
    bootd.on_line(R"({"hello":{"proto":1,"build":"","epoch":0}})", {});
    while (!text.empty()) {
        auto end = text.find('\n');
        for (const auto& action : bootd.on_line(text.substr(0, end), {})) {
            const auto* said = std::get_if<answer>(&action);
            if (said && !decode_from_bootd(said->line)) std::abort();
        }
        text.remove_prefix(end == text.npos ? text.size() : end + 1);
    }
    return 0;
}
