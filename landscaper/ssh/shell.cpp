#include "landscaper/ssh/shell.hpp"

namespace landscaper::ssh {

std::string quote(std::string_view text) {
    std::string out = "'";
    for (char c : text) {
        if (c == '\'') {
            out += "'\\''";
        } else {
            out += c;
        }
    }
    return out + "'";
}

std::string with_path(std::string_view script) {
    std::string out =
        "PATH=\"${PATH:+$PATH:}/run/current-system/sw/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
        "/sbin:/bin\"; export PATH\n";
    out += script;
    return out;
}

}  // namespace landscaper::ssh
