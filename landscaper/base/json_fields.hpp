// Reads the fields of one JSON object with their types checked. The first wrong field makes it failed for
// good: read all fields, then ask failed() once. For what hosts, providers and tools print.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "landscaper/base/error.hpp"
#include "landscaper/base/json_in.hpp"

namespace landscaper {

class json_fields {
  public:
    // `where` names the object in errors: "disks[0]". The object must outlive this.
    json_fields(const nlohmann::json& object, std::string where);

    std::string text(std::string_view key);           // required
    std::string text_or_empty(std::string_view key);  // absent or null is empty
    std::uint64_t number(std::string_view key);       // required, not negative
    std::optional<std::uint64_t> number_or_none(std::string_view key);
    std::int64_t integer(std::string_view key);            // required, may be negative
    bool boolean(std::string_view key);                    // required
    std::vector<std::string> texts(std::string_view key);  // required, an array of strings
    // Required, at most `most` elements; an empty array when it failed.
    const nlohmann::json& array(std::string_view key, std::size_t most = 4096);
    // Null when absent or null.
    const nlohmann::json* find(std::string_view key);

    bool failed() const { return failure_.has_value(); }
    error failure() const { return *failure_; }
    void fail(error why);
    void fail(std::string_view key, std::string_view what);
    // Takes over the failure of a nested object's fields.
    void take(const json_fields& nested);

  private:
    const nlohmann::json* required(std::string_view key);

    const nlohmann::json* object_;
    std::string where_;
    std::optional<error> failure_;
};

}  // namespace landscaper
