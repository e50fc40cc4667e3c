#include "landscaper/daemon/grants.hpp"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "landscaper/async/file.hpp"
#include "landscaper/base/json_fields.hpp"

namespace landscaper::daemon {

// Seconds since the appliance was switched on, its sleep included.
static std::uint64_t boot_seconds() {
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    return static_cast<std::uint64_t>(now.tv_sec);
}

static result<std::string> boot_id() {
    TRY(auto text, read_file("/proc/sys/kernel/random/boot_id", 256));
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text;
}

std::string grants::file_of(const install::id128& host) const {
    return folder_ + "/" + install::to_text(host);
}

result<void> grants::put(const install::id128& host, std::uint64_t attempt,
                         const std::vector<std::string>& identities, std::chrono::seconds lasts) const {
    TRY_VOID(make_folders(folder_, 0700));
    TRY(auto boot, boot_id());
    nlohmann::json text{{"version", 1},
                        {"attempt", attempt},
                        {"disks", identities},
                        {"boot_id", boot},
                        {"expires", boot_seconds() + static_cast<std::uint64_t>(lasts.count())}};
    return write_file_atomically(file_of(host), json_text(text) + "\n", 0600);
}

static std::optional<install::grant> parse_grant(std::string_view text, const install::id128& host) {
    auto document = json_in(text, 65536, 4);
    auto boot = boot_id();
    if (!document || !boot) return std::nullopt;
    json_fields fields(*document, "grant");
    install::grant out;
    out.host = host;
    out.attempt = fields.number("attempt");
    out.identities = fields.texts("disks");
    out.live = fields.text("boot_id") == *boot && fields.number("expires") > boot_seconds();
    if (fields.failed()) return std::nullopt;
    return out;
}

std::optional<install::grant> grants::find(const install::id128& host) const {
    auto text = read_file(file_of(host), 65536);
    return text ? parse_grant(*text, host) : std::nullopt;
}

result<void> grants::use(const install::id128& host) const {
    auto file = file_of(host);
    if (::unlink(file.c_str()) != 0) return errno_error(file);
    unique_fd folder(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder || ::fsync(folder.get()) != 0) return errno_error(folder_);
    return {};
}

}  // namespace landscaper::daemon
