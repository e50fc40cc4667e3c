#include "tftpd/name.hpp"

#include "landscaper/base/printable.hpp"

namespace tftpd {

const char* describe(name_errc code) {
    switch (code) {
        case name_errc::empty: return "an empty name";
        case name_errc::too_long: return "a name of more than 512 bytes";
        case name_errc::outside: return "a name with `..`";
        case name_errc::not_text: return "a name that is not UTF-8 text";
    }
    return "unknown";
}

// Buggy ROMs read past option 67's end and ask for "pxelinux.0\xff"; others pad with blanks.
static std::string_view trim(std::string_view asked) {
    while (!asked.empty() && (asked.back() == '\xff' || asked.back() == ' ')) asked.remove_suffix(1);
    return asked;
}

static landscaper::result<void> append(std::string& path, std::string_view component) {
    if (component.empty() || component == ".") return {};
    if (component == "..") return name_errc::outside;
    if (!path.empty()) path += '/';
    path += component;
    return {};
}

landscaper::result<name> normalise(std::string_view asked) {
    if (asked.size() > longest_name) return name_errc::too_long;
    auto kept = trim(asked);
    name out{{}, kept.size() != asked.size()};
    while (!kept.empty()) {
        auto end = std::min(kept.find_first_of("/\\"), kept.size());
        TRY_VOID(append(out.path, kept.substr(0, end)));
        kept.remove_prefix(std::min(end + 1, kept.size()));
    }
    if (out.path.empty()) return name_errc::empty;
    // NUL cannot come from a packet, but a caller may be another.
    if (landscaper::text::printable(out.path) != out.path) return name_errc::not_text;
    return out;
}

}  // namespace tftpd
