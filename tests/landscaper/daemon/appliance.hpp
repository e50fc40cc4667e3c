// As much of an appliance as resources of hosts need: ledger, keys, boot table with bootd's end of it, host
// jobs and the control socket. No server and no network: nothing is switched on.
#pragma once

#include <doctest/doctest.h>

#include <fstream>

#include "landscaper/base/hex.hpp"
#include "landscaper/control/io/server.hpp"
#include "landscaper/daemon/verbs.hpp"
#include "landscaper/job/life.hpp"
#include "pxe/bootd/link_server.hpp"
#include "pxe/bootd/sockets.hpp"
#include "pxe/nbp/local_boot.hpp"
#include "tests/landscaper/engine/io/folder.hpp"
#include "tests/landscaper/engine/io/one_thread.hpp"
#include "tests/pxe/nbp/fixture.hpp"

namespace landscaper {

class appliance {
  public:
    // The rack's folder; empty: one of its own, with nothing in it.
    explicit appliance(const std::string& network = "")
        : link_(context.get_executor(), bootd_, ring_, persist) {
        for (const auto* name : {"run", "run/keys", "run/ssh", "state", "state/engine", "data", "network"})
            std::filesystem::create_directory(folder / name);
        write_boot_files();
        rack.executor = context.get_executor();
        rack.opts.socket = folder / "run/control.sock";
        rack.opts.state = folder / "state";
        rack.opts.data = folder / "data";
        rack.opts.network = network.empty() ? folder / "network" : network;
        rack.changed = [this] { news.notify(); };
        rack.log = [](const std::string&, const std::string&) {};
        rack.ledger = ledger::store::open(rack.executor, folder / "state/ledger.sqlite", {9}).value();
        rack.artefacts = std::make_unique<daemon::artefacts>(daemon::artefacts::open(rack.opts.data).value());
        rack.ssh.runtime_folder = folder / "run/ssh";
        auto ignore = [](const pxe::link::event&) {};
        auto socket = folder / "run/bootd.sock";
        rack.link = std::make_unique<daemon::bootd_link>(rack.executor, socket,
                                                         daemon::bootd_link::callbacks{ignore, [] {}});
        rack.copies = std::make_unique<daemon::copy_line>(rack.executor, rack.opts.copy_limit);
        jobs.add_types(types);
        deployments.emplace(rack, jobs, types);
        REQUIRE(deployments->open({}).has_value());
        screen.emplace(rack, jobs, seen_, *deployments);
        verbs.emplace(rack, jobs, types, *deployments, *screen);
        control_.emplace(rack.executor, *verbs);
        REQUIRE(control_->listen(rack.opts.socket).has_value());
        running_.spawn("bootd", link_.run(pxe::bootd::listen_on_file(socket).value()));
        running_.spawn("link", rack.link->run());
        running_.spawn("control", control_->run());
    }
    ~appliance() { run_on(context, ended()).value(); }
    appliance(const appliance&) = delete;
    appliance& operator=(const appliance&) = delete;

    // Hosts by name, each with a MAC of its own, that a root expression brings about; all at one address.
    void meet(const std::vector<std::string>& names, const std::string& address = "") {
        inventory::rack declared;
        for (const auto& name : names) {
            auto& host = declared.hosts[name];
            host.name = name;
            auto last = std::to_string(10 + declared.hosts.size());
            host.mac = {mac_address::parse("52:54:00:00:00:" + last).value()};
            host.managed_by = inventory::host_driver::nixops4;
            if (!address.empty()) host.ip = ip_prefix::parse(address + "/8").value();
        }
        run_on(context, jobs.meet(declared)).value();
    }
    void run_deployments() { running_.spawn("deployments", deployments->run()); }
    const ledger::host& known(const std::string& name) const {
        return *rack.ledger->content().find_name(name);
    }
    std::string key_file(const std::string& name) const {
        return folder.name + "/run/keys/" + to_hex(known(name).id);
    }
    void commit(std::vector<ledger::change> batch) {
        run_on(context, rack.ledger->commit(std::move(batch))).value();
    }
    // What bootd would have the host boot; silent for a host that it does not know.
    pxe::stage boots(const std::string& name) const {
        const auto* entry = bootd_.table().find(known(name).mac.front());
        return entry ? entry->stage : pxe::stage::silent;
    }

    test_folder folder;
    asio::io_context context{1};
    event news{context.get_executor()};  // something changed
    daemon::rack_context rack;
    daemon::hosts jobs{rack};
    provider::registry types;
    std::optional<daemon::deployments> deployments;
    std::optional<daemon::publisher> screen;
    std::optional<daemon::verbs> verbs;

  private:
    static task<> persist() { co_return result<void>(); }
    task<> ended() {
        co_await jobs.stop();
        co_await running_.stop();
        co_return result<void>();
    }
    void write(const std::string& name, const bytes& data) {
        std::ofstream out(folder.name + "/data/" + name, std::ios::binary);
        out.write(reinterpret_cast<const char*>(data.data()), static_cast<std::streamsize>(data.size()));
    }
    void write_boot_files() {
        write("linuxx64.efi.stub", fixture::make_pe({{".text", bytes(700, 1)}, {".data", bytes(10, 2)}}));
        write("kernel", fixture::make_pe({{".text", bytes(5000, 3)}}, {.size_of_image = 50000}));
        write("initrd", bytes(3001, 4));
        auto local = bytes(512, 5);
        auto tail = pxe::nbp::encode(pxe::nbp::local_boot_tail()).value();
        local.insert(local.end(), tail.begin(), tail.end());
        write("local.efi", local);
    }

    pxe::bootd::served bootd_{{}, {}, 8069};
    pxe::link::event_ring ring_{1};
    pxe::bootd::link_server link_;
    daemon::boot_events seen_{rack, jobs};
    std::optional<control::server> control_;
    group running_{context.get_executor()};
};

}  // namespace landscaper
