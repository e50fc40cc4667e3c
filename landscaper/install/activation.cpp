#include "landscaper/install/activation.hpp"

#include "landscaper/install/boot_once.hpp"
#include "landscaper/ssh/shell.hpp"

namespace landscaper::install {

using ssh::quote;

namespace {

// The lock is given to nothing that is started: it would outlive the script.
constexpr std::string_view state = R"sh(folder=/run/landscaper/activation
look() { # sets who is at work, how far, which guard, and what it goes back to
    holder= moment= guard= before=
    [ ! -e "$folder/state" ] || read -r holder moment guard before <"$folder/state"
}
become() {
    printf '%s\n' "$*" >"$folder/state.new"
    mv -f -T "$folder/state.new" "$folder/state"
}
enter() {
    mkdir -p "$folder"
    exec 8>>"$folder/lock"
    flock 8
    look
}
leave() { exec 8>&-; }
)sh";

// Ends an activation that still runs: it would go on into the next one's.
constexpr std::string_view end_running = R"sh(
        running=
        [ ! -s "$folder/running" ] || read -r running <"$folder/running"
        while grep -qsF switch-to-configuration "/proc/$running/cmdline"; do
            kill -s KILL -- "-$running" || kill -s KILL "$running" || true
            sleep 0.1
        done
)sh";

// It finds its programs in the system that it goes back to.
constexpr std::string_view start_guard = R"sh(
    setsid -f sh -c '
        PATH=$4/sw/bin:$PATH
        folder=$2
        sleep "$1"
        exec 8>>"$folder/lock"
        flock 8
        read -r holder moment guard before <"$folder/state" || exit 0
        [ "$moment $guard" = "armed $3" ] || exit 0
        printf "%s\n" "$holder back $guard $before" >"$folder/state.new"
        mv -f -T "$folder/state.new" "$folder/state"
        exec 8>&-
)sh";
constexpr std::string_view guarded_by_it = R"sh(
        "$4/bin/switch-to-configuration" test' guard \
        "$within" "$folder" "$mine" "$previous" </dev/null >>"$folder/log" 2>&1 8>&-
)sh";

}  // namespace

std::string see_previous_text() {
    return std::string(state) + R"sh(look
previous=$(readlink -f /run/current-system)
[ "$moment" != armed ] || previous=$before
)sh";
}

std::string keep_systems_text() {
    return R"sh(roots=/nix/var/nix/gcroots/landscaper
mkdir -p "$roots"
ln -sfn "$previous" "$roots/previous"
ln -sfn "$toplevel" "$roots/next"
)sh";
}

// Guard, state and activation come into being under the lock: no guard finds the time over before it is
// armed, and no activation runs without one. The activation says who it is and then looks whether it still
// may; the guard says that it may not and then looks who it is.
std::string run_guarded_text(const system_plan& plan) {
    return std::string(state) + "within=" + std::to_string(plan.confirm_within.count()) +
           "\nactivation=" + quote(plan.activation) + R"sh(
gone_back() { fail "the host has gone back to the previous generation: this one was not up within $within s"; }
activate() {
    read -r mine </proc/sys/kernel/random/uuid
    enter
    [ "$holder $moment" != "$activation back" ] || gone_back
)sh" + std::string(end_running) +
           std::string(start_guard) + std::string(end_running) + std::string(guarded_by_it) +
           R"sh(    become "$activation" armed "$mine" "$previous"
    setsid sh -c '
        echo $$ >"$1/running"
        read -r holder moment guard before <"$1/state"
        [ "$moment $guard" = "armed $2" ] || exit 1
        exec "$3/bin/switch-to-configuration" test' activation "$folder" "$mine" "$toplevel" 8>&- &
    leave
}
activate
code=0
wait $! || code=$?
end_line
look
[ "$holder $moment" != "$activation back" ] || gone_back
[ $code = 0 ] || exit $code
current=$(readlink -f /run/current-system || true)
[ "$current" = "$(readlink -f "$toplevel")" ] ||
    fail "after its activation the host runs ${current:-nothing}; are its files whole? nix-store --verify --check-contents"
)sh";
}

std::string decide_text(const system_plan& plan) {
    return std::string(state) + "activation=" + quote(plan.activation) + "\nboot_id=" + quote(plan.boot_id) +
           R"sh(
read -r booted </proc/sys/kernel/random/boot_id
enter
current=$(readlink -f /run/current-system || true)
if [ "$holder $moment" = "$activation back" ]; then
    prove back late
    exit 0
elif [ "$current" != "$(readlink -f "$toplevel")" ]; then
    [ "$booted" = "$boot_id" ] || current=restarted
    prove back "${current:-nothing}"
    exit 0
fi
become "$activation" confirmed
leave
)sh";
}

std::string make_default_text(const system_plan& plan) {
    return R"sh(nix-env -p "$profile" --set "$toplevel"
"$toplevel/bin/switch-to-configuration" boot
end_line
)sh" + forget_once_text(plan) +
           "sync\nrm -rf /nix/var/nix/gcroots/landscaper\n";
}

std::string profile_back_text() {
    return R"sh(number=
for link in "$profile"-*-link; do
    [ "$(readlink -f "$link")" != "$previous" ] || number=${link#"$profile-"}
done
[ -z "$number" ] || nix-env -p "$profile" --switch-generation "${number%-link}"
)sh";
}

}  // namespace landscaper::install
