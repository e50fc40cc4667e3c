// local.file: writes `contents` to the file `name`. As in NixOps4 its folder must exist, and there is no
// update: without state every apply writes it again.
#include <nlohmann/json.hpp>

#include "landscaper/async/file.hpp"
#include "landscaper/provider/local/inputs.hpp"
#include "landscaper/provider/local/types.hpp"

namespace landscaper::provider::local {

namespace {

class file : public resource_type {
  public:
    task<engine::value> create(request r) override {
        CO_TRY_VOID(check("local.file", r.inputs));
        CO_TRY(auto name, text_of("local.file", r.inputs, "name"));
        CO_TRY(auto contents, text_of("local.file", r.inputs, "contents"));
        CO_TRY_VOID(write_file_atomically(name, contents));
        co_return engine::value();
    }
};

}  // namespace

std::shared_ptr<resource_type> make_file() {
    return std::make_shared<file>();
}

}  // namespace landscaper::provider::local
