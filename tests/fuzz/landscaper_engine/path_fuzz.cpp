// Path text from the command line: whatever parses reads back to the same names.
#include "landscaper/base/bytes.hpp"
#include "landscaper/engine/path.hpp"

using namespace landscaper::engine;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto read = path::parse(landscaper::as_text({data, size}));
    if (!read) return 0;
    auto again = path::parse(read->text());
    if (!again || !(*again == *read)) __builtin_trap();
    return 0;
}
