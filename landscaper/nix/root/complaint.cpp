#include "landscaper/nix/root/complaint.hpp"

#include <nlohmann/json.hpp>
#include <algorithm>

#include "landscaper/base/printable.hpp"

namespace landscaper::nix::root {

using nlohmann::json;

namespace {

// Nix colours what it quotes, also in JSON.
std::string without_colours(const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\x1b') {
            out += text[i];
            continue;
        }
        auto end = text.find('m', i);
        if (end == std::string::npos) break;
        i = end;
    }
    return out;
}

unsigned number_in(const json& from, const char* key) {
    auto found = from.find(key);
    return found != from.end() && found->is_number_unsigned() ? found->get<unsigned>() : 0;
}

void add_place(std::vector<place>& to, const json& from) {
    auto one = place_in(from);
    if (one && std::find(to.begin(), to.end(), *one) == to.end()) to.push_back(std::move(*one));
}

std::string text_in(const json& from, const char* key) {
    auto found = from.find(key);
    return found != from.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// The name in the folder: of a file beneath it, or of its copy in the store.
std::optional<std::string> own_name(const std::string& file, const own_files& own) {
    auto prefix = own.folder + "/";
    if (file.starts_with(prefix)) return file.substr(prefix.size());
    // A store may lie beneath another folder.
    constexpr std::string_view store = "/nix/store/";
    auto begin = file.find(store);
    auto slash = begin == file.npos ? file.npos : file.find('/', begin + store.size());
    if (slash == file.npos || !file.substr(0, slash).ends_with("-source")) return std::nullopt;
    return file.substr(slash + 1);
}

// `members.hello.inputs.exectable' -> exectable
std::string option_in(const std::string& message) {
    auto begin = message.find('`');
    auto end = begin == std::string::npos ? begin : message.find('\'', begin);
    if (end == std::string::npos) return {};
    auto name = message.substr(begin + 1, end - begin - 1);
    return name.substr(name.rfind('.') + 1);
}

// Files that the message itself names: "- In `/rack/nixops4.nix': 12". The module system says <unknown-file>
// for modules written in the root file itself.
std::vector<std::string> files_in(const std::string& message) {
    std::vector<std::string> out;
    for (auto at = message.find("In `"); at != std::string::npos; at = message.find("In `", at + 1)) {
        auto end = message.find('\'', at);
        if (end == std::string::npos) break;
        auto name = message.substr(at + 4, end - at - 4);
        out.push_back(name == "<unknown-file>" ? "" : name);
    }
    return out;
}

bool is_word_byte(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-';
}

// The one line that has the word; 0 when none or several have it.
unsigned line_with(const std::string& text, const std::string& word) {
    unsigned line = 1, found = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\n') ++line;
        if (text.compare(at, word.size(), word) != 0) continue;
        bool begins = at == 0 || !is_word_byte(text[at - 1]);
        bool ends = at + word.size() >= text.size() || !is_word_byte(text[at + word.size()]);
        if (!begins || !ends || found == line) continue;
        if (found) return 0;
        found = line;
    }
    return found;
}

std::optional<place> guessed_place(const complaint& what, const own_files& own) {
    auto option = option_in(what.message);
    for (const auto& file : files_in(what.message)) {
        for (const auto& name : file.empty() ? std::vector<std::string>{"nixops4.nix", "flake.nix"}
                                             : std::vector<std::string>{own_name(file, own).value_or("")}) {
            auto text = name.empty() ? std::nullopt : own.read(name);
            if (!text) continue;
            return place{name, option.empty() ? 0 : line_with(*text, option), 0};
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<place> place_in(const json& from) {
    if (!from.is_object()) return std::nullopt;
    auto file = from.find("file");
    if (file == from.end() || !file->is_string()) return std::nullopt;
    return place{file->get<std::string>(), number_in(from, "line"), number_in(from, "column")};
}

std::optional<complaint> complaint_in(const json& line) {
    if (!line.is_object() || text_in(line, "action") != "msg" || number_in(line, "level") != 0) {
        return std::nullopt;
    }
    auto raw = text_in(line, "raw_msg");
    if (raw.empty()) return std::nullopt;
    complaint out{text::printable(without_colours(raw), 1500), {}};
    add_place(out.places, line);
    auto trace = line.find("trace");
    if (trace != line.end() && trace->is_array()) {
        for (const auto& frame : *trace) {
            if (frame.is_object()) add_place(out.places, frame);
        }
    }
    return out;
}

std::optional<place> own_place(const complaint& what, const own_files& own) {
    for (const auto& one : what.places) {
        auto name = own_name(one.file, own);
        if (name && own.read(*name)) return place{*name, one.line, one.column};
    }
    return guessed_place(what, own);
}

// What Nix means, where its own words do not say it.
static std::string meaning_of(const std::string& message) {
    bool is_endless = message.find("infinite recursion") != std::string::npos;
    if (!is_endless || message.find("; ") != std::string::npos) return {};
    return "; look for a name that leads back to itself, or a function that calls itself without end";
}

std::string sentence(const complaint& what, const own_files& own, const std::string& name) {
    auto where = own_place(what, own);
    if (!where && !own.root.empty()) {
        auto text = name.empty() ? std::nullopt : own.read(own.root);
        where = place{own.root, text ? line_with(*text, name) : 0, 0};
    }
    auto message = what.message + meaning_of(what.message);
    if (!where) return message;
    auto out = where->file;
    if (where->line) out += ":" + std::to_string(where->line);
    if (where->line && where->column) out += ":" + std::to_string(where->column);
    return out + ": " + message;
}

}  // namespace landscaper::nix::root
