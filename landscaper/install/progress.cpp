#include "landscaper/install/progress.hpp"

#include <nlohmann/json.hpp>
#include <algorithm>
#include <charconv>

#include "landscaper/base/json_in.hpp"
#include "landscaper/base/printable.hpp"

namespace landscaper::install {

namespace {

// Numbers of Nix' logging.hh, the same since 2.0.
constexpr int copy_path = 100, file_transfer = 101, copy_paths = 103, progress_result = 105;
constexpr std::size_t most_activities = 10000;

std::uint64_t number_in(const nlohmann::json& object, const char* key) {
    auto field = object.find(key);
    return field != object.end() && field->is_number_unsigned() ? field->get<std::uint64_t>() : 0;
}

const nlohmann::json* field_at(const nlohmann::json& object, std::size_t index) {
    auto fields = object.find("fields");
    bool there = fields != object.end() && fields->is_array() && fields->size() > index;
    return there ? &(*fields)[index] : nullptr;
}

std::uint64_t number_at(const nlohmann::json& object, std::size_t index) {
    auto* field = field_at(object, index);
    return field && field->is_number_unsigned() ? field->get<std::uint64_t>() : 0;
}

std::string text_at(const nlohmann::json& object, std::size_t index) {
    auto* field = field_at(object, index);
    return field && field->is_string() ? field->get<std::string>() : std::string();
}

std::string text_in(const nlohmann::json& object, const char* key) {
    auto field = object.find(key);
    if (field == object.end() || !field->is_string()) return {};
    return text::printable(field->get<std::string>(), 200);
}

// "copying 17 paths"
std::uint64_t count_in(std::string_view text) {
    auto digit = std::min(text.find_first_of("0123456789"), text.size());
    std::uint64_t out = 0;
    std::from_chars(text.data() + digit, text.data() + text.size(), out);
    return out;
}

}  // namespace

copy_watch::copy_watch(std::map<std::string, std::uint64_t> sizes) : sizes_(std::move(sizes)) {
    for (const auto& [path, size] : sizes_) now_.bytes_expected += size;
    now_.paths_expected = sizes_.size();
}

void copy_watch::on_stop(const activity& ended) {
    if (ended.type != copy_path) return;
    ended_bytes_ += std::max(ended.size, ended.done);
    ++now_.paths;
}

// Newer Nix tells NAR bytes per path; 2.8 only the compressed bytes of the download, which are fewer.
std::uint64_t copy_watch::in_flight() const {
    std::uint64_t copied = 0, loaded = 0;
    for (const auto& [id, one] : running_) (one.type == copy_path ? copied : loaded) += one.done;
    return std::max(copied, loaded);
}

bool copy_watch::on_line(std::string_view line) {
    constexpr std::string_view mark = "@nix ";
    if (!line.starts_with(mark)) return false;
    auto parsed = json_in(line.substr(mark.size()), 65536, 8);
    if (!parsed || !parsed->is_object()) return false;
    auto before = now_;
    auto action = text_in(*parsed, "action");
    auto type = static_cast<int>(number_in(*parsed, "type"));
    auto found = running_.find(number_in(*parsed, "id"));
    if (action == "start" && (type == copy_path || type == file_transfer) &&
        running_.size() < most_activities) {
        auto size = sizes_.find(text_at(*parsed, 0));
        running_[number_in(*parsed, "id")] = {type, size == sizes_.end() ? 0 : size->second, 0};
        if (type == copy_path) now_.last = text_in(*parsed, "text");
    } else if (action == "start" && type == copy_paths && sizes_.empty()) {
        now_.paths_expected = count_in(text_in(*parsed, "text"));
    } else if (action == "result" && type == progress_result && found != running_.end()) {
        found->second.done = number_at(*parsed, 0);
    } else if (action == "stop" && found != running_.end()) {
        on_stop(found->second);
        running_.erase(found);
    } else if (action == "msg") {
        now_.last = text_in(*parsed, "msg");
    }
    now_.bytes = std::max(now_.bytes, ended_bytes_ + in_flight());
    return !(now_ == before);
}

}  // namespace landscaper::install
