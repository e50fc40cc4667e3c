// Ed25519 public keys as values: the text OpenSSH prints, the fingerprint people compare. Never a private
// key.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "landscaper/base/error.hpp"

namespace landscaper::ssh {

struct public_key {
    std::array<std::uint8_t, 32> point{};  // RFC 8032 section 5.1.5

    // "ssh-ed25519 AAAA... comment" (RFC 4253 section 6.6, RFC 8709 section 4); the comment is dropped, one
    // line end at the end is allowed. bad_key on anything else.
    static result<public_key> parse(std::string_view text);
    // "ssh-ed25519 AAAA...", without comment.
    std::string text() const;
    // "SHA256:..." as ssh-keygen -l and the consoles print it.
    std::string fingerprint() const;

    friend auto operator<=>(const public_key&, const public_key&) = default;
};

}  // namespace landscaper::ssh
