// Runs Nix: the signed binary cache that hosts pull from, closures, layouts, systems. Every call is a child
// process with a deadline, the first to be killed when memory ends.
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

using line_callback = std::function<void(std::string_view line)>;

struct store_config {
    std::string cache_folder;               // STATE/cache: served as /cache/
    std::string keys_folder;                // STATE/keys: cache_secret (0600), cache_public
    std::string cache_name = "landscaper";  // the key's name: "landscaper-RACK"
    // Layout expression when disko is not given; empty = $LANDSCAPER_LAYOUTS. $LANDSCAPER_DISKO with
    // $NIXPKGS_LIB comes before it.
    std::string layouts;
    // Added to the environment of every Nix child (NIX_CONF_DIR, HOME and such).
    std::map<std::string, std::string> env;
    // After this time without a line of output a build or copy is given up.
    steady::duration deadline = std::chrono::hours(4);
};

class store {
  public:
    explicit store(store_config config) : config_(std::move(config)) {}

    // The version, or `missing` with the remedy. Cheap: call it at start and in `check`.
    task<std::string> version();
    // Makes folders and the signing key when there are none. Returns the public key, "NAME:BASE64".
    task<std::string> have_cache();
    // Copies the closures into the cache, signed, unless they are there. Needs have_cache() before.
    task<> publish(std::vector<std::string> paths, line_callback on_line = {});
    // Pushes a closure into the store below `root` of a host ("" = its own), over the connection that
    // `ssh_options` (NIX_SSHOPTS) names. `on_line` gets what Nix says (internal-json).
    task<> push(std::string path, std::string root, std::string ssh_options, line_callback on_line);
    // The closure of a path in this machine's store; bad_path when it is not there.
    task<closure> closure_of(std::string path);
    // Script text for disks. `source` of the result says which expression was used.
    task<layout_result> layout(layout_request request);
    // Evaluates and builds a host's two systems; given store paths are only checked to exist.
    task<system_paths> system(system_source source, std::string flake_folder, system_argument argument,
                              line_callback on_line = {});
    // not_admitted unless the system will accept the client key, see admission.hpp.
    task<> check_admission(std::string toplevel, std::string client_key);

    layout_source layouts() const;

  private:
    store_config config_;
};

}  // namespace landscaper::nix
