#include "landscaper/inventory/problem.hpp"

#include <stdexcept>

namespace landscaper::inventory {

std::string problem::message() const {
    auto where = file;
    if (line > 0) where += ":" + std::to_string(line) + ":" + std::to_string(column);
    return where + ": " + what + (remedy.empty() ? "" : "; " + remedy);
}

std::string text(const problems& list) {
    std::string out;
    for (const auto& p : list) out += p.message() + "\n";
    return out;
}

void throw_exception_from_error(const problems& list, const boost::source_location&) {
    throw std::runtime_error(text(list));
}

}  // namespace landscaper::inventory
