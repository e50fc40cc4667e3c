#include "tftpd/io/leases.hpp"

#include <fcntl.h>
#include <signal.h>

namespace tftpd {

void leases::take(const file_ptr& file) {
    auto found = held_.find(file.get());
    if (found != held_.end() && !found->second.expired()) return;
    // SIGIO, the signal if none is named, would end the program.
    bool taken =
        ::fcntl(file->fd.get(), F_SETSIG, SIGURG) == 0 && ::fcntl(file->fd.get(), F_SETLEASE, F_RDLCK) == 0;
    if (taken) held_[file.get()] = file;
}

std::vector<leases::file_ptr> leases::wanted() {
    std::vector<file_ptr> out;
    std::erase_if(held_, [](const auto& e) { return e.second.expired(); });
    for (const auto& [at, weak] : held_) {
        auto file = weak.lock();
        // While it is being broken this says what the lease has to become.
        if (::fcntl(file->fd.get(), F_GETLEASE) == F_UNLCK) out.push_back(std::move(file));
    }
    return out;
}

void leases::give_back(const file_ptr& file) {
    ::fcntl(file->fd.get(), F_SETLEASE, F_UNLCK);
    held_.erase(file.get());
}

}  // namespace tftpd
