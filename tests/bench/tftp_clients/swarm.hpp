// All clients of a load in one loop: their sockets, timers and the bad line. The only file here that acts.
#pragma once

#include <sys/socket.h>

#include <memory>
#include <vector>

#include "download.hpp"
#include "link.hpp"
#include "load.hpp"

namespace bench {

struct tally {
    std::uint64_t complete = 0, wrong = 0, refused = 0, aborted = 0, unfinished = 0;  // transfers
    std::uint64_t bytes = 0;                                                          // of complete ones
    std::uint64_t repeated = 0;                                                       // by clients' timers
    std::uint64_t unexpected = 0;                                                     // blocks
    unsigned windowsize = 0;        // the largest that was agreed
    double seconds = 0;             // from the first request to the last byte
    double longest_silence = 0;     // seconds without a new block, of any transfer that had begun
    std::vector<double> durations;  // seconds, of complete and unfinished ones
};

class swarm {
  public:
    // Opens every socket, so that requests leave together. Throws std::system_error.
    swarm(const load& l, bytes_view expected);
    ~swarm();
    swarm(const swarm&) = delete;
    swarm& operator=(const swarm&) = delete;

    tally run();

  private:
    struct client;
    struct batch;  // buffers of one receiving call

    void begin(std::size_t index, clock::time_point now);
    void receive(std::size_t index);
    void arrives(std::size_t index, bytes_view datagram, clock::time_point now);
    void send(std::size_t index, bytes_view datagram, clock::time_point now);
    void put_on_wire(const client& c, bytes_view datagram);
    void deliver(clock::time_point now);
    void fire_timers(clock::time_point now);
    void finish(std::size_t index, clock::time_point now);
    int pause(clock::time_point now) const;

    load load_;
    bytes_view expected_;
    link link_;
    std::mt19937_64 random_;
    std::vector<std::unique_ptr<client>> clients_;
    std::unique_ptr<batch> batch_;
    std::size_t running_ = 0;
    int epoll_ = -1;
    tally tally_;
    clock::time_point timers_due_{};
};

}  // namespace bench
