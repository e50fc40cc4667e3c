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

// Content, not time stamps: two writes within one tick of the clock are two contents. `without` is a folder
// that is passed over.
static std::string digest_of(const std::string& folder, int depth = 8, const std::string& without = {}) {
    std::map<std::string, std::string> found;
    std::error_code failed;
    fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, failed), end;
    for (; !failed && at != end && found.size() < 2000; at.increment(failed)) {
        bool is_hidden = at->path().filename().string().starts_with(".");
        std::error_code unknown;
        bool is_left_out = is_hidden || at.depth() >= depth || at->path() == without;
        if (at->is_directory(unknown) && is_left_out) at.disable_recursion_pending();
        if (!at->is_regular_file(unknown) || !is_part_of_expression(at->path())) continue;
        auto text = read_file(at->path().string(), std::size_t{4} << 20);
        if (text && is_state_file(*text)) continue;
        found[at->path().string()] = text ? *text : text.error().message();
    }
    std::string all;
    for (const auto& [name, text] : found) all += name + '\n' + to_hex(sha256(as_bytes(text))) + '\n';
    return to_hex(sha256(as_bytes(all)));
}

static bool exists(const std::string& file) {
    std::error_code failed;
    return fs::exists(file, failed);
}

static root_text root_of_rack(const std::string& folder) {
    root_text out;
    out.folder = folder;
    if (exists(folder + "/nixops4.nix")) {
        out.name = "nixops4.nix";
        out.origin.file = folder + "/nixops4.nix";
    } else if (exists(folder + "/flake.nix")) {
        out.name = "flake.nix";
        out.origin.flake = "path:" + folder;
    } else {
        return out;
    }
    out.digest = out.name + digest_of(folder);
    return out;
}

// `.#foo`, `./sub#foo` and `/sub#foo` are folders here; any other reference is Nix's business.
static root_text root_in_flake(const root_place& where) {
    auto hash = where.given.find('#');
    auto flake = where.given.substr(0, hash);
    bool is_folder = flake == "." || flake.starts_with("./") || flake.starts_with("/");
    auto folder = (fs::path(where.folder) / flake).lexically_normal().string();
    if (folder.size() > 1 && folder.ends_with('/')) folder.pop_back();
    root_text out;
    out.name = where.given;
    out.folder = where.folder;
    out.origin.flake = is_folder ? "path:" + folder : flake;
    out.origin.attribute = where.given.substr(hash + 1);
    out.digest = out.name + digest_of(is_folder ? folder : where.folder);
    return out;
}

static std::string default_file(const root_place& where) {
    auto beside = "deployments/" + where.deployment + ".nix";
    auto own = "deployments/" + where.deployment + "/nixops4.nix";
    return !exists(where.folder + "/" + own) && exists(where.folder + "/" + beside) ? beside : own;
}

static root_text root_in_file(const root_place& where) {
    auto name = where.given.empty() ? default_file(where) : where.given;
    auto file = (fs::path(where.folder) / name).lexically_normal();
    root_text out;
    out.folder = file.parent_path().string();
    if (!exists(file.string())) {
        out.missing = name + " does not exist; write the root expression of " + where.deployment + " there";
        if (where.given.empty()) out.missing += ", or name its file as `root:` in inventory.yaml";
        return out;
    }
    out.name = name;
    out.origin.file = file.string();
    auto all = where.folder + "/deployments";
    // Files that lie beside several deployments' are of all of them.
    out.digest = name + digest_of(out.folder, out.folder == all ? 0 : 8) + digest_of(where.folder, 8, all);
    return out;
}

root_text read_root(const root_place& where) {
    if (where.is_nowhere) return {};
    if (where.deployment.empty()) return root_of_rack(where.folder);
    return where.given.find('#') == std::string::npos ? root_in_file(where) : root_in_flake(where);
}

std::string root_folder(const root_place& where) {
    bool is_file = !where.deployment.empty() && where.given.find('#') == std::string::npos;
    if (!is_file) return where.folder;
    auto name = where.given.empty() ? default_file(where) : where.given;
    return (fs::path(where.folder) / name).lexically_normal().parent_path().string();
}

}  // namespace landscaper::daemon
