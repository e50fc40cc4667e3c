#include "landscaper/provider/local/local.hpp"

#include "landscaper/provider/local/types.hpp"

namespace landscaper::provider::local {

void add_to(registry& types, std::shared_ptr<engine::state_files> files) {
    types.add("local.file", make_file());
    types.add("local.exec", make_exec());
    types.add("local.memo", make_memo());
    if (files) types.add("local.state_file", make_state_file(std::move(files)));
}

}  // namespace landscaper::provider::local
