// Request lines and bodies of the control socket: no input may crash, and no name longer than its request
// comes out.
#include <cstdint>
#include <cstdlib>

#include "landscaper/control/route.hpp"

using namespace landscaper::control;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    auto end = text.find('\n');
    auto target = text.substr(0, end);
    auto body = end == text.npos ? std::string_view() : text.substr(end + 1);
    for (const char* method : {"GET", "POST"}) {
        auto wanted = parse_route(method, target, body);
        if (!wanted) continue;
        if (auto* post = std::get_if<post_verb>(&*wanted)) {
            if (post->host.size() + post->verb.size() > target.size() || !needs_operator(*wanted))
                std::abort();
        }
    }
    return 0;
}
