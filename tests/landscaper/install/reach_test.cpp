#include "landscaper/install/reach.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "landscaper/install/parse.hpp"
#include "landscaper/ssh/shell.hpp"
#include "tests/support/shell.hpp"

using namespace landscaper;
using namespace landscaper::install;

namespace {

// Answers one request on a port of 127.0.0.1 with a fixed text; keeps what it was asked.
struct one_answer {
    int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    std::string asked;
    std::uint16_t port = 0;
    std::thread server;

    explicit one_answer(std::string text) {
        sockaddr_in where{};
        where.sin_family = AF_INET;
        where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof where;
        REQUIRE(::bind(listener, reinterpret_cast<sockaddr*>(&where), length) == 0);
        REQUIRE(::listen(listener, 1) == 0);
        ::getsockname(listener, reinterpret_cast<sockaddr*>(&where), &length);
        port = ntohs(where.sin_port);
        server = std::thread([this, text = std::move(text)] {
            int peer = ::accept(listener, nullptr, nullptr);
            char buffer[1024];
            while (asked.find("\r\n\r\n") == asked.npos) {
                auto count = ::read(peer, buffer, sizeof buffer);
                if (count <= 0) break;
                asked.append(buffer, static_cast<std::size_t>(count));
            }
            [[maybe_unused]] auto written = ::write(peer, text.data(), text.size());
            ::close(peer);
        });
    }
    void join() { server.join(); }
    ~one_answer() { ::close(listener); }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(port) + "/cache"; }
};

// What the script proves before it would pull.
std::string said_of(const std::string& url) {
    auto script =
        "prove() { echo \"landscaper-proof $*\"; }\nset -eu\n" + unless_cache_answers(url) + "echo pulls\n";
    int status = -1;
    auto out = output_of("bash -c " + ssh::quote(script), &status);
    CHECK(status == 0);
    return out;
}

}  // namespace

TEST_CASE("a cache that answers is pulled from") {
    one_answer cache("HTTP/1.1 200 OK\r\n\r\nStoreDir: /nix/store\nPriority: 30\n");
    CHECK(said_of(cache.url()) == "pulls\n");
    cache.join();
    CHECK(cache.asked.starts_with("GET /cache/nix-cache-info HTTP/1.0\r\nHost: 127.0.0.1:"));
}

TEST_CASE("another server on that port, or none, is no cache, and the step proves it") {
    std::string url;
    {
        one_answer other("HTTP/1.1 404 Not Found\r\n\r\nnothing here\n");
        url = other.url();
        CHECK(said_of(url) == "landscaper-proof no_cache what answers there is no cache\n");
        other.join();
    }
    auto said = said_of(url);
    CHECK(said.starts_with("landscaper-proof no_cache "));
    CHECK(said.find("refused") != said.npos);
    auto why = check_cache_answered(proofs_in(said));
    REQUIRE_FALSE(why.has_value());
    CHECK(why.error().code() == install_errc::no_cache);
    CHECK(check_cache_answered(proofs_in("landscaper-proof paths 3\n")).has_value());
}

TEST_CASE("what is no address of a cache is never shell text") {
    for (const char* url : {"https://10.0.0.2:8069/cache", "http://10.0.0.2/cache", "http://:8069/cache",
                            "http://10.0.0.2:80a/cache", "http://[fd00::2:8069/cache", "", "'; echo x; '"}) {
        CAPTURE(url);
        CHECK(said_of(url).starts_with("landscaper-proof no_cache not an address of a cache: "));
    }
    auto text = unless_cache_answers("http://[fd00::2]:8069/cache");
    CHECK(text.find("'fd00::2' '8069' '[fd00::2]:8069' '/cache'") != text.npos);
}
