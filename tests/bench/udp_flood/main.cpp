// bench/udp_flood: sends a file as plain datagrams, one sendto each, to nobody who answers: what the same
// bytes cost without a protocol and without batching. `udp_flood receive` is the other end.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

static const char* const usage =
    "usage: udp_flood send PORT FILE PAYLOAD_BYTES TIMES    to 127.0.0.1, with a 4-byte header each\n"
    "       udp_flood receive PORT                          until it is ended\n";

static constexpr std::size_t header_size = 4;

static unsigned number(const char* text) {
    unsigned value = 0;
    auto* last = text + std::strlen(text);
    auto [end, failed] = std::from_chars(text, last, value);
    if (failed != std::errc() || end != last) throw std::invalid_argument(text);
    return value;
}

static sockaddr_in address(unsigned port) {
    sockaddr_in out{};
    out.sin_family = AF_INET;
    out.sin_port = htons(static_cast<std::uint16_t>(port));
    out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return out;
}

static int open_socket() {
    int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) throw std::runtime_error("no socket");
    return fd;
}

// Straight from the file's bytes: `file` is `header_size` longer than what counts as payload.
static void send_once(int fd, const sockaddr_in& to, const std::vector<char>& file, std::size_t payload) {
    auto total = file.size() - header_size;
    for (std::size_t at = 0; at < total; at += payload) {
        auto size = header_size + std::min(payload, total - at);
        (void)::sendto(fd, &file[at], size, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
    }
}

static void receive(int fd) {
    std::array<char, 65536> buffer;
    while (::recv(fd, buffer.data(), buffer.size(), 0) >= 0) {
    }
}

int main(int count, char** arguments) {
    try {
        std::string what = count > 2 ? arguments[1] : "";
        if (what == "receive" && count == 3) {
            int fd = open_socket();
            auto own = address(number(arguments[2]));
            if (::bind(fd, reinterpret_cast<sockaddr*>(&own), sizeof own) < 0)
                throw std::runtime_error("bind");
            receive(fd);
            return 0;
        }
        if (what != "send" || count != 6) throw std::invalid_argument("wrong number of words");
        std::ifstream in(arguments[3], std::ios::binary);
        std::vector<char> file{std::istreambuf_iterator<char>(in), {}};
        if (file.empty()) throw std::runtime_error(std::string(arguments[3]) + ": empty, or cannot be read");
        file.resize(file.size() + header_size);
        int fd = open_socket();
        auto to = address(number(arguments[2]));
        for (unsigned i = number(arguments[5]); i > 0; --i) send_once(fd, to, file, number(arguments[4]));
    } catch (const std::exception& e) {
        std::fprintf(stderr, "udp_flood: %s\n%s", e.what(), usage);
        return 2;
    }
}
