// Where a resource stands in the tree of members: hosts.px01.installation. Names are data: they may hold dots
// and are then quoted in text.
#pragma once

#include <compare>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "landscaper/base/error.hpp"

namespace landscaper::engine {

enum class path_errc {
    unclosed_quote = 1,  // a name starts with " and never ends
    bad_name,            // an empty name, or text after a closing quote
};
const char* describe(path_errc code);

class path {
  public:
    path() = default;  // the root
    path(std::initializer_list<std::string> names);
    explicit path(std::vector<std::string> names);

    // Dotted text; a name in double quotes may hold anything, with \" and \\ (hosts."px.01".nixos). "" is the
    // root.
    static result<path> parse(std::string_view text);
    // The reverse: names that are empty or hold anything but letters, digits, _ and - are quoted.
    std::string text() const;
    // text() as it is typed to a shell: quoted where it has quotes itself.
    std::string shell_word() const;

    const std::vector<std::string>& names() const;
    bool is_root() const { return !names_; }
    const std::string& name() const { return names_->back(); }
    path parent() const;
    path operator/(std::string name) const;
    // Whether this is `other` or lies beneath it; everything is within the root.
    bool is_within(const path& other) const;

    friend std::strong_ordering operator<=>(const path& a, const path& b);
    friend bool operator==(const path& a, const path& b);

  private:
    // A path is in a dozen places for every resource: they share its names. Null is the root.
    std::shared_ptr<const std::vector<std::string>> names_;
};

// Whether `at` is within one of `roots`; no roots mean everything.
bool is_within_any(const path& at, const std::vector<path>& roots);

}  // namespace landscaper::engine

LANDSCAPER_ERROR_ENUM(landscaper::engine, path_errc, "path")
