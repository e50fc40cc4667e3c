// The explicit table of our resource types (static registration would be dropped by the linker): names,
// inputs, outputs, and what the engine must know of them. Their code is beside it, one file per type.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "landscaper/base/error.hpp"
#include "landscaper/engine/resource.hpp"

namespace landscaper::provider {

struct input_info {
    std::string_view name;
    bool is_required = true;
    bool is_sensitive = false;  // shown as a hash
};

struct type_info {
    std::string_view name;  // "ssh.keypair"
    std::vector<input_info> inputs;
    std::vector<std::string_view> outputs;
    bool is_stateful = true;   // unless a member says otherwise
    bool needs_state = false;  // refuses to work without
    bool create_is_idempotent = false;
    bool is_readable = false;   // can say what is there
    bool is_protected = false;  // holds data: protected unless a member says otherwise
    unsigned retries = 0;
    std::string_view family() const { return name.substr(0, name.find('.')); }
    std::string_view type() const { return name.substr(name.find('.') + 1); }
    bool takes(std::string_view input) const;
};

std::span<const type_info> types();
const type_info* find_type(std::string_view dotted_name);

// What the table says of a member's type: policy, protection, what is sensitive. What the member has of it
// already stays.
void take_type(engine::member& to, const type_info& type);

// A member of that type with outputs, policy and protection from the table. The name must be in it.
engine::member member_of(std::string_view dotted_name, engine::path at,
                         std::map<std::string, engine::input> inputs);

// Why members of that type are not repaired without asking; `what` is empty when they may be.
struct repair_objection {
    std::string what, remedy;
};
repair_objection objection_to_repair(const std::string& dotted_name);

// bad_input naming what is missing or not known; types that are not in the table pass.
result<void> check_inputs(const type_info& type, const engine::value& inputs);

}  // namespace landscaper::provider
