// Runs Nix: the signed binary cache that hosts pull from, closure sizes, layouts, systems. Every call is a
// child process with a deadline, first to be killed when memory ends.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "landscaper/async/deadline.hpp"
#include "landscaper/async/task.hpp"
#include "landscaper/nix/closure.hpp"
#include "landscaper/nix/command.hpp"
#include "landscaper/nix/layout.hpp"
#include "landscaper/nix/system.hpp"

namespace landscaper::nix {

struct store_config {
    std::string cache_folder;               // STATE/cache: served as /cache/
    std::string keys_folder;                // STATE/keys: cache_secret (0600), cache_public
    std::string cache_name = "landscaper";  // the key's name: "landscaper-RACK"
    std::string layouts;  // layout expression when disko is not given; empty = $LANDSCAPER_LAYOUTS
    // Added to the environment of every Nix child (NIX_STORE_DIR and such in tests).
    std::map<std::string, std::string> env;
};

class store {
  public:
    explicit store(store_config config) : config_(std::move(config)) {}

    // The version, or `missing` with the remedy. Cheap: call it before the first use and in `check`.
    task<std::string> version();
    // Makes folders and the signing key when there is none. Returns the public key, "NAME:BASE64".
    task<std::string> have_cache();
    // Copies the closure of `path` into the cache unless it is there.
    task<> publish(std::string path, std::function<void(std::string_view)> on_line = {});
    task<closure> closure_of(std::string path);
    // Script text for disks. `source` of the result says which expression was used.
    task<layout_result> layout(layout_request request);
    // Evaluates and builds a host's two systems; store paths are only checked to exist.
    task<system_paths> system(system_source source, std::string flake_folder, system_argument argument,
                              std::function<void(std::string_view)> on_line = {});

  private:
    store_config config_;
};

}  // namespace landscaper::nix
