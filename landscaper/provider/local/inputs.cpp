#include "landscaper/provider/local/inputs.hpp"

namespace landscaper::provider::local {

std::string name_in(const std::string& folder, std::string name) {
    bool stays = folder.empty() || name.empty() || name.starts_with("/");
    return stays ? name : folder + "/" + name;
}

}  // namespace landscaper::provider::local
