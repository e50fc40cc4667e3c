#include "landscaper/engine/value.hpp"

#include <nlohmann/json.hpp>

#include "landscaper/base/hex.hpp"
#include "landscaper/base/json_in.hpp"
#include "landscaper/base/sha256.hpp"

namespace landscaper::engine {

value::value()
    : json_([] {
          static const auto empty = std::make_shared<const nlohmann::json>(nlohmann::json::object());
          return empty;
      }()) {}

value::value(nlohmann::json json) : json_(std::make_shared<const nlohmann::json>(std::move(json))) {}

std::string value::text() const {
    return json_text(*json_);
}

std::string value::digest() const {
    return to_hex(sha256(as_bytes(text())));
}

bool is_same(const nlohmann::json& a, const nlohmann::json& b) {
    return json_text(a) == json_text(b);
}

bool operator==(const value& a, const value& b) {
    return a.json_ == b.json_ || is_same(*a.json_, *b.json_);
}

}  // namespace landscaper::engine
