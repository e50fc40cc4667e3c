#include "landscaper/ssh/io/rotate.hpp"

#include <boost/asio/this_coro.hpp>

#include "landscaper/base/printable.hpp"

namespace landscaper::ssh {

namespace {

// One command over a fresh connection under this pin; the rotation is about who answers new connections.
task<std::string> ask(client_config config, endpoint host, pin expected, std::string script) {
    auto executor = co_await asio::this_coro::executor;
    host_session session(executor, std::move(config), std::move(host), std::move(expected));
    auto answer = co_await session.expect(std::move(script));
    auto closed = co_await session.close();
    static_cast<void>(closed);
    co_return answer;
}

// The first of the pins that is right. Only "another key answers" leads to the next one.
task<std::string> ask_either(client_config config, endpoint host, std::vector<pin> pins, std::string script) {
    error last(ssh_errc::impostor, host.address);
    for (const auto& candidate : pins) {
        auto answer = co_await ask(config, host, candidate, script);
        if (answer || answer.error().code() != ssh_errc::impostor) co_return answer;
        last = answer.error();
    }
    co_return last;
}

task<std::string> output_of(client_config config, endpoint host, rotation_plan plan, rotation_row row) {
    pin old{plan.alias, plan.temporary};
    if (row.under == rotation_pin::old_is_refused) {
        CO_TRY(bool refused, co_await is_refused(std::move(config), std::move(host), old, row.step.quiet));
        if (!refused) co_return error(ssh_errc::bad_output, "the temporary host key is still answered to");
        co_return std::string();
    }
    auto script = row.step.script(plan);
    auto pins = pins_to_try(plan);
    if (row.under == rotation_pin::permanent) pins.resize(1);
    co_return co_await ask_either(std::move(config), std::move(host), std::move(pins), std::move(script));
}

// A reload closes the listening socket for a moment, so a refused connection is worth another look. Every
// step may be repeated.
task<std::string> patiently(client_config config, endpoint host, rotation_plan plan, rotation_row row) {
    auto give_up = steady::now() + std::chrono::seconds(10);
    for (;;) {
        auto output = co_await output_of(config, host, plan, row);
        if (output || !is_transient(output.error()) || steady::now() >= give_up) co_return output;
        CO_TRY_VOID(co_await sleep_for(std::chrono::milliseconds(200)));
    }
}

}  // namespace

task<public_key> rotate(client_config config, endpoint host, rotation_plan plan, std::set<std::string> proven,
                        rotation_record record) {
    for (const auto& row : rotation_steps()) {
        std::string name(row.step.name);
        if (proven.contains(name)) continue;
        if (name != "generate" && !plan.pending) {
            co_return error(ssh_errc::bad_key,
                            "rotation of " + plan.alias + ": no pending key before " + name);
        }
        CO_TRY_VOID(co_await record.intend(name));
        auto output = co_await patiently(config, host, plan, row);
        if (!output) co_return output.error().in(name);
        CO_TRY(auto proof, row.step.prove(plan, *output));
        if (row.step.learn) {
            CO_TRY_VOID(row.step.learn(plan, proof));
        }
        CO_TRY_VOID(co_await record.prove(name, proof));
    }
    co_return *plan.pending;
}

}  // namespace landscaper::ssh
