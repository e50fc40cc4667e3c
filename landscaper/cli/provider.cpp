// `landscaper provider NAME`: our resource types for NixOps4. `local` does its work here; what belongs to
// hosts is asked of serve, which alone has their ledger, keys and jobs.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>
#include <cstdio>
#include <set>

#include "landscaper/cli/command.hpp"
#include "landscaper/control/io/client.hpp"
#include "landscaper/engine/io/state_file.hpp"
#include "landscaper/provider/exec.hpp"
#include "landscaper/provider/local/local.hpp"
#include "landscaper/provider/stdio_host.hpp"
#include "landscaper/provider/types.hpp"

namespace landscaper::cli {

namespace {

// One request at a time, so that waiting for serve may block.
class of_serve : public provider::resource_type {
  public:
    of_serve(std::string name, std::string socket) : name_(std::move(name)), client_(std::move(socket)) {}

    task<engine::value> create(provider::request r) override {
        CO_TRY(auto outputs, ask("create", r));
        co_return engine::value(std::move(outputs));
    }
    // A view on the host job: with other inputs the job goes on from where it is.
    task<engine::value> update(provider::request r) override { return create(std::move(r)); }

    task<provider::reality> read(provider::request r) override {
        CO_TRY(auto seen, ask("read", r));
        provider::reality out;
        out.exists = seen.value("exists", false);
        out.inputs = engine::value(seen.value("inputs", nlohmann::json::object()));
        if (out.exists && r.previous) out.outputs = r.previous->outputs;
        co_return out;
    }

    task<> destroy(provider::request r) override {
        CO_TRY_VOID(ask("destroy", r));
        co_return result<void>();
    }

  private:
    result<nlohmann::json> ask(const char* operation, const provider::request& r) const {
        auto say = [&r](const std::string& sentence) { r.working(sentence); };
        auto done = client_.bring_about(operation, name_, r.inputs.json(), say);
        if (done) return done;
        bool is_said = done.error().code() != control::control_errc::not_running &&
                       done.error().code() != control::control_errc::wrong_answer;
        return error(
            provider::provider_errc::failed,
            is_said ? done.error().context() : name_ + " is done by the daemon; " + done.error().message());
    }

    std::string name_;
    control::client client_;
};

// Runs something wherever serve does: what `once` means is decided here, where NixOps4's record is known.
class exec_of_serve : public provider::exec_type {
  public:
    exec_of_serve(const std::string& name, const std::string& socket)
        : exec_type(name, "command"), serve_(name, socket) {}

    task<> destroy(provider::request r) override { co_return co_await serve_.destroy(std::move(r)); }

  protected:
    result<void> check(const engine::value&) const override { return {}; }  // serve does
    task<engine::value> run(provider::request r) override { co_return co_await serve_.create(std::move(r)); }

  private:
    of_serve serve_;
};

void add_types(provider::registry& to, const std::string& socket) {
    provider::local::add_to(to, engine::state_files_on_disk());
    for (const auto& type : provider::types()) {
        std::string name(type.name);
        if (type.family() == "local") continue;
        if (type.takes("once")) {
            to.add(name, std::make_shared<exec_of_serve>(name, socket));
        } else {
            to.add(name, std::make_shared<of_serve>(name, socket));
        }
    }
}

}  // namespace

int run_provider(const arguments& given) {
    provider::registry types;
    add_types(types, socket_path(given));
    std::set<std::string> families;
    for (const auto& name : types.names()) families.insert(name.substr(0, name.find('.')));
    if (!families.contains(given.words[0])) {
        std::string all;
        for (const auto& family : families) all += " " + family;
        std::fprintf(stderr, "landscaper provider: no provider %s; there are:%s\n", given.words[0].c_str(),
                     all.c_str());
        return exit_usage;
    }
    auto ends = provider::take_stdio();
    if (!ends) return complain("provider", ends.error());
    asio::io_context context(1);
    int code = exit_failed;
    asio::co_spawn(context, provider::serve_stdio(given.words[0], types, std::move(*ends)),
                   [&](std::exception_ptr thrown, result<void> ended) {
                       if (thrown) std::rethrow_exception(thrown);
                       code = ended ? exit_done : exit_failed;
                   });
    context.run();
    return code;
}

}  // namespace landscaper::cli
