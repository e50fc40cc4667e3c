#include "landscaper/ssh/rotation.hpp"

#include <nlohmann/json.hpp>
#include <array>

#include "landscaper/base/json_in.hpp"
#include "landscaper/base/printable.hpp"
#include "landscaper/ssh/failure.hpp"
#include "landscaper/ssh/shell.hpp"

namespace landscaper::ssh {

namespace {

std::string variables(const rotation_plan& plan) {
    return "keys=" + quote(plan.folder) + "\nfresh=" + quote(plan.folder + "/.landscaper-" + plan.attempt) +
           "\n";
}

// The key is made beside its place, in the same file system, and appears under its name whole or not at all.
// A repeated call prints the key that is there: the ledger may already hold it as pending.
std::string generate_script(const rotation_plan& plan) {
    return "set -eu\numask 077\n" + variables(plan) + "comment=" + quote(plan.comment) + R"sh(
if [ ! -e "$fresh/key" ]; then
    rm -rf "$fresh" "$fresh.new"
    mkdir "$fresh.new"
    ssh-keygen -q -t ed25519 -N '' -C "$comment" -f "$fresh.new/key"
    sync "$fresh.new/key" "$fresh.new/key.pub" "$fresh.new"
    mv -T "$fresh.new" "$fresh"
    sync "$keys"
fi
ssh-keygen -y -f "$fresh/key"
)sh";
}

std::string pending_text(const rotation_plan& plan) {
    return plan.pending ? plan.pending->text() : std::string();
}

// Private half first, then public: sshd from OpenSSH 9.8 on reads its keys at start only, older ones at each
// connection, so both are done: rename, then reload. A reload needs sshd to have been started with absolute
// -f.
std::string commit_script(const rotation_plan& plan) {
    return "set -eu\numask 077\n" + variables(plan) + "want=" + quote(pending_text(plan)) +
           "\nconfig=" + quote(plan.config) + "\npid_file=" + quote(plan.pid_file) +
           "\ncomment=" + quote(plan.comment) + R"sh(
key=$keys/ssh_host_ed25519_key
public_half() { ssh-keygen -y -f "$1" | cut -d ' ' -f 1,2; }
if [ -e "$fresh/key" ]; then
    if [ "$(public_half "$fresh/key")" != "$want" ]; then
        echo "the key in $fresh is not the one that was recorded" >&2
        exit 3
    fi
    chmod 600 "$fresh/key"
    mv -f "$fresh/key" "$key"
    sync "$key" "$keys"
fi
if [ "$(public_half "$key")" != "$want" ]; then
    echo "$key is not the key that was recorded, and $fresh has none" >&2
    exit 3
fi
printf '%s %s\n' "$want" "$comment" >"$key.pub.new"
chmod 644 "$key.pub.new"
mv -f "$key.pub.new" "$key.pub"
sync "$key.pub" "$keys"
rm -rf "$fresh"
sshd=$(command -v sshd || echo /usr/sbin/sshd)
"$sshd" -t -f "$config"
if [ -d /run/systemd/system ] && [ "$pid_file" = /run/sshd.pid ]; then
    if systemctl is-active -q sshd.service; then systemctl reload sshd.service
    elif systemctl is-active -q ssh.service; then systemctl reload ssh.service
    elif systemctl is-active -q sshd.socket ssh.socket; then :
    else echo 'no active sshd unit to reload' >&2; exit 4
    fi
else
    kill -HUP "$(cat "$pid_file")"
fi
echo "committed $want"
)sh";
}

std::string verify_script(const rotation_plan&) {
    return "echo verified\n";
}
std::string no_script(const rotation_plan&) {
    return {};
}

error unexpected(std::string_view step, std::string_view output) {
    return {ssh_errc::bad_output, std::string(step) + ": " + text::printable(output, 200)};
}

std::string proof_of(const char* name, const std::string& key) {
    return json_text(nlohmann::json{{name, key}});
}

result<std::string> prove_generate(const rotation_plan& plan, std::string_view output) {
    TRY(auto key, public_key::parse(output));
    if (key == plan.temporary) return unexpected("generate", "the new key is the temporary one");
    return proof_of("pending", key.text());
}

result<void> learn_generate(rotation_plan& plan, std::string_view proof) {
    TRY(auto json, json_in(proof, 4096, 4));
    auto field = json.is_object() ? json.find("pending") : json.end();
    if (field == json.end() || !field->is_string()) return unexpected("generate", proof);
    TRY(auto key, public_key::parse(field->get<std::string>()));
    plan.pending = key;
    return {};
}

result<std::string> prove_commit(const rotation_plan& plan, std::string_view output) {
    if (!plan.pending || output != "committed " + pending_text(plan) + "\n")
        return unexpected("commit", output);
    return proof_of("committed", pending_text(plan));
}

result<std::string> prove_verify(const rotation_plan& plan, std::string_view output) {
    if (!plan.pending || output != "verified\n") return unexpected("verify", output);
    return proof_of("verified", pending_text(plan));
}

// The caller's is_refused() said true; there is no output to read.
result<std::string> prove_refused(const rotation_plan& plan, std::string_view) {
    return proof_of("refused", plan.temporary.text());
}

constexpr std::chrono::seconds quiet{60};

const std::array table{
    rotation_row{{.name = "generate",
                  .phase = "rotate",
                  .intent = "make the permanent host key on the host",
                  .how = run_as::session,
                  .quiet = quiet,
                  .script = generate_script,
                  .prove = prove_generate,
                  .learn = learn_generate},
                 rotation_pin::either},
    rotation_row{{.name = "commit",
                  .phase = "rotate",
                  .intent = "put the permanent host key in place and reload sshd",
                  .how = run_as::session,
                  .quiet = quiet,
                  .script = commit_script,
                  .prove = prove_commit},
                 rotation_pin::either},
    rotation_row{{.name = "verify",
                  .phase = "rotate",
                  .intent = "log in under the permanent host key",
                  .how = run_as::session,
                  .quiet = quiet,
                  .script = verify_script,
                  .prove = prove_verify},
                 rotation_pin::permanent},
    rotation_row{{.name = "refuse",
                  .phase = "rotate",
                  .intent = "prove that the temporary host key is refused",
                  .how = run_as::session,
                  .quiet = quiet,
                  .script = no_script,
                  .prove = prove_refused},
                 rotation_pin::old_is_refused},
};

}  // namespace

std::span<const rotation_row> rotation_steps() {
    return table;
}

std::vector<pin> pins_to_try(const rotation_plan& plan) {
    std::vector<pin> out;
    if (plan.pending) out.push_back({plan.alias, *plan.pending});
    out.push_back({plan.alias, plan.temporary});
    return out;
}

}  // namespace landscaper::ssh
