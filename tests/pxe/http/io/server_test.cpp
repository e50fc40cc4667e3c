#include "pxe/http/io/server.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "landscaper/async/file.hpp"
#include "tests/landscaper/async/run.hpp"
#include "tests/support/result.hpp"

using namespace pxe::http;
using namespace landscaper;

namespace {

const std::string token = "0123456789abcdef0123456789abcdef";

// Asks the handler directly; the connection loop has its own tests.
task<> put_response(http_handler ask, http_request request, http_response& into) {
    into = co_await ask(std::move(request));
    co_return result<void>();
}

struct bench {
    std::vector<fetch_event> events;
    std::string announced;
    std::string folder = "/tmp/pxe-http-test-" + std::to_string(::getpid());
    std::shared_ptr<const open_file> cache;
    content nbp{{literal({'M', 'Z', 'x', 'y', 'z'}), zero_extent{95}}};
    http_handler ask;

    bench() {
        std::filesystem::create_directories(folder + "/nar");
        std::ofstream(folder + "/nix-cache-info") << "StoreDir: /nix/store\n";
        std::filesystem::create_symlink("/etc/passwd", folder + "/nar/link");
        auto opened = std::make_shared<open_file>();
        opened->fd = open_folder(folder).value();
        cache = opened;
        hooks h;
        h.resolve = [this](const fetch& f) -> resolution {
            if (f.name == "secret") return forbidden{"not in this stage"};
            if (f.name != "b/" + token + "/uki.efi") return not_found{};
            return found{nbp, true, mac_address{{2, 0, 0, 0, 0, 1}}, "uki.efi", token};
        };
        h.cache = [this] { return cache; };
        h.here = [this](const std::string& t, const std::string& body, const http_peer&) {
            announced = t + " " + body;
            return t == token;
        };
        h.report = [this](const fetch_event& e) { events.push_back(e); };
        h.next_transfer = [] { return std::uint64_t{7}; };
        ask = handler(std::move(h));
    }
    ~bench() { std::filesystem::remove_all(folder); }

    http_response get(const std::string& method, const std::string& target,
                      std::vector<http_field> headers = {}, std::string body = {}) {
        http_request request{method, target, std::move(headers), std::move(body), {}};
        request.peer.address = *ip_address::parse("10.0.0.11");
        request.peer.port = 1234;
        http_response out;
        REQUIRE(run_to_end(put_response(ask, std::move(request), out)));
        return out;
    }
};

std::string field(const http_response& r, std::string_view name) {
    for (const auto& f : r.headers) {
        if (f.name == name) return f.value;
    }
    return "";
}

std::uint64_t size_of(const http_response& r) {
    return std::get<content>(r.body).size();
}

}  // namespace

TEST_CASE("HEAD has the headers of GET, and only GET is a transfer") {
    bench b;
    auto head = b.get("HEAD", "/b/" + token + "/uki.efi");
    REQUIRE(b.events.size() == 1);
    CHECK(b.events[0].transfer == 0);
    auto got = b.get("GET", "//b/" + token + "/uki.efi");
    CHECK(head.status == 200);
    CHECK(head.headers == got.headers);
    CHECK(field(got, "Content-Type") == "application/efi");
    CHECK(field(got, "Cache-Control") == "no-store");
    CHECK(size_of(got) == 100);
    REQUIRE(b.events.size() == 2);
    CHECK(b.events[1].transfer == 7);
    CHECK(b.events[1].peer == "10.0.0.11:1234");
    got.on_sent({100, true, true});
    REQUIRE(b.events.size() == 3);
    CHECK(b.events[2].what == fetch_event::kind::ended);
    CHECK(b.events[2].whole_object);
    CHECK(b.events[2].target->object == "uki.efi");
}

TEST_CASE("a resumed transfer that reaches the end has got the whole object's last byte") {
    bench b;
    auto tag = field(b.get("HEAD", "/b/" + token + "/uki.efi"), "ETag");
    auto rest = b.get("GET", "/b/" + token + "/uki.efi", {{"range", "bytes=40-"}, {"If-Match", tag}});
    CHECK(rest.status == 206);
    CHECK(field(rest, "Content-Range") == "bytes 40-99/100");
    rest.on_sent({60, true, true});
    CHECK(b.events.back().whole_object);
    rest.on_sent({59, true, false});
    CHECK(!b.events.back().whole_object);
    CHECK(b.get("GET", "/b/" + token + "/uki.efi", {{"If-Match", "\"x\""}}).status == 412);
}

TEST_CASE("what is not there is 404, what is not for this host 403, never 401") {
    bench b;
    CHECK(b.get("GET", "/b/x").status == 404);
    CHECK(b.get("GET", "/secret").status == 403);
    CHECK(b.events.back().why == "not in this stage");
    CHECK(std::get<std::string>(b.get("GET", "/secret").body) == "forbidden\n");
    CHECK(b.get("POST", "/secret").status == 405);
    CHECK(field(b.get("POST", "/secret"), "Allow") == "GET, HEAD");
}

TEST_CASE("the cache serves files beneath its folder and nothing else") {
    bench b;
    auto info = b.get("GET", "/cache/nix-cache-info");
    CHECK(info.status == 200);
    CHECK(size_of(info) == 21);
    CHECK(field(info, "Last-Modified").ends_with("GMT"));
    CHECK(b.get("GET", "/cache/nix-cache-info", {{"If-None-Match", field(info, "ETag")}}).status == 304);
    CHECK(b.get("GET", "/cache/nar/link").status == 404);
    CHECK(b.get("GET", "/cache/nar").status == 404);
    CHECK(b.get("GET", "/cache/../etc/passwd").status == 404);
    CHECK(b.events.empty());
    b.cache = nullptr;
    CHECK(b.get("GET", "/cache/nix-cache-info").status == 404);
}

TEST_CASE("an installer's announcement is passed on as it came") {
    bench b;
    CHECK(b.get("PUT", "/here/" + token, {}, "10.0.0.11 \xff").status == 200);
    CHECK(b.announced == token + " 10.0.0.11 \xff");
    CHECK(b.get("PUT", "/here/" + std::string(32, 'f'), {}, "x").status == 404);
    CHECK(b.get("PUT", "/here/" + token, {}, std::string(4097, 'x')).status == 413);
}
