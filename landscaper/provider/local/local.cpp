#include "landscaper/provider/local/local.hpp"

#include "landscaper/provider/local/types.hpp"

namespace landscaper::provider::local {

void add_to(registry& types, std::shared_ptr<engine::state_files> files, const std::string& folder) {
    types.add("local.file", make_file(folder));
    types.add("local.exec", make_exec(folder));
    types.add("local.memo", make_memo());
    if (files) types.add("local.state_file", make_state_file(std::move(files), folder));
}

}  // namespace landscaper::provider::local
