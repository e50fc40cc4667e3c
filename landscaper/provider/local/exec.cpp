// local.exec: runs a program of this machine.
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
    TRY_VOID(check_inputs("local.exec", inputs));
    command out;
    TRY(auto program, text_of("local.exec", inputs, "executable"));
    out.spec.argv.push_back(std::move(program));
    if (const auto* args = given(inputs, "args")) {
        if (!args->is_array()) return bad("\"args\" must be a list of strings");
        for (const auto& arg : *args) {
            if (!arg.is_string()) return bad("\"args\" must be a list of strings");
            out.spec.argv.push_back(arg.get<std::string>());
        }
    }
    if (given(inputs, "stdin")) {
        TRY(out.input, text_of("local.exec", inputs, "stdin"));
    }
    return out;
}

class exec : public exec_type {
  public:
    explicit exec(std::string folder) : exec_type("local.exec", "program"), folder_(std::move(folder)) {}

  protected:
    result<void> check(const engine::value& inputs) const override {
        TRY_VOID(command_in(inputs));
        return {};
    }

    task<engine::value> run(request r) override {
        CO_TRY(auto c, command_in(r.inputs));
        c.spec.directory = folder_;
        process_options options;
        options.input = c.input;
        options.on_err_line = [&r](std::string_view line) { r.log(text::printable(line)); };
        auto program = c.spec.argv[0];
        CO_TRY(auto ended, co_await run_process(std::move(c.spec), std::move(options), steady_time::max()));
        if (!ended.status.is_success()) {
            auto last = text::printable(ended.err, 2000);
            co_return error(provider_errc::failed,
                            program + ": " + ended.status.text() + (last.empty() ? "" : ": " + last));
        }
        co_return printed_outputs(program, std::move(ended.out));
    }

  private:
    std::string folder_;
};

}  // namespace

std::shared_ptr<resource_type> make_exec(std::string folder) {
    return std::make_shared<exec>(std::move(folder));
}

}  // namespace landscaper::provider::local
