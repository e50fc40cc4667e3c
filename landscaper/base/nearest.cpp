#include "landscaper/base/nearest.hpp"

#include <algorithm>

namespace landscaper {

// Insertions, removals, replacements and swaps of neighbours that lead from one to the other.
static std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1), row(b.size() + 1), next(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        next[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            next[j] = std::min({row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] != b[j - 1])});
            bool is_swap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (is_swap) next[j] = std::min(next[j], before[j - 2] + 1);
        }
        before = row;
        row = next;
    }
    return row[b.size()];
}

std::string nearest(std::string_view written, const std::vector<std::string>& known) {
    std::string lower(written.substr(0, 64));
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    std::string best;
    auto least = std::max<std::size_t>(1, lower.size() / 3) + 1;
    for (const auto& candidate : known) {
        auto d = distance(lower, candidate);
        // "nameserver" for "nameservers", "address" for nothing: a common beginning counts as near.
        bool is_part = lower.size() >= 3 && (candidate.starts_with(lower) || lower.starts_with(candidate));
        if (is_part) d = std::min<std::size_t>(d, 1);
        if (d < least) {
            least = d;
            best = candidate;
        }
    }
    return best;
}

std::string did_you_mean(std::string_view written, const std::vector<std::string>& known) {
    auto meant = nearest(written, known);
    return meant.empty() ? meant : "did you mean \"" + meant + "\"?";
}

}  // namespace landscaper
