#include "landscaper/inventory/adopt.hpp"

#include <algorithm>

#include "landscaper/base/printable.hpp"
#include "landscaper/inventory/parse.hpp"
#include "landscaper/inventory/yaml_tree.hpp"

namespace landscaper::inventory {

namespace {

// Where the line goes, and how it is written there.
struct place {
    std::size_t offset = 0;  // bytes from the start of the text
    int line = 1;
    std::string before;  // what must stand in front of it
    std::string indentation = "  ";
    std::string line_end = "\n";
};

std::size_t offset_of_line(std::string_view text, int line) {
    std::size_t offset = 0;
    for (; line > 1 && offset < text.size(); --line) {
        auto end = text.find('\n', offset);
        offset = end == text.npos ? text.size() : end + 1;
    }
    return offset;
}

std::string line_end_of(std::string_view text) {
    auto end = text.find('\n');
    return end != text.npos && end > 0 && text[end - 1] == '\r' ? "\r\n" : "\n";
}

// At the end of the file, with `hosts:` before it.
place place_at_end(std::string_view text) {
    place p;
    p.line_end = line_end_of(text);
    p.offset = text.size();
    p.line = 2 + static_cast<int>(std::count(text.begin(), text.end(), '\n'));
    if (!text.empty() && text.back() != '\n') {
        p.before = p.line_end;
        ++p.line;
    }
    p.before += "hosts:" + p.line_end;
    return p;
}

// Directly after the line of `hosts:`, at the column of the first host. New hosts so stand first: what ends
// the last one cannot be told from yaml-cpp's marks.
place place_after_key(std::string_view text, const yaml_entry& hosts) {
    place p;
    p.line_end = line_end_of(text);
    p.offset = offset_of_line(text, hosts.key.at.line + 1);
    p.line = hosts.key.at.line + 1;
    bool is_unended = p.offset == text.size() && !text.ends_with('\n');
    if (is_unended) p.before = p.line_end;
    if (!hosts.value.entries.empty()) {
        p.indentation =
            std::string(static_cast<std::size_t>(hosts.value.entries.front().key.at.column - 1), ' ');
    }
    return p;
}

// The text without the braces of an empty `hosts: {}`; as it is when there is anything in them.
std::string without_empty_braces(std::string_view text, const yaml_node& hosts) {
    auto open = offset_of_line(text, hosts.at.line) + static_cast<std::size_t>(hosts.at.column - 1);
    auto close = text.find_first_not_of(" \t", open + 1);
    std::string out(text);
    bool empty = open < text.size() && text[open] == '{' && close != text.npos && text[close] == '}';
    if (!empty) return out;
    while (open > 0 && out[open - 1] == ' ') --open;
    return out.erase(open, close + 1 - open);
}

std::string line_for(const new_host& h) {
    auto line = h.name + ": { mac: " + h.mac.text() + ", ip: " + h.ip;
    if (!h.role.empty()) line += ", role: " + h.role;
    return line + " }";
}

// Words that YAML would read as something else than this text in a flow map.
bool is_plain_word(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
               c == '_' || c == '.' || c == ':' || c == '/';
    });
}

problems already_there(const rack& old, std::string_view file, const new_host& host) {
    if (auto found = old.hosts.find(host.name); found != old.hosts.end()) {
        return {{std::string(file), found->second.lines.of(""), 1, host.name + " is in the inventory already",
                 "take another name, or edit that line"}};
    }
    if (const auto* found = old.find(host.mac)) {
        return {{std::string(file), found->lines.of("mac"), 1,
                 host.mac.text() + " is " + found->name + " already", "it needs no adoption"}};
    }
    return {};
}

problem by_hand(std::string_view file, std::string what, const std::string& line) {
    return {std::string(file), 0, 0, std::move(what),
            "nothing was written; add this line below `hosts:` yourself: " + line};
}

}  // namespace

boost::system::result<adoption, problems> adopt(std::string_view text, std::string_view file,
                                                const new_host& host) {
    auto old = parse(text, file);
    if (!old) return old.error();
    auto line = line_for(host);
    if (!is_plain_word(host.name) || !is_plain_word(host.ip) ||
        (!host.role.empty() && !is_plain_word(host.role))) {
        return problems{
            {std::string(file), 0, 0,
             "name, address or role of the new host has characters that do not belong there",
             "a name is lower-case letters, digits and hyphens, an address 10.0.0.11/24 or dhcp"}};
    }
    if (auto there = already_there(*old, file, host); !there.empty()) return there;
    problems ignored;
    auto root = read_yaml(text, file, ignored);
    const auto* hosts = root.find("hosts");
    if (hosts && hosts->value.is == yaml_node::kind::map && hosts->value.is_flow) {
        auto opened = without_empty_braces(text, hosts->value);
        if (opened != text) return adopt(opened, file, host);
        return problems{by_hand(file, "hosts: is written with { }", line)};
    }
    auto p = hosts ? place_after_key(text, *hosts) : place_at_end(text);
    adoption out{std::string(text.substr(0, p.offset)) + p.before + p.indentation + line + p.line_end +
                     std::string(text.substr(p.offset)),
                 line, p.line};
    auto fresh = parse(out.text, file);
    if (!fresh) {
        auto list = fresh.error();
        list.push_back(by_hand(file, "with the new host the file would not be valid", line));
        return list;
    }
    auto without = *fresh;
    without.hosts.erase(host.name);
    auto added = fresh->hosts.find(host.name);
    bool is_it = added != fresh->hosts.end() && !old->hosts.contains(host.name) &&
                 added->second.mac == std::vector<mac_address>{host.mac};
    if (!is_it || without != *old)
        return problems{by_hand(file, "the place for the new host is not clear", line)};
    return out;
}

// Where the MAC stands in the text, and how it is written there.
static const yaml_node* node_of_mac(const yaml_node& root, std::string_view name, const mac_address& mac) {
    const auto* hosts = root.find("hosts");
    const auto* host = hosts ? hosts->value.find(name) : nullptr;
    const auto* entry = host ? host->value.find("mac") : nullptr;
    if (!entry) return nullptr;
    if (mac_address::parse(entry->value.text) == mac) return &entry->value;
    for (const auto& item : entry->value.items) {
        if (mac_address::parse(item.text) == mac) return &item;
    }
    return nullptr;
}

boost::system::result<std::string, problems> replace_mac(std::string_view text, std::string_view file,
                                                         std::string_view name,
                                                         std::optional<mac_address> old,
                                                         const mac_address& fresh) {
    auto refused = [&](int line, std::string what, std::string remedy) {
        return problems{{std::string(file), line, line ? 1 : 0, std::move(what), std::move(remedy)}};
    };
    auto before = parse(text, file);
    if (!before) return before.error();
    auto host = before->hosts.find(std::string(name));
    if (host == before->hosts.end()) {
        return refused(0, text::printable(name, 80) + " is not in the inventory", "see `landscaper hosts`");
    }
    auto& macs = host->second.mac;
    auto line = host->second.lines.of("mac");
    if (!old && macs.size() > 1) {
        return refused(line, host->first + " has several MAC addresses", "say which one was replaced");
    }
    auto gone = std::find(macs.begin(), macs.end(), old.value_or(macs.front()));
    if (gone == macs.end()) return refused(line, old->text() + " is not of " + host->first, "see that line");
    problems ignored;
    auto root = read_yaml(text, file, ignored);
    const auto* node = node_of_mac(root, name, *gone);
    auto start = node ? offset_of_line(text, node->at.line) : text.size();
    auto at = node ? text.find(node->text, start + static_cast<std::size_t>(node->at.column - 1)) : text.npos;
    if (at == text.npos)
        return refused(line, "the place of the MAC address is not clear", "edit that line yourself");
    auto out =
        std::string(text.substr(0, at)) + fresh.text() + std::string(text.substr(at + node->text.size()));
    auto after = parse(out, file);
    if (!after) return after.error();
    *gone = fresh;
    if (*after != *before)
        return refused(line, "the place of the MAC address is not clear", "edit that line yourself");
    return out;
}

}  // namespace landscaper::inventory
