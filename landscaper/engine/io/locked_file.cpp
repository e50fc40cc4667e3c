#include "landscaper/engine/io/locked_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "landscaper/engine/io/state_file.hpp"

namespace landscaper::engine {

bool operator==(const file_identity& a, const file_identity& b) {
    return a.device == b.device && a.inode == b.inode && a.size == b.size &&
           a.modified.tv_sec == b.modified.tv_sec && a.modified.tv_nsec == b.modified.tv_nsec;
}

result<locked_file> locked_file::open(const std::string& file, mode how) {
    int flags = O_RDWR | O_CLOEXEC | (how == mode::create ? O_CREAT : 0);
    if (how == mode::shared) flags = O_RDONLY | O_CLOEXEC;
    unique_fd fd(::open(file.c_str(), flags, 0600));
    if (!fd) return errno_error(file);
    if (::flock(fd.get(), (how == mode::shared ? LOCK_SH : LOCK_EX) | LOCK_NB) < 0) {
        if (errno == EWOULDBLOCK) return error(state_file_errc::locked, file);
        return errno_error(file);
    }
    return locked_file(std::move(fd), file);
}

result<file_identity> locked_file::identity() const {
    struct stat status {};
    if (::fstat(fd_.get(), &status) < 0) return errno_error(name_);
    return file_identity{status.st_dev, status.st_ino, status.st_size, status.st_mtim};
}

result<std::string> locked_file::read() const {
    std::string out;
    char buffer[65536];
    for (off_t at = 0;;) {
        auto count = ::pread(fd_.get(), buffer, sizeof buffer, at);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return errno_error(name_);
        if (count == 0) return out;
        out.append(buffer, static_cast<std::size_t>(count));
        at += count;
    }
}

result<void> locked_file::append(std::string_view data) {
    TRY(auto before, identity());
    auto fail = [&] {
        auto what = errno_error(name_);
        // What is half written, or may not be on the disk, must not be taken for written later.
        if (::ftruncate(fd_.get(), before.size) < 0) return what.in("and cannot be cut back");
        return what;
    };
    for (auto at = before.size; !data.empty();) {
        auto count = ::pwrite(fd_.get(), data.data(), data.size(), at);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return fail();
        data.remove_prefix(static_cast<std::size_t>(count));
        at += count;
    }
    if (::fsync(fd_.get()) < 0) return fail();
    return {};
}

result<void> locked_file::truncate(std::uint64_t size) {
    if (::ftruncate(fd_.get(), static_cast<off_t>(size)) < 0) return errno_error(name_);
    if (::fsync(fd_.get()) < 0) return errno_error(name_);
    return {};
}

result<void> sync_folder_of(const std::string& file) {
    auto slash = file.rfind('/');
    auto folder = slash == std::string::npos ? "." : slash == 0 ? "/" : file.substr(0, slash);
    unique_fd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd || ::fsync(fd.get()) < 0) return errno_error(folder);
    return {};
}

}  // namespace landscaper::engine
