// The words of entries on the wire and on disk, each beside its value.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "pxe/proxy/entry.hpp"
#include "pxe/proxy/facts.hpp"

namespace pxe::link {

template <class Enum, std::size_t N>
using word_table = std::array<std::pair<std::string_view, Enum>, N>;

inline constexpr word_table<stage, 4> stage_words = {
    {{"install", stage::install}, {"local", stage::local}, {"hold", stage::hold}, {"silent", stage::silent}}};
inline constexpr word_table<reply_style, 3> style_words = {
    {{"auto", reply_style::automatic}, {"direct", reply_style::direct}, {"4011", reply_style::port_4011}}};
inline constexpr word_table<nbp_kind, 5> nbp_words = {{{"auto", nbp_kind::automatic},
                                                       {"uki", nbp_kind::uki},
                                                       {"ipxe", nbp_kind::ipxe},
                                                       {"undionly", nbp_kind::undionly},
                                                       {"grub", nbp_kind::grub}}};
inline constexpr word_table<proxy::dhcp_mode, 3> dhcp_words = {
    {{"proxy", proxy::dhcp_mode::proxy},
     {"reservations", proxy::dhcp_mode::reservations},
     {"off", proxy::dhcp_mode::off}}};

template <class Enum, std::size_t N>
std::optional<Enum> value_of(const word_table<Enum, N>& words, std::string_view word) {
    for (const auto& [name, value] : words) {
        if (name == word) return value;
    }
    return std::nullopt;
}

template <class Enum, std::size_t N>
std::string_view word_of(const word_table<Enum, N>& words, Enum value) {
    for (const auto& [name, candidate] : words) {
        if (candidate == value) return name;
    }
    return words[0].first;
}

}  // namespace pxe::link
