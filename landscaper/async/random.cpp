#include "landscaper/async/random.hpp"

#include <sys/random.h>

#include <cerrno>
#include <stdexcept>

namespace landscaper {

bytes random_bytes(std::size_t count) {
    bytes out(count);
    for (std::size_t done = 0; done < count;) {
        auto got = ::getrandom(out.data() + done, count - done, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw std::runtime_error("getrandom failed");
        done += static_cast<std::size_t>(got);
    }
    return out;
}

}  // namespace landscaper
