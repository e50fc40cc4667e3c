#include "landscaper/nix/admission.hpp"

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

#include "landscaper/nix/command.hpp"

namespace landscaper::nix {

namespace {

std::vector<std::string> words_of(std::string_view line) {
    std::vector<std::string> out;
    std::string word;
    for (char c : line) {
        bool between = c == ' ' || c == '\t' || c == '=' || c == '\r' || c == '"';
        if (!between) word += c;
        if (between && !word.empty()) out.push_back(std::exchange(word, {}));
    }
    if (!word.empty()) out.push_back(word);
    return out;
}

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

// The values of a keyword outside Match blocks: the first one counts (sshd_config(5)). Empty when not set.
std::vector<std::string> values_of(std::string_view config, std::string_view keyword) {
    while (!config.empty()) {
        auto line = config.substr(0, config.find('\n'));
        config.remove_prefix(std::min(config.size(), line.size() + 1));
        auto words = words_of(line);
        if (words.empty() || words.front().starts_with('#')) continue;
        auto name = lower(words.front());
        if (name == "match") return {};
        if (name != keyword) continue;
        words.erase(words.begin());
        return words;
    }
    return {};
}

bool is_roots_file(const std::string& file) {
    return file == ".ssh/authorized_keys" || file == "%h/.ssh/authorized_keys" ||
           file == "/root/.ssh/authorized_keys";
}

}  // namespace

result<void> check_admission(std::string_view sshd_config, std::string_view root_keys,
                             std::string_view client_key) {
    auto no = [](std::string why) { return error(nix_errc::not_admitted, std::move(why)); };
    if (sshd_config.empty()) return no("it has no etc/ssh/sshd_config; enable services.openssh");
    auto root = values_of(sshd_config, "permitrootlogin");
    if (!root.empty() && lower(root.front()) == "no") {
        return no(
            "PermitRootLogin is 'no'; set services.openssh.settings.PermitRootLogin = \"prohibit-password\"");
    }
    if (!client_key.empty() && root_keys.find(client_key) != root_keys.npos) return {};
    auto files = values_of(sshd_config, "authorizedkeysfile");
    // OpenSSH's default is ".ssh/authorized_keys .ssh/authorized_keys2".
    if (files.empty() || std::ranges::any_of(files, is_roots_file)) return {};
    return no(
        "it neither reads /root/.ssh/authorized_keys nor lists landscaper's key for root; set "
        "users.users.root.openssh.authorizedKeys.keys");
}

}  // namespace landscaper::nix
