#include "landscaper/daemon/serve.hpp"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>

#include "landscaper/async/file.hpp"
#include "landscaper/async/group.hpp"
#include "landscaper/async/random.hpp"
#include "landscaper/async/service_manager.hpp"
#include "landscaper/base/hex.hpp"
#include "landscaper/control/io/server.hpp"
#include "landscaper/daemon/bootd_process.hpp"
#include "landscaper/daemon/deployments.hpp"
#include "landscaper/daemon/inventory_watch.hpp"
#include "landscaper/daemon/preflight.hpp"
#include "landscaper/daemon/publisher.hpp"
#include "landscaper/daemon/verbs.hpp"
#include "landscaper/engine/io/process_provider.hpp"
#include "landscaper/engine/io/state_file.hpp"
#include "landscaper/provider/local/local.hpp"

namespace landscaper::daemon {

namespace {

int fail(int code, const std::string& text) {
    bool is_ended = text.ends_with('\n');
    std::fprintf(stderr, "landscaper serve: %s%s", text.c_str(), is_ended ? "" : "\n");
    return code;
}

// Everything that lives as long as serve does, in the order in which it is made.
class server {
  public:
    server(asio::io_context& context, options opts) : jobs_(rack_), seen_(rack_, jobs_) {
        rack_.executor = context.get_executor();
        rack_.opts = std::move(opts);
        rack_.changed = [this] {
            if (screen_) screen_->changed();
        };
        rack_.log = [this](const std::string& host, const std::string& text) {
            if (screen_) screen_->log(host, text);
        };
    }

    // Folders, ledger, keys, cache, files to serve: what can be missing, before anything is answered.
    task<> open(inventory::rack declared);
    task<> run();
    // In order: no new work, jobs, engine, and only then bootd.
    asio::awaitable<void> stop();

  private:
    task<> open_keys();
    pxe::link::network network_of(const inventory::rack& declared);
    task<> take(inventory::rack declared);
    void refuse(const inventory::problems& problems);

    rack_context rack_;
    hosts jobs_;
    boot_events seen_;
    provider::registry types_;
    std::unique_ptr<deployments> deployments_;
    std::unique_ptr<publisher> screen_;
    std::unique_ptr<verbs> verbs_;
    std::unique_ptr<control::server> control_;
    pid_t bootd_ = 0;
};

task<> server::open(inventory::rack declared) {
    const auto& opts = rack_.opts;
    for (const auto& folder :
         {opts.runtime(), opts.runtime() + "/ssh", opts.runtime() + "/keys", opts.state,
          opts.state + "/engine", opts.state + "/keys", opts.state + "/cache", opts.state + "/bootd"}) {
        auto made = make_folders(folder, folder == opts.runtime() || folder == opts.state ? 0755 : 0700);
        if (made) continue;
        co_return made.error().in("run it as root, or name folders of your own with --state and --socket");
    }
    auto random = random_bytes(16);
    ledger::id128 new_rack{};
    std::copy(random.begin(), random.end(), new_rack.begin());
    CO_TRY(rack_.ledger, ledger::store::open(rack_.executor, opts.state + "/ledger.sqlite", new_rack));
    rack_.inventory = declared;
    CO_TRY(auto files, artefacts::open(opts.data));
    rack_.artefacts = std::make_unique<artefacts>(std::move(files));
    CO_TRY_VOID(co_await open_keys());
    if (opts.with_bootd) {
        CO_TRY(bootd_, co_await have_bootd(opts, declared.network.interfaces));
    }
    bootd_link::callbacks calls;
    calls.on_event = [this](const pxe::link::event& e) { seen_.on(e); };
    calls.on_change = [this] { rack_.changed(); };
    rack_.link =
        std::make_unique<bootd_link>(rack_.executor, opts.runtime() + "/bootd.sock", std::move(calls));
    rack_.link->set_network(network_of(declared));
    rack_.copies = std::make_unique<copy_line>(rack_.executor, opts.copy_limit);
    jobs_.add_types(types_);
    provider::local::add_to(types_, engine::state_files_on_disk());
    engine::process_provider_options foreign;
    foreign.directory = opts.network;
    types_.set_foreign(engine::foreign_providers(foreign));
    deployments_ = std::make_unique<deployments>(rack_, jobs_, types_);
    CO_TRY_VOID(deployments_->open(declared));
    screen_ = std::make_unique<publisher>(rack_, jobs_, seen_, *deployments_);
    if (!is_on_tmpfs(opts.runtime())) {
        screen_->add_warning(opts.runtime() +
                             " is not on a tmpfs: temporary host keys would survive a power cut; name a "
                             "socket below /run with --socket");
    }
    // Known before anybody can ask: no console ever sees an empty rack that is not empty.
    CO_TRY_VOID(co_await jobs_.meet(declared));
    screen_->publish();
    verbs_ = std::make_unique<verbs>(rack_, jobs_, types_, *deployments_, *screen_);
    control_ = std::make_unique<control::server>(rack_.executor, *verbs_);
    CO_TRY_VOID(control_->listen(opts.socket));
    co_return result<void>();
}

task<> server::open_keys() {
    const auto& opts = rack_.opts;
    rack_.ssh.runtime_folder = opts.runtime() + "/ssh";
    nix::store_config config;
    config.cache_folder = opts.state + "/cache";
    config.keys_folder = opts.state + "/keys";
    config.cache_name = "landscaper-" + to_hex(bytes_view(rack_.ledger->content().rack).first(4));
    config.layouts = opts.data + "/layout.nix";
    rack_.nix = std::make_unique<nix::store>(std::move(config));
    CO_TRY_VOID(co_await rack_.nix->version());
    CO_TRY(rack_.cache_key, co_await rack_.nix->have_cache());
    CO_TRY(rack_.client,
           co_await ssh::have_key_pair(rack_.ssh, opts.state + "/keys", "client_ed25519", "landscaper"));
    co_return result<void>();
}

static pxe::proxy::dhcp_mode mode_of(inventory::dhcp_mode mode) {
    switch (mode) {
        case inventory::dhcp_mode::proxy: return pxe::proxy::dhcp_mode::proxy;
        case inventory::dhcp_mode::reservations: return pxe::proxy::dhcp_mode::reservations;
        case inventory::dhcp_mode::off: return pxe::proxy::dhcp_mode::off;
    }
    return pxe::proxy::dhcp_mode::proxy;
}

pxe::link::network server::network_of(const inventory::rack& declared) {
    pxe::link::network out;
    out.settings.rack = to_hex(rack_.ledger->content().rack);
    out.settings.mode = mode_of(declared.network.dhcp);
    out.settings.interfaces = declared.network.interfaces;
    auto folder = open_folder(rack_.opts.state + "/cache");
    if (!folder) return out;
    auto cache = std::make_shared<open_file>();
    cache->fd = std::move(*folder);
    cache->name = "cache";
    out.cache = std::move(cache);
    return out;
}

task<> server::take(inventory::rack declared) {
    screen_->set_problems({});
    bool same_network = declared.network == rack_.inventory.network;
    CO_TRY_VOID(co_await jobs_.meet(declared));
    CO_TRY_VOID(co_await deployments_->take(declared));
    CO_TRY_VOID(co_await jobs_.take(declared, deployments_->own().engine()));
    deployments_->look_again();
    if (!same_network) rack_.link->set_network(network_of(declared));
    co_return result<void>();
}

void server::refuse(const inventory::problems& problems) {
    std::vector<std::string> lines;
    for (const auto& one : problems) lines.push_back(one.message());
    screen_->set_problems(std::move(lines));
}

task<> server::run() {
    std::vector<task<>> all;
    all.push_back(rack_.link->run());
    all.push_back(deployments_->run());
    all.push_back(screen_->run());
    all.push_back(control_->run());
    all.push_back(watch_inventory(
        rack_.opts.network, [this](inventory::rack declared) { return take(std::move(declared)); },
        [this](const inventory::problems& problems) { refuse(problems); }));
    auto ready = service_manager::notify("READY=1");
    static_cast<void>(ready);
    co_return co_await first_of(std::move(all));
}

asio::awaitable<void> server::stop() {
    co_await jobs_.stop();
    if (!bootd_) co_return;
    auto stopped = co_await stop_bootd(rack_.opts, bootd_);
    static_cast<void>(stopped);
}

task<> until_signal(asio::signal_set& signals) {
    auto [failed, number] = co_await signals.async_wait(as_result);
    static_cast<void>(number);
    if (failed) co_return error(async_errc::cancelled);
    co_return result<void>();
}

asio::awaitable<int> serve_until_signal(server& daemon, asio::signal_set& signals, inventory::rack declared) {
    auto opened = co_await daemon.open(std::move(declared));
    if (!opened) {
        co_await daemon.stop();
        co_return fail(1, opened.error().message());
    }
    std::vector<task<>> both;
    both.push_back(daemon.run());
    both.push_back(until_signal(signals));
    auto ended = co_await first_of(std::move(both));
    co_await daemon.stop();
    if (!ended) co_return fail(1, ended.error().message());
    co_return 0;
}

}  // namespace

int serve(const options& opts) {
    auto declared = read_inventory(opts.network);
    if (!declared) return fail(2, inventory::text(declared.error()));
    if (auto obstacle = look_at_machine(opts, *declared)) return fail(obstacle->exit_code, obstacle->text);
    // Relative names in a root expression start at its folder, as they do for NixOps4.
    if (::chdir(opts.network.c_str()) != 0) return fail(2, errno_error(opts.network).message());
    ::umask(0022);
    ::signal(SIGPIPE, SIG_IGN);
    asio::io_context context(1);
    asio::signal_set signals(context, SIGTERM, SIGINT);
    server daemon(context, opts);
    int code = 1;
    asio::co_spawn(context, serve_until_signal(daemon, signals, *declared),
                   [&](std::exception_ptr thrown, int value) {
                       code = value;
                       context.stop();
                       if (thrown) std::rethrow_exception(thrown);
                   });
    try {
        context.run();
    } catch (const std::exception& e) {
        return fail(1, std::string("broken invariant: ") + e.what());
    }
    return code;
}

}  // namespace landscaper::daemon
