#include "landscaper/engine/io/journal.hpp"

#include <fcntl.h>

#include <nlohmann/json.hpp>
#include <cerrno>
#include <optional>

#include "landscaper/async/file.hpp"
#include "landscaper/base/json_in.hpp"
#include "landscaper/engine/io/locked_file.hpp"

namespace landscaper::engine {

namespace {

constexpr std::size_t compact_at = 256 * 1024;  // bytes of a journal in which nothing is under way

std::string line_of(const interrupted& one) {
    return json_text({{"started", one.at.names()}, {"op", to_text(one.op)}, {"inputs", one.inputs_digest}}) +
           "\n";
}

std::string line_of(const path& ended) {
    return json_text({{"ended", ended.names()}}) + "\n";
}

std::optional<path> path_in(const nlohmann::json& line, const char* key) {
    auto found = line.find(key);
    if (found == line.end() || !found->is_array()) return std::nullopt;
    std::vector<std::string> names;
    for (const auto& name : *found) {
        if (!name.is_string()) return std::nullopt;
        names.push_back(name.get<std::string>());
    }
    return path(std::move(names));
}

std::string text_in(const nlohmann::json& line, const char* key) {
    auto found = line.find(key);
    return found != line.end() && found->is_string() ? found->get<std::string>() : "";
}

operation operation_in(const nlohmann::json& line) {
    auto name = text_in(line, "op");
    for (auto op : {operation::create, operation::update, operation::destroy, operation::remove_old}) {
        if (name == to_text(op)) return op;
    }
    return operation::create;
}

// A line that cannot be read is one that was torn; what it would have said did not happen.
void take_line(std::string_view text, std::map<path, interrupted>& open) {
    auto line = json_in(text);
    if (!line || !line->is_object()) return;
    if (auto at = path_in(*line, "started")) open[*at] = {*at, operation_in(*line), text_in(*line, "inputs")};
    if (auto at = path_in(*line, "ended")) open.erase(*at);
}

}  // namespace

result<journal> journal::open(const std::string& file) {
    journal out;
    out.name_ = file;
    auto text = read_file(file, std::size_t{1} << 30);
    if (!text && text.error().code() != boost::system::errc::no_such_file_or_directory) return text.error();
    std::string_view rest;
    if (text) rest = *text;
    for (std::size_t end; (end = rest.find('\n')) != std::string_view::npos; rest.remove_prefix(end + 1)) {
        take_line(rest.substr(0, end), out.interrupted_);
    }
    out.open_ = out.interrupted_;
    std::string compact;
    for (const auto& [at, one] : out.open_) compact += line_of(one);
    TRY_VOID(write_file_atomically(file, compact, 0600));
    out.fd_.reset(::open(file.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
    if (!out.fd_) return errno_error(file);
    return out;
}

result<void> journal::started(const std::vector<interrupted>& operations) {
    if (!fd_ || operations.empty()) return {};
    std::string lines;
    for (const auto& one : operations) {
        lines += line_of(one);
        open_[one.at] = one;
    }
    TRY_VOID(write(lines));
    if (::fdatasync(fd_.get()) < 0) return errno_error(name_);
    return {};
}

result<void> journal::ended(const std::vector<path>& at) {
    if (!fd_ || at.empty()) return {};
    std::string lines;
    for (const auto& one : at) {
        lines += line_of(one);
        open_.erase(one);
    }
    if (open_.empty() && bytes_ + lines.size() > compact_at) {
        bytes_ = 0;
        if (::ftruncate(fd_.get(), 0) < 0) return errno_error(name_);
        return {};
    }
    return write(lines);
}

result<void> journal::write(const std::string& lines) {
    std::string_view rest = lines;
    auto before = ::lseek(fd_.get(), 0, SEEK_END);
    while (!rest.empty()) {
        auto count = ::write(fd_.get(), rest.data(), rest.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            auto what = errno_error(name_);
            // A half line would swallow the next one.
            if (::ftruncate(fd_.get(), before) < 0) return what.in("and cannot be cut back");
            return what;
        }
        rest.remove_prefix(static_cast<std::size_t>(count));
    }
    bytes_ = static_cast<std::size_t>(before) + lines.size();
    return {};
}

}  // namespace landscaper::engine
