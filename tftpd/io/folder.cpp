#include "tftpd/io/folder.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <map>
#include <memory>
#include <tuple>

#include "landscaper/async/file.hpp"
#include "landscaper/async/read_content.hpp"

namespace tftpd {

using landscaper::content;
using landscaper::open_file;

namespace {

// One version of one file.
struct identity {
    std::uint64_t device = 0, inode = 0, size = 0;
    std::int64_t seconds = 0, nanoseconds = 0;  // last modification
    friend auto operator<=>(const identity&, const identity&) = default;
};

// A file that a transfer holds at the moment, for the next that asks for the same version: a thousand clients
// share one descriptor, or one copy.
struct held {
    std::weak_ptr<const open_file> file;
    std::weak_ptr<const bytes> copy;
};

class folder_source {
  public:
    explicit folder_source(landscaper::unique_fd root) : root_(std::move(root)) {}
    answer find(const std::string& name);

  private:
    content held_or_made(const identity& id, std::shared_ptr<const open_file> file);
    void forget_released();

    landscaper::unique_fd root_;
    std::map<identity, held> held_;
};

bool identify(const open_file& file, identity& out) {
    struct stat s {};
    if (::fstat(file.fd.get(), &s) < 0) return false;
    out = {s.st_dev, s.st_ino, static_cast<std::uint64_t>(s.st_size), s.st_mtim.tv_sec, s.st_mtim.tv_nsec};
    return true;
}

// None when it changed while it was read; it is then served from its descriptor, and watched.
std::shared_ptr<const bytes> copied(const identity& id, const std::shared_ptr<const open_file>& file) {
    if (id.size > copied_file_size || id.size != file->size) return {};
    auto data = landscaper::read_content(content({landscaper::whole_file(file)}));
    identity after;
    if (!data || !identify(*file, after) || after != id) return {};
    return std::make_shared<const bytes>(std::move(*data));
}

content content_of(std::shared_ptr<const bytes> copy) {
    auto size = copy->size();
    return content({landscaper::literal_extent{std::move(copy), 0, size}});
}

content folder_source::held_or_made(const identity& id, std::shared_ptr<const open_file> file) {
    auto& entry = held_[id];
    if (auto copy = entry.copy.lock()) return content_of(std::move(copy));
    if (auto same = entry.file.lock()) return content({landscaper::whole_file(std::move(same))});
    if (auto copy = copied(id, file)) {
        entry.copy = copy;
        return content_of(std::move(copy));
    }
    entry.file = file;
    return content({landscaper::whole_file(std::move(file))});
}

void folder_source::forget_released() {
    std::erase_if(held_, [](const auto& e) { return e.second.file.expired() && e.second.copy.expired(); });
}

// Absent, outside, a symlink or not a file: all the same to the client.
refusal refusal_for(int code) {
    if (code == EACCES || code == EPERM) return refusal::denied();
    // Not its fault, and it asks again.
    if (code == EMFILE || code == ENFILE || code == ENOMEM) return refusal::ignore();
    return refusal::not_found();
}

answer folder_source::find(const std::string& name) {
    auto file = landscaper::open_beneath(root_.get(), name);
    if (!file) return refusal_for(file.error().code().value());
    identity id;
    if (!identify(**file, id)) return refusal::not_found();
    if (id.size != (*file)->size) return refusal::ignore();  // being written right now
    if (held_.size() >= 64) forget_released();
    return held_or_made(id, std::move(*file));
}

}  // namespace

resolver folder(landscaper::unique_fd root) {
    auto source = std::make_shared<folder_source>(std::move(root));
    return [source](const read_request& request) { return source->find(request.name); };
}

landscaper::result<resolver> folder(const std::string& path) {
    TRY(auto root, landscaper::open_folder(path));
    return folder(std::move(root));
}

}  // namespace tftpd
