#include "landscaper/nix/command.hpp"

#include <algorithm>
#include <charconv>

#include "landscaper/base/printable.hpp"

namespace landscaper::nix {

const char* describe(nix_errc code) {
    switch (code) {
        case nix_errc::missing: return "nix is not installed; on Debian: apt install nix-bin";
        case nix_errc::too_old: return "nix is older than 2.8; install a newer one";
        case nix_errc::failed: return "nix failed";
        case nix_errc::bad_output: return "nix printed something unexpected";
        case nix_errc::bad_path: return "not a path in /nix/store";
        case nix_errc::bad_system:
            return "not a system: write .#ATTRIBUTE or { base: STORE_PATH, toplevel: STORE_PATH }";
        case nix_errc::no_layout: return "there is no expression for disk layouts";
    }
    return "unknown error";
}

result<std::string> parse_version(std::string_view output) {
    auto shown = text::printable(output, 80);
    auto begin = output.find("(Nix");
    auto space = begin == std::string_view::npos ? begin : output.find(' ', begin);
    if (space == std::string_view::npos) return error(nix_errc::bad_output, shown);
    auto version = output.substr(space + 1);
    version = version.substr(0, version.find_first_of(" \n"));
    unsigned major = 0, minor = 0;
    auto* end = version.data() + version.size();
    auto [dot, bad_major] = std::from_chars(version.data(), end, major);
    if (bad_major != std::errc{} || dot == end || *dot != '.') return error(nix_errc::bad_output, shown);
    auto [rest, bad_minor] = std::from_chars(dot + 1, end, minor);
    if (bad_minor != std::errc{}) return error(nix_errc::bad_output, shown);
    if (major < 2 || (major == 2 && minor < 8)) return error(nix_errc::too_old, std::string(version));
    return std::string(version);
}

static constexpr std::string_view store_folder = "/nix/store/";
static constexpr std::size_t hash_length = 32;

bool is_store_path(std::string_view path) {
    if (!path.starts_with(store_folder)) return false;
    path.remove_prefix(store_folder.size());
    if (path.size() < hash_length + 2 || path.size() > 211 || path[hash_length] != '-') return false;
    auto is_hash = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'); };
    auto is_name = [](char c) {
        auto lower = static_cast<char>(c | 0x20);
        return (c >= '0' && c <= '9') || (lower >= 'a' && lower <= 'z') ||
               std::string_view("+-._?=").find(c) != std::string_view::npos;
    };
    return std::all_of(path.begin(), path.begin() + hash_length, is_hash) &&
           std::all_of(path.begin() + hash_length + 1, path.end(), is_name);
}

std::string hash_part(std::string_view path) {
    if (!is_store_path(path)) return {};
    return std::string(path.substr(store_folder.size(), hash_length));
}

std::vector<std::string> kindly(std::vector<std::string> argv) {
    std::vector<std::string> out{"choom", "-n", "900", "--", "nice", "-n", "10"};
    out.insert(out.end(), argv.begin(), argv.end());
    return out;
}

static std::vector<std::string> nix(std::vector<std::string> arguments) {
    std::vector<std::string> out{"nix", "--extra-experimental-features", "nix-command flakes"};
    out.insert(out.end(), arguments.begin(), arguments.end());
    return out;
}

std::vector<std::string> make_cache_key(const std::string& name, const std::string& secret_file,
                                        const std::string& public_file) {
    return {"nix-store", "--generate-binary-cache-key", name, secret_file, public_file};
}

std::vector<std::string> copy_to_cache(const std::string& folder, const std::string& secret_file,
                                       const std::vector<std::string>& paths) {
    // zstd at its fastest: the cache is read over a rack's own network, where CPU is dearer than bytes.
    auto to = "file://" + folder + "?secret-key=" + secret_file + "&compression=zstd&compression-level=1";
    auto out = nix({"copy", "--to", to});
    out.insert(out.end(), paths.begin(), paths.end());
    return out;
}

std::vector<std::string> path_info(const std::vector<std::string>& paths) {
    auto out = nix({"path-info", "--recursive", "--json"});
    out.insert(out.end(), paths.begin(), paths.end());
    return out;
}

std::vector<std::string> evaluate_file(const std::string& file, const std::string& argument,
                                       const std::string& json) {
    // The file's function is called with the attributes of the JSON text, which goes in as an argument and
    // never as part of the expression.
    auto expression = "{ file, " + argument + " }: import (/. + file) (builtins.fromJSON " + argument + ")";
    return {"nix-instantiate", "--eval", "--strict", "--json",   "--expr", expression,
            "--argstr",        "file",   file,       "--argstr", argument, json};
}

}  // namespace landscaper::nix
