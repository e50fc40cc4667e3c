// The running transfers with what belongs to them, found by id (events of the kernel) or by who asked whom (a
// repeated request). Never sends.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "tftpd/io/blocks.hpp"
#include "tftpd/io/tids.hpp"
#include "tftpd/record.hpp"

namespace tftpd {

struct session {
    std::uint64_t id = 0;
    transfer_record record;  // its transfer is the state machine's state
    block_source source;
    tid socket;
    time_point scheduled = time_point::max();  // its wake-up in `deadlines`
    time_point reported{};                     // when the last report was made
    std::uint64_t reported_bytes = 0;          // and what was acknowledged then
    std::uint16_t error = 0;                   // the client's ERROR
    std::string error_text;

    tftpd::transfer& transfer() { return record.transfer; }
};

// A client's port and the address of ours that it asked.
struct flow {
    endpoint client;
    landscaper::ip_address local;
    friend bool operator==(const flow&, const flow&) = default;
};
struct flow_hash {
    std::size_t operator()(const flow& f) const;
};

class sessions {
  public:
    // Gives the session an id.
    session& add(std::unique_ptr<session> made);
    session* find(std::uint64_t id);
    session* find(const flow& f);
    std::unique_ptr<session> remove(session& which);
    std::size_t size() const { return by_flow_.size(); }
    std::vector<session*> all();

  private:
    // An id is a slot and how often it was used, so that an old id finds nothing.
    std::vector<std::unique_ptr<session>> slots_;
    std::vector<std::uint32_t> free_;
    std::vector<std::uint32_t> uses_;
    std::unordered_map<flow, std::uint64_t, flow_hash> by_flow_;
};

}  // namespace tftpd
