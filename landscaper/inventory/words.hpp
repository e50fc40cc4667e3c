// The words of the file and what they mean, one table per kind of value.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "landscaper/inventory/rack.hpp"

namespace landscaper::inventory {

template <class Enum>
using word_table = std::span<const std::pair<std::string_view, Enum>>;

// The argument only chooses the table.
word_table<dhcp_mode> words_of(dhcp_mode);
word_table<firmware_kind> words_of(firmware_kind);
word_table<disk_layout> words_of(disk_layout);
word_table<wipe_policy> words_of(wipe_policy);
word_table<trust_mode> words_of(trust_mode);
word_table<host_driver> words_of(host_driver);
word_table<pxe::reply_style> words_of(pxe::reply_style);
word_table<pxe::nbp_kind> words_of(pxe::nbp_kind);

std::string joined(const std::vector<std::string>& parts, std::string_view between);
// In double quotes, printable, cut after 80 bytes.
std::string quoted(std::string_view text);

}  // namespace landscaper::inventory
