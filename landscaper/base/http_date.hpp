// Dates as HTTP writes them (RFC 9110 section 5.6.7). Never reads a clock.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace landscaper {

// "Sun, 06 Nov 1994 08:49:37 GMT", from Unix time in seconds.
std::string http_date(std::int64_t unix_time);
// Unix time of that form and of the two obsolete ones (RFC 850, asctime); none on anything else.
std::optional<std::int64_t> parse_http_date(std::string_view text);

}  // namespace landscaper
