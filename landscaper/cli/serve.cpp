#include <unistd.h>

#include <charconv>
#include <climits>
#include <string>

#include "landscaper/cli/command.hpp"
#include "landscaper/daemon/serve.hpp"

namespace landscaper::cli {

// The folder of this program: in a build tree and in an installation bootd lies beside it.
static std::string own_folder() {
    char path[PATH_MAX];
    auto length = ::readlink("/proc/self/exe", path, sizeof path);
    if (length <= 0) return {};
    std::string text(path, static_cast<std::size_t>(length));
    return text.substr(0, text.rfind('/'));
}

int run_serve(const arguments& given) {
    daemon::options opts;
    opts.network = network_folder(given);
    opts.socket = socket_path(given);
    opts.state = absolute_path(given.value("--state", opts.state));
    opts.data = absolute_path(given.value("--data", opts.data));
    auto limit = given.value("--copy-limit", "");
    if (!limit.empty()) {
        std::uint64_t mebibytes = 0;
        auto* end = limit.data() + limit.size();
        auto read = std::from_chars(limit.data(), end, mebibytes);
        bool is_number = read.ec == std::errc() && read.ptr == end && mebibytes < (std::uint64_t{1} << 40);
        if (!is_number) {
            complain("serve",
                     error(usage_errc::bad_value, "--copy-limit " + limit + ": write MiB, like 4096"));
            return exit_usage;
        }
        opts.copy_limit = mebibytes << 20;
    }
    opts.with_bootd = given.has("--with-bootd");
    auto beside = own_folder() + "/landscaper-bootd";
    opts.bootd = given.value("--bootd", ::access(beside.c_str(), X_OK) == 0 ? beside : opts.bootd);
    return daemon::serve(opts);
}

}  // namespace landscaper::cli
