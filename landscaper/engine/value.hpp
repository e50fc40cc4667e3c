// A JSON value that resources take and give: immutable, cheap to copy, compared as NixOps4 compares (by
// canonical text, so that 1 and 1.0 differ). Never parses text itself; that is base/json_in.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <memory>
#include <string>

namespace landscaper::engine {

class value {
  public:
    value();  // an empty object
    explicit value(nlohmann::json json);

    const nlohmann::json& json() const { return *json_; }
    const nlohmann::json& operator*() const { return *json_; }
    const nlohmann::json* operator->() const { return json_.get(); }

    // Canonical: one line, keys sorted.
    std::string text() const;
    // SHA-256 of text(), in hex: what journal and logs name instead of a value that may be secret.
    std::string digest() const;

    friend bool operator==(const value& a, const value& b);

  private:
    std::shared_ptr<const nlohmann::json> json_;
};

// Whether two JSON values are the same to NixOps4. nlohmann's own == says that 1 equals 1.0.
bool is_same(const nlohmann::json& a, const nlohmann::json& b);

}  // namespace landscaper::engine
