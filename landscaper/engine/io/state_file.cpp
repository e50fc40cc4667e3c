#include "landscaper/engine/io/state_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#include <nlohmann/json.hpp>
#include <cstdio>

#include "landscaper/async/file.hpp"
#include "landscaper/engine/io/locked_file.hpp"

namespace landscaper::engine {

std::string rfc3339_now() {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    tm utc{};
    ::gmtime_r(&now.tv_sec, &utc);
    char date[32];
    std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &utc);
    char out[64];
    std::snprintf(out, sizeof out, "%s.%09ldZ", date, now.tv_nsec);
    return out;
}

namespace {

bool exists(const std::string& file) {
    struct stat status {};
    return ::stat(file.c_str(), &status) == 0;
}

// The first FILE.torn-N that does not exist yet.
std::string torn_name(const std::string& file) {
    for (unsigned n = 1;; ++n) {
        auto name = file + ".torn-" + std::to_string(n);
        if (!exists(name)) return name;
    }
}

// Keeps the torn tail in a file of its own and cuts it off. Says what it did.
result<std::string> repair(locked_file& file, const std::string& text, replayed& read) {
    auto copy = torn_name(file.name());
    TRY_VOID(write_file_atomically(copy, std::string_view(text).substr(read.valid_bytes), 0600));
    TRY_VOID(file.truncate(read.valid_bytes));
    read.is_torn = false;
    return file.name() + ": an append was cut off by a crash: its " +
           std::to_string(text.size() - read.valid_bytes) + " bytes were moved to " + copy;
}

// Text for the next events. The skeleton comes first in a file without any.
class event_writer {
  public:
    event_writer(const replayed& from, std::string time, bool needs_line_end)
        : index_(from.next_index), time_(std::move(time)), text_(needs_line_end ? "\n" : "") {}

    void add(const std::string& event, const nlohmann::json& patch) {
        text_ += event_text(index_++, time_, event, patch);
    }
    const std::string& text() const { return text_; }

  private:
    std::uint64_t index_;
    std::string time_;
    std::string text_;
};

nlohmann::json skeleton_patch() {
    return nlohmann::json::array({{{"op", "add"}, {"path", ""}, {"value", empty_state()}}});
}

bool lacks_line_end(const std::string& text) {
    return !text.empty() && text.back() != '\n';
}

// What a locked file says, torn tails repaired where it may be written.
struct contents {
    replayed read;
    bool lacks_line_end = false;
    std::string repaired;
};

result<contents> read_and_repair(locked_file& file) {
    TRY(auto text, file.read());
    auto read = replay(text);
    if (!read) return read.error().in(file.name());
    contents out{std::move(*read), false, {}};
    if (out.read.is_torn) {
        TRY(out.repaired, repair(file, text, out.read));
        text.resize(out.read.valid_bytes);
    }
    out.lacks_line_end = lacks_line_end(text);
    return out;
}

// FILE.lock, held for as long as an apply runs; NixOps4 does not look at it.
result<unique_fd> lock_applies(const std::string& file) {
    unique_fd fd(::open((file + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!fd) return errno_error(file + ".lock");
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) < 0) return error(state_file_errc::in_use, file);
    return fd;
}

}  // namespace

struct state_file::inner {
    std::string name;
    wall_clock now;
    unique_fd apply_lock;
    contents known;
    file_identity identity;
    std::string repaired;
    std::uint64_t foreign_changes = 0;

    std::uint64_t events_on_disk = 0;
    // A write failed after the document had been changed, and so did reading it again.
    bool ran_ahead = false;

    // What cannot be used, or has lost what was recorded, is not taken for the state: all of it would be
    // created once more.
    result<void> read(locked_file& file) {
        TRY(auto found, read_and_repair(file));
        if (!found.repaired.empty()) repaired = found.repaired;
        auto usable = found.read.document.resources();
        if (!usable) return usable.error().in(name);
        if (found.read.events < events_on_disk) return error(state_file_errc::lost_events, name);
        known = std::move(found);
        events_on_disk = known.read.events;
        TRY(identity, file.identity());
        return {};
    }

    // Before an append: what others have written since.
    result<void> take_in(locked_file& file, const std::vector<state_change>& changes) {
        TRY(auto found, file.identity());
        if (ran_ahead) {
            TRY_VOID(read(file));
        }
        if (ran_ahead || found == identity) return {};
        auto before = known.read.document;
        TRY_VOID(read(file));
        ++foreign_changes;
        return check_conflicts(changes, before);
    }

    result<void> check_conflicts(const std::vector<state_change>& changes,
                                 const state_document& before) const {
        for (const auto& change : changes) {
            if (before.find(change.at) == known.read.document.find(change.at)) continue;
            return error(state_file_errc::conflict, name + ": " + change.at.text());
        }
        return {};
    }

    result<void> write(locked_file& file, const std::vector<state_change>& changes) {
        auto& document = known.read.document;
        event_writer events(known.read, now(), known.lacks_line_end);
        auto add = [&](const std::string& event, const nlohmann::json& patch) -> result<void> {
            events.add(event, patch);
            ++known.read.events;
            ++known.read.next_index;
            return document.apply(patch);
        };
        if (document.is_empty()) {
            TRY_VOID(add("", skeleton_patch()));
        }
        for (const auto& change : changes) {
            auto patch = document.patch_for(change);
            if (patch.empty()) continue;
            TRY_VOID(add(change.event, patch));
        }
        TRY_VOID(file.append(events.text()));
        known.lacks_line_end = false;
        events_on_disk = known.read.events;
        TRY(identity, file.identity());
        return {};
    }
};

state_file::state_file(std::unique_ptr<inner> self) : self_(std::move(self)) {}
state_file::state_file(state_file&&) noexcept = default;
state_file& state_file::operator=(state_file&&) noexcept = default;
state_file::~state_file() = default;

const state_document& state_file::document() const {
    return self_->known.read.document;
}
std::uint64_t state_file::next_index() const {
    return self_->known.read.next_index;
}
const std::string& state_file::name() const {
    return self_->name;
}
const std::string& state_file::repaired() const {
    return self_->repaired;
}
std::uint64_t state_file::foreign_changes() const {
    return self_->foreign_changes;
}

result<state_file> state_file::open(const std::string& file, wall_clock now) {
    auto self = std::make_unique<inner>();
    self->name = file;
    self->now = now ? std::move(now) : rfc3339_now;
    TRY(self->apply_lock, lock_applies(file));
    bool is_new = !exists(file);
    TRY(auto locked, locked_file::open(file, locked_file::mode::create));
    if (is_new) {
        TRY_VOID(sync_folder_of(file));
    }
    TRY_VOID(self->read(locked));
    return state_file(std::move(self));
}

result<void> state_file::append(const std::vector<state_change>& changes) {
    auto opened = locked_file::open(self_->name, locked_file::mode::exclusive);
    if (!opened && opened.error().code() == boost::system::errc::no_such_file_or_directory) {
        return error(state_file_errc::lost_events, self_->name);
    }
    TRY(auto locked, std::move(opened));
    TRY_VOID(self_->take_in(locked, changes));
    auto written = self_->write(locked, changes);
    // Still under the lock: what others write later is seen as theirs.
    self_->ran_ahead = !written && !self_->read(locked);
    return written;
}

result<void> create_state(const std::string& file) {
    TRY(auto locked, locked_file::open(file, locked_file::mode::create));
    TRY(auto found, read_and_repair(locked));
    if (!found.read.document.is_empty()) return {};
    event_writer events(found.read, rfc3339_now(), found.lacks_line_end);
    events.add("", skeleton_patch());
    TRY_VOID(locked.append(events.text()));
    return sync_folder_of(file);
}

result<state_document> read_state(const std::string& file) {
    TRY(auto locked, locked_file::open(file, locked_file::mode::shared));
    TRY(auto text, locked.read());
    auto read = replay(text);
    if (!read) return read.error().in(file);
    return std::move(read->document);
}

result<void> append_to_state(const std::string& file, const std::string& event, const nlohmann::json& patch) {
    TRY(auto locked, locked_file::open(file, locked_file::mode::exclusive));
    TRY(auto found, read_and_repair(locked));
    TRY_VOID(found.read.document.apply(patch));
    event_writer events(found.read, rfc3339_now(), found.lacks_line_end);
    events.add(event, patch);
    return locked.append(events.text());
}

namespace {

class on_disk : public state_files {
  public:
    result<void> create(const std::string& file) override { return create_state(file); }
    result<state_document> read(const std::string& file) override { return read_state(file); }
    result<void> append(const std::string& file, const std::string& event,
                        const nlohmann::json& patch) override {
        return append_to_state(file, event, patch);
    }
};

}  // namespace

std::shared_ptr<state_files> state_files_on_disk() {
    return std::make_shared<on_disk>();
}

}  // namespace landscaper::engine
