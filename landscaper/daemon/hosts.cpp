#include "landscaper/daemon/hosts.hpp"

#include <nlohmann/json.hpp>

#include "landscaper/async/file.hpp"
#include "landscaper/async/random.hpp"
#include "landscaper/base/hex.hpp"
#include "landscaper/base/overloaded.hpp"
#include "landscaper/base/printable.hpp"
#include "landscaper/daemon/systems.hpp"
#include "landscaper/job/identify.hpp"
#include "landscaper/provider/types.hpp"

namespace landscaper::daemon {

ledger::id128 new_id() {
    ledger::id128 id{};
    auto random = random_bytes(id.size());
    std::copy(random.begin(), random.end(), id.begin());
    return id;
}

hosts::hosts(rack_context& rack) : rack_(rack) {}

host_job* hosts::find(const ledger::id128& id) {
    auto found = jobs_.find(id);
    return found == jobs_.end() ? nullptr : found->second.get();
}

host_job* hosts::find_name(const std::string& name) {
    auto* known = rack_.ledger->content().find_name(name);
    return known ? find(known->id) : nullptr;
}

host_job* hosts::find_mac(const mac_address& mac) {
    auto* known = rack_.ledger->content().find_mac(mac);
    return known ? find(known->id) : nullptr;
}

void hosts::forget_retired() {
    std::erase_if(retired_, [](const auto& job) { return !job->is_attached(); });
    for (auto at = jobs_.begin(); at != jobs_.end();) {
        if (rack_.ledger->content().hosts.contains(at->first)) {
            ++at;
            continue;
        }
        rack_.link->drop(to_hex(at->first));
        retired_.push_back(std::move(at->second));
        at = jobs_.erase(at);
    }
}

asio::awaitable<void> hosts::stop() {
    for (auto& [id, job] : jobs_) co_await job->stop();
}

task<> hosts::meet(inventory::rack declared) {
    CO_TRY_VOID(co_await identify(declared));
    rack_.inventory = declared;
    for (const auto& [id, known] : rack_.ledger->content().hosts) {
        auto& job = jobs_[id];
        bool is_new = !job;
        if (is_new) job = std::make_unique<host_job>(rack_, id);
        job->publish_entry();
        if (is_new && known.rescue) job->watch_rescue();
    }
    rack_.changed();
    co_return result<void>();
}

task<> hosts::take(inventory::rack declared, engine::runner& runner) {
    CO_TRY_VOID(co_await build_systems(declared));
    CO_TRY_VOID(declare(runner));
    for (auto& [id, job] : jobs_) job->retry();
    rack_.changed();
    co_return result<void>();
}

task<> hosts::identify(const inventory::rack& declared) {
    auto found = job::identify(rack_.ledger->content(), declared, new_id, now_ms());
    held_back_ = std::move(found.held_back);
    if (!found.changes.empty()) {
        CO_TRY_VOID(co_await rack_.ledger->commit(std::move(found.changes)));
    }
    co_return result<void>();
}

static system_surroundings context_of(const rack_context& rack, const inventory::host& host,
                                      const ledger::host& known) {
    auto address = host.ip ? std::optional(host.ip->address) : std::nullopt;
    return {to_hex(known.id), rack.client.key.text(), rack.cache_url_for(address), rack.cache_key};
}

// One host after the other: evaluation is heavy, and its result is cached by Nix.
task<> hosts::build_systems(const inventory::rack& declared) {
    for (const auto& [name, host] : declared.hosts) {
        auto* known = rack_.ledger->content().find_name(name);
        bool is_ours = host.managed_by == inventory::host_driver::inventory;
        if (!known || !is_ours || held_back_.contains(name)) continue;
        held_back_[name] = "builds its system with Nix";
        rack_.changed();
        auto source = system_source_of(declared, host);
        auto failure = source ? error() : source.error();
        if (source) {
            auto argument = system_argument_of(host, context_of(rack_, host, *known));
            auto built = co_await rack_.nix->system(*source, rack_.opts.network, std::move(argument));
            if (!built && built.error().code() == async_errc::cancelled) co_return built.error();
            if (built) systems_[name] = *built;
            failure = built ? error() : built.error();
            if (built) {
                held_back_[name] = "puts its systems into the cache";
                rack_.changed();
                std::vector<std::string> paths{built->base, built->toplevel};
                auto published = co_await rack_.nix->publish(std::move(paths));
                if (!published) failure = published.error();
            }
        }
        if (failure.code()) {
            held_back_[name] = "its system was not built: " + text::printable(failure.message(), 600);
            rack_.log(name, held_back_[name]);
        } else {
            held_back_.erase(name);
        }
    }
    co_return result<void>();
}

namespace {

// The chain of contract 6, in the words of NixOps4-based-installation-process.
std::vector<engine::member> chain_of(const ledger::host& known, const inventory::host& declared,
                                     const nix::system_paths& systems) {
    using provider::member_of;
    engine::path home{"hosts", declared.name};
    auto host = engine::literal(to_hex(known.id));
    auto attempt = engine::literal(known.attempt);
    // `wipe` is read at the gate, from the inventory as it is then: a policy makes no installed disk
    // different.
    nlohmann::json disk;
    disk["layout"] = inventory::word(declared.disk.layout);
    auto key = member_of("ssh.keypair", home / std::string(job::installation_host_key),
                         {{"host", host}, {"attempt", attempt}});
    auto nbp = member_of(
        "pxe.nbp", home / std::string(job::installation_pxe_nbp),
        {{"host", host}, {"attempt", attempt}, {"public_key", engine::reference(key.at, "public_key")}});
    auto install = member_of("host.install", home / std::string(job::installation),
                             {{"host", host},
                              {"attempt", attempt},
                              {"disk", engine::literal(disk)},
                              {"base", engine::literal(systems.base)}});
    install.after = {nbp.at};
    auto rotation =
        member_of("ssh.host_key", home / std::string(job::ssh_host_public_key),
                  {{"host", host}, {"installation_id", engine::reference(install.at, "installation_id")}});
    auto system = member_of("nixos.system", home / std::string(job::nixos),
                            {{"host", host},
                             {"public_key", engine::reference(rotation.at, "public_key")},
                             {"toplevel", engine::literal(systems.toplevel)}});
    return {key, nbp, install, rotation, system};
}

// A renamed host is the same host: what is recorded of it under a name that nobody has any more is its own.
std::optional<engine::path> former_path(const engine::member& m,
                                        const std::map<engine::path, engine::resource_entry>& state,
                                        const inventory::rack& declared) {
    if (state.contains(m.at)) return std::nullopt;
    auto host = m.inputs.at("host").literal;
    for (const auto& [at, entry] : state) {
        const auto& names = at.names();
        bool is_a_host = names.size() == 3 && names[0] == "hosts" && names[2] == m.at.name();
        if (!is_a_host || declared.hosts.contains(names[1])) continue;
        auto recorded = entry.inputs->find("host");
        if (recorded != entry.inputs->end() && engine::is_same(*recorded, *host)) return at;
    }
    return std::nullopt;
}

}  // namespace

result<void> hosts::declare(engine::runner& runner) const {
    auto declared = chains(rack_.inventory);
    for (auto& m : declared.members) m.moved_from = former_path(m, runner.state(), rack_.inventory);
    return runner.set_members("inventory.yaml", std::move(declared));
}

engine::declaration hosts::chains(const inventory::rack& declared) const {
    engine::declaration out;
    out.reserves = {engine::path{"hosts"}};
    for (const auto& [name, host] : declared.hosts) {
        auto* known = rack_.ledger->content().find_name(name);
        auto systems = systems_.find(name);
        bool is_ours = host.managed_by == inventory::host_driver::inventory;
        if (!known || !is_ours || systems == systems_.end() || held_back_.contains(name)) continue;
        auto chain = chain_of(*known, host, systems->second);
        out.members.insert(out.members.end(), chain.begin(), chain.end());
    }
    return out;
}

}  // namespace landscaper::daemon
