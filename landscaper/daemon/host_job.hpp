// One host's job: carries its chain out step by step, each recorded in the ledger before and after, and goes
// on from the first missing proof whenever it is asked again. Owned by serve: no client, apply or provider
// stops it.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "landscaper/async/event.hpp"
#include "landscaper/async/group.hpp"
#include "landscaper/daemon/copy_turn.hpp"
#include "landscaper/daemon/grants.hpp"
#include "landscaper/daemon/rack_context.hpp"
#include "landscaper/engine/progress.hpp"
#include "landscaper/engine/value.hpp"
#include "landscaper/install/look.hpp"
#include "landscaper/install/progress.hpp"
#include "landscaper/install/step.hpp"
#include "landscaper/install/system.hpp"
#include "landscaper/job/arm.hpp"
#include "landscaper/job/disk_key.hpp"
#include "landscaper/job/life.hpp"
#include "landscaper/ssh/rotation.hpp"

namespace landscaper::daemon {

// What the screen shows of a running job beyond the ledger. Words of contract 7.
struct job_status {
    std::string condition = "run";  // run person HOLD FAILED
    std::string sentence;
    std::string seen;  // dhcp nbp fetched
    ledger::unix_ms last_seen = 0;
    std::string unit;  // of the progress; empty = none in numbers
    std::uint64_t done = 0, total = 0;
    steady_time measured{};
    std::uint64_t rate = 0;  // per second
    std::deque<std::string> log;
    bool works = false;        // a script runs on the host
    steady_time progressed{};  // when it last printed or copied something
};

// What tells one boot of a machine from the next.
inline constexpr const char* read_boot_id = "cat /proc/sys/kernel/random/boot_id";

// The stages of the chain, one per resource.
enum class stage { keypair, entry, installation, host_key, system };

class host_job {
  public:
    using say = std::function<void(const engine::progress&)>;

    host_job(rack_context& rack, const ledger::id128& id);

    // Starts the stage or attaches to it; its outputs once it is proven. A proven stage answers at once, from
    // the ledger. The stage goes on when the caller is cancelled. One that runs for other inputs is stopped
    // where nothing was done for them yet, else waited for first; its callers are told `cancelled`.
    task<engine::value> attach(stage what, nlohmann::json inputs, say progress);

    // Forgets the resource; the machine is not touched. What nobody has booted yet is withdrawn.
    task<> forget(stage what);
    // Forgotten, and not asked for since.
    bool is_forgotten(stage what) const { return forgotten_.contains(what); }
    bool is_running(stage what) const {
        auto found = runs_.find(what);
        return found != runs_.end() && found->second.is_running;
    }
    // It is to boot a payload, and there is none, or its private half is gone.
    bool lacks_payload() const;
    // Whether a server is to be asked what is there: its chain is proven, nobody holds it, and its address is
    // known.
    bool may_be_looked_at() const;
    // What somebody did to the server since `what` was proven, asked of it: of a system the one that it was
    // made to run; empty when nothing. try_again when it cannot be reached; any other error says what is
    // wrong and cannot be put right from here: another host key answers, or a disk is not the one that was
    // marked.
    task<std::string> changed_by_others(stage what);
    // The host answers under its permanent key and no other: {address, public_key, fingerprint, boot_id}.
    task<engine::value> verify_host_key();

    // The boot table's entry, by what is proven.
    void publish_entry();
    // The host was heard of: a word of `seen`. Wakes what waits for it, decides nothing.
    void on_seen(const std::string& word);
    // What the firmware's last DISCOVER said of itself; none: not told.
    void on_boots_by(std::optional<install::firmware> seen);
    // The body of an installer's PUT /here/TOKEN, base64, unchecked: an address to look at, no more.
    void on_here(std::string_view body);
    // A person asks to go on.
    void retry();

    const ledger::host& known() const;
    const inventory::host* declared() const;
    const job_status& status() const { return status_; }
    // Of the inventory, else the announced one, else where it answered before; may be empty.
    std::string address() const;
    // Its root, by landscaper's client key.
    ssh::endpoint endpoint() const;

    // The installer with a fresh pinned key and nothing that may write a disk: what the host did is stopped,
    // and goes on with end_rescue().
    task<> begin_rescue();
    // Again after a restart of serve.
    void watch_rescue();
    task<> end_rescue();

    // The chosen disks while the gate holds; empty before and after.
    const std::vector<job::seen_disk>& seen_disks() const { return seen_disks_; }
    const grants& granted() const { return grants_; }

    // Of a host that was retired: the temporary key and a permission to wipe.
    void forget_secrets(const ledger::id128& id) const;

    // Stops all stages; their steps go on on the host.
    asio::awaitable<void> stop();
    // Whether somebody is still to be told how a stage ended: the job must live until then.
    bool is_attached() const { return attached_ > 0; }
    // Its stages were stopped for something that asks for them again: what the engine heard of their end is
    // no failure of the host.
    bool is_interrupted() const { return is_interrupted_; }
    // Nothing is done to the host, and nothing is waited for any more.
    void at_rest();

  private:
    struct run {
        bool is_running = false;
        std::string inputs;  // as JSON text
        std::optional<result<engine::value>> outcome;
    };

    // The job must live while one is.
    struct attached_guard {
        unsigned& count;
        explicit attached_guard(unsigned& of) : count(of) { ++count; }
        attached_guard(const attached_guard&) = delete;
        attached_guard& operator=(const attached_guard&) = delete;
        ~attached_guard() { --count; }
    };
    struct one_look;

    task<> until_free(stage what, std::string inputs);
    task<> run_stage(stage what, nlohmann::json inputs);
    task<engine::value> carry_out(stage what, nlohmann::json inputs);
    task<> have_payload();
    task<engine::value> make_keypair();
    task<> make_payload(std::string resource);
    task<engine::value> enter_table();
    task<engine::value> install(nlohmann::json inputs);
    task<engine::value> rotate();
    task<engine::value> deploy(nlohmann::json inputs);

    task<> rotate_once();
    task<> begin_rotation_step(std::string step);
    task<> prove_rotation(std::string step, std::string proof);
    task<> withdraw_payload();

    // host_install.cpp
    task<> install_once(nlohmann::json inputs);
    task<> prepare(install::install_plan& plan, nlohmann::json inputs);
    task<> answered(ssh::host_session& session);
    task<> unless_restarted(error failure, ssh::host_session& session);
    task<> installation_rows(install::install_plan& plan, ssh::host_session& session);
    // `session` is the installer's where it is open; another one is opened where it is not.
    task<> reboot_to_disk(install::install_plan& plan, std::unique_ptr<ssh::host_session> session);
    task<> await_installed(install::install_plan& plan);

    // host_copy.cpp
    // Until the bytes of those before leave room; the place is in `turn_`.
    task<> await_turn(std::uint64_t bytes);
    // The step `copy` of a table, for a closure of so many bytes: in its turn, from the cache, or pushed into
    // the store below `root` of the host.
    template <class Plan>
    task<> run_copy(std::string_view resource, const ssh::step_row<Plan>& row, Plan& plan,
                    ssh::host_session& session, std::string path, std::string root, std::uint64_t bytes);
    task<> put_into_cache(std::string path);
    task<> push(std::string path, std::string root, ssh::host_session& session);

    // host_gate.cpp
    result<void> choose(install::install_plan& plan);
    task<bool> pass_gate(install::install_plan& plan);
    task<> lay_out(install::install_plan& plan);

    // host_leave.cpp
    task<> leave_disk(std::string resource);
    task<bool> order_network_boot(ssh::host_session& session, std::string resource);

    // host_rescue.cpp
    task<> in_rescue();
    task<> reboot_from_rescue();

    // host_system.cpp
    task<> deploy_once(nlohmann::json inputs);
    task<> leave_out_base(nix::closure& closure);
    task<> aim_at(std::string toplevel, bool is_anew);
    task<> ask_for_trust();
    task<> system_rows(install::system_plan& plan);
    // The host runs its previous system again. Once by itself where that is not the new one's fault, else
    // when a person asks, everything is done again from the first step.
    task<> begin_anew(install::system_plan plan, error why);

    // host_look.cpp
    task<install::host_seen> look();
    task<> look_once(std::shared_ptr<one_look> shared);
    task<install::host_seen> ask_what_is_there();
    error of_login(const error& failure) const;
    // changed_by_others() of a stage that the ledger has proof of; a server that cannot be asked is believed
    // to be as it was proven.
    task<std::string> changed_since_proven(stage what);

    // host_reboot.cpp
    // A session that the next stage may go on with, if it comes at once: nothing stays open for a person.
    void keep(std::unique_ptr<ssh::host_session> session);
    // The kept one, if it is open under `pin`.
    std::unique_ptr<ssh::host_session> take(const ssh::pin& pin);
    task<> let_go(const ssh::host_session* kept);
    // Who answers with another key than the pinned one.
    task<job::stranger> stranger_here(bool has_looked_again);
    // Until another boot than `before` ("" = any) answers under `pin`: the session that it did in. Says
    // `sentence` meanwhile.
    task<std::unique_ptr<ssh::host_session>> await_other_boot(ssh::pin pin, std::string before,
                                                              std::string sentence);

    // host_steps.cpp
    // The present sentence, to whom the engine runs the stage for.
    void tell() const;
    // HOLD while a person holds the host or looks at it in rescue, and while the inventory has no line of it:
    // nothing is done to it meanwhile.
    result<void> unless_stopped() const;
    task<> commit(std::vector<ledger::change> batch);
    // Writes the intent, unless one without proof stands already and `again` is false: then the step goes on.
    task<> intend(std::string resource, std::string step, bool again);
    task<> prove(std::string resource, std::string step, std::string proof);
    // Runs one row of a plan table: intent, effect, proof, and takes the proof into the plan. `extra` are the
    // changes that become true with the proof; asked for after the proof was taken in.
    template <class Plan>
    task<> run_row(std::string_view resource, const ssh::step_row<Plan>& row, Plan& plan,
                   ssh::host_session& session, std::function<std::vector<ledger::change>()> extra = {});
    void keep_lines(std::string_view text);
    error failed_with(int exit_code, const std::string& errors) const;
    // Whether a wait for the machine that began then has lasted too long; it goes on, as HOLD.
    void say_if_overdue(steady_time begin, const error& why);
    task<std::string> effect(std::string id, std::string script, std::string input, ssh::run_as how,
                             std::chrono::seconds quiet, ssh::host_session& session);
    // A session under the first of these keys that is the host's; the error of the last one tried.
    task<std::unique_ptr<ssh::host_session>> open_as(std::vector<std::string> keys);
    // Waits until SSH answers. Without end: until the host was seen it waits for a person, and longer than
    // ten minutes after that it says so.
    task<> await_ssh(std::string sentence);
    // Repeats `once` while it fails for reasons that pass (as job::retries says, or, for a rescue, which a
    // person ends, without end); HOLD waits for a person; anything else is
    // returned.
    task<> until_done(std::function<task<>()> once, bool is_bounded = true);

    result<ssh::pin> pin_of(const std::string& public_key) const;
    void set(std::string condition, std::string sentence);
    void on_line(std::string_view line);
    void set_progress(const std::string& unit, std::uint64_t done, std::uint64_t total);
    std::string key_file() const;
    void unlink_key() const;

    rack_context& rack_;
    ledger::id128 id_;
    std::string announced_;  // address
    group stages_;
    std::map<stage, run> runs_;
    std::set<stage> forgotten_;
    bool is_interrupted_ = false;
    unsigned attached_ = 0;  // calls of attach() and look() that have not returned
    event ended_;            // of any stage
    event woken_;            // something was heard of the host, or a person asked
    event asked_;            // a person asked, or the host booted the payload anew
    install::copy_watch copy_;
    std::optional<copy_turn> turn_;                       // among the hosts that copy
    std::map<std::string, std::uint64_t> closure_sizes_;  // NAR bytes of the base's paths
    std::int64_t deploying_since_ = 0;                    // ms; when this process was asked to
    bool has_begun_anew_ = false;                         // since then
    bool is_retry_ = false;                               // a failed detached step runs under a new id
    std::shared_ptr<one_look> looking_;                   // under way
    std::unique_ptr<ssh::host_session> kept_;             // of the stage before
    grants grants_;
    std::vector<job::seen_disk> seen_disks_;     // at the gate, while it holds
    std::optional<install::firmware> boots_by_;  // as it asked for a network boot
    job_status status_;
    say say_;
};

}  // namespace landscaper::daemon
