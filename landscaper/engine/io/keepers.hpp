// Which entries are recorded in state resources rather than in the deployment's own file, and writing them
// there. Never decides what is recorded.
#pragma once

#include <map>
#include <vector>

#include "landscaper/engine/io/runner.hpp"

namespace landscaper::engine {

class keepers {
  public:
    bool contains(const path& at) const { return all_.contains(at); }
    // Also changes `state`: the entries of the one that was there before go, those of the new one come.
    void replace(const path& at, state_keeper keeper, std::map<path, resource_entry>& state);
    void add_to(std::map<path, resource_entry>& state) const;
    std::map<path, resource_entry> without_theirs(std::map<path, resource_entry> state) const;

    // Removes from `records` those that a keeper writes, each with its keeper.
    std::vector<std::pair<path, record>> take_theirs(std::vector<record>& records,
                                                     const graph& declared) const;
    task<> append(path keeper, record what);

  private:
    struct kept {
        state_keeper keeper;
        std::map<path, resource_entry> entries;
        bool is_unsure = false;  // whether the last append worked
    };
    task<> look_again(path keeper);
    const path* keeper_of(const path& at, const graph& declared) const;

    std::map<path, kept> all_;
};

}  // namespace landscaper::engine
