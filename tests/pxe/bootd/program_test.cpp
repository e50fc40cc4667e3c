#include "pxe/bootd/program.hpp"

#include <cstdlib>

#include "landscaper/async/file.hpp"
#include "landscaper/base/base64.hpp"
#include "pxe/bootd/local_hosts.hpp"
#include "tests/landscaper/async/run.hpp"
#include "tests/pxe/bootd/running_bootd.hpp"
#include "tests/pxe/bootd/serve_client.hpp"
#include "tests/pxe/link/entries.hpp"

using namespace pxe::link;
using landscaper::content;
using landscaper::result;
using landscaper::task;

namespace {

std::string filler(std::size_t size, unsigned seed) {
    std::string out(size, '\0');
    for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<char>(i * 31 + i / 251 + seed);
    return out;
}

shared_file memfd(const std::string& name, const std::string& text) {
    return landscaper::sealed_memfd(name, landscaper::as_bytes(text)).value();
}

// An NBP as it is composed: header, shared kernel and initrd, the host's own tail.
struct nbp {
    std::string kernel = filler(300'000, 1), initrd = filler(500'001, 2), cpio = filler(4096, 3);
    shared_file shared = memfd("installer", kernel + initrd);
    shared_file own = memfd("host.cpio", cpio);
    content body{{landscaper::literal({'M', 'Z'}), landscaper::file_extent{shared, 0, kernel.size()},
                  landscaper::zero_extent{1022},
                  landscaper::file_extent{shared, kernel.size(), initrd.size()},
                  landscaper::file_extent{own, 0, cpio.size()}}};
    std::string text() const { return "MZ" + kernel + std::string(1022, '\0') + initrd + cpio; }

    pxe::boot_entry entry(unsigned host, pxe::stage at = pxe::stage::install) const {
        pxe::boot_entry e;
        e.mac = {mac_number(host)};
        e.stage = at;
        e.token = token_number(host);
        e.objects["uki.efi"] = body;
        return e;
    }
};

struct scene {
    scratch_folder folder;
    pxe::bootd::options from;
    nbp image;
    std::string path = "b/" + token_number(1) + "/uki.efi";

    scene() {
        folder.write("data/local.efi", "generic local.efi");
        from.socket = folder.path + "/run/bootd.sock";
        from.state = folder.path + "/state";
        from.data = folder.path + "/data";
    }
};

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != text.npos;
}

task<> fetch_both_ways(scene& s, running_bootd& bootd) {
    CO_TRY(auto serve, co_await serve_client::connect(s.from.socket));
    network net;
    net.generation = 1;
    s.folder.write("cache/nix-cache-info", "StoreDir: /nix/store\n");
    auto cache = std::make_shared<landscaper::open_file>();
    cache->fd = landscaper::open_folder(s.folder.path + "/cache").value();
    net.cache = cache;
    CO_TRY(auto lines, serve->sender.table(1, net, std::vector{s.image.entry(1)}));
    CO_TRY_VOID(co_await serve->send(std::move(lines)));
    CO_TRY(auto generation, co_await serve->acknowledged());
    CHECK(generation == 1);

    CHECK((bootd.http_body("GET /" + s.path) == s.image.text()));
    CO_TRY(auto started, co_await serve->event_of(event_kind::http));
    CHECK(started.mac == mac_number(1));
    CHECK(started.text("object") == "uki.efi");
    CO_TRY(auto done, co_await serve->event_of(event_kind::done));
    CHECK(done.flag("complete"));
    CHECK(done.number("bytes") == s.image.text().size());
    CHECK(done.seq > 0);
    CHECK(done.epoch == serve->bootd.epoch);

    CHECK((bootd.tftp(s.path) == s.image.text()));
    CO_TRY(auto rrq, co_await serve->event_of(event_kind::rrq));
    CHECK(rrq.mac == mac_number(1));
    CO_TRY(auto by_tftp, co_await serve->event_of(event_kind::done));
    CHECK(by_tftp.text("via") == "tftp");
    CHECK(by_tftp.flag("complete"));

    CHECK(bootd.http_body("GET /cache/nix-cache-info") == "StoreDir: /nix/store\n");
    CHECK(contains(bootd.http("GET /b/" + token_number(2) + "/uki.efi"), " 404 "));
    CHECK(bootd.tftp("b/" + token_number(2) + "/uki.efi") == "error 1");
    CHECK(contains(bootd.http("PUT /here/" + token_number(2)), " 404 "));
    CHECK(contains(bootd.http("PUT /here/" + token_number(1)), " 200 "));
    CO_TRY(auto here, co_await serve->event_of(event_kind::here));
    CHECK(here.mac == mac_number(1));

    // The host is installed: its payload is gone, and whoever asks for it is named.
    pxe::boot_entry local;
    local.mac = {mac_number(1)};
    local.stage = pxe::stage::local;
    CO_TRY(auto change, serve->sender.put(2, local));
    CO_TRY_VOID(co_await serve->send(std::move(change)));
    CO_TRY(auto second, co_await serve->acknowledged());
    CHECK(second == 2);
    CHECK(pxe::bootd::decode_local_hosts(s.folder.read("state/local.json"))->mac == local.mac);
    CHECK(contains(bootd.http("GET /" + s.path), " 404 "));
    CO_TRY(auto alarm, co_await serve->event_of(event_kind::alarm));
    CHECK(alarm.text("what") == "withdrawn");
    CHECK(alarm.mac == mac_number(1));
    co_return result<void>();
}

task<> push(std::string socket, std::vector<pxe::boot_entry> entries) {
    CO_TRY(auto serve, co_await serve_client::connect(socket));
    CO_TRY(auto lines, serve->sender.table(1, {}, entries));
    CO_TRY_VOID(co_await serve->send(std::move(lines)));
    CO_TRY_VOID(co_await serve->acknowledged());
    co_return result<void>();
}

// What a serve that restarts hears again.
task<> hear_again(std::string socket, std::uint64_t epoch, std::uint64_t seq,
                  std::vector<std::uint64_t>& heard) {
    CO_TRY(auto serve, co_await serve_client::connect(socket, epoch, seq));
    CHECK((epoch == 0 || serve->bootd.epoch == epoch));
    while (heard.empty() || heard.back() < serve->bootd.seq) {
        CO_TRY(auto message, co_await serve->next());
        if (const auto* e = std::get_if<event>(&message)) heard.push_back(e->seq);
    }
    co_return result<void>();
}

task<> replaced(std::string socket) {
    CO_TRY(auto first, co_await serve_client::connect(socket));
    CO_TRY(auto second, co_await serve_client::connect(socket));
    auto end = co_await first->next();
    REQUIRE(!end);
    CHECK(end.error().code() == landscaper::line_errc::closed);
    CO_TRY(auto lines, second->sender.table(4, {}, {}));
    CO_TRY_VOID(co_await second->send(std::move(lines)));
    CO_TRY(auto generation, co_await second->acknowledged());
    CHECK(generation == 4);
    co_return result<void>();
}

task<> refused(std::string socket) {
    CO_TRY(auto serve, co_await serve_client::connect(socket));
    CO_TRY_VOID(co_await serve->socket.send(R"({"dance":{"generation":7}})"));
    auto answer = co_await serve->acknowledged();
    REQUIRE(!answer);
    CHECK(contains(answer.error().context(), "dance"));
    co_return result<void>();
}

}  // namespace

TEST_CASE("an entry that serve pushes is fetched over HTTP and TFTP, and its events come back") {
    scene s;
    running_bootd bootd(s.from);
    CHECK(run_to_end(fetch_both_ways(s, bootd)));
    bootd.stop();
    CHECK(bootd.ended_well);
    CHECK(!std::filesystem::exists(s.from.socket));
}

TEST_CASE("the table stays when serve goes") {
    scene s;
    running_bootd bootd(s.from);
    CHECK(run_to_end(push(s.from.socket, {s.image.entry(1)})));
    CHECK((bootd.http_body("GET /" + s.path) == s.image.text()));
}

TEST_CASE("without serve only hosts that boot their disk are known, and local.efi is served") {
    scene s;
    {
        running_bootd bootd(s.from);
        auto local = s.image.entry(2, pxe::stage::local);
        CHECK(run_to_end(push(s.from.socket, {s.image.entry(1), local})));
    }
    auto kept = s.folder.read("state/local.json");
    CHECK(pxe::bootd::decode_local_hosts(kept)->mac == std::vector{mac_number(2)});
    CHECK(!contains(kept, token_number(1)));
    running_bootd after_power_cut(s.from);
    CHECK(after_power_cut.http_body("GET /local.efi") == "generic local.efi");
    CHECK(after_power_cut.tftp("local.efi") == "generic local.efi");
    CHECK(contains(after_power_cut.http("GET /" + s.path), " 404 "));
}

TEST_CASE("a damaged state file is said and starts empty") {
    scene s;
    s.folder.write("state/local.json", "rubbish");
    running_bootd bootd(s.from);
    CHECK(bootd.http_body("GET /local.efi") == "generic local.efi");
    std::vector<std::uint64_t> heard;
    CHECK(run_to_end(hear_again(s.from.socket, 0, 0, heard)));
    CHECK(!heard.empty());  // the trouble
}

TEST_CASE("a serve that restarts hears the events that it has not committed") {
    scene s;
    running_bootd bootd(s.from);
    for (int i = 0; i < 3; ++i) bootd.http("GET /nothing");
    std::vector<std::uint64_t> all, rest;
    CHECK(run_to_end(hear_again(s.from.socket, 0, 0, all)));
    CHECK(all == std::vector<std::uint64_t>{1, 2, 3});
    std::vector<std::uint64_t> other_epoch;
    CHECK(run_to_end(hear_again(s.from.socket, 0, 99, other_epoch)));
    CHECK(other_epoch == all);
}

TEST_CASE("a newer serve takes over from an older one") {
    scene s;
    running_bootd bootd(s.from);
    CHECK(run_to_end(replaced(s.from.socket)));
}

TEST_CASE("an unknown verb is refused by name, and the connection goes on") {
    scene s;
    running_bootd bootd(s.from);
    CHECK(run_to_end(refused(s.from.socket)));
}

TEST_CASE("the socket is 0600, a second bootd is told of the first, a dead one's socket is replaced") {
    scene s;
    {
        running_bootd bootd(s.from);
        auto mode = std::filesystem::status(s.from.socket).permissions();
        CHECK(mode == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
        auto second = pxe::bootd::listen_on_file(s.from.socket);
        REQUIRE(!second);
        CHECK(second.error().code() == pxe::bootd::bootd_errc::already_running);
        CHECK(contains(second.error().context(), "(pid " + std::to_string(::getpid()) + ")"));
    }
    auto dead = pxe::bootd::listen_on_file(s.from.socket);
    REQUIRE(dead);
    dead->reset();
    CHECK(pxe::bootd::listen_on_file(s.from.socket));
}

TEST_CASE("--root serves the files of a folder, to curl too") {
    scratch_folder folder;
    auto data = filler(700'000, 9);
    folder.write("sub/file", data);
    std::filesystem::create_symlink("/etc/passwd", folder.path + "/link");
    pxe::bootd::options from;
    from.root = folder.path;
    running_bootd bootd(from);
    CHECK((bootd.http_body("GET //sub/./file") == data));
    CHECK((bootd.tftp("\\sub\\file") == data));
    CHECK(contains(bootd.http("GET /link"), " 404 "));
    CHECK(contains(bootd.http("GET /../etc/passwd"), " 404 "));
    CHECK(contains(bootd.http("GET /sub"), " 404 "));
    CHECK(bootd.tftp("link") == "error 1");
    if (std::system("command -v curl >/dev/null") != 0) return;
    for (const auto& url : {"http://127.0.0.1:" + std::to_string(bootd.http_port) + "/sub/file",
                            "tftp://127.0.0.1:" + std::to_string(bootd.tftp_port) + "/sub/file"}) {
        CAPTURE(url);
        auto command = "curl -sf -m 20 -o " + folder.path + "/got " + url;
        CHECK(std::system(command.c_str()) == 0);
        CHECK((folder.read("got") == data));
    }
}
