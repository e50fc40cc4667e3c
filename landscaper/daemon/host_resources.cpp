// The five resource types of contract 6: views on the host jobs, for the inventory's chains and for root
// expressions alike.
#include <nlohmann/json.hpp>
#include <algorithm>

#include "landscaper/base/hex.hpp"
#include "landscaper/daemon/hosts.hpp"
#include "landscaper/daemon/rollback.hpp"
#include "landscaper/daemon/ssh_exec.hpp"
#include "landscaper/provider/types.hpp"

namespace landscaper::daemon {

namespace {

// A view on the host job: create starts the stage or attaches to it; update is a create with other inputs.
class host_resource : public provider::resource_type {
  public:
    host_resource(hosts& jobs, stage what, const char* name)
        : jobs_(jobs), what_(what), type_(*provider::find_type(name)) {}

    task<engine::value> create(provider::request r) override {
        CO_TRY_VOID(provider::check_inputs(type_, r.inputs));
        auto* job = find(r);
        if (!job) {
            co_return error(provider::provider_errc::bad_input,
                            "host: " + r.inputs->value("host", nlohmann::json()).dump() +
                                " is not in the ledger; its line in inventory.yaml makes it known");
        }
        auto inputs = *r.inputs;
        auto say = r.say;
        co_return co_await job->attach(what_, inputs, std::move(say));
    }
    task<engine::value> update(provider::request r) override { return create(std::move(r)); }
    // What the ledger has proof of, and of an offer the key that it needs. A server whose chain is proven is
    // asked itself; before that the job is at work on it.
    task<provider::reality> read(provider::request r) override {
        provider::reality out;
        auto* job = find(r);
        if (!job) co_return out;
        const auto& known = job->known();
        bool is_offer = what_ == stage::keypair || what_ == stage::entry;
        out.exists = !job->is_forgotten(what_) && !(is_offer && job->lacks_payload());
        if (what_ == stage::installation && !known.is_installed()) out.exists = false;
        if (what_ == stage::host_key && known.pins.permanent.empty()) out.exists = false;
        if (what_ == stage::system && known.generations.empty()) out.exists = false;
        if (out.exists && r.previous) out.outputs = r.previous->outputs;
        if (!out.exists || is_offer) co_return out;
        std::string other;
        if (job->may_be_looked_at()) {
            r.working("logs in to " + job->address());
            CO_TRY(other, co_await job->changed_by_others(what_));
        }
        if (what_ == stage::system) {
            auto toplevel = other.empty() ? job->known().generations.back().toplevel : std::move(other);
            nlohmann::json inputs{{"toplevel", std::move(toplevel)}};
            out.inputs = engine::value(std::move(inputs));
        }
        co_return out;
    }
    // Destroying a host resource forgets; it never touches the machine.
    task<> destroy(provider::request r) override {
        auto* job = find(r);
        if (!job) co_return result<void>();
        co_return co_await job->forget(what_);
    }

    std::vector<provider::operation_info> operations() const override {
        if (what_ == stage::host_key) {
            return {{"verify", "Logs in under the pinned key, and says which server answered.", {}}};
        }
        if (what_ != stage::system) return {};
        return {{"generations", "What ran on the host, as it was proven.", {}},
                {"rollback",
                 "Activates what ran before, as a deployment does, until `landscaper plan --refresh` and "
                 "`landscaper apply` go forward again; confirm: the host's name.",
                 {"generation", "confirm"}}};
    }
    task<provider::operation_outcome> operate(provider::request r, std::string name,
                                              engine::value given) override {
        auto* job = find(r);
        if (!job) co_return error(provider::provider_errc::bad_input, "its host is not in the ledger");
        provider::operation_outcome out;
        if (name == "verify") {
            r.working("logs in to " + job->address());
            CO_TRY(out.answer, co_await job->verify_host_key());
            co_return out;
        }
        if (name == "rollback") co_return co_await roll_back(*job, std::move(r), std::move(given));
        auto all = nlohmann::json::array();
        for (const auto& one : job->known().generations) {
            all.push_back(
                {{"generation", one.number}, {"toplevel", one.toplevel}, {"proven_ms", one.proven}});
        }
        nlohmann::json answer{{"generations", std::move(all)}};
        out.answer = engine::value(std::move(answer));
        co_return out;
    }

  private:
    // The same stage with another toplevel: copied, activated with the dead-man roll-back, proven.
    static task<provider::operation_outcome> roll_back(host_job& job, provider::request r,
                                                       engine::value given) {
        if (job.is_running(stage::system)) {
            co_return error(
                provider::provider_errc::bad_input,
                "a system is being deployed on " + job.known().name + " just now: wait for its end");
        }
        CO_TRY(auto target, generation_to_return_to(job.known(), *given));
        nlohmann::json inputs{{"toplevel", target.toplevel}};
        auto say = r.say;
        auto attached = job.attach(stage::system, inputs, std::move(say));
        provider::operation_outcome out;
        CO_TRY(out.answer, co_await std::move(attached));
        out.outputs = out.answer;
        co_return out;
    }
    host_job* find(const provider::request& r) const {
        auto given = r.inputs->find("host");
        if (given == r.inputs->end() || !given->is_string()) return nullptr;
        auto host = given->get<std::string>();
        auto id = from_hex(host);
        ledger::id128 key{};
        if (!id || id->size() != key.size()) return jobs_.find_name(host);
        std::copy(id->begin(), id->end(), key.begin());
        return jobs_.find(key);
    }

    hosts& jobs_;
    stage what_;
    const provider::type_info& type_;
};

}  // namespace

void hosts::add_types(provider::registry& to) {
    auto add = [&](const char* name, stage what) {
        to.add(name, std::make_shared<host_resource>(*this, what, name));
    };
    add("ssh.keypair", stage::keypair);
    add("pxe.nbp", stage::entry);
    add("host.install", stage::installation);
    add("ssh.host_key", stage::host_key);
    add("nixos.system", stage::system);
    to.add("ssh.exec", make_ssh_exec(rack_));
}

nix::root::host_outputs outputs_of_hosts(const inventory::rack& declared) {
    using provider::find_type;
    static const std::map<std::string_view, std::string_view> chain{
        {job::installation_host_key, "ssh.keypair"},
        {job::installation_pxe_nbp, "pxe.nbp"},
        {job::installation, "host.install"},
        {job::ssh_host_public_key, "ssh.host_key"},
        {job::nixos, "nixos.system"},
    };
    nix::root::host_outputs out;
    for (const auto& [name, host] : declared.hosts) {
        if (host.managed_by != inventory::host_driver::inventory) continue;
        for (const auto& [resource, type] : chain) {
            const auto& names = find_type(type)->outputs;
            out[name][std::string(resource)].assign(names.begin(), names.end());
        }
    }
    return out;
}

nix::root::host_outputs hosts::outputs() const {
    return outputs_of_hosts(rack_.inventory);
}

std::string objection_to_host(const inventory::rack& declared, const std::string& name) {
    auto found = declared.hosts.find(name);
    if (found == declared.hosts.end()) {
        return "there is no host " + name + " in inventory.yaml; add its line with its MAC there";
    }
    if (found->second.managed_by == inventory::host_driver::nixops4) return {};
    return name +
           " is managed by its line in inventory.yaml; write managed_by: nixops4 there, or take the resource "
           "out of the root expression";
}

std::string hosts::objection(const std::string& host) const {
    auto name = host;
    auto id = from_hex(host);
    for (const auto& [known, one] : rack_.ledger->content().hosts) {
        bool is_meant = id && !rack_.inventory.hosts.contains(host) && std::ranges::equal(known, *id);
        if (is_meant && rack_.inventory.hosts.contains(one.name)) name = one.name;
    }
    return objection_to_host(rack_.inventory, name);
}

}  // namespace landscaper::daemon
