#include "landscaper/ssh/pin.hpp"

#include <algorithm>

#include "landscaper/base/printable.hpp"
#include "landscaper/ssh/failure.hpp"

namespace landscaper::ssh {

namespace {

bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
}

}  // namespace

result<pin> make_pin(std::string alias, public_key key) {
    bool plain = !alias.empty() && alias.size() <= 253 && std::all_of(alias.begin(), alias.end(), is_plain);
    // A leading dash could be read as an option, other bytes as a pattern or a second host.
    if (!plain || alias.front() == '-') {
        return error(ssh_errc::bad_key, "alias '" + text::printable(alias, 80) + "'");
    }
    return pin{std::move(alias), key};
}

std::string known_hosts(const pin& expected) {
    return expected.alias + " " + expected.key.text() + "\n";
}

}  // namespace landscaper::ssh
