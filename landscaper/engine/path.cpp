#include "landscaper/engine/path.hpp"

#include <algorithm>
#include <array>

#include "landscaper/base/hex.hpp"

namespace landscaper::engine {

const char* describe(path_errc code) {
    switch (code) {
        case path_errc::unclosed_quote: return "a quoted name has no closing \"";
        case path_errc::bad_name: return "names are separated by single dots; other characters need quotes";
    }
    return "unknown error";
}

namespace {

bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

// Control characters as Nix writes them, and those for which it has no letter as \xNN: they would end a line,
// or be orders to a terminal.
constexpr std::string_view letters = "nrt", meant = "\n\r\t";

bool is_control(char c) {
    return (c >= 0 && c < ' ') || c == '\x7f';
}

std::string quoted(const std::string& name) {
    if (!name.empty() && std::all_of(name.begin(), name.end(), is_plain)) return name;
    std::string out = "\"";
    for (char c : name) {
        if (auto at = meant.find(c); at != meant.npos) {
            out += std::string("\\") + letters[at];
        } else if (is_control(c)) {
            std::array byte{static_cast<std::uint8_t>(c)};
            out += "\\x" + to_hex(byte);
        } else {
            if (c == '"' || c == '\\') out += '\\';
            out += c;
        }
    }
    return out + '"';
}

// What is behind a backslash at the front of `text`, and how many bytes it takes.
std::pair<char, std::size_t> unescaped(std::string_view text) {
    if (auto at = letters.find(text.front()); at != letters.npos) return {meant[at], 1};
    auto byte = text.front() == 'x' && text.size() > 2 ? from_hex(text.substr(1, 2)) : std::nullopt;
    if (byte) return {static_cast<char>(byte->front()), 3};
    return {text.front(), 1};
}

// Takes one name from the front of `text`.
result<std::string> take_quoted(std::string_view& text) {
    std::string name;
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '"') {
            text.remove_prefix(i + 1);
            return name;
        }
        if (text[i] != '\\' || i + 1 == text.size()) {
            name += text[i];
            continue;
        }
        auto [c, length] = unescaped(text.substr(i + 1));
        name += c;
        i += length;
    }
    return error(path_errc::unclosed_quote);
}

result<std::string> take_name(std::string_view& text) {
    if (!text.empty() && text.front() == '"') return take_quoted(text);
    auto end = std::find_if_not(text.begin(), text.end(), is_plain);
    std::string name(text.begin(), end);
    text.remove_prefix(name.size());
    if (name.empty()) return error(path_errc::bad_name);
    return name;
}

}  // namespace

path::path(std::vector<std::string> names) {
    if (!names.empty()) names_ = std::make_shared<const std::vector<std::string>>(std::move(names));
}
path::path(std::initializer_list<std::string> names) : path(std::vector<std::string>(names)) {}

const std::vector<std::string>& path::names() const {
    static const std::vector<std::string> none;
    return names_ ? *names_ : none;
}

std::strong_ordering operator<=>(const path& a, const path& b) {
    if (a.names_ == b.names_) return std::strong_ordering::equal;
    return a.names() <=> b.names();
}
bool operator==(const path& a, const path& b) {
    return a.names_ == b.names_ || a.names() == b.names();
}

result<path> path::parse(std::string_view text) {
    std::vector<std::string> names;
    auto rest = text;
    while (!rest.empty()) {
        auto name = take_name(rest);
        if (!name) return name.error().in(text);
        names.push_back(std::move(*name));
        if (rest.empty()) break;
        if (rest.front() != '.' || rest.size() == 1) return error(path_errc::bad_name, std::string(text));
        rest.remove_prefix(1);
    }
    return path(std::move(names));
}

std::string path::text() const {
    std::string out;
    for (const auto& name : names()) {
        if (!out.empty()) out += '.';
        out += quoted(name);
    }
    return out;
}

std::string path::shell_word() const {
    auto plain = text();
    if (plain.find_first_of("\"\\") == std::string::npos) return plain;
    std::string out = "'";
    for (char c : plain) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

path path::parent() const {
    auto out = names();
    if (!out.empty()) out.pop_back();
    return path(std::move(out));
}

path path::operator/(std::string name) const {
    auto out = names();
    out.push_back(std::move(name));
    return path(std::move(out));
}

bool path::is_within(const path& other) const {
    const auto &ours = names(), &theirs = other.names();
    return ours.size() >= theirs.size() && std::equal(theirs.begin(), theirs.end(), ours.begin());
}

bool is_within_any(const path& at, const std::vector<path>& roots) {
    return roots.empty() ||
           std::any_of(roots.begin(), roots.end(), [&](const path& root) { return at.is_within(root); });
}

}  // namespace landscaper::engine
