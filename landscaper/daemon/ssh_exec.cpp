#include "landscaper/daemon/ssh_exec.hpp"

#include <nlohmann/json.hpp>
#include <algorithm>

#include "landscaper/base/ip_address.hpp"
#include "landscaper/base/printable.hpp"
#include "landscaper/provider/exec.hpp"
#include "landscaper/provider/types.hpp"

namespace landscaper::daemon {

namespace {

using provider::provider_errc;
using provider::request;

constexpr const char* name = "ssh.exec";
// The engine has deadlines for work that makes no progress; a command may take as long as it likes.
constexpr auto no_deadline = std::chrono::hours(24 * 365);

struct command {
    ssh::endpoint host;
    ssh::public_key key;
    std::string script, input;
};

error bad(const std::string& what) {
    return {provider_errc::bad_input, std::string(name) + ": " + what};
}

// An input that may be absent or null.
const nlohmann::json* given(const engine::value& inputs, const char* input) {
    auto found = inputs->find(input);
    return found == inputs->end() || found->is_null() ? nullptr : &*found;
}

result<std::string> text_in(const engine::value& inputs, const char* input) {
    const auto* text = given(inputs, input);
    if (!text || !text->is_string()) return bad('"' + std::string(input) + "\" must be a string");
    return text->get<std::string>();
}

// As adduser(8) takes names; nothing that ssh could read as an option.
bool is_user(const std::string& text) {
    auto is_plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
    };
    bool begins = !text.empty() && ((text[0] >= 'a' && text[0] <= 'z') || text[0] == '_');
    return begins && text.size() <= 32 && std::all_of(text.begin(), text.end(), is_plain);
}

result<void> take_options(command& to, const engine::value& inputs) {
    if (given(inputs, "user")) {
        TRY(to.host.user, text_in(inputs, "user"));
        if (!is_user(to.host.user))
            return bad("\"user\" is no user name: " + text::printable(to.host.user, 60));
    }
    if (const auto* port = given(inputs, "port")) {
        auto number = port->is_number_integer() ? port->get<std::int64_t>() : 0;
        if (number < 1 || number > 65535) return bad("\"port\" must be a number from 1 to 65535");
        to.host.port = static_cast<std::uint16_t>(number);
    }
    if (given(inputs, "stdin")) {
        TRY(to.input, text_in(inputs, "stdin"));
    }
    return {};
}

result<command> command_in(const engine::value& inputs) {
    TRY_VOID(provider::check_inputs(*provider::find_type(name), inputs));
    TRY(auto address, text_in(inputs, "address"));
    TRY(auto key_text, text_in(inputs, "public_key"));
    command out;
    auto parsed = ip_address::parse(address);
    if (!parsed) return bad("\"address\" must be an IPv4 or IPv6 address: " + text::printable(address, 60));
    out.host.address = parsed->text();
    auto key = ssh::public_key::parse(key_text);
    if (!key) {
        return bad(
            "\"public_key\" must be a host key as `ssh-keyscan` prints it behind the address, such as "
            "\"ssh-ed25519 AAAA...\": " +
            key.error().message());
    }
    out.key = *key;
    TRY(out.script, text_in(inputs, "command"));
    if (out.script.empty()) return bad("\"command\" is empty");
    TRY_VOID(take_options(out, inputs));
    return out;
}

class exec : public provider::resource_type {
  public:
    explicit exec(rack_context& rack) : rack_(rack) {}

    task<engine::value> create(request r) override {
        CO_TRY(auto c, command_in(r.inputs));
        CO_TRY_VOID(provider::check_once(name, r));
        co_return co_await run(std::move(c), r);
    }

    task<engine::value> update(request r) override {
        CO_TRY(auto c, command_in(r.inputs));
        CO_TRY_VOID(provider::check_once(name, r));
        if (auto kept = provider::kept_by_once(r)) co_return *kept;
        co_return co_await run(std::move(c), r);
    }

    task<> destroy(request) override { co_return result<void>(); }

    std::vector<provider::operation_info> operations() const override {
        return {{"run", "Runs the command again, also with `once`, and records what it prints.", {}}};
    }
    task<provider::operation_outcome> operate(request r, std::string, engine::value) override {
        CO_TRY(auto c, command_in(r.inputs));
        CO_TRY(auto outputs, co_await run(std::move(c), r));
        co_return provider::operation_outcome{outputs, outputs};
    }

  private:
    task<engine::value> run(command c, request r) const {
        c.host.identity_file = rack_.client.private_key_file;
        auto where = c.host.address;
        CO_TRY(auto pin, ssh::make_pin("ssh.exec", c.key));
        ssh::host_session session(rack_.executor, rack_.ssh, c.host, pin);
        r.working("logs in to " + where);
        auto opened = co_await session.open();
        if (!opened) {
            auto code = ssh::is_transient(opened.error()) ? provider_errc::try_again : provider_errc::failed;
            co_return error(code, where + ": " + opened.error().message());
        }
        r.working("runs its command on " + where);
        ssh::run_options options;
        options.input = std::move(c.input);
        options.deadline = no_deadline;
        options.on_output = [&r](std::string_view line) { r.log(text::printable(line)); };
        auto ended = co_await session.run(std::move(c.script), std::move(options));
        if (!ended) co_return error(provider_errc::failed, where + ": " + ended.error().message());
        if (ended->exit_code != 0) {
            auto last = text::printable(ended->errors, 2000);
            co_return error(provider_errc::failed, where + ": exit status " +
                                                       std::to_string(ended->exit_code) +
                                                       (last.empty() ? "" : ": " + last));
        }
        CO_TRY_VOID(co_await session.close());
        co_return provider::printed_outputs(where, std::move(ended->output));
    }

    rack_context& rack_;
};

}  // namespace

std::shared_ptr<provider::resource_type> make_ssh_exec(rack_context& rack) {
    return std::make_shared<exec>(rack);
}

}  // namespace landscaper::daemon
