#include "landscaper/async/file.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

namespace landscaper {

static error too_large(const std::string& path) {
    return {boost::system::errc::make_error_code(boost::system::errc::file_too_large), path};
}

// Straight into the heap, which programs wipe when they give it back: what is read may be a private key, and
// a buffer on the stack would keep it.
static result<std::string> read_all(int fd, const std::string& path, std::size_t limit) {
    std::string out;
    std::size_t size = 0;
    for (;;) {
        if (size == out.size()) out.resize(std::max<std::size_t>(4096, 2 * size));
        auto count = ::read(fd, out.data() + size, out.size() - size);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return errno_error(path);
        size += static_cast<std::size_t>(count);
        if (size > limit) return too_large(path);
        if (count > 0) continue;
        out.resize(size);
        return out;
    }
}

result<std::string> read_file(const std::string& path, std::size_t limit) {
    unique_fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) return errno_error(path);
    return read_all(fd.get(), path, limit);
}

static result<void> write_all(int fd, std::string_view data, const std::string& path) {
    while (!data.empty()) {
        auto count = ::write(fd, data.data(), data.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return errno_error(path);
        data.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
}

static std::string folder_of(const std::string& path) {
    auto slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash ? path.substr(0, slash) : "/";
}

result<void> write_file_atomically(const std::string& path, std::string_view data, unsigned mode) {
    auto temporary = path + ".XXXXXX";
    unique_fd fd(::mkostemp(temporary.data(), O_CLOEXEC));
    if (!fd) return errno_error(temporary);
    auto fail = [&](error e) {
        ::unlink(temporary.c_str());
        return e;
    };
    auto written = write_all(fd.get(), data, path);
    if (!written) return fail(written.error());
    if (::fchmod(fd.get(), mode) < 0 || ::fsync(fd.get()) < 0) return fail(errno_error(path));
    if (::rename(temporary.c_str(), path.c_str()) < 0) return fail(errno_error(path));
    unique_fd folder(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder || ::fsync(folder.get()) < 0) return errno_error(folder_of(path));
    return {};
}

result<void> make_folders(const std::string& path, unsigned mode) {
    for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
        auto part = path.substr(0, end);
        if (::mkdir(part.c_str(), mode) < 0 && errno != EEXIST) return errno_error(part);
        if (end == std::string::npos) break;
    }
    struct stat status {};
    if (::stat(path.c_str(), &status) < 0) return errno_error(path);
    if (!S_ISDIR(status.st_mode)) {
        return error(boost::system::errc::make_error_code(boost::system::errc::not_a_directory), path);
    }
    return {};
}

static result<std::shared_ptr<const open_file>> opened(unique_fd fd, const std::string& name) {
    struct stat status {};
    if (::fstat(fd.get(), &status) < 0) return errno_error(name);
    if (!S_ISREG(status.st_mode)) {
        return error(boost::system::errc::make_error_code(boost::system::errc::is_a_directory), name);
    }
    auto file = std::make_shared<open_file>();
    file->fd = std::move(fd);
    file->size = static_cast<std::uint64_t>(status.st_size);
    file->name = name;
    return std::shared_ptr<const open_file>(std::move(file));
}

result<std::shared_ptr<const open_file>> open_for_reading(const std::string& path) {
    unique_fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!fd) return errno_error(path);
    return opened(std::move(fd), path);
}

result<unique_fd> open_folder(const std::string& path) {
    unique_fd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd) return errno_error(path);
    return fd;
}

result<std::shared_ptr<const open_file>> open_beneath(int folder, const std::string& name) {
    open_how how{};
    how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    unique_fd fd(static_cast<int>(::syscall(SYS_openat2, folder, name.c_str(), &how, sizeof how)));
    if (!fd) return errno_error(name);
    return opened(std::move(fd), name);
}

static result<unique_fd> new_memfd(const std::string& name) {
    unique_fd fd(::memfd_create(name.c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!fd) return errno_error("memfd " + name);
    return fd;
}

static result<std::shared_ptr<const open_file>> sealed(unique_fd fd, const std::string& name) {
    if (::fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0) {
        return errno_error("sealing memfd " + name);
    }
    return opened(std::move(fd), name);
}

result<std::shared_ptr<const open_file>> sealed_memfd(const std::string& name, bytes_view data) {
    TRY(auto fd, new_memfd(name));
    TRY_VOID(write_all(fd.get(), as_text(data), name));
    return sealed(std::move(fd), name);
}

result<std::shared_ptr<const open_file>> copy_to_memfd(const open_file& file, std::uint64_t limit) {
    if (file.size > limit) {
        return error(boost::system::errc::make_error_code(boost::system::errc::file_too_large), file.name);
    }
    TRY(auto fd, new_memfd(file.name));
    for (off_t at = 0; static_cast<std::uint64_t>(at) < file.size;) {
        auto count = ::sendfile(fd.get(), file.fd.get(), &at, file.size - static_cast<std::uint64_t>(at));
        if (count < 0) return errno_error("copy of " + file.name);
        if (count == 0) {
            return error(boost::system::errc::make_error_code(boost::system::errc::io_error),
                         file.name + " is shorter than it was when it was opened");
        }
    }
    return sealed(std::move(fd), file.name);
}

bool is_on_tmpfs(const std::string& path) {
    struct statfs status {};
    return ::statfs(path.c_str(), &status) == 0 && status.f_type == TMPFS_MAGIC;
}

}  // namespace landscaper
