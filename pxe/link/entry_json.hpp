// Boot entries, content and network settings as JSON, both directions. Internal to pxe/link.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "pxe/link/message.hpp"

namespace pxe::link {

landscaper::result<landscaper::content> content_of(const nlohmann::json& extents, const file_lookup& files);
landscaper::result<nlohmann::json> json_of(const landscaper::content& what, const file_naming& id_of);

landscaper::result<boot_entry> entry_of(const nlohmann::json& value, const file_lookup& files);
landscaper::result<nlohmann::json> json_of(const boot_entry& entry, const file_naming& id_of);

landscaper::result<network> network_of(const nlohmann::json& value, const file_lookup& files);
landscaper::result<nlohmann::json> json_of(const network& net, const file_naming& id_of);

}  // namespace pxe::link
