// The state file's text: events one after the other, each indented JSON.
#include <nlohmann/json.hpp>
#include <algorithm>

#include "landscaper/base/json_in.hpp"
#include "landscaper/engine/state_files.hpp"

namespace landscaper::engine {

using nlohmann::json;

const char* describe(state_file_errc code) {
    switch (code) {
        case state_file_errc::locked: return "another program is using the state file; try again";
        case state_file_errc::in_use: return "another apply of this deployment is running; end it first";
        case state_file_errc::conflict: return "another program has changed this resource in the state file";
        case state_file_errc::lost_events:
            return "another program has removed events from the state file: put it back as it was; or end "
                   "`landscaper serve` and start it again, to go on from what the file says now";
    }
    return "unknown error";
}

namespace {

// Twice as deep as any input or output may be; and as long as it is, for it has been written already: what
// can be recorded can be read again.
constexpr std::size_t max_depth = 1024;  // levels

bool is_blank(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

// The length of the JSON object at the front of `text`; none when it does not end.
std::optional<std::size_t> object_length(std::string_view text) {
    std::size_t depth = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (in_string) {
            if (c == '\\')
                ++i;
            else if (c == '"')
                in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            ++depth;
        } else if (c == '}' || c == ']') {
            if (depth == 0) return std::nullopt;
            if (--depth == 0) return i + 1;
        }
    }
    return std::nullopt;
}

// What a crash leaves of an append: the front part of events, or pages that were never written (zeros). An
// event that merely lost a quote swallows the events after it; that is damage, and cutting it off would lose
// them.
bool is_torn_append(std::string_view tail) {
    if (tail.find('\0') != std::string_view::npos) return true;
    return tail.front() == '{' && !object_length(tail) && tail.find("\n{") == std::string_view::npos;
}

// Whether a file that holds no whole event may be the beginning of one.
bool may_be_first_event(std::string_view text) {
    constexpr std::string_view first = R"({"index":0)";
    std::string dense;
    for (char c : text) {
        if (!is_blank(c) && c != '\0') dense += c;
        if (dense.size() == first.size()) break;
    }
    return first.starts_with(dense);
}

std::string place(const replayed& so_far) {
    return "event " + std::to_string(so_far.events + 1) + " at byte " + std::to_string(so_far.valid_bytes);
}

error in_event(const replayed& so_far, const error& what) {
    bool is_ours = what.code().category() == make_error_code(state_errc::bad_event).category();
    return is_ours ? what.in(place(so_far))
                   : error(state_errc::bad_event, place(so_far) + ": " + what.message());
}

result<void> take_event(replayed& so_far, std::string_view text) {
    TRY(auto event, json_in(text, text.size(), max_depth));
    auto index = event.find("index");
    auto patch = event.find("patch");
    if (index == event.end() || !index->is_number_unsigned() || patch == event.end()) {
        return error(so_far.events ? state_errc::bad_event : state_errc::not_a_state_file,
                     "no index or patch");
    }
    auto number = index->get<std::uint64_t>();
    // Only the first index means anything: NixOps4 0.1 writes 0 in every event.
    if (so_far.events == 0 && number != 0)
        return error(state_errc::not_a_state_file, "the first index is not 0");
    TRY_VOID(so_far.document.apply(*patch));
    so_far.events += 1;
    so_far.next_index = std::max({so_far.next_index, number + 1, so_far.events});
    return {};
}

}  // namespace

std::string event_text(std::uint64_t index, const std::string& time, const std::string& event,
                       const json& patch) {
    json meta = {{"time", time}};
    if (!event.empty()) meta["event"] = event;
    return json_pretty({{"index", index}, {"meta", std::move(meta)}, {"patch", patch}}) + "\n";
}

result<replayed> replay(std::string_view text) {
    return replay_on({}, text);
}

result<replayed> replay_on(replayed so_far, std::string_view text) {
    so_far.is_torn = false;
    while (true) {
        auto begin = so_far.valid_bytes;
        while (begin < text.size() && is_blank(text[begin])) ++begin;
        if (begin == text.size()) {
            so_far.valid_bytes = begin;
            return so_far;
        }
        auto rest = text.substr(begin);
        auto length = rest.front() == '{' ? object_length(rest) : std::nullopt;
        auto taken =
            length ? take_event(so_far, rest.substr(0, *length)) : result<void>(error(state_errc::bad_event));
        if (!taken && so_far.events == 0 && !may_be_first_event(rest))
            return error(state_errc::not_a_state_file);
        if (!taken && is_torn_append(rest)) {
            so_far.is_torn = true;
            return so_far;
        }
        if (!taken) return in_event(so_far, taken.error());
        so_far.valid_bytes = begin + *length;
        if (so_far.valid_bytes < text.size() && text[so_far.valid_bytes] == '\n') ++so_far.valid_bytes;
    }
}

}  // namespace landscaper::engine
