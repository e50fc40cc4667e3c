// The boot table: what landscaper said of every host, found by MAC and by token in constant time.
// A whole new table is built aside and swapped in at once; never opens or serves anything.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "pxe/proxy/entry.hpp"

namespace pxe {

class boot_table {
  public:
    using entry_ptr = std::shared_ptr<const boot_entry>;

    // Starts a new table; set and drop work on it until end, find goes on seeing the old one.
    void begin(std::uint64_t generation);
    // Swaps the new table in, if it has exactly `count` entries; otherwise forgets it and returns false.
    bool end(std::size_t count);
    // The host with these MACs. A MAC known under another host moves to this one.
    void set(boot_entry entry);
    // Forgets the host that has this MAC; false when there is none.
    bool drop(landscaper::mac_address mac);
    void generation(std::uint64_t value) { generation_ = value; }

    // None when unknown. The pointer is valid until the table changes; keep `share` for longer.
    const boot_entry* find(landscaper::mac_address mac) const;
    const boot_entry* find_token(std::string_view token) const;
    entry_ptr share(landscaper::mac_address mac) const;

    std::size_t size() const { return live_.count; }  // hosts
    std::uint64_t generation() const { return generation_; }
    bool is_building() const { return building_ != nullptr; }
    // Every host once, in no order.
    std::vector<entry_ptr> entries() const;

  private:
    struct text_hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    struct index {
        std::unordered_map<landscaper::mac_address, entry_ptr> by_mac;
        std::unordered_map<std::string, entry_ptr, text_hash, std::equal_to<>> by_token;
        std::size_t count = 0;
        void insert(entry_ptr entry);
        void erase(const entry_ptr& entry);
    };
    index& target() { return building_ ? *building_ : live_; }

    index live_;
    std::unique_ptr<index> building_;
    std::uint64_t generation_ = 0;
    std::uint64_t building_generation_ = 0;
};

}  // namespace pxe
