// A Nix store and a rack's folder of the test's own; chroot stores keep the /nix/store names, so no mount and
// no root is needed.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "tests/support/nix.hpp"

struct private_nix {
    private_nix() {
        std::string pattern = (std::filesystem::temp_directory_path() / "landscaper-root-XXXXXX").string();
        name = ::mkdtemp(pattern.data());
        std::filesystem::create_directories(name + "/conf");
        std::filesystem::create_directories(name + "/network");
        write("conf/nix.conf",
              "sandbox = false\nbuild-users-group =\nsubstituters =\nstore = " + name + "/root\n");
    }
    ~private_nix() {
        namespace fs = std::filesystem;
        // Store paths are read-only.
        for (const auto& entry : fs::recursive_directory_iterator(name)) {
            if (entry.is_directory() && !entry.is_symlink())
                fs::permissions(entry.path(), fs::perms::owner_all);
        }
        fs::remove_all(name);
    }
    private_nix(const private_nix&) = delete;
    private_nix& operator=(const private_nix&) = delete;

    void write(const std::string& file, const std::string& text) const {
        std::ofstream(name + "/" + file) << text;
    }
    std::string network() const { return name + "/network"; }
    std::map<std::string, std::string> env() const {
        return {{"NIX_CONF_DIR", name + "/conf"}, {"HOME", name}, {"NIX_REMOTE", ""}};
    }

    std::string name;
};

// Nix text of a derivation that can be built without a shell: a store beneath another folder has none.
inline std::string buildable(const std::string& name) {
    return "(derivation { name = \"" + name +
           "\"; system = \"builtin\"; builder = \"builtin:buildenv\"; derivations = [ ]; "
           "manifest = builtins.toFile \"note\" \"kept\"; })";
}

// Short ways to write a root by hand: `local TYPE INPUTS OUTPUTS`, and `stateful` in the resource `state`.
inline std::string root_by_hand(const std::string& members, const std::string& bindings = "") {
    return R"({
  _type = "nixops4Component";
  rootFunction = { outputValues, hosts, resourceProviderSystem, ... }:
    let
      local = type: inputs: outputs: {
        resource = {
          provider = { executable = "landscaper"; args = [ "provider" "local" ]; type = "stdio"; };
          inherit type inputs;
          outputsSkeleton = builtins.listToAttrs (map (name: { inherit name; value = { }; }) outputs);
          state = null;
        };
      };
      stateful = path: component: { resource = component.resource // { state = path; }; };
      exec = executable: args: local "exec" { inherit executable args; } [ "stdout" ];
      file = name: contents: local "file" { inherit name contents; } [ ];
      memo = initialize_with: local "memo" { inherit initialize_with; } [ "value" ];
      o = outputValues;
      )" + bindings +
           R"(
    in { members = {
)" + members +
           R"(
    }; };
}
)";
}
