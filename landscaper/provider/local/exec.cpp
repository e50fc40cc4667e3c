// local.exec: runs a program and keeps its standard output. With `once` it runs only at creation, and so
// needs state. Whatever the program did is its own: there is nothing to destroy.
#include <nlohmann/json.hpp>

#include "landscaper/async/process.hpp"
#include "landscaper/base/printable.hpp"
#include "landscaper/provider/exec.hpp"
#include "landscaper/provider/local/inputs.hpp"
#include "landscaper/provider/local/types.hpp"

namespace landscaper::provider::local {

namespace {

struct command {
    process_spec spec;
    std::string input;
};

error bad(const char* what) {
    return error(provider_errc::bad_input, std::string("local.exec: ") + what);
}

result<command> command_in(const engine::value& inputs) {
    TRY_VOID(check("local.exec", inputs));
    command out;
    TRY(auto program, text_of("local.exec", inputs, "executable"));
    out.spec.argv.push_back(std::move(program));
    auto given = [&](const char* name) {
        auto found = inputs->find(name);
        return found == inputs->end() || found->is_null() ? nullptr : &*found;
    };
    if (const auto* args = given("args")) {
        if (!args->is_array()) return bad("\"args\" must be a list of strings");
        for (const auto& arg : *args) {
            if (!arg.is_string()) return bad("\"args\" must be a list of strings");
            out.spec.argv.push_back(arg.get<std::string>());
        }
    }
    if (given("stdin")) {
        TRY(out.input, text_of("local.exec", inputs, "stdin"));
    }
    return out;
}

task<engine::value> run(command c, request r) {
    process_options options;
    options.input = c.input;
    options.on_err_line = [r](std::string_view line) { r.log(text::printable(line)); };
    auto name = c.spec.argv[0];
    CO_TRY(auto ended, co_await run_process(std::move(c.spec), std::move(options), steady_time::max()));
    if (!ended.status.is_success()) {
        auto last = text::printable(ended.err, 2000);
        co_return error(provider_errc::failed,
                        name + ": " + ended.status.text() + (last.empty() ? "" : ": " + last));
    }
    co_return printed_outputs(name, std::move(ended.out));
}

class exec : public resource_type {
  public:
    explicit exec(std::string folder) : folder_(std::move(folder)) {}

    task<engine::value> create(request r) override {
        CO_TRY(auto c, command_in(r.inputs));
        c.spec.directory = folder_;
        CO_TRY_VOID(check_once("local.exec", r));
        co_return co_await run(std::move(c), r);
    }

    task<engine::value> update(request r) override {
        CO_TRY(auto c, command_in(r.inputs));
        c.spec.directory = folder_;
        CO_TRY_VOID(check_once("local.exec", r));
        if (auto kept = kept_by_once(r)) co_return *kept;
        co_return co_await run(std::move(c), r);
    }

    task<> destroy(request) override { co_return result<void>(); }

    std::vector<operation_info> operations() const override {
        return {{"run", "Runs the program again, also with `once`, and records what it prints.", {}}};
    }
    task<operation_outcome> operate(request r, std::string, engine::value) override {
        CO_TRY(auto c, command_in(r.inputs));
        c.spec.directory = folder_;
        CO_TRY(auto outputs, co_await run(std::move(c), r));
        co_return operation_outcome{outputs, outputs};
    }

  private:
    std::string folder_;
};

}  // namespace

std::shared_ptr<resource_type> make_exec(std::string folder) {
    return std::make_shared<exec>(std::move(folder));
}

}  // namespace landscaper::provider::local
