// What is wrong with an inventory: where, what, and what would be right. Shown to the operator as it is.
#pragma once

#include <boost/assert/source_location.hpp>
#include <string>
#include <vector>

namespace landscaper::inventory {

struct problem {
    std::string file;
    int line = 0;        // from 1; 0 when the file as a whole is meant
    int column = 0;      // from 1
    std::string what;    // "hosts.px01.ip: \"10.0.0.300/24\" is not an address with prefix length"
    std::string remedy;  // "write it like 10.0.0.11/24, or `dhcp`"
    friend bool operator==(const problem&, const problem&) = default;

    // "inventory.yaml:12:7: WHAT; REMEDY"
    std::string message() const;
};
using problems = std::vector<problem>;

// All messages, one per line.
std::string text(const problems& list);

[[noreturn]] void throw_exception_from_error(const problems& list, const boost::source_location& where);

}  // namespace landscaper::inventory
