#include "pxe/proxy/vendor_options.hpp"

#include <string_view>

namespace pxe::proxy {

using dhcp::option_code;
using landscaper::bytes;
using landscaper::writer;

// PXE 2.1, table 2-1.
enum pxe_tag : std::uint8_t {
    discovery_control = 6,
    boot_menu = 9,
    menu_prompt = 10,
    boot_item = 71,
    pxe_end = 255
};

bytes boot_directly() {
    return {discovery_control, 1, 8, pxe_end};
}

bytes local_disk_menu() {
    constexpr std::string_view label = "Local disk";
    constexpr auto length = static_cast<std::uint8_t>(label.size());
    constexpr std::uint8_t no_server_discovery =
        7;  // neither broadcast nor multicast, only listed servers: none
    writer out;
    out.u8(discovery_control).u8(1).u8(no_server_discovery);
    out.u8(boot_menu).u8(length + 3).be16(0).u8(length).put(label);
    out.u8(menu_prompt).u8(length + 1).u8(0).put(label);  // timeout 0: the first item, without a key press
    return out.u8(pxe_end).finish();
}

static std::optional<landscaper::bytes_view> asked_item(const dhcp::packet& question) {
    const auto* vendor = question.find(option_code::vendor_specific);
    if (!vendor) return std::nullopt;
    auto item = dhcp::sub_option(*vendor, boot_item);
    return item && item->size() == 4 ? item : std::nullopt;
}

std::optional<bytes> boot_item_of(const dhcp::packet& question) {
    auto item = asked_item(question);
    if (!item) return std::nullopt;
    return writer().u8(boot_item).u8(4).put(*item).u8(pxe_end).finish();
}

bool asks_for_credentials(const dhcp::packet& question) {
    auto item = asked_item(question);
    return item && ((*item)[2] & 0x80);
}

bytes no_proxy_dhcp() {
    return {0xb0, 1, 1};
}

}  // namespace pxe::proxy
