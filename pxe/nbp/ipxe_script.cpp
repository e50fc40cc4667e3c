#include "pxe/nbp/ipxe_script.hpp"

#include <algorithm>

namespace pxe::nbp {

using landscaper::error;
using landscaper::result;

namespace {

// iPXE's shell has no quoting: it expands ${..}, ends commands at || && ;, and starts comments at #; GRUB's
// has quotes, braces and brackets. Texts for people lose those characters, and everything that is not
// printable ASCII.
std::string harmless(std::string_view text) {
    std::string out;
    for (char c : text) {
        bool is_special = std::string_view("$|&;#\\`'\"{}<>").find(c) != std::string_view::npos;
        out += c < ' ' || c > '~' ? '?' : is_special ? '_' : c;
    }
    return out;
}

std::string echoes(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        auto end = text.find('\n');
        out += "echo " + harmless(text.substr(0, end)) + "\n";
        if (end == text.npos) break;
        text.remove_prefix(end + 1);
    }
    return out;
}

// Every script ends in this: a failure is named, waited out, and tried again; nothing falls back to the
// firmware, which would go on to IPv6 and HTTP and lose minutes.
std::string again_after(int seconds) {
    return ":failed\necho landscaper: that failed, trying again in " + std::to_string(seconds) +
           " s\nsleep " + std::to_string(seconds) + "\ngoto start\n";
}

}  // namespace

static bool is_one_line(std::string_view command_line) {
    return std::ranges::all_of(command_line, [](char c) { return c >= ' ' && c <= '~'; });
}

result<std::string> install_script(std::string_view host, std::string_view command_line) {
    if (!is_one_line(command_line)) return error(nbp_errc::bad_text, "kernel command line");
    // imgfree: a second round would load every initrd twice.
    return "#!ipxe\n:start\nimgfree\n" + echoes("landscaper: " + std::string(host) + " boots the installer") +
           "kernel kernel initrd=initrd initrd=host.cpio " + std::string(command_line) +
           " || goto failed\n"
           "initrd --name initrd initrd || goto failed\n"
           "initrd --name host.cpio host.cpio || goto failed\n"
           "boot || goto failed\n" +
           again_after(10);
}

// `;` ends a command and a quote would swallow the rest of the file: both are lost with the other special
// ones.
result<std::string> grub_install_config(std::string_view host, std::string_view command_line) {
    if (!is_one_line(command_line) || command_line.find_first_of("'\"") != command_line.npos) {
        return error(nbp_errc::bad_text, "kernel command line");
    }
    return echoes("landscaper: " + std::string(host) + " boots the installer") + "if linux $prefix/kernel " +
           std::string(command_line) +
           "; then\n"
           "  if initrd $prefix/initrd $prefix/host.cpio; then boot; fi\n"
           "fi\n"
           "echo landscaper: that failed, restarting in 10 s\nsleep 10\nreboot\n";
}

std::string chain_local_script(std::string_view host) {
    return "#!ipxe\n:start\nimgfree\n" +
           echoes("landscaper: " + std::string(host) + " starts from its disk") +
           "chain local.efi || goto failed\n" + again_after(10);
}

std::string sanboot_script(std::string_view host) {
    return "#!ipxe\n:start\n" + echoes("landscaper: " + std::string(host) + " starts from its disk") +
           "sanboot --no-describe --drive 0x80 || goto failed\n" + again_after(10);
}

std::string hold_script(std::string_view host, std::string_view reason) {
    // chain --replace ends this script first: nested scripts would use up iPXE's stack within hours.
    return "#!ipxe\n:start\n" +
           echoes("landscaper holds " + std::string(host) + ":\n" + std::string(reason)) +
           "echo Asking again in 30 s\nsleep 30\n"
           "dhcp || goto failed\n"
           "isset ${filename} || goto failed\n"
           "chain --replace --autofree ${filename} || goto failed\n"
           ":failed\necho landscaper: no answer, restarting\nsleep 5\nreboot\n";
}

}  // namespace pxe::nbp
