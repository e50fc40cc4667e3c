// local.file: writes `contents` to the file `name`. As in NixOps4 its folder must exist, and without state
// every apply writes it again. With state it is also updated, read and destroyed, which NixOps4's own
// refuses.
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <cerrno>

#include "landscaper/async/file.hpp"
#include "landscaper/base/json_in.hpp"
#include "landscaper/provider/local/inputs.hpp"
#include "landscaper/provider/local/types.hpp"

namespace landscaper::provider::local {

namespace {

constexpr std::size_t largest = std::size_t{64} << 20;  // bytes that a read takes in

result<void> remove(const std::string& name) {
    if (::unlink(name.c_str()) < 0 && errno != ENOENT) return errno_error(name);
    return {};
}

class file : public resource_type {
  public:
    explicit file(std::string folder) : folder_(std::move(folder)) {}

    task<engine::value> create(request r) override {
        CO_TRY_VOID(check_inputs("local.file", r.inputs));
        CO_TRY(auto name, text_of("local.file", r.inputs, "name"));
        CO_TRY(auto contents, text_of("local.file", r.inputs, "contents"));
        CO_TRY_VOID(write_file_atomically(name_in(folder_, name), contents));
        co_return engine::value();
    }

    // The new one is there before one of another name goes.
    task<engine::value> update(request r) override {
        auto before = r.previous;
        auto after = r.inputs;
        CO_TRY(auto outputs, co_await create(std::move(r)));
        if (!before) co_return outputs;
        CO_TRY(auto old_name, text_of("local.file", before->inputs, "name"));
        CO_TRY(auto new_name, text_of("local.file", after, "name"));
        if (old_name != new_name) {
            CO_TRY_VOID(remove(name_in(folder_, old_name)));
        }
        co_return outputs;
    }

    task<> destroy(request r) override {
        CO_TRY(auto name, text_of("local.file", r.previous ? r.previous->inputs : r.inputs, "name"));
        co_return remove(name_in(folder_, name));
    }

    task<reality> read(request r) override {
        CO_TRY(auto name, text_of("local.file", r.previous ? r.previous->inputs : r.inputs, "name"));
        auto contents = read_file(name_in(folder_, name), largest);
        if (!contents && contents.error().code() == boost::system::errc::no_such_file_or_directory) {
            co_return reality{};
        }
        if (!contents) co_return contents.error();
        reality out{true, {}, {}};
        // Text that is not UTF-8 is another text than any that can be declared.
        auto seen = json_in(json_text(nlohmann::json(*contents)), 2 * largest + 64);
        nlohmann::json inputs{{"name", name}};
        inputs["contents"] = seen ? *seen : nlohmann::json();
        out.inputs = engine::value(std::move(inputs));
        co_return out;
    }

  private:
    std::string folder_;
};

}  // namespace

std::shared_ptr<resource_type> make_file(std::string folder) {
    return std::make_shared<file>(std::move(folder));
}

}  // namespace landscaper::provider::local
