#include "landscaper/daemon/bootd_link.hpp"

#include "landscaper/async/group.hpp"
#include "landscaper/base/overloaded.hpp"
#include "landscaper/base/printable.hpp"

namespace landscaper::daemon {

using namespace std::chrono_literals;

bootd_link::bootd_link(const asio::any_io_executor& executor, std::string socket, callbacks calls)
    : executor_(executor),
      socket_(std::move(socket)),
      calls_(std::move(calls)),
      changed_(executor),
      acked_(executor) {}

void bootd_link::set_network(pxe::link::network network) {
    network_ = std::move(network);
    // Not acknowledged by itself, so it takes no generation of its own.
    pending_.push_back({generation_, "", {}});
    changed_.notify();
}

void bootd_link::put(const std::string& host, pxe::boot_entry entry) {
    entries_[host] = std::move(entry);
    pending_.push_back({++generation_, host, {}});
    changed_.notify();
}

void bootd_link::drop(const std::string& host) {
    auto found = entries_.find(host);
    if (found == entries_.end()) return;
    pending_.push_back({++generation_, host, found->second.mac.front()});
    entries_.erase(found);
    changed_.notify();
}

task<> bootd_link::acknowledged() {
    auto wanted = generation_;
    while (!connected_ || acknowledged_ < wanted) {
        CO_TRY_VOID(co_await acked_.wait());
    }
    co_return result<void>();
}

void bootd_link::set_status(std::string text) {
    if (text == status_) return;
    status_ = std::move(text);
    calls_.on_change();
}

task<> bootd_link::run() {
    for (;;) {
        auto ended = co_await session();
        connected_ = false;
        if (ended.error().code() == async_errc::cancelled) co_return ended.error();
        set_status("landscaper-bootd: " + text::printable(ended.error().message(), 300) +
                   "; hosts are answered from its last table, changes wait");
        CO_TRY_VOID(co_await sleep_for(500ms));
    }
}

// One connection, from connect to its end, which is always an error.
task<> bootd_link::session() {
    CO_TRY(auto socket, co_await line_socket::connect(socket_));
    sender_ = pxe::link::sender();
    acknowledged_ = 0;
    pxe::link::hello hello;
    hello.build = "landscaper 0.1";
    hello.epoch = epoch_;
    hello.seq = seq_;
    auto greeting = sender_.greet(hello);
    CO_TRY_VOID(co_await send(socket, std::move(greeting)));
    CO_TRY_VOID(co_await push_all(socket));
    std::vector<task<>> both;
    both.push_back(receive(socket));
    both.push_back(push_changes(socket));
    auto ended = co_await first_of(std::move(both));
    socket.close();
    co_return ended;
}

task<> bootd_link::push_all(line_socket& to) {
    std::vector<pxe::boot_entry> entries;
    for (const auto& [host, entry] : entries_) entries.push_back(entry);
    pending_.clear();
    CO_TRY(auto lines, sender_.table(generation_, network_, entries));
    co_return co_await send(to, std::move(lines));
}

task<> bootd_link::push_changes(line_socket& to) {
    for (;;) {
        while (!pending_.empty()) {
            auto change = pending_.front();
            pending_.erase(pending_.begin());
            std::vector<pxe::link::outgoing> lines;
            if (change.host.empty()) {
                network_.generation = change.generation;
                CO_TRY(lines, sender_.change_network(network_));
            } else if (auto found = entries_.find(change.host); found != entries_.end()) {
                CO_TRY(lines, sender_.put(change.generation, found->second));
            } else {
                lines = sender_.drop(change.generation, change.dropped);
            }
            CO_TRY_VOID(co_await send(to, std::move(lines)));
        }
        CO_TRY_VOID(co_await changed_.wait());
    }
}

task<> bootd_link::send(line_socket& to, std::vector<pxe::link::outgoing> lines) {
    for (auto& line : lines) {
        std::vector<int> descriptors;
        if (line.file) descriptors.push_back(line.file->fd.get());
        auto sent = to.send(std::move(line.line), std::move(descriptors));
        CO_TRY_VOID(co_await until(steady::now() + 20s, std::move(sent)));
    }
    co_return result<void>();
}

task<> bootd_link::receive(line_socket& from) {
    for (;;) {
        CO_TRY(auto line, co_await from.receive());
        auto message = pxe::link::decode_from_bootd(line.text);
        if (message) on_message(std::move(*message));
    }
}

void bootd_link::on_message(pxe::link::from_bootd message) {
    std::visit(overloaded{
                   [&](const pxe::link::hello&) {},
                   [&](const pxe::link::ack& m) {
                       acknowledged_ = std::max(acknowledged_, m.generation);
                       connected_ = true;
                       set_status("");
                       acked_.notify();
                   },
                   [&](const pxe::link::refuse& m) {
                       set_status("landscaper-bootd refused the boot table: " + text::printable(m.why, 300));
                   },
                   [&](const pxe::link::event& m) {
                       if (m.seq) {
                           epoch_ = m.epoch;
                           seq_ = m.seq;
                       }
                       calls_.on_event(m);
                   },
                   [&](const pxe::link::lost&) {},
               },
               message);
}

}  // namespace landscaper::daemon
