#include "swarm.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <thread>

namespace bench {

using namespace std::chrono_literals;

static constexpr auto timer_grain = 20ms;
static constexpr auto away = 2ms;
static constexpr auto longest_timer = std::chrono::milliseconds(16s);
static constexpr std::size_t most_in_batch = 64;

struct swarm::client {
    int fd = -1;
    std::uint64_t transfer = 0;  // counts its transfers
    std::unique_ptr<download> file;
    bool connected = false;  // to the server's TID: later datagrams from elsewhere are the kernel's to reject
    clock::time_point began{}, heard{}, due{};
    std::chrono::milliseconds timer{};
};

struct swarm::batch {
    explicit batch(std::size_t largest) : room(most_in_batch * largest) {
        for (std::size_t i = 0; i < most_in_batch; ++i) {
            parts[i] = {&room[i * largest], largest};
            messages[i].msg_hdr.msg_iov = &parts[i];
            messages[i].msg_hdr.msg_iovlen = 1;
        }
    }
    bytes_view datagram(std::size_t i) const {
        return {static_cast<const std::uint8_t*>(parts[i].iov_base), messages[i].msg_len};
    }
    std::vector<std::uint8_t> room;
    std::array<iovec, most_in_batch> parts{};
    std::array<mmsghdr, most_in_batch> messages{};
    sockaddr_in from{};  // of the first
};

static void check(bool holds, const char* what) {
    if (!holds) throw std::system_error(errno, std::generic_category(), what);
}

static sockaddr_in address(const std::string& text, std::uint16_t port) {
    sockaddr_in out{};
    out.sin_family = AF_INET;
    out.sin_port = htons(port);
    errno = EINVAL;
    check(::inet_pton(AF_INET, text.c_str(), &out.sin_addr) == 1, "--server");
    return out;
}

swarm::swarm(const load& l, bytes_view expected)
    : load_(l),
      expected_(expected),
      link_(l.loss, l.delay, l.seed),
      random_(l.seed ^ 0x5eed),
      batch_(std::make_unique<batch>(l.blksize + 512u)),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    check(epoll_ >= 0, "epoll");
    for (unsigned i = 0; i < l.clients; ++i) clients_.push_back(std::make_unique<client>());
}

swarm::~swarm() {
    for (const auto& c : clients_) {
        if (c->fd >= 0) ::close(c->fd);
    }
    ::close(epoll_);
}

// Ports in turn, below those that the kernel gives to the server's transfers: a client on a port that another
// has just left would hear what the server still sends there. On hosts of their own clients do not meet.
static void bind_next(int fd) {
    static constexpr std::uint16_t first = 1024, last = 32767;
    static std::uint16_t next = first;
    for (int tries = 0; tries < last - first; ++tries) {
        auto own = address("0.0.0.0", next);
        next = next == last ? first : static_cast<std::uint16_t>(next + 1);
        if (::bind(fd, reinterpret_cast<sockaddr*>(&own), sizeof own) == 0) return;
    }
    check(false, "bind");
}

static int open_socket(int epoll, std::size_t index) {
    int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    check(fd >= 0, "socket");
    bind_next(fd);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = index;
    check(::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0, "epoll");
    return fd;
}

tally swarm::run() {
    for (std::size_t i = 0; i < clients_.size(); ++i) clients_[i]->fd = open_socket(epoll_, i);
    running_ = clients_.size();
    auto start = clock::now(), now = start;
    for (std::size_t i = 0; i < clients_.size(); ++i) begin(i, clock::now());
    std::array<epoll_event, 256> events;
    unsigned looks = 0;
    while (running_ > 0 && now < start + load_.limit) {
        auto count = ::epoll_wait(epoll_, events.data(), events.size(), pause(now));
        if (load_.away_every > 0 && ++looks % load_.away_every == 0) std::this_thread::sleep_for(away);
        for (int i = 0; i < count; ++i) receive(events[static_cast<std::size_t>(i)].data.u64);
        now = clock::now();
        deliver(now);
        if (now >= timers_due_) fire_timers(now);
    }
    tally_.seconds = std::chrono::duration<double>(now - start).count();
    tally_.unfinished = running_;
    // They count with the time that they have waited, or giving up early would look quick.
    for (const auto& c : clients_) {
        if (c->fd >= 0) tally_.durations.push_back(std::chrono::duration<double>(now - c->began).count());
    }
    return std::move(tally_);
}

int swarm::pause(clock::time_point now) const {
    auto due = link_.next() ? std::min(*link_.next(), timers_due_) : timers_due_;
    auto left = std::chrono::ceil<std::chrono::milliseconds>(due - now);
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1000));
}

void swarm::begin(std::size_t index, clock::time_point now) {
    auto& c = *clients_[index];
    std::uint64_t blocks = expected_.size() / load_.blksize + 1, abort_at = 0;
    if (load_.abort > 0 && random_() % 1000 < load_.abort) abort_at = 1 + random_() % blocks;
    c.file = std::make_unique<download>(load_.name, expected_, load_.blksize, load_.windowsize, abort_at);
    ++c.transfer;
    c.connected = false;
    c.began = c.heard = now;
    c.timer = load_.timer;
    c.due = now + c.timer;
    auto request = c.file->request();
    send(index, bytes_view(reinterpret_cast<const std::uint8_t*>(request.data()), request.size()), now);
}

void swarm::send(std::size_t index, bytes_view datagram, clock::time_point now) {
    if (link_.loses()) return;
    auto& c = *clients_[index];
    if (!link_.delays()) return put_on_wire(c, datagram);
    link_.post({{}, 0, index, c.transfer, true, {datagram.begin(), datagram.end()}}, now);
}

void swarm::put_on_wire(const client& c, bytes_view datagram) {
    if (c.connected) {
        (void)::send(c.fd, datagram.data(), datagram.size(), MSG_NOSIGNAL);
        return;
    }
    auto to = address(load_.server, load_.port);
    (void)::sendto(c.fd, datagram.data(), datagram.size(), 0, reinterpret_cast<sockaddr*>(&to), sizeof to);
}

// As many as a window holds in one call: a client that costs little leaves the server the machine.
void swarm::receive(std::size_t index) {
    auto& c = *clients_[index];
    if (c.fd < 0) return;
    auto& first = batch_->messages[0].msg_hdr;
    first.msg_name = c.connected ? nullptr : &batch_->from;
    first.msg_namelen = c.connected ? 0 : sizeof batch_->from;
    auto most = static_cast<unsigned>(std::clamp<std::size_t>(c.file->windowsize(), 1, most_in_batch));
    auto count = ::recvmmsg(c.fd, batch_->messages.data(), most, MSG_DONTWAIT, nullptr);
    if (count <= 0) return;
    if (!c.connected) {
        auto* tid = reinterpret_cast<sockaddr*>(&batch_->from);
        c.connected = ::connect(c.fd, tid, sizeof batch_->from) == 0;
    }
    auto now = clock::now();
    auto transfer = c.transfer;
    for (std::size_t i = 0; i < static_cast<std::size_t>(count) && transfer == c.transfer; ++i) {
        if (link_.loses()) continue;
        auto datagram = batch_->datagram(i);
        if (!link_.delays()) {
            arrives(index, datagram, now);
        } else {
            link_.post({{}, 0, index, transfer, false, {datagram.begin(), datagram.end()}}, now);
        }
    }
}

void swarm::arrives(std::size_t index, bytes_view datagram, clock::time_point now) {
    auto& c = *clients_[index];
    if (!c.file || c.file->is_over()) return;
    auto before = c.file->blocks();
    bool had_begun = c.file->state() == state::running;
    if (c.file->on_datagram(datagram)) {
        send(index, c.file->answer(), now);
        c.timer = load_.timer;
        c.due = now + c.timer;
    }
    if (c.file->blocks() > before || !had_begun) {
        auto silence = std::chrono::duration<double>(now - c.heard).count();
        if (had_begun) tally_.longest_silence = std::max(tally_.longest_silence, silence);
        c.heard = now;
    }
    if (c.file->is_over()) finish(index, now);
}

void swarm::deliver(clock::time_point now) {
    while (auto p = link_.take_due(now)) {
        auto& c = *clients_[p->client];
        if (p->transfer != c.transfer || c.fd < 0) continue;
        if (p->to_server) {
            put_on_wire(c, p->datagram);
        } else {
            arrives(p->client, p->datagram, now);
        }
    }
}

void swarm::fire_timers(clock::time_point now) {
    timers_due_ = now + timer_grain;
    for (std::size_t i = 0; i < clients_.size(); ++i) {
        auto& c = *clients_[i];
        if (c.fd < 0 || now < c.due) continue;
        ++tally_.repeated;
        if (load_.doubling) c.timer = std::min(2 * c.timer, longest_timer);
        c.due = now + c.timer;
        auto request = c.file->request();
        auto again = c.file->state() == state::asking
                         ? bytes_view(reinterpret_cast<const std::uint8_t*>(request.data()), request.size())
                         : c.file->answer();
        send(i, again, now);
    }
}

void swarm::finish(std::size_t index, clock::time_point now) {
    auto& c = *clients_[index];
    auto how = c.file->state();
    if (how == state::done) {
        ++tally_.complete;
        tally_.bytes += c.file->received();
        tally_.durations.push_back(std::chrono::duration<double>(now - c.began).count());
    }
    tally_.wrong += how == state::wrong;
    tally_.refused += how == state::refused;
    tally_.aborted += how == state::aborted;
    tally_.unexpected += c.file->unexpected();
    tally_.windowsize = std::max(tally_.windowsize, c.file->windowsize());
    // A new socket for each transfer, as firmware does; what is still under way to the old one is refused.
    ::close(c.fd);
    c.fd = -1;
    if (c.transfer >= load_.each) {
        --running_;
        return;
    }
    c.fd = open_socket(epoll_, index);
    begin(index, now);
}

}  // namespace bench
