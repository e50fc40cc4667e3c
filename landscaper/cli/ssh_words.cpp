#include "landscaper/cli/ssh_words.hpp"

#include <algorithm>
#include <utility>

namespace landscaper::cli {

namespace {

using option = std::pair<std::string, std::string>;

// A value of ssh_config(5): quoted against blanks, `%` doubled against ssh's own expansions.
std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        if (c == '%') out += '%';
        out += c;
    }
    return out + "\"";
}

std::vector<option> options_of(const pinned_host& to) {
    // env has the same path everywhere, NixOS included. The alias is plain by make_pin, the key is base64.
    auto command = "/usr/bin/env echo " + to.pin.alias + " " + to.pin.key.text();
    return {{"User", to.host.user},
            {"Port", std::to_string(to.host.port)},
            {"IdentityFile", quoted(to.host.identity_file)},
            {"IdentitiesOnly", "yes"},
            {"HostKeyAlias", to.pin.alias},
            {"HostKeyAlgorithms", "ssh-ed25519"},
            {"KnownHostsCommand", command},
            {"UserKnownHostsFile", "/dev/null"},
            {"GlobalKnownHostsFile", "/dev/null"},
            {"StrictHostKeyChecking", "yes"},
            {"CheckHostIP", "no"},
            {"UpdateHostKeys", "no"},
            {"PreferredAuthentications", "publickey"}};
}

bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
}

}  // namespace

std::vector<std::string> login_arguments(const pinned_host& to, const std::vector<std::string>& words) {
    std::vector<std::string> out{"ssh", "-F", "none"};
    for (const auto& [name, value] : options_of(to)) {
        out.emplace_back("-o");
        out.push_back(name + "=" + value);
    }
    out.emplace_back("--");
    out.push_back(to.host.address);
    out.insert(out.end(), words.begin(), words.end());
    return out;
}

std::string config_section(std::string_view name, const pinned_host& to) {
    if (name.empty() || name.front() == '-' || !std::all_of(name.begin(), name.end(), is_plain)) return {};
    auto out = "Host " + std::string(name) + "\n  HostName " + to.host.address + "\n";
    for (const auto& [option_name, value] : options_of(to)) out += "  " + option_name + " " + value + "\n";
    return out;
}

}  // namespace landscaper::cli
