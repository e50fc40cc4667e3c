#include "landscaper/install/reach.hpp"

#include "landscaper/base/printable.hpp"
#include "landscaper/install/parse.hpp"
#include "landscaper/ssh/shell.hpp"

namespace landscaper::install {

namespace {

struct cache_place {
    std::string_view address, port, host, path;  // "fd00::2", "8069", "[fd00::2]:8069", "/cache"
};

bool parse(std::string_view url, cache_place& out) {
    constexpr std::string_view scheme = "http://";
    if (!url.starts_with(scheme)) return false;
    url.remove_prefix(scheme.size());
    out.host = url.substr(0, url.find('/'));
    out.path = url.substr(out.host.size());
    auto colon = out.host.rfind(':');
    if (colon == out.host.npos) return false;
    out.address = out.host.substr(0, colon);
    out.port = out.host.substr(colon + 1);
    if (out.address.starts_with('[') && out.address.ends_with(']')) {
        out.address = out.address.substr(1, out.address.size() - 2);
    }
    bool is_number = !out.port.empty() && out.port.find_first_not_of("0123456789") == out.port.npos;
    return is_number && !out.address.empty() && out.address.find_first_of("[]") == out.address.npos;
}

}  // namespace

std::string unless_cache_answers(std::string_view cache_url) {
    cache_place cache;
    if (!parse(cache_url, cache)) {
        return "prove no_cache " +
               ssh::quote("not an address of a cache: " + text::printable(cache_url, 100)) + "\nexit 0\n";
    }
    return R"sh(status=0
said=$(timeout 10 bash -c '
exec 3<>"/dev/tcp/$1/$2" || exit 1
printf "GET %s/nix-cache-info HTTP/1.0\r\nHost: %s\r\n\r\n" "$4" "$3" >&3
while read -r line; do case $line in StoreDir:*) exit 0 ;; esac; done <&3
echo "what answers there is no cache"
exit 1' probe )sh" +
           ssh::quote(cache.address) + " " + ssh::quote(cache.port) + " " + ssh::quote(cache.host) + " " +
           ssh::quote(cache.path) + R"sh( 2>&1) || status=$?
[ $status -ne 124 ] || said='no answer for 10 seconds'
[ $status -eq 0 ] || { prove no_cache "$(printf '%s' "$said" | tail -n 1)"; exit 0; }
)sh";
}

result<void> check_cache_answered(const std::vector<std::pair<std::string, std::string>>& proofs) {
    for (const auto& [key, value] : proofs) {
        if (key == "no_cache") return error(install_errc::no_cache, text::printable(value, 200));
    }
    return {};
}

}  // namespace landscaper::install
