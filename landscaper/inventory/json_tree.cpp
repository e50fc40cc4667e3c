#include "landscaper/inventory/json_tree.hpp"

#include <nlohmann/json.hpp>

#include "landscaper/base/json_in.hpp"

namespace landscaper::inventory {

using nlohmann::json;

static json scalar_of(const yaml_node& node) {
    if (!node.is_plain) return node.text;
    // Whatever is a number or a literal to JSON is that; a number too large for it stays the text it is.
    bool may_be = !node.text.empty() && node.text.size() <= 40 && node.text[0] != '"';
    if (may_be) {
        auto value = json_in(node.text, 40, 1);
        if (value && (value->is_boolean() || value->is_number())) return *value;
    }
    return node.text;
}

static json value_of(const yaml_node& node) {
    switch (node.is) {
        case yaml_node::kind::null: return nullptr;
        case yaml_node::kind::scalar: return scalar_of(node);
        case yaml_node::kind::list: {
            auto list = json::array();
            for (const auto& item : node.items) list.push_back(value_of(item));
            return list;
        }
        case yaml_node::kind::map: {
            auto map = json::object();
            for (const auto& entry : node.entries) map[entry.key.text] = value_of(entry.value);
            return map;
        }
    }
    return nullptr;
}

std::string json_of(const yaml_node& node) {
    return json_text(value_of(node));
}

}  // namespace landscaper::inventory
