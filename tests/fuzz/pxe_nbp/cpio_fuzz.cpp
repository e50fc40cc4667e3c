// Any bytes are an archive or an error, and an archive that can be written again comes back the same.
#include <cstdlib>

#include "pxe/nbp/cpio.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto entries = pxe::nbp::read_cpio({data, size});
    if (!entries) return 0;
    auto again = pxe::nbp::write_cpio(*entries);
    if (!again) return 0;  // paths that we do not write
    if (!pxe::nbp::read_cpio(*again)) std::abort();
    return 0;
}
