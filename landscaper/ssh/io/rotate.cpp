#include "landscaper/ssh/io/rotate.hpp"

#include <boost/asio/this_coro.hpp>
#include <memory>

#include "landscaper/base/printable.hpp"

namespace landscaper::ssh {

namespace {

using session_ptr = std::unique_ptr<host_session>;

// A fresh connection under the first of the pins that is right. Only "another key answers" leads to the next
// one.
task<session_ptr> open_either(client_config config, endpoint host, std::vector<pin> pins) {
    auto executor = co_await asio::this_coro::executor;
    error last(ssh_errc::impostor, host.address);
    for (const auto& candidate : pins) {
        auto session = std::make_unique<host_session>(executor, config, host, candidate);
        auto opened = co_await session->open();
        if (opened) co_return std::move(session);
        if (opened.error().code() != ssh_errc::impostor) co_return opened.error();
        last = opened.error();
    }
    co_return last;
}

task<> end(session_ptr& of) {
    if (of) {
        auto closed = co_await of->close();
        static_cast<void>(closed);
    }
    of.reset();
    co_return result<void>();
}

// The steps before the proof go over one connection, `kept`; the proof itself is about who answers a new one.
task<std::string> output_of(client_config config, endpoint host, rotation_plan plan, rotation_row row,
                            session_ptr& kept) {
    pin old{plan.alias, plan.temporary};
    if (row.under == rotation_pin::permanent) {
        CO_TRY_VOID(co_await end(kept));
    }
    if (row.under == rotation_pin::old_is_refused) {
        CO_TRY(bool refused, co_await is_refused(std::move(config), std::move(host), old, row.step.quiet));
        if (!refused) co_return error(ssh_errc::bad_output, "the temporary host key is still answered to");
        co_return std::string();
    }
    auto script = row.step.script(plan);
    if (!kept) {
        auto pins = pins_to_try(plan);
        if (row.under == rotation_pin::permanent) pins.resize(1);
        CO_TRY(kept, co_await open_either(std::move(config), std::move(host), std::move(pins)));
    }
    auto output = co_await kept->expect(std::move(script));
    if (!output) {
        CO_TRY_VOID(co_await end(kept));
    }
    co_return output;
}

// A reload closes the listening socket for a moment, so a refused connection is worth another look. Every
// step may be repeated.
task<std::string> patiently(client_config config, endpoint host, rotation_plan plan, rotation_row row,
                            session_ptr& kept) {
    auto give_up = steady::now() + std::chrono::seconds(10);
    for (;;) {
        auto output = co_await output_of(config, host, plan, row, kept);
        if (output || !is_transient(output.error()) || steady::now() >= give_up) co_return output;
        CO_TRY_VOID(co_await sleep_for(std::chrono::milliseconds(200)));
    }
}

}  // namespace

task<rotated> rotate(client_config config, endpoint host, rotation_plan plan, std::set<std::string> proven,
                     rotation_record record, std::unique_ptr<host_session> kept) {
    // With a pending key the host may have changed already.
    if (plan.pending) kept.reset();
    for (const auto& row : rotation_steps()) {
        std::string name(row.step.name);
        if (proven.contains(name)) continue;
        if (name != "generate" && !plan.pending) {
            co_return error(ssh_errc::bad_key,
                            "rotation of " + plan.alias + ": no pending key before " + name);
        }
        CO_TRY_VOID(co_await record.intend(name));
        auto output = co_await patiently(config, host, plan, row, kept);
        if (!output) co_return output.error().in(name);
        CO_TRY(auto proof, row.step.prove(plan, *output));
        if (row.step.learn) {
            CO_TRY_VOID(row.step.learn(plan, proof));
        }
        CO_TRY_VOID(co_await record.prove(name, proof));
    }
    if (kept && kept->expected().key != *plan.pending) kept.reset();
    rotated done{*plan.pending, std::move(kept)};
    co_return std::move(done);
}

}  // namespace landscaper::ssh
