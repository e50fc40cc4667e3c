// State files of others: replaying any text never crashes, and what is replayed can be patched and read
// again.
#include <nlohmann/json.hpp>

#include "landscaper/base/bytes.hpp"
#include "landscaper/engine/state.hpp"

using namespace landscaper;
using namespace landscaper::engine;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto read = replay(as_text({data, size}));
    if (!read) return 0;
    if (read->valid_bytes > size) __builtin_trap();
    auto all = read->document.resources();
    if (!all || !read->document.raw().is_object()) return 0;
    state_change change{{"a", "b"}, resource_entry{"t", {}, {}, {}}, "create"};
    auto patch = read->document.patch_for(change);
    if (read->document.is_empty() || !read->document.apply(patch)) return 0;
    if (read->document.find(change.at) != change.entry && !all->contains(change.at)) __builtin_trap();
    return 0;
}
