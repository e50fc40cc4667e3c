// What is asked of a host's resources beside bringing them about: to forget one, and to prove the host key.
#include <nlohmann/json.hpp>

#include "landscaper/daemon/host_job.hpp"
#include "landscaper/provider/provider.hpp"
#include "landscaper/ssh/io/client.hpp"

namespace landscaper::daemon {

// A payload that the installer answered with belongs to an installation until its key is rotated, whoever
// forgets the resource; before that it is only an offer, and is taken back.
task<> host_job::forget(stage what) {
    forgotten_.insert(what);
    bool is_offer = what == stage::keypair || what == stage::entry;
    bool may_go = job::standing_of(known()) <= job::standing::offered && known().payload_in_force();
    if (!is_offer || !may_go || known().rescue) co_return result<void>();
    std::vector<ledger::change> batch;
    batch.push_back(ledger::payload_withdrawn{id_, now_ms()});
    CO_TRY_VOID(co_await commit(std::move(batch)));
    publish_entry();
    CO_TRY_VOID(co_await rack_.link->acknowledged());
    unlink_key();
    rack_.changed();
    co_return result<void>();
}

task<engine::value> host_job::verify_host_key() {
    const auto& key = known().pins.permanent;
    if (key.empty()) {
        co_return error(provider::provider_errc::failed, known().name + " has no host key of its own yet");
    }
    CO_TRY(auto parsed, ssh::public_key::parse(key));
    CO_TRY(auto pin, pin_of(key));
    auto where = endpoint();
    ssh::host_session session(rack_.executor, rack_.ssh, where, pin);
    ssh::run_options options;
    std::string script = read_boot_id;
    CO_TRY(auto boot, co_await session.expect(script, options));
    CO_TRY_VOID(co_await session.close());
    while (!boot.empty() && boot.back() == '\n') boot.pop_back();
    nlohmann::json out{{"address", where.address},
                       {"public_key", key},
                       {"fingerprint", parsed.fingerprint()},
                       {"boot_id", boot}};
    co_return engine::value(std::move(out));
}

}  // namespace landscaper::daemon
