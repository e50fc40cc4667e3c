#include "pxe/nbp/local_boot.hpp"

#include <algorithm>
#include <cstddef>

#include "landscaper/base/hex.hpp"

namespace pxe::nbp {

using landscaper::bytes;
using landscaper::bytes_view;
using landscaper::content;
using landscaper::error;
using landscaper::reader;
using landscaper::result;
using landscaper::writer;

static_assert(sizeof(local_boot_tail_bytes) == LOCAL_BOOT_TAIL_SIZE);
static_assert(offsetof(local_boot_tail_bytes, text) == LOCAL_BOOT_TAIL_SIZE - LOCAL_BOOT_TEXT_SIZE);

static constexpr std::string_view magic = LOCAL_BOOT_TAIL_MAGIC;
static_assert(magic.size() == 16);

// The first three fields of a GUID are written big-endian and stored little-endian (UEFI 2.10, appendix A).
static void swap_fields(std::array<std::uint8_t, 16>& octets) {
    std::reverse(octets.begin(), octets.begin() + 4);
    std::reverse(octets.begin() + 4, octets.begin() + 6);
    std::reverse(octets.begin() + 6, octets.begin() + 8);
}

std::optional<efi_guid> efi_guid::parse(std::string_view text) {
    if (text.size() != 36) return std::nullopt;
    std::string digits;
    for (std::size_t i = 0; i < text.size(); ++i) {
        bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        if ((text[i] == '-') != is_dash) return std::nullopt;
        if (!is_dash) digits += text[i];
    }
    auto octets = landscaper::from_hex(digits);
    if (!octets || octets->size() != 16) return std::nullopt;
    efi_guid guid;
    std::copy_n(octets->begin(), 16, guid.octets.begin());
    swap_fields(guid.octets);
    return guid;
}

std::string efi_guid::text() const {
    auto written = octets;
    swap_fields(written);
    auto digits = landscaper::to_hex(written);
    for (std::size_t dash : {8u, 13u, 18u, 23u}) digits.insert(dash, 1, '-');
    return digits;
}

// What every firmware's console can show.
static std::string ascii(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c != '\n' && (c < ' ' || c > '~')) c = '?';
    }
    return out;
}

result<bytes> encode(const local_boot_tail& tail) {
    if (tail.text.size() > LOCAL_BOOT_TEXT_SIZE) {
        return error(nbp_errc::slot_full, "text for the screen, " + std::to_string(tail.text.size()) +
                                              " of " + std::to_string(LOCAL_BOOT_TEXT_SIZE) + " bytes");
    }
    writer out;
    out.put(magic).le32(tail.mode == tail_mode::hold ? 1 : 0);
    out.le32(std::clamp<std::uint32_t>(tail.retry_seconds, 1, 3600));
    out.put(tail.esp.value_or(efi_guid{}).octets);
    out.le32(static_cast<std::uint32_t>(tail.text.size())).le32(0);
    out.put(ascii(tail.text)).align(LOCAL_BOOT_TAIL_SIZE);
    return out.finish();
}

result<local_boot_tail> decode_tail(bytes_view last_bytes) {
    reader in(last_bytes);
    if (landscaper::as_text(in.take(magic.size())) != magic || last_bytes.size() != tail_size) {
        return error(nbp_errc::no_slot);
    }
    local_boot_tail tail;
    tail.mode = in.le32() == 1 ? tail_mode::hold : tail_mode::local;
    tail.retry_seconds = in.le32();
    efi_guid esp;
    std::copy_n(in.take(16).begin(), 16, esp.octets.begin());
    if (esp != efi_guid{}) tail.esp = esp;
    auto length = in.le32();
    in.take(4);
    tail.text = landscaper::as_text(in.take(length));
    if (in.failed()) return error(nbp_errc::truncated, "text of the tail");
    return tail;
}

result<content> local_boot(const content& generic, bytes_view last_bytes, const local_boot_tail& tail) {
    TRY_VOID(decode_tail(last_bytes));
    if (generic.size() < tail_size) return error(nbp_errc::truncated, "local.efi");
    TRY(auto slot, encode(tail));
    auto extents = generic.slice(0, generic.size() - tail_size);
    extents.push_back(landscaper::literal(std::move(slot)));
    return content(std::move(extents));
}

}  // namespace pxe::nbp
