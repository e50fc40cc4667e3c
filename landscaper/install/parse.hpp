// Pieces that facts and evidence share: device paths and short texts from a host, checked before anybody puts
// them into a sentence or a script. Only for this folder.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "landscaper/base/json_fields.hpp"
#include "landscaper/install/facts.hpp"

namespace landscaper::install {

// "/dev/..." without blanks, quotes, control bytes or "..", at most 200 bytes.
bool is_device_path(std::string_view text);
std::string device_path(json_fields& fields, std::string_view key);
std::vector<std::string> device_paths(json_fields& fields, std::string_view key);
// At most 200 bytes, made printable: models and labels hold any bytes. Absent or null is empty.
std::string short_text(json_fields& fields, std::string_view key);
std::vector<signature> parse_signatures(json_fields& fields, std::string_view key);

// The lines "landscaper-proof KEY VALUE" of a step's output, in order.
using proof_lines = std::vector<std::pair<std::string, std::string>>;
proof_lines proofs_in(std::string_view output);
// The value of the only line with this key; bad_proof when there is none, or more than one.
result<std::string> proof(const proof_lines& lines, std::string_view key);

}  // namespace landscaper::install
