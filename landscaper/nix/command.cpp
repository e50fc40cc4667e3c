#include "landscaper/nix/command.hpp"

#include <algorithm>
#include <charconv>

#include "landscaper/base/printable.hpp"

namespace landscaper::nix {

const char* describe(nix_errc code) {
    switch (code) {
        case nix_errc::missing:
            return "no Nix on this machine; install it (Debian: apt install nix-bin) or put it into PATH";
        case nix_errc::too_old: return "this Nix is older than 2.8";
        case nix_errc::failed: return "nix failed";
        case nix_errc::bad_output: return "nix printed something unexpected";
        case nix_errc::bad_path: return "not a path in the Nix store";
        case nix_errc::bad_system:
            return "a system is a flake attribute like .#proxmox, or base and toplevel as store paths";
        case nix_errc::no_layout:
            return "no expression for disk layouts; set LANDSCAPER_DISKO and NIXPKGS_LIB, or "
                   "LANDSCAPER_LAYOUTS";
        case nix_errc::bad_layout: return "not the name of a layout, or a device path with odd bytes";
        case nix_errc::not_admitted: return "the system would lock landscaper out";
    }
    return "unknown error";
}

result<std::string> parse_version(std::string_view output) {
    auto bad = [&] { return error(nix_errc::bad_output, "nix --version: " + text::printable(output, 80)); };
    auto at = output.find(") ");
    if (!output.starts_with("nix (") || at == output.npos) return bad();
    auto version = output.substr(at + 2);
    version = version.substr(0, version.find_first_of("\n "));
    unsigned major = 0, minor = 0;
    const char* end = version.data() + version.size();
    auto first = std::from_chars(version.data(), end, major);
    if (first.ec != std::errc() || first.ptr == end || *first.ptr != '.') return bad();
    auto second = std::from_chars(first.ptr + 1, end, minor);
    if (second.ec != std::errc()) return bad();
    if (major < 2 || (major == 2 && minor < 8)) return error(nix_errc::too_old, std::string(version));
    return std::string(version);
}

namespace {

constexpr std::string_view store_folder = "/nix/store/";
constexpr std::size_t hash_length = 32;

bool is_hash_byte(char c) {
    return std::string_view("0123456789abcdfghijklmnpqrsvwxyz").find(c) != std::string_view::npos;
}
bool is_name_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("+-._?=").find(c) != std::string_view::npos;
}

// What Nix needs to be told since its configuration is the machine's, not ours.
std::vector<std::string> with_nix_command(std::vector<std::string> rest) {
    std::vector<std::string> out{"nix", "--extra-experimental-features", "nix-command flakes"};
    out.insert(out.end(), rest.begin(), rest.end());
    return out;
}

}  // namespace

bool is_store_path(std::string_view path) {
    if (!path.starts_with(store_folder) || path.size() > 300) return false;
    path.remove_prefix(store_folder.size());
    if (path.size() < hash_length + 2 || path[hash_length] != '-') return false;
    return std::ranges::all_of(path.substr(0, hash_length), is_hash_byte) &&
           std::ranges::all_of(path.substr(hash_length + 1), is_name_byte);
}

std::string hash_part(std::string_view path) {
    return is_store_path(path) ? std::string(path.substr(store_folder.size(), hash_length)) : std::string();
}

std::vector<std::string> kindly(std::vector<std::string> argv) {
    std::vector<std::string> out{"choom", "-n", "900", "--", "nice", "-n", "10"};
    out.insert(out.end(), argv.begin(), argv.end());
    return out;
}

std::vector<std::string> make_cache_key(const std::string& name, const std::string& secret_file,
                                        const std::string& public_file) {
    return {"nix-store", "--generate-binary-cache-key", name, secret_file, public_file};
}

std::vector<std::string> copy_to_cache(const std::string& folder, const std::string& secret_file,
                                       const std::vector<std::string>& paths) {
    auto to = "file://" + folder + "?secret-key=" + secret_file + "&compression=zstd";
    std::vector<std::string> rest{"copy", "--log-format", "internal-json", "--to", to};
    rest.insert(rest.end(), paths.begin(), paths.end());
    return with_nix_command(std::move(rest));
}

std::vector<std::string> copy_to_host(const std::string& path, const std::string& root) {
    std::string to = "ssh://landscaper-host";
    if (!root.empty()) to += "?remote-store=local%3Froot=" + root;
    return with_nix_command({"copy", "--log-format", "internal-json", "--to", to, path});
}

std::vector<std::string> path_info(const std::vector<std::string>& paths) {
    std::vector<std::string> rest{"path-info", "-r", "--json"};
    rest.insert(rest.end(), paths.begin(), paths.end());
    return with_nix_command(std::move(rest));
}

}  // namespace landscaper::nix
