#include "landscaper/daemon/grants.hpp"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "landscaper/async/file.hpp"
#include "landscaper/base/unique_fd.hpp"

namespace landscaper::daemon {

static result<install::appliance_time> time_now() {
    TRY(auto boot_id, read_file("/proc/sys/kernel/random/boot_id", 256));
    while (!boot_id.empty() && boot_id.back() == '\n') boot_id.pop_back();
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    return install::appliance_time{std::move(boot_id), static_cast<std::uint64_t>(now.tv_sec)};
}

std::string grants::file_of(const install::id128& host) const {
    return folder_ + "/" + install::to_text(host);
}

result<void> grants::put(const install::id128& host, std::uint64_t attempt,
                         const std::vector<std::string>& identities, std::chrono::seconds lasts) const {
    TRY_VOID(make_folders(folder_, 0700));
    TRY(auto now, time_now());
    install::grant given{host, attempt, identities, true};
    return write_file_atomically(file_of(host), install::grant_text(given, now, lasts), 0600);
}

std::optional<install::grant> grants::find(const install::id128& host) const {
    auto text = read_file(file_of(host), 65536);
    auto now = time_now();
    return text && now ? install::parse_grant(*text, host, *now) : std::nullopt;
}

result<void> grants::use(const install::id128& host) const {
    auto file = file_of(host);
    if (::unlink(file.c_str()) != 0) return errno_error(file);
    unique_fd folder(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder || ::fsync(folder.get()) != 0) return errno_error(folder_);
    return {};
}

}  // namespace landscaper::daemon
