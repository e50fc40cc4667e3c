#include "landscaper/daemon/root_text.hpp"

#include <filesystem>
#include <map>

#include "landscaper/async/file.hpp"
#include "landscaper/base/hex.hpp"
#include "landscaper/base/sha256.hpp"

namespace landscaper::daemon {

namespace fs = std::filesystem;

static bool is_part_of_expression(const fs::path& file) {
    auto kind = file.extension();
    return kind == ".nix" || kind == ".json" || kind == ".lock";
}

// NixOps4's state files often lie beside the expression, and change with every apply of it.
static bool is_state_file(const std::string& text) {
    return text.find("\"nixopsState\"") != std::string::npos;
}

// Content, not time stamps: two writes within one tick of the clock are two contents.
static std::string digest_of(const std::string& folder) {
    std::map<std::string, std::string> found;
    std::error_code failed;
    fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, failed), end;
    for (; !failed && at != end && found.size() < 2000; at.increment(failed)) {
        bool is_hidden = at->path().filename().string().starts_with(".");
        std::error_code unknown;
        if (at->is_directory(unknown) && (is_hidden || at.depth() >= 8)) at.disable_recursion_pending();
        if (!at->is_regular_file(unknown) || !is_part_of_expression(at->path())) continue;
        auto text = read_file(at->path().string(), std::size_t{4} << 20);
        if (text && is_state_file(*text)) continue;
        found[at->path().string()] = text ? *text : text.error().message();
    }
    std::string all;
    for (const auto& [name, text] : found) all += name + '\n' + to_hex(sha256(as_bytes(text))) + '\n';
    return to_hex(sha256(as_bytes(all)));
}

root_text read_root(const std::string& folder) {
    root_text out;
    std::error_code failed;
    if (fs::exists(folder + "/nixops4.nix", failed)) {
        out.name = "nixops4.nix";
        out.origin.file = folder + "/nixops4.nix";
    } else if (fs::exists(folder + "/flake.nix", failed)) {
        out.name = "flake.nix";
        out.origin.flake = "path:" + folder;
    } else {
        return out;
    }
    out.digest = out.name + digest_of(folder);
    return out;
}

}  // namespace landscaper::daemon
