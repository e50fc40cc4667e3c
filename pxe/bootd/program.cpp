#include "pxe/bootd/program.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/this_coro.hpp>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "landscaper/async/file.hpp"
#include "landscaper/async/group.hpp"
#include "landscaper/async/http_server.hpp"
#include "landscaper/async/random.hpp"
#include "landscaper/async/service_manager.hpp"
#include "landscaper/base/printable.hpp"
#include "pxe/bootd/answers.hpp"
#include "pxe/bootd/fetches.hpp"
#include "pxe/bootd/keeper.hpp"
#include "pxe/bootd/link_server.hpp"
#include "pxe/bootd/reporter.hpp"
#include "tftpd/io/folder.hpp"
#include "tftpd/io/server.hpp"

namespace pxe::bootd {

namespace asio = landscaper::asio;
using landscaper::error;
using landscaper::result;
using landscaper::task;
using namespace std::chrono_literals;

static constexpr std::size_t most_generic_files = 64;
static constexpr std::size_t most_looks = 8;               // at machines with two addresses, at a time
static constexpr std::size_t few_events = 16;              // nobody asks a stand-alone server for them
static constexpr std::size_t largest_announcement = 4096;  // bytes of PUT /here/TOKEN

// Random, and exact in every JSON reader.
static std::uint64_t new_epoch() {
    auto random = landscaper::random_bytes(8);
    std::uint64_t value = 0;
    std::memcpy(&value, random.data(), sizeof value);
    return value >> 11;
}

static std::uint16_t port_of(const landscaper::unique_fd& socket, std::uint16_t otherwise) {
    sockaddr_in6 address{};  // the port stands at the same place for IPv4
    socklen_t size = sizeof address;
    if (!socket || ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
        return otherwise;
    return ntohs(address.sin6_port);
}

static std::string default_data_folder() {
    std::error_code failed;
    auto self = std::filesystem::read_symlink("/proc/self/exe", failed);
    return (self.parent_path().parent_path() / "share/landscaper/boot").string();
}

// The programs that are served without landscaper: local.efi and whatever lies beside it.
static proxy::shared_objects generic_programs(const std::string& folder) {
    proxy::shared_objects out;
    std::error_code failed;
    for (std::filesystem::directory_iterator at(folder, failed), end; at != end; at.increment(failed)) {
        auto file = landscaper::open_for_reading(at->path().string());
        if (!file || out.size() >= most_generic_files) continue;
        out.emplace(at->path().filename().string(),
                    landscaper::content({landscaper::whole_file(std::move(*file))}));
    }
    return out;
}

static std::optional<landscaper::mac_address> neighbour(const std::string& address) {
    auto arp = landscaper::read_file("/proc/net/arp");
    return arp ? neighbour_in(*arp, address) : std::nullopt;
}

// Of a stand-alone file server, for the person who started it.
static void print(std::string_view via, std::string_view peer, std::string_view name,
                  const std::string& what) {
    using landscaper::text::printable;
    auto line = std::string(via) + " " + std::string(peer) + " " + printable(name) + ": " + what;
    std::fprintf(stderr, "%s\n", line.c_str());
}

static void print(const link::event& e) {
    std::string what;
    if (e.kind == link::event_kind::done) {
        what = std::to_string(e.number("bytes")) + " bytes, " + std::string(e.text("why"));
    } else if (e.kind == link::event_kind::refused) {
        what = "refused, " + std::string(e.text("why"));
    } else {
        return;
    }
    print(e.text("via"), e.text("peer"), e.text("name"), what);
}

// Without an event: nobody would fetch it, and thousands of clients cost it twice each.
static void print(const tftpd::transfer_report& r) {
    if (r.end == tftpd::ending::running) return;
    bool began = r.end != tftpd::ending::refused && r.end != tftpd::ending::dropped;
    auto what = std::string(tftpd::describe(r.end));
    what = began ? std::to_string(r.acknowledged) + " bytes, " + what : what + ", " + r.error_text;
    print("tftp", tftpd::text(r.client), r.name, what);
}

struct program::parts {
    parts(const asio::any_io_executor& on, options opts, sockets given)
        : executor(on),
          from(std::move(opts)),
          open(std::move(given)),
          data(from.data.empty() ? default_data_folder() : from.data),
          ring(new_epoch(), from.is_standalone() ? few_events : link::event_ring::default_capacity),
          now(from.is_standalone() ? proxy::shared_objects{} : generic_programs(data), from.interfaces,
              port_of(open.http, from.http_port)),
          tell(
              ring, now, [this](const link::event& e) { on_event(e); }, neighbour,
              [this](const two_places& s) { suspect(s); }),
          store(from.state, now),
          serve(on, now, ring, [this] { return keep(); }),
          ended(on),
          looks(on) {}

    void suspect(const two_places& s) {
        if (looks.size() >= most_looks) return;
        looks.spawn("two addresses", look(s));
    }
    task<> look(two_places s);
    void on_event(const link::event& e) {
        if (from.is_standalone()) print(e);
        serve.wake();
    }
    task<> keep();
    void load();
    result<void> make_servers();
    result<void> make_folder_servers();

    asio::any_io_executor executor;
    options from;
    sockets open;
    std::string data;
    link::event_ring ring;
    served now;
    reporter tell;
    keeper store;
    link_server serve;
    bool state_trouble = false;
    std::unique_ptr<proxy::dhcp_server> dhcp;
    std::unique_ptr<tftpd::server> tftp;
    std::unique_ptr<landscaper::http_server> http;
    landscaper::event ended;  // a server has failed
    landscaper::group looks;
};

static std::vector<std::chrono::seconds> pauses_between_looks() {
    return {0s, 1s, 4s, 10s, 15s};
}

task<> program::parts::look(two_places s) {
    auto asked = is_at_both(s, neighbour, pauses_between_looks());
    auto found = co_await std::move(asked);
    if (found && *found) tell.two_addresses(s);
    co_return result<void>();
}

// A disk that cannot be written is told, and holds up nothing.
task<> program::parts::keep() {
    auto kept = co_await store.keep();
    if (!kept && !state_trouble) {
        auto why = kept.error().message();
        std::fprintf(stderr, "landscaper-bootd: %s\n", why.c_str());
        tell.trouble("state", "hosts that boot their disks cannot be remembered: " + why);
    }
    state_trouble = !kept;
    co_return result<void>();
}

void program::parts::load() {
    auto known = store.load();
    if (known) return now.start_with(*known);
    std::fprintf(stderr, "landscaper-bootd: %s; starting without known hosts\n",
                 known.error().message().c_str());
    tell.trouble("state", known.error().message());
}

result<void> program::parts::make_folder_servers() {
    TRY(auto folder, landscaper::open_folder(from.root));
    auto root = std::make_shared<landscaper::open_file>();
    root->fd = std::move(folder);
    if (open.tftp) {
        TRY(auto files, tftpd::folder(from.root));
        auto report = [](const tftpd::transfer_report& r) { print(r); };
        tftp = std::make_unique<tftpd::server>(executor, std::move(open.tftp), std::move(files), report);
    }
    if (tftp) tftp->leave_from(from.tftp_transfer_ports);
    if (open.http) {
        http = std::make_unique<landscaper::http_server>(
            executor, http::handler(folder_over_http(std::move(root), tell)));
    }
    return {};
}

result<void> program::parts::make_servers() {
    // A DHCP answer is due within milliseconds, whatever TFTP has to do.
    const int urgent[] = {open.dhcp.dhcp.get(), open.dhcp.boot_server.get()};
    if (open.dhcp.dhcp) {
        dhcp =
            std::make_unique<proxy::dhcp_server>(executor, std::move(open.dhcp), now.table(), now.network(),
                                                 [this](const proxy::seen& s) { tell.dhcp(s); });
    }
    if (from.is_standalone()) return make_folder_servers();
    if (!now.network().shared.contains("local.efi")) {
        auto text = data + " holds no local.efi: hosts with UEFI cannot be sent to their disks; see --data";
        std::fprintf(stderr, "landscaper-bootd: %s\n", text.c_str());
        tell.trouble("local_efi", text);
    }
    load();
    auto report = [this](const tftpd::transfer_report& r) { tell.tftp(r); };
    if (open.tftp) {
        tftp = std::make_unique<tftpd::server>(executor, std::move(open.tftp), table_over_tftp(now, tell),
                                               report);
        tftp->leave_from(from.tftp_transfer_ports);
        for (int fd : urgent) {
            if (fd >= 0) tftp->give_way_to(fd);
        }
    }
    if (open.http) {
        landscaper::http_limits limits;
        limits.body = largest_announcement;
        http = std::make_unique<landscaper::http_server>(executor, http::handler(table_over_http(now, tell)),
                                                         limits);
    }
    return {};
}

program::program(std::unique_ptr<parts> p) : parts_(std::move(p)) {}
program::~program() = default;

result<std::unique_ptr<program>> program::make(const asio::any_io_executor& executor, options from,
                                               sockets on) {
    auto made = std::make_unique<parts>(executor, std::move(from), std::move(on));
    TRY_VOID(made->make_servers());
    return std::unique_ptr<program>(new program(std::move(made)));
}

task<> program::run() {
    // After cancellation this coroutine still has to stop and join the servers.
    co_await asio::this_coro::throw_if_cancelled(false);
    auto& p = *parts_;
    auto outcome = result<void>();
    bool stopping = false;
    landscaper::group servers(p.executor, [&](const std::string& name, const error* failure) {
        if (!failure || stopping) return;
        outcome = failure->in(name);
        p.ended.notify();
    });
    if (p.dhcp) servers.spawn("DHCP", p.dhcp->run());
    if (p.tftp) servers.spawn("TFTP", p.tftp->run());
    if (p.http) servers.spawn("HTTP", p.http->serve(std::move(p.open.http)));
    if (p.open.link) servers.spawn("the socket of serve", p.serve.run(std::move(p.open.link)));
    auto told = landscaper::service_manager::notify("READY=1");
    if (!told) std::fprintf(stderr, "landscaper-bootd: %s\n", told.error().message().c_str());

    auto waited = co_await p.ended.wait();
    static_cast<void>(waited);  // cancelled: the usual end
    stopping = true;
    static_cast<void>(landscaper::service_manager::notify("STOPPING=1"));
    co_await asio::this_coro::reset_cancellation_state();
    co_await p.looks.stop();
    co_await servers.stop();
    if (!p.open.made.empty()) ::unlink(p.open.made.c_str());
    co_return outcome;
}

}  // namespace pxe::bootd
