#include "landscaper/daemon/ssh_exec.hpp"

#include <nlohmann/json.hpp>
#include <algorithm>

#include "landscaper/base/ip_address.hpp"
#include "landscaper/base/printable.hpp"
#include "landscaper/provider/exec.hpp"
#include "landscaper/provider/inputs.hpp"

namespace landscaper::daemon {

namespace {

using provider::given;
using provider::provider_errc;
using provider::request;
using provider::text_of;

constexpr const char* ssh_exec = "ssh.exec";
// The engine has deadlines for work that makes no progress; a command may take as long as it likes.
constexpr auto no_deadline = std::chrono::hours(24 * 365);

struct command {
    ssh::endpoint host;
    ssh::public_key key;
    std::string script, input;
};

error bad(const std::string& what) {
    return {provider_errc::bad_input, std::string(ssh_exec) + ": " + what};
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
        TRY(to.host.user, text_of(ssh_exec, inputs, "user"));
        if (!is_user(to.host.user))
            return bad("\"user\" is no user name: " + text::printable(to.host.user, 60));
    }
    if (const auto* port = given(inputs, "port")) {
        auto number = port->is_number_integer() ? port->get<std::int64_t>() : 0;
        if (number < 1 || number > 65535) return bad("\"port\" must be a number from 1 to 65535");
        to.host.port = static_cast<std::uint16_t>(number);
    }
    if (given(inputs, "stdin")) {
        TRY(to.input, text_of(ssh_exec, inputs, "stdin"));
    }
    return {};
}

result<command> command_in(const engine::value& inputs) {
    TRY_VOID(provider::check_inputs(ssh_exec, inputs));
    TRY(auto address, text_of(ssh_exec, inputs, "address"));
    TRY(auto key_text, text_of(ssh_exec, inputs, "public_key"));
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
    TRY(out.script, text_of(ssh_exec, inputs, "command"));
    if (out.script.empty()) return bad("\"command\" is empty");
    TRY_VOID(take_options(out, inputs));
    return out;
}

class exec : public provider::exec_type {
  public:
    explicit exec(rack_context& rack) : exec_type(ssh_exec, "command"), rack_(rack) {}

  protected:
    result<void> check(const engine::value& inputs) const override {
        TRY_VOID(command_in(inputs));
        return {};
    }

    task<engine::value> run(request r) override {
        CO_TRY(auto c, command_in(r.inputs));
        c.host.identity_file = rack_.client.private_key_file;
        auto where = c.host.address;
        CO_TRY(auto pin, ssh::make_pin(ssh_exec, c.key));
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

  private:
    rack_context& rack_;
};

}  // namespace

std::shared_ptr<provider::resource_type> make_ssh_exec(rack_context& rack) {
    return std::make_shared<exec>(rack);
}

}  // namespace landscaper::daemon
