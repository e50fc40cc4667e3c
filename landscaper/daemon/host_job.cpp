#include "landscaper/daemon/host_job.hpp"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "landscaper/async/file.hpp"
#include "landscaper/async/random.hpp"
#include "landscaper/base/hex.hpp"
#include "landscaper/base/json_in.hpp"
#include "landscaper/base/printable.hpp"
#include "landscaper/daemon/host_json.hpp"
#include "landscaper/provider/provider.hpp"
#include "landscaper/ssh/io/rotate.hpp"

namespace landscaper::daemon {

using namespace std::chrono_literals;

host_job::host_job(rack_context& rack, const ledger::id128& id)
    : rack_(rack),
      id_(id),
      stages_(rack.executor),
      ended_(rack.executor),
      woken_(rack.executor),
      asked_(rack.executor),
      grants_(rack.opts.runtime() + "/grants") {}

const ledger::host& host_job::known() const {
    static const ledger::host retired;
    auto found = rack_.ledger->content().hosts.find(id_);
    return found == rack_.ledger->content().hosts.end() ? retired : found->second;
}

const inventory::host* host_job::declared() const {
    for (const auto& mac : known().mac) {
        if (auto* found = rack_.inventory.find(mac)) return found;
    }
    return nullptr;
}

asio::awaitable<void> host_job::stop() {
    is_interrupted_ = true;
    co_await stages_.stop();
    kept_.reset();
}

void host_job::at_rest() {
    status_.condition = "run";
    status_.sentence.clear();
    rack_.changed();
}

void host_job::retry() {
    woken_.notify();
    asked_.notify();
}

void host_job::on_seen(const std::string& word) {
    // dhcp -> nbp -> fetched; a new DISCOVER begins again.
    status_.seen = word;
    status_.last_seen = now_ms();
    woken_.notify();
    if (word == "fetched") asked_.notify();
    rack_.changed();
}

void host_job::on_boots_by(std::optional<install::firmware> seen) {
    if (seen) boots_by_ = seen;
}

task<engine::value> host_job::attach(stage what, nlohmann::json inputs, say progress) {
    attached_guard here(attached_);
    say_ = std::move(progress);
    // Who comes later is told what it waits for, which nobody will say again.
    if (runs_[what].is_running && !status_.sentence.empty()) tell();
    auto text = inputs.dump();
    CO_TRY_VOID(co_await until_free(what, text));
    auto& present = runs_[what];
    forgotten_.erase(what);
    is_interrupted_ = false;
    if (!present.is_running) {
        present = {true, text, std::nullopt};
        stages_.spawn("stage", run_stage(what, inputs));
    }
    while (runs_[what].is_running && runs_[what].inputs == text) {
        CO_TRY_VOID(co_await ended_.wait());
    }
    if (runs_[what].inputs != text) co_return error(async_errc::cancelled);
    co_return *runs_[what].outcome;
}

// Until the stage does not run for other inputs.
task<> host_job::until_free(stage what, std::string inputs) {
    while (runs_[what].is_running && runs_[what].inputs != inputs) {
        if (what == stage::installation && job::has_begun_writing(known())) {
            CO_TRY_VOID(co_await ended_.wait());
        } else {
            rack_.log(known().name, "was declared otherwise meanwhile: begins with what is declared now");
            co_await stages_.stop();
        }
    }
    co_return result<void>();
}

task<> host_job::run_stage(stage what, nlohmann::json inputs) {
    result<engine::value> outcome = error(async_errc::cancelled);
    try {
        outcome = co_await carry_out(what, std::move(inputs));
    } catch (const boost::system::system_error& thrown) {
        if (!is_cancellation(thrown)) throw;
    }
    if (!outcome && outcome.error().code() != async_errc::cancelled) {
        auto why = provider::words_of(outcome.error());
        set("FAILED", why + "; `landscaper retry " + known().name + "` goes on from this step");
        outcome = error(provider::provider_errc::failed, why);
    }
    auto& ended = runs_[what];
    ended.is_running = false;
    ended.outcome = std::move(outcome);
    ended_.notify();
    rack_.changed();
    co_return result<void>();
}

task<engine::value> host_job::carry_out(stage what, nlohmann::json inputs) {
    switch (what) {
        case stage::keypair: return make_keypair();
        case stage::entry: return enter_table();
        case stage::installation: return install(std::move(inputs));
        case stage::host_key: return rotate();
        case stage::system: return deploy(std::move(inputs));
    }
    return make_keypair();
}

std::string host_job::key_file() const {
    return rack_.opts.runtime() + "/keys/" + to_hex(id_);
}

bool host_job::lacks_payload() const {
    return job::needs_payload(known(), ::access(key_file().c_str(), R_OK) == 0);
}

// The payload in force, or a new one.
task<> host_job::have_payload() {
    if (!lacks_payload()) co_return result<void>();
    set("run", "makes the temporary host key");
    CO_TRY_VOID(
        co_await intend(std::string(job::installation_host_key), std::string(job::step_payload), true));
    co_return co_await make_payload(std::string(job::installation_host_key));
}

task<engine::value> host_job::make_keypair() {
    CO_TRY_VOID(co_await have_payload());
    nlohmann::json outputs;
    outputs["public_key"] = known().payloads.empty() ? "" : known().payloads.back().public_key;
    outputs["private_key_file"] = key_file();
    co_return engine::value(std::move(outputs));
}

// A fresh temporary key pair and token; the payload before it is withdrawn.
task<> host_job::make_payload(std::string resource) {
    CO_TRY(auto pair, co_await ssh::make_key_pair(rack_.ssh, rack_.opts.runtime() + "/keys", to_hex(id_),
                                                  "landscaper-" + known().name));
    std::vector<ledger::change> batch;
    batch.push_back(ledger::payload_made{id_, to_hex(random_bytes(16)), pair.key.text(), now_ms()});
    batch.push_back(ledger::step_proof{id_, std::move(resource), std::string(job::step_payload),
                                       pair.key.fingerprint(), now_ms()});
    co_return co_await commit(std::move(batch));
}

// Without the private half of its key there is nothing to serve but a page that asks to wait.
task<engine::value> host_job::enter_table() {
    CO_TRY_VOID(co_await have_payload());
    bool proven = known().is_proven(job::installation_pxe_nbp, job::step_entry);
    if (!proven) {
        set("run", "enters the boot table");
        CO_TRY_VOID(
            co_await intend(std::string(job::installation_pxe_nbp), std::string(job::step_entry), false));
        // The entry follows from the proofs, so this one is written first; bootd's answer makes it true.
        CO_TRY_VOID(co_await prove(std::string(job::installation_pxe_nbp), std::string(job::step_entry),
                                   "in the boot table"));
    }
    publish_entry();
    CO_TRY_VOID(co_await rack_.link->acknowledged());
    nlohmann::json outputs;
    outputs["entry"] = "payload " + std::to_string(known().payloads.size());
    co_return engine::value(std::move(outputs));
}

static pxe::reservation reservation_of(const inventory::host& declared) {
    pxe::reservation out;
    out.ip = *declared.ip;
    if (declared.gateway) out.gateway = declared.gateway->v4();
    for (const auto& server : declared.nameservers) {
        if (auto v4 = server.v4()) out.nameservers.push_back(*v4);
    }
    for (const auto& server : declared.ntp) {
        if (auto v4 = server.v4()) out.ntp.push_back(*v4);
    }
    out.hostname = declared.name;
    out.domain = declared.domain;
    out.mtu = declared.mtu;
    return out;
}

static result<void> fill_entry(const rack_context& rack, const ledger::host& known,
                               const inventory::host* declared, const std::string& key_file,
                               pxe::boot_entry& entry) {
    auto stage = job::boot_stage(known);
    if (stage == pxe::stage::silent) {
        entry.stage = stage;
        return {};
    }
    if (stage == pxe::stage::local) return rack.artefacts->add_local(entry, known.name, known.esp);
    auto* payload = known.payload_in_force();
    if (known.held) {
        return rack.artefacts->add_hold(entry, known.name,
                                        "held by the operator: landscaper resume " + known.name);
    }
    if (stage == pxe::stage::hold || !declared || !payload) {
        return rack.artefacts->add_hold(entry, known.name, "landscaper is preparing this server");
    }
    TRY(auto private_key, read_file(key_file, 4096));
    TRY(auto cpio, host_cpio(rack, host_json(rack, *declared, known, payload->token), private_key));
    TRY(auto memory, sealed_memfd("host.cpio", cpio));
    entry.token = payload->token;
    return rack.artefacts->add_install(entry, known.name, content({whole_file(memory)}));
}

void host_job::publish_entry() {
    const auto& of = known();
    if (of.mac.empty()) return rack_.link->drop(to_hex(id_));
    pxe::boot_entry entry;
    entry.mac = of.mac;
    auto* from = declared();
    if (from) {
        entry.style = from->style;
        entry.nbp = from->nbp;
        bool reserves = rack_.inventory.network.dhcp == inventory::dhcp_mode::reservations && from->ip &&
                        !from->ip->address.v6;
        if (reserves) entry.ip = reservation_of(*from);
    }
    auto filled = fill_entry(rack_, of, from, key_file(), entry);
    if (!filled) {
        rack_.log(of.name, "no boot entry: " + filled.error().message());
        entry.objects.clear();
        entry.token.clear();
        entry.stage = pxe::stage::hold;
    }
    rack_.link->put(to_hex(id_), std::move(entry));
}

task<engine::value> host_job::rotate() {
    auto finished = job::standing_of(known()) >= job::standing::deploying;
    // After a crash behind the promotion only the withdrawal is left to do.
    if (!finished && !job::is_promoted(known())) {
        CO_TRY_VOID(co_await until_done([this] { return rotate_once(); }));
    }
    if (!finished) {
        CO_TRY_VOID(co_await withdraw_payload());
    } else {
        CO_TRY_VOID(co_await changed_since_proven(stage::host_key));
    }
    nlohmann::json outputs;
    outputs["public_key"] = known().pins.permanent;
    co_return engine::value(std::move(outputs));
}

task<> host_job::rotate_once() {
    CO_TRY_VOID(unless_stopped());
    CO_TRY(auto pin, pin_of(job::installed_key(known())));
    auto session = take(pin);
    if (!session) {
        CO_TRY_VOID(co_await await_ssh("the installed system does not answer"));
    }
    ssh::rotation_plan plan;
    plan.alias = to_hex(id_);
    plan.attempt = "a" + std::to_string(known().attempt);
    plan.comment = "root@" + known().name;
    CO_TRY(plan.temporary, ssh::public_key::parse(job::installed_key(known())));
    if (!known().pins.pending.empty()) {
        CO_TRY(plan.pending, ssh::public_key::parse(known().pins.pending));
    }
    std::set<std::string> proven;
    for (const auto& row : ssh::rotation_steps()) {
        if (known().is_proven(job::ssh_host_public_key, row.step.name)) proven.emplace(row.step.name);
    }
    set("run", "replaces the temporary host key by one made on the host");
    ssh::rotation_record record;
    record.intend = [this](std::string step) { return begin_rotation_step(std::move(step)); };
    record.prove = [this](std::string step, std::string proof) {
        return prove_rotation(std::move(step), std::move(proof));
    };
    auto host = endpoint();
    auto rotation = ssh::rotate(rack_.ssh, std::move(host), std::move(plan), std::move(proven),
                                std::move(record), std::move(session));
    CO_TRY(auto done, co_await std::move(rotation));
    keep(std::move(done.session));
    co_return result<void>();
}

// `landscaper hold` stops it before its next step.
task<> host_job::begin_rotation_step(std::string step) {
    CO_TRY_VOID(unless_stopped());
    co_return co_await intend(std::string(job::ssh_host_public_key), std::move(step), true);
}

// The new key is pending in the ledger before the host may switch to it.
task<> host_job::prove_rotation(std::string step, std::string proof) {
    std::vector<ledger::change> batch;
    if (step == "generate") {
        CO_TRY(auto json, json_in(proof, 4096, 4));
        batch.push_back(ledger::pin_pending{id_, json.value("pending", "")});
    }
    batch.push_back(ledger::step_proof{id_, std::string(job::ssh_host_public_key), step, proof, now_ms()});
    co_return co_await commit(std::move(batch));
}

void host_job::unlink_key() const {
    ::unlink(key_file().c_str());
    ::unlink((key_file() + ".pub").c_str());
}

void host_job::forget_secrets(const ledger::id128& id) const {
    unlink_key();
    auto gone = grants_.use(id);
    static_cast<void>(gone);  // mostly there is none
}

// Contract 1: the proof, then the boot table and its acknowledgement, then the secret goes.
task<> host_job::withdraw_payload() {
    std::string resource(job::ssh_host_public_key);
    std::string withdraw(job::step_withdraw);
    CO_TRY_VOID(co_await intend(resource, withdraw, true));
    if (!job::is_promoted(known())) {
        std::vector<ledger::change> batch;
        batch.push_back(ledger::pin_promoted{id_});
        batch.push_back(ledger::payload_withdrawn{id_, now_ms()});
        CO_TRY_VOID(co_await commit(std::move(batch)));
    }
    publish_entry();
    CO_TRY_VOID(co_await rack_.link->acknowledged());
    unlink_key();
    co_return co_await prove(resource, withdraw, "payload withdrawn, temporary key unlinked");
}

}  // namespace landscaper::daemon
