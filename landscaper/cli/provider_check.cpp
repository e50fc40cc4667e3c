// `landscaper provider-check`: somebody's resource provider through the conformance check.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>
#include <cstdio>
#include <cstdlib>

#include "landscaper/async/file.hpp"
#include "landscaper/async/process.hpp"
#include "landscaper/base/json_in.hpp"
#include "landscaper/cli/answer.hpp"
#include "landscaper/cli/command.hpp"
#include "landscaper/engine/io/process_provider.hpp"
#include "landscaper/provider/check.hpp"

namespace landscaper::cli {

// JSON text, or @FILE. An object.
static result<engine::value> inputs_from(const std::string& given, const char* option) {
    std::string text = given;
    if (given.starts_with("@")) {
        TRY(text, read_file(given.substr(1)));
    }
    auto json = json_in(text);
    if (!json) return error(json.error()).in(option);
    if (!json->is_object()) return error(json_errc::wrong_type, std::string(option) + " is no object");
    return engine::value(std::move(*json));
}

static result<provider::check_sample> sample_from(const arguments& given) {
    provider::check_sample out;
    out.type = given.value("--type", "");
    TRY(out.inputs, inputs_from(given.value("--inputs", "{}"), "--inputs"));
    TRY(out.changed, inputs_from(given.value("--changed", "{}"), "--changed"));
    out.is_stateful = !given.has("--stateless");
    auto command = given.value("--spoil", "");
    if (!command.empty()) {
        // A person's own command line, as a shell takes it.
        out.spoil = [command] {
            asio::io_context context(1);
            auto spoiling =
                run_process({{"sh", "-c", command}, {}, {}}, {}, steady::now() + std::chrono::minutes(1));
            asio::co_spawn(context, std::move(spoiling), [](std::exception_ptr, result<process_result>) {});
            context.run();
        };
    }
    return out;
}

static int print_steps(const std::vector<provider::check_step>& steps, bool as_json) {
    bool has_failed = false;
    auto all = nlohmann::json::array();
    for (const auto& step : steps) {
        has_failed = has_failed || step.verdict == provider::check_verdict::failed;
        all.push_back({{"step", step.name}, {"verdict", to_text(step.verdict)}, {"sentence", step.sentence}});
        if (as_json) continue;
        std::printf("%-11s  %s%s%s\n", to_text(step.verdict), step.name.c_str(),
                    step.sentence.empty() ? "" : ": ", step.sentence.c_str());
    }
    if (as_json) print_answer(all);
    return has_failed ? exit_failed : exit_done;
}

int run_provider_check(const arguments& given) {
    auto sample = sample_from(given);
    if (!sample) return complain("provider-check", sample.error(), exit_usage);
    if (sample->type.empty()) return complain_of_usage("provider-check");
    engine::provider_ref program{given.words[0], {given.words.begin() + 1, given.words.end()}, true};
    auto type = engine::make_process_provider(program, {});
    asio::io_context context(1);
    int code = exit_failed;
    asio::co_spawn(context, provider::check(type, std::move(*sample)),
                   [&](std::exception_ptr thrown, result<std::vector<provider::check_step>> steps) {
                       if (thrown) std::rethrow_exception(thrown);
                       code = steps ? print_steps(*steps, given.has("--json"))
                                    : complain("provider-check", steps.error());
                   });
    context.run();
    return code;
}

}  // namespace landscaper::cli
