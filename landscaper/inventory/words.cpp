#include "landscaper/inventory/words.hpp"

#include <array>

#include "landscaper/base/printable.hpp"

namespace landscaper::inventory {

namespace {

template <class Enum, std::size_t N>
using table = std::array<std::pair<std::string_view, Enum>, N>;

constexpr table<dhcp_mode, 3> dhcp_words{
    {{"proxy", dhcp_mode::proxy}, {"reservations", dhcp_mode::reservations}, {"off", dhcp_mode::off}}};
constexpr table<firmware_kind, 2> firmware_words{
    {{"uefi", firmware_kind::uefi}, {"bios", firmware_kind::bios}}};
constexpr table<disk_layout, 5> layout_words{{{"single-ext4", disk_layout::single_ext4},
                                              {"btrfs", disk_layout::btrfs},
                                              {"mdadm-raid1", disk_layout::mdadm_raid1},
                                              {"lvm-thin", disk_layout::lvm_thin},
                                              {"zfs-mirror", disk_layout::zfs_mirror}}};
constexpr table<wipe_policy, 4> wipe_words{{{"blank", wipe_policy::blank},
                                            {"own", wipe_policy::own},
                                            {"any", wipe_policy::any},
                                            {"never", wipe_policy::never}}};
constexpr table<trust_mode, 2> trust_words{
    {{"segment", trust_mode::segment}, {"confirm", trust_mode::confirm}}};
constexpr table<host_driver, 3> driver_words{{{"inventory", host_driver::inventory},
                                              {"nixops4", host_driver::nixops4},
                                              {"module", host_driver::module}}};
constexpr table<pxe::reply_style, 3> style_words{{{"auto", pxe::reply_style::automatic},
                                                  {"direct", pxe::reply_style::direct},
                                                  {"4011", pxe::reply_style::port_4011}}};
constexpr table<pxe::nbp_kind, 5> nbp_words{{{"auto", pxe::nbp_kind::automatic},
                                             {"uki", pxe::nbp_kind::uki},
                                             {"ipxe", pxe::nbp_kind::ipxe},
                                             {"undionly", pxe::nbp_kind::undionly},
                                             {"grub", pxe::nbp_kind::grub}}};

template <class Enum>
std::string_view word_in(word_table<Enum> words, Enum value) {
    for (const auto& [name, meaning] : words) {
        if (meaning == value) return name;
    }
    return "?";
}

}  // namespace

word_table<dhcp_mode> words_of(dhcp_mode) {
    return dhcp_words;
}
word_table<firmware_kind> words_of(firmware_kind) {
    return firmware_words;
}
word_table<disk_layout> words_of(disk_layout) {
    return layout_words;
}
word_table<wipe_policy> words_of(wipe_policy) {
    return wipe_words;
}
word_table<trust_mode> words_of(trust_mode) {
    return trust_words;
}
word_table<host_driver> words_of(host_driver) {
    return driver_words;
}
word_table<pxe::reply_style> words_of(pxe::reply_style) {
    return style_words;
}
word_table<pxe::nbp_kind> words_of(pxe::nbp_kind) {
    return nbp_words;
}

std::string_view word(dhcp_mode value) {
    return word_in(words_of(value), value);
}
std::string_view word(firmware_kind value) {
    return word_in(words_of(value), value);
}
std::string_view word(disk_layout value) {
    return word_in(words_of(value), value);
}
std::string_view word(wipe_policy value) {
    return word_in(words_of(value), value);
}
std::string_view word(trust_mode value) {
    return word_in(words_of(value), value);
}
std::string_view word(host_driver value) {
    return word_in(words_of(value), value);
}
std::string_view word(pxe::reply_style value) {
    return word_in(words_of(value), value);
}
std::string_view word(pxe::nbp_kind value) {
    return word_in(words_of(value), value);
}

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
    std::string out;
    for (const auto& part : parts) {
        if (!out.empty()) out += between;
        out += part;
    }
    return out;
}

std::string quoted(std::string_view text) {
    return "\"" + text::printable(text, 80) + "\"";
}

}  // namespace landscaper::inventory
