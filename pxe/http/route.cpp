#include "pxe/http/route.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "landscaper/base/hex.hpp"

namespace pxe::http {

static constexpr std::size_t longest_path = 1024;  // bytes, decoded

static std::optional<std::string> percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        auto value = landscaper::from_hex(text.substr(i + 1, 2));
        if (!value || value->size() != 1) return std::nullopt;
        out += static_cast<char>(value->front());
        i += 2;
    }
    return out;
}

// "http://host:port/path" is what a client sends to a proxy, and some firmware always.
static std::string_view without_host(std::string_view target) {
    if (!target.starts_with("http://")) return target;
    target.remove_prefix(7);
    auto slash = target.find('/');
    return slash == target.npos ? std::string_view() : target.substr(slash);
}

std::optional<std::string> path_of(std::string_view target) {
    auto path = percent_decoded(without_host(target.substr(0, target.find_first_of("?#"))));
    if (!path || path->size() > longest_path) return std::nullopt;
    auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
    if (std::any_of(path->begin(), path->end(), is_control)) return std::nullopt;
    // UEFI and GRUB build paths with backslashes now and then.
    std::replace(path->begin(), path->end(), '\\', '/');
    std::string out;
    std::string_view rest = *path;
    while (!rest.empty()) {
        auto end = std::min(rest.find('/'), rest.size());
        auto part = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (part == "..") return std::nullopt;
        if (part.empty() || part == ".") continue;
        if (!out.empty()) out += '/';
        out += part;
    }
    if (out.empty()) return std::nullopt;
    return out;
}

static bool is_token(std::string_view text) {
    auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    return text.size() == 32 && std::all_of(text.begin(), text.end(), is_digit);
}

route route_of(std::string_view method, std::string_view target) {
    auto path = path_of(target);
    if (!path) return refusal{404, ""};
    bool reads = method == "GET" || method == "HEAD";
    if (path->starts_with("here/")) {
        auto token = path->substr(5);
        if (method != "PUT") return refusal{405, "PUT"};
        if (!is_token(token)) return refusal{404, ""};
        return announcement{std::move(token)};
    }
    if (!reads) return refusal{405, "GET, HEAD"};
    if (path->starts_with("cache/")) return cache_file{path->substr(6)};
    return artefact{std::move(*path)};
}

std::string_view content_type_of(std::string_view name) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 7> types = {{
        {".efi", "application/efi"},  // UEFI 2.10, 24.7.3.2; EDK2 HttpBootSupport
        {".iso", "application/vnd.efi-iso"},
        {".img", "application/vnd.efi-img"},
        {".ipxe", "text/plain; charset=utf-8"},
        {".narinfo", "text/x-nix-narinfo"},
        {".nar", "application/x-nix-nar"},
        {"nix-cache-info", "text/x-nix-cache-info"},
    }};
    auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; };
    for (const auto& [end, type] : types) {
        if (name.size() < end.size()) continue;
        auto tail = name.substr(name.size() - end.size());
        if (std::equal(tail.begin(), tail.end(), end.begin(), end.end(), same)) return type;
    }
    return "application/octet-stream";
}

}  // namespace pxe::http
