#include "landscaper/install/activation.hpp"

#include <doctest/doctest.h>

#include <sstream>

#include "activation_host.hpp"

using namespace landscaper;
using namespace landscaper::install;
using namespace landscaper::install_test;

namespace {

const std::string stays = "runs new, boots new, profile system-2-link\n";
const std::string is_as_before = "runs old, boots old, profile system-1-link\n";

}  // namespace

TEST_CASE("a system that was not confirmed runs, and is not what the host boots") {
    if (!activation_host::can_run()) return;
    CHECK(activation_host().life({"activate"}) == "new test\nruns new, boots old, profile system-1-link\n");
}

TEST_CASE("a system that is confirmed stays, one that is not is taken back by the host itself") {
    if (!activation_host::can_run()) return;
    CHECK(activation_host().life({"activate", "confirm", "due"}) == "new test\nnew boot\n" + stays);
    CHECK(activation_host().life({"activate", "due"}) == "new test\nold test\n" + is_as_before);
}

TEST_CASE("who comes too late is told, and changes nothing") {
    if (!activation_host::can_run()) return;
    CHECK(activation_host().life({"activate", "due", "confirm", "confirm"}) ==
          "new test\nold test\nconfirm: back late\nconfirm: back late\n" + is_as_before);
}

TEST_CASE("a confirmation can be repeated") {
    if (!activation_host::can_run()) return;
    CHECK(activation_host().life({"activate", "confirm", "confirm", "due"}) ==
          "new test\nnew boot\nnew boot\n" + stays);
    CHECK(activation_host().life({"activate", "confirm", "cut", "confirm"}) ==
          "new test\nnew boot\nnew boot\n" + stays);
}

TEST_CASE("a power cut before the confirmation boots the previous system, and is told") {
    if (!activation_host::can_run()) return;
    CHECK(activation_host().life({"activate", "cut", "confirm", "activate", "confirm", "due"}) ==
          "new test\nconfirm: back restarted\nnew test\nnew boot\n" + stays);
}

TEST_CASE("what somebody else activated meanwhile is not made the default") {
    if (!activation_host::can_run()) return;
    CHECK(activation_host().life({"activate", "ln -sfn /nix/store/other /run/current-system", "confirm"}) ==
          "new test\nconfirm: back /nix/store/other\n"
          "runs /nix/store/other, boots old, profile system-1-link\n");
}

TEST_CASE("of two activations only the last one's guard acts") {
    if (!activation_host::can_run()) return;
    // Run again under its name, as a step whose script was killed is.
    CHECK(activation_host().life({"activate", "activate", "due"}) ==
          "new test\nnew test\nold test\n" + is_as_before);
    CHECK(activation_host().life({"activate", "activate", "confirm", "due"}) ==
          "new test\nnew test\nnew boot\n" + stays);
}

TEST_CASE("an activation that was taken back is not run again under its name") {
    if (!activation_host::can_run()) return;
    auto said = activation_host().life({"activate", "due", "activate"});
    CHECK_MESSAGE(said.starts_with("new test\nold test\nactivate failed: landscaper: the host has gone back"),
                  said);
    CHECK(said.ends_with(is_as_before));
}

TEST_CASE("an activation that hangs is ended before the previous system is activated") {
    if (!activation_host::can_run()) return;
    activation_host host;
    host.activation = "/bin/sleep 1000 & echo $! >$root/hangs; wait";
    auto said = host.life({"row activate & until [ -s $root/hangs ]; do /bin/sleep 0.01; done", "due"});
    CHECK_MESSAGE(said.starts_with("new test\n"), said);
    CHECK(said.find("activate failed: landscaper: the host has gone back") != said.npos);
    CHECK(said.find("old test\n") != said.npos);
    CHECK(said.ends_with(is_as_before));
}

TEST_CASE("an activation that begins only when its time is over does nothing") {
    if (!activation_host::can_run()) return;
    activation_host host;
    host.answer("setsid",
                "[ $1 = -f ] || until grep -q old \"$root/said\"; do /bin/sleep 0.01; done 2>/dev/null\n"
                "exec /usr/bin/setsid \"$@\"");
    auto said = host.life({"row activate &", "due"});
    CHECK_MESSAGE(said.starts_with("old test\nactivate failed: "), said);
    CHECK(said.ends_with(is_as_before));
    CHECK(said.find("new") == said.npos);
}

TEST_CASE("an activation that fails is not confirmed, and is taken back when its time is over") {
    if (!activation_host::can_run()) return;
    activation_host host;
    host.activation = "echo a unit failed; exit 4";
    CHECK(host.life({"activate", "due"}) == "new test\nactivate failed: \nold test\n" + is_as_before);
}

TEST_CASE("an activation that does nothing is no proof: files that a power cut left empty run and succeed") {
    if (!activation_host::can_run()) return;
    auto said = activation_host().life({": >$top/bin/switch-to-configuration", "activate", "due"});
    CHECK_MESSAGE(said.starts_with("activate failed: landscaper: after its activation the host runs " + old),
                  said);
    CHECK(said.ends_with("old test\n" + is_as_before));
}

TEST_CASE("both systems are kept from the collector until the new one is the profile's") {
    if (!activation_host::can_run()) return;
    const std::string roots = "say $(cd /nix/var/nix/gcroots/landscaper 2>/dev/null && readlink *)";
    CHECK(activation_host().life({"activate", roots, "confirm", roots}) ==
          "new test\n" + top + " " + old + "\nnew boot\n\n" + stays);
}

TEST_CASE("what is itself unconfirmed is nothing to come back to") {
    if (!activation_host::can_run()) return;
    const std::string previous = "row compare; say $(grep -o 'previous .*' $root/log)";
    CHECK(activation_host().life({previous, "activate", previous, "confirm", previous}) ==
          "previous " + old + "\nnew test\nprevious " + old + "\nnew boot\nprevious " + top + "\n" + stays);
}

TEST_CASE("guard and confirmation at the same moment: one of them, and wholly") {
    if (!activation_host::can_run()) return;
    auto said = activation_host().play(R"sh(
for try in $(seq 1 20); do
    fresh
    row activate
    # Both have come as far as the lock.
    exec 7>>/run/landscaper/activation/lock
    flock 7
    : >"$root/due"
    row confirm 7>&- &
    waiting=0
    until [ $waiting -ge 2 ]; do
        waiting=0
        for file in /proc/[0-9]*/cmdline; do
            case $(tr '\0' ' ' <$file 2>/dev/null) in "flock 8 ") waiting=$((waiting + 1)) ;; esac
        done
    done
    exec 7>&-
    alone
    cp "$root/said" "$root/was"
    case "$(standing)" in
    "runs new, boots new, profile system-2-link") ! grep -q "old test" "$root/was" || echo "$try $(cat "$root/was")" ;;
    "runs old, boots old, profile system-1-link") grep -q "back late" "$root/was" || echo "$try $(cat "$root/was")" ;;
    *) echo "$try: $(standing): $(cat "$root/was")" ;;
    esac >>"$root/wrong"
done
mv "$root/wrong" "$root/said"
)sh");
    CHECK(said == "");
}

// Every line of a script is where its shell may die, alone or with the machine. `again` is the rest of the
// way, as landscaper goes it: from confirm, back to activate where it is told so.
namespace {

const std::string crashes = R"sh(
dies_at() { # ROW LINE: false when it came to its end
    { printf '%s\n' 'set -T; lines=0' \
        'trap '\''lines=$((lines + 1)); [ $lines != '$2' ] || kill -s KILL $$'\'' DEBUG'; cat "$root/row-$1"; } >"$root/dying"
    ! bash "$root/dying" </dev/null >"$root/log" 2>&1
}
wrong() { echo "$row line $line, $*: $(standing); $(tr '\n' ';' <"$root/said")" >>"$root/wrong"; }
again() { # FIRST
    : >"$root/said"
    [ $1 != activate ] || row activate
    row confirm
    if grep -q 'back restarted' "$root/said"; then row activate; row confirm; fi
    due
    [ "$(standing)" = "runs new, boots new, profile system-2-link" ] || wrong "again from $1"
    [ ! -e /nix/var/nix/gcroots/landscaper ] || wrong "roots are left"
}
to_the_line() {
    fresh
    [ $row = activate ] || row activate
    dies_at $row $line
}
crash_everywhere() { # ROW
    row=$1
    for line in $(seq 1 200); do
        to_the_line || break
        again $row
        to_the_line || true
        [ $row != activate ] || [ $(boots) = old ] || wrong "boots what is not confirmed"
        due
        case "$(standing)" in
        "runs new, boots "*) [ $row = confirm ] || wrong "no guard" ;;
        "runs old, boots old, profile system-1-link") ;;
        *) wrong "when the time is over" ;;
        esac
        rm "$root/due"
        cut
        again $row
    done
    say "$row $line"
    cat "$root/said" >>"$root/counts"
}
)sh";

std::string crash(const std::string& row) {
    activation_host host;
    auto said = host.play(crashes + "crash_everywhere " + row + "\ncat $root/counts >$root/said\n" +
                          "[ ! -e $root/wrong ] || cat $root/wrong >>$root/said\n");
    return said;
}

int lines_of(const std::string& said, const std::string& row) {
    auto at = said.rfind("\n" + row + " ");
    return at == said.npos ? 0 : std::atoi(said.c_str() + at + row.size() + 2);
}

}  // namespace

TEST_CASE("an activation that dies at any line, alone or with the machine, is got right by the next try") {
    if (!activation_host::can_run()) return;
    auto said = crash("activate");
    CHECK_MESSAGE(said.find("line") == said.npos, said);
    CHECK(lines_of("\n" + said, "activate") > 20);
}

TEST_CASE("a confirmation that dies at any line, alone or with the machine, is got right by the next try") {
    if (!activation_host::can_run()) return;
    auto said = crash("confirm");
    CHECK_MESSAGE(said.find("line") == said.npos, said);
    CHECK(lines_of("\n" + said, "confirm") > 15);
}
