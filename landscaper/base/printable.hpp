// Text that came from packets, hosts and providers, made safe for JSON, logs and terminals.
#pragma once

#include <string>
#include <string_view>

namespace landscaper::text {

// Valid UTF-8 without control characters: a bad byte or control character becomes \xNN; at most `max_bytes`
// bytes of output, cut with "...". Tabs and line ends become blanks.
std::string printable(std::string_view text, std::size_t max_bytes = 4096);

}  // namespace landscaper::text
