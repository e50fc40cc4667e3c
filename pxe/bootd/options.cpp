#include "pxe/bootd/options.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <string_view>

namespace pxe::bootd {

using landscaper::error;
using landscaper::result;

const char* const usage =
    "usage: landscaper-bootd [--socket FILE] [--state DIR] [--data DIR] [--interface IF]..\n"
    "                        [--listen ADDR] [--tftp-port N] [--http-port N]\n"
    "       landscaper-bootd --root DIR [--listen ADDR] [--tftp-port N] [--http-port N] [--interface IF]\n"
    "\n"
    "Answers the network boots of a rack as `landscaper serve` tells it; with --root it only serves the "
    "files of\n"
    "a folder by TFTP and HTTP. Port 0 switches a server off.\n"
    "  --socket FILE   where serve connects (default /run/landscaper/bootd.sock)\n"
    "  --state DIR     where the hosts that boot their disks are kept (default /var/lib/landscaper/bootd)\n"
    "  --data DIR      generic boot programs (default share/landscaper/boot beside the program's bin "
    "folder)\n"
    "  --interface IF  answer on this interface only, until serve names others; may be repeated\n"
    "  --listen ADDR   address for TFTP and HTTP (default: all); --tftp-port 69, --http-port 8069\n"
    "  --tftp-transfer-ports FIRST-LAST  where TFTP transfers leave from, for a firewall (default: any "
    "port)\n";

const char* describe(bootd_errc code) {
    switch (code) {
        case bootd_errc::bad_usage: return "see landscaper-bootd --help";
        case bootd_errc::port_taken: return "the port is taken";
        case bootd_errc::not_permitted: return "not permitted";
        case bootd_errc::no_interface: return "no such interface";
        case bootd_errc::already_running: return "landscaper-bootd is running already";
        case bootd_errc::bad_state: return "not a state file of landscaper-bootd";
    }
    return "unknown error";
}

static error wrong(const std::string& what) {
    return error(bootd_errc::bad_usage, what);
}

static result<std::uint16_t> port_of(const std::string& name, std::string_view text) {
    std::uint16_t port = 0;
    auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (text.empty() || failed != std::errc() || end != text.data() + text.size()) {
        return wrong(name + ": a port number from 0 to 65535 is wanted, not \"" + std::string(text) + "\"");
    }
    return port;
}

static result<tftpd::port_range> ports_of(const std::string& name, const std::string& text) {
    auto dash = text.find('-');
    if (dash == text.npos) return wrong(name + ": two ports are wanted, FIRST-LAST, not \"" + text + "\"");
    TRY(auto first, port_of(name, text.substr(0, dash)));
    TRY(auto last, port_of(name, text.substr(dash + 1)));
    if (first == 0 || last < first) return wrong(name + ": \"" + text + "\" holds no port");
    return tftpd::port_range{first, last};
}

static result<void> take(options& into, const std::string& name, const std::string& value) {
    if (value.empty()) return wrong(name + ": a value is wanted");
    if (name == "--socket") into.socket = value;
    if (name == "--state") into.state = value;
    if (name == "--data") into.data = value;
    if (name == "--root") into.root = value;
    if (name == "--interface") into.interfaces.push_back(value);
    if (name == "--listen") {
        into.listen = landscaper::ip_address::parse(value);
        if (!into.listen) return wrong("--listen: \"" + value + "\" is no IP address");
    }
    if (name == "--tftp-port") {
        TRY(into.tftp_port, port_of(name, value));
    }
    if (name == "--tftp-transfer-ports") {
        TRY(into.tftp_transfer_ports, ports_of(name, value));
    }
    if (name == "--http-port") {
        TRY(into.http_port, port_of(name, value));
    }
    return {};
}

result<options> parse(std::span<const char* const> arguments) {
    static constexpr std::string_view with_value[] = {"--socket",    "--state",     "--data",
                                                      "--root",      "--interface", "--listen",
                                                      "--tftp-port", "--http-port", "--tftp-transfer-ports"};
    options out;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        std::string name = arguments[i];
        if (name == "--help" || name == "-h") out.help = true;
        if (name == "--version") out.version = true;
        if (out.help || out.version) return out;
        auto equals = name.find('=');
        auto word = name.substr(0, equals);
        if (std::find(std::begin(with_value), std::end(with_value), word) == std::end(with_value)) {
            return wrong("\"" + name + "\" is not an option");
        }
        bool inline_value = equals != name.npos;
        if (!inline_value && i + 1 == arguments.size()) return wrong(word + ": a value is wanted");
        std::string value = inline_value ? name.substr(equals + 1) : arguments[++i];
        TRY_VOID(take(out, word, value));
    }
    return out;
}

}  // namespace pxe::bootd
