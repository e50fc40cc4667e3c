#include "landscaper/ssh/key.hpp"

#include <algorithm>

#include "landscaper/base/base64.hpp"
#include "landscaper/base/bytes.hpp"
#include "landscaper/base/printable.hpp"
#include "landscaper/base/sha256.hpp"
#include "landscaper/ssh/failure.hpp"

namespace landscaper::ssh {

namespace {

constexpr std::string_view algorithm = "ssh-ed25519";

bytes blob_of(const public_key& key) {
    writer out;
    out.be32(static_cast<std::uint32_t>(algorithm.size())).put(algorithm);
    out.be32(static_cast<std::uint32_t>(key.point.size())).put(bytes_view(key.point));
    return out.finish();
}

error not_a_key(std::string_view text) {
    return {ssh_errc::bad_key, "'" + text::printable(text, 80) + "'"};
}

}  // namespace

result<public_key> public_key::parse(std::string_view text) {
    auto line = text;
    if (line.ends_with('\n')) line.remove_suffix(1);
    if (line.find_first_of(std::string_view("\n\r\0", 3)) != line.npos) return not_a_key(text);
    if (!line.starts_with("ssh-ed25519 ")) return not_a_key(text);
    line.remove_prefix(algorithm.size() + 1);
    auto blob = from_base64(line.substr(0, line.find(' ')));
    if (!blob) return not_a_key(text);
    reader in(*blob);
    auto name = in.take(in.be32());
    auto point = in.take(in.be32());
    public_key key;
    if (in.failed() || in.left() || as_text(name) != algorithm || point.size() != key.point.size()) {
        return not_a_key(text);
    }
    std::copy(point.begin(), point.end(), key.point.begin());
    return key;
}

std::string public_key::text() const {
    return std::string(algorithm) + " " + to_base64(blob_of(*this));
}

std::string public_key::fingerprint() const {
    auto digest = to_base64(sha256(blob_of(*this)));
    while (digest.ends_with('=')) digest.pop_back();
    return "SHA256:" + digest;
}

}  // namespace landscaper::ssh
