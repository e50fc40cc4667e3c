// landscaper-bootd on a thread of its own with high ports on loopback, and small blocking clients to ask it.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <filesystem>
#include <fstream>
#include <thread>

#include "pxe/bootd/program.hpp"
#include "tests/support/result.hpp"
#include "tftpd/io/listen.hpp"

inline sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

inline std::uint16_t port_of_socket(int fd) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
}

inline landscaper::unique_fd client_socket(int type, std::uint16_t port) {
    landscaper::unique_fd fd(::socket(AF_INET, type | SOCK_CLOEXEC, 0));
    timeval limit{20, 0};
    ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    auto address = loopback(port);
    if (type == SOCK_STREAM)
        REQUIRE(::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    return fd;
}

class scratch_folder {
  public:
    scratch_folder() {
        static int number = 0;
        path = "/tmp/bootd-test-" + std::to_string(::getpid()) + "-" + std::to_string(++number);
        std::filesystem::create_directories(path);
    }
    ~scratch_folder() { std::filesystem::remove_all(path); }
    void write(const std::string& name, const std::string& text) const {
        std::filesystem::create_directories(std::filesystem::path(path + "/" + name).parent_path());
        std::ofstream(path + "/" + name) << text;
    }
    std::string read(const std::string& name) const {
        std::ifstream in(path + "/" + name);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    std::string path;
};

class running_bootd {
  public:
    explicit running_bootd(pxe::bootd::options from) {
        pxe::bootd::sockets on;
        on.tftp = tftpd::bind_socket(*landscaper::ip_address::parse("127.0.0.1"), 0).value();
        on.http = landscaper::unique_fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        auto address = loopback(0);
        REQUIRE(::bind(on.http.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
        REQUIRE(::listen(on.http.get(), 64) == 0);
        tftp_port = port_of_socket(on.tftp.get());
        http_port = port_of_socket(on.http.get());
        if (!from.is_standalone()) {
            on.link = pxe::bootd::listen_on_file(from.socket).value();
            on.made = from.socket;
        }
        program_ = pxe::bootd::program::make(context_.get_executor(), std::move(from), std::move(on)).value();
        auto ended = [this](std::exception_ptr thrown, landscaper::result<void> outcome) {
            ended_well = !thrown && outcome;
        };
        boost::asio::co_spawn(context_, program_->run(),
                              boost::asio::bind_cancellation_slot(stop_.slot(), ended));
        thread_ = std::thread([this] { context_.run(); });
    }
    ~running_bootd() { stop(); }
    void stop() {
        if (!thread_.joinable()) return;
        boost::asio::post(context_, [this] { stop_.emit(boost::asio::cancellation_type::all); });
        thread_.join();
    }

    // The whole response, headers and all.
    std::string http(const std::string& request) const {
        auto fd = client_socket(SOCK_STREAM, http_port);
        auto text = request + " HTTP/1.0\r\n\r\n";
        REQUIRE(::send(fd.get(), text.data(), text.size(), MSG_NOSIGNAL) ==
                static_cast<ssize_t>(text.size()));
        std::string out;
        char buffer[65536];
        for (ssize_t count = 1; count > 0;) {
            count = ::recv(fd.get(), buffer, sizeof buffer, 0);
            if (count > 0) out.append(buffer, static_cast<std::size_t>(count));
        }
        return out;
    }
    std::string http_body(const std::string& request) const {
        auto whole = http(request);
        auto at = whole.find("\r\n\r\n");
        return at == whole.npos ? "" : whole.substr(at + 4);
    }
    // The file, or "error N" (RFC 1350, blocks of 512 bytes). A block that comes again is passed over: a busy
    // server may repeat one whose acknowledgement it has not read yet.
    std::string tftp(const std::string& name) const {
        auto fd = client_socket(SOCK_DGRAM, 0);
        auto asked = std::string("\0\1", 2) + name + '\0' + "octet" + '\0';
        auto to = loopback(tftp_port);
        ::sendto(fd.get(), asked.data(), asked.size(), 0, reinterpret_cast<sockaddr*>(&to), sizeof to);
        std::string out;
        for (unsigned expected = 1;;) {
            char buffer[1500];
            socklen_t size = sizeof to;
            auto count =
                ::recvfrom(fd.get(), buffer, sizeof buffer, 0, reinterpret_cast<sockaddr*>(&to), &size);
            if (count < 4) return "silence";
            if (buffer[1] == 5) return "error " + std::to_string(buffer[3]);
            auto number =
                static_cast<unsigned char>(buffer[2]) * 256U + static_cast<unsigned char>(buffer[3]);
            if (number != expected) continue;
            expected = (expected + 1) % 65536;
            out.append(buffer + 4, static_cast<std::size_t>(count - 4));
            buffer[1] = 4;
            ::sendto(fd.get(), buffer, 4, 0, reinterpret_cast<sockaddr*>(&to), sizeof to);
            if (count < 516) return out;
        }
    }

    std::uint16_t tftp_port = 0, http_port = 0;
    bool ended_well = false;

  private:
    boost::asio::io_context context_{1};
    boost::asio::cancellation_signal stop_;
    std::unique_ptr<pxe::bootd::program> program_;
    std::thread thread_;
};
