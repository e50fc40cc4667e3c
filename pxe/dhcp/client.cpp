#include "pxe/dhcp/client.hpp"

#include <algorithm>

#include "landscaper/base/printable.hpp"
#include "pxe/dhcp/packet.hpp"

namespace pxe::dhcp {

using landscaper::bytes;
using landscaper::bytes_view;
using landscaper::mac_address;
using landscaper::reader;

// IP and UDP headers. Firmware that counts them in option 57 and firmware that does not both get less.
static constexpr std::size_t headers = 28;
static constexpr std::size_t least_datagram = 576;

// Some firmware lists several architectures (RFC 4578, 2.1); an odd or empty list is no list.
static const architecture* first_known_architecture(const packet& p) {
    const auto* value = p.find(option_code::architecture);
    if (!value || !is_well_formed(option_code::architecture, *value)) return nullptr;
    reader in(*value);
    while (in.left() > 0) {
        if (const auto* known = architecture_of(in.be16())) return known;
    }
    return nullptr;
}

static client_class class_of(std::string_view vendor_class) {
    if (vendor_class.starts_with("PXEClient")) return client_class::pxe;
    if (vendor_class.starts_with("HTTPClient")) return client_class::http;
    return client_class::none;
}

// RFC 3004 gives every class a length byte; iPXE sends the bare name.
static bool has_user_class(const packet& p, std::string_view name) {
    if (text_in(p, option_code::user_class) == name) return true;
    const auto* value = p.find(option_code::user_class);
    if (!value) return false;
    reader in(*value);
    while (in.left() > 0) {
        auto length = in.u8();
        auto one = landscaper::as_text(in.take(length));
        if (in.failed()) return false;
        if (one == name) return true;
    }
    return false;
}

static std::optional<mac_address> mac_of(const packet& p) {
    if (p.hlen != 6) return std::nullopt;
    mac_address mac;
    std::copy_n(p.chaddr.begin(), 6, mac.octets.begin());
    if (!mac.is_unicast()) return std::nullopt;
    return mac;
}

// OUIs of Raspberry Pi boards; their boot ROM and EEPROM claim to be a BIOS (arch 0), the Pi 5 as well.
static bool has_raspberry_pi_oui(const mac_address& mac) {
    static constexpr std::uint32_t ouis[] = {0x28cdc1, 0x2ccf67, 0x88a29e, 0xb827eb,
                                             0xd83add, 0xdca632, 0xe45f01};
    return std::ranges::find(ouis, static_cast<std::uint32_t>(mac.number() >> 24)) != std::end(ouis);
}

// 17 bytes of type 0, or nothing that may be echoed (RFC 4578, 2.3).
static bytes machine_id_of(const packet& p) {
    const auto* value = p.find(option_code::machine_id);
    return value && value->size() == 17 && value->front() == 0 ? *value : bytes{};
}

// All zeros is OVMF without an SMBIOS UUID, all ones an unprogrammed board.
static std::optional<std::array<std::uint8_t, 16>> uuid_of(bytes_view machine_id) {
    if (machine_id.empty()) return std::nullopt;
    std::array<std::uint8_t, 16> uuid{};
    std::ranges::copy(machine_id.subspan(1), uuid.begin());
    auto all = [&](std::uint8_t byte) { return std::ranges::count(uuid, byte) == 16; };
    if (all(0x00) || all(0xff)) return std::nullopt;
    return uuid;
}

// EDK2's REQUEST says 0xff00 where it means 1472 (a byte-order bug), so the clamp is needed at both ends.
static std::size_t max_reply_of(const packet& p, bool is_rom) {
    std::size_t claimed = u16_in(p, option_code::max_message_size).value_or(least_datagram);
    auto datagram = std::clamp(claimed, least_datagram, largest_message);
    // BIOS ROMs often have a buffer for the least size only, whatever they claim.
    return (is_rom ? least_datagram : datagram) - headers;
}

client classify(const packet& p) {
    client who;
    auto vendor_class = text_in(p, option_code::vendor_class);
    who.kind = class_of(vendor_class);
    who.vendor_class = landscaper::text::printable(vendor_class, 128);
    who.arch = first_known_architecture(p);
    who.type = type_of(p);
    who.is_second_stage = has_user_class(p, "landscaper");
    who.is_ipxe = has_user_class(p, "iPXE") || who.is_second_stage || p.find(option_code::ipxe);
    who.is_u_boot = vendor_class.starts_with("U-Boot");
    who.mac = mac_of(p);
    who.is_raspberry_pi = !who.is_ipxe && who.is_bios() && who.mac && has_raspberry_pi_oui(*who.mac);
    who.machine_id = machine_id_of(p);
    who.uuid = uuid_of(who.machine_id);
    who.max_reply = max_reply_of(p, who.is_bios() && !who.is_ipxe);
    who.xid = p.xid;
    who.secs = p.secs;
    return who;
}

}  // namespace pxe::dhcp
