#include <nlohmann/json.hpp>
#include <cstdio>
#include <filesystem>

#include "landscaper/cli/answer.hpp"
#include "landscaper/cli/command.hpp"
#include "landscaper/control/error.hpp"
#include "landscaper/daemon/options.hpp"

namespace landscaper::cli {

const std::vector<command>& commands() {
    static const syntax none{};
    static const syntax host_word{{}, {}, 1, 1};
    static const std::vector<command> all{
        {"init", "DIR", "make the commented template of a rack in DIR", host_word, run_init},
        {"serve",
         "[--with-bootd] [--data DIR] [--bootd PROGRAM] [--copy-limit MIB]",
         "run the daemon until SIGTERM\n\n"
         "--with-bootd starts landscaper-bootd unless one answers already (needs root).\n"
         "--data is the folder with kernel, initrd, linuxx64.efi.stub, local.efi and layout.nix.\n"
         "--copy-limit is how much the hosts may be copying at once (4096); the others wait in line.",
         {{"--data", "--bootd", "--copy-limit"}, {"--with-bootd"}, 0, 0},
         run_serve},
        {"watch",
         "[--plain] [--json] [--until ok]",
         "show the rack until q\n\n"
         "A client of the daemon: quitting it stops nothing. ? shows the keys. One line per event when the "
         "output\n"
         "is not a terminal or with --plain; one snapshot per line with --json.\n"
         "--until ok ends when every host is ok (0), one has failed (1), or all that are left wait for "
         "people (3).",
         {{"--until"}, {"--plain"}, 0, 0},
         run_watch},
        {"check", "",
         "inventory errors with line numbers, systems, root expressions, network, programs\n\n"
         "Root expressions are evaluated as far as that goes before anything is there; nothing is built.\n"
         "Needs no daemon. Exit code 2 for a bad inventory, 1 when something else is amiss.",
         none, run_check},
        {"hosts", "", "every host: phase, address, what it does or waits for", none, run_hosts},
        {"host", "NAME", "one host: steps with their times, keys, generation, log", host_word, run_host},
        {"adopt",
         "MAC --name N --ip ADDR/LEN [--role R] | MAC --replace NAME [--old MAC]",
         "add a seen server to inventory.yaml, or its new network card\n\n"
         "One line directly behind `hosts:`; everything else in the file stays as it is. --ip dhcp leaves "
         "the address\n"
         "to the site's DHCP server. --replace puts the MAC in the place of the one that NAME had; of "
         "several, --old\n"
         "says which.",
         {{"--name", "--ip", "--role", "--replace", "--old"}, {}, 1, 1},
         run_adopt},
        {"retry", "NAME",
         "go on from the failed or held step\n\nThe wipe gate is asked again: no retry writes a disk with "
         "data.",
         host_word, run_retry},
        {"arm",
         "NAME [--confirm NAME | --disarm]",
         "allow one wipe: of disks that hold data, or of this host's own installation\n\n"
         "Needs `disk.wipe: own` or `any`. Shows what is lost and asks for the name typed in full. An "
         "installed host is\n"
         "sent to the network over its pinned session and installed anew. --disarm takes that back, as long "
         "as "
         "nothing was\n"
         "written. Exit status 3: armed, but the server does not answer; the sentence says what to do at it.",
         {{"--confirm"}, {"--disarm"}, 1, 1},
         run_arm},
        {"hold", "NAME", "stop before the next step; nothing is installed until resume", host_word, run_hold},
        {"resume", "NAME", "let a held host go on, or end its rescue", host_word, run_resume},
        {"trust",
         "NAME CHARACTERS",
         "confirm a server's host key by the end of its fingerprint\n\n"
         "For hosts with `trust: confirm`: CHARACTERS are the last 8 or more of the fingerprint that the "
         "server "
         "shows on\nits own screen. Until then it gets no final system.",
         {{}, {}, 2, 2},
         run_trust},
        {"rescue", "NAME",
         "boot the installer's tools under a fresh pinned key\n\n"
         "An installed host is sent there over its pinned session; nothing on its disks changes. Log in "
         "with\n"
         "landscaper ssh NAME; landscaper resume NAME ends it.",
         host_word, run_rescue},
        {"retire", "NAME",
         "forget a host that is gone from the inventory\n\nIts pins and history go; the machine is not "
         "touched.",
         host_word, run_retire},
        {"plan",
         "[PATH] [--deployment NAME] [--refresh]",
         "what an apply would do; exit code 4 when something would change\n\n"
         "Of the rack's own deployment and of all others, or of the one that is named.\n"
         "PATH is a resource or a part of its path: hosts.px01.nixos, hosts.px01. Runs nothing. --refresh "
         "first\n"
         "asks the providers what is there, and shows what others changed or removed.",
         {{"--deployment"}, {"--refresh"}, 0, 1},
         run_plan},
        {"apply",
         "[PATH] [--deployment NAME]",
         "confirm updates, follow until done, failed or waiting for people\n\n"
         "One line per resource whose status changes, and what came of it at the end. Leaving it stops "
         "nothing; "
         "the\nsame command follows again. Exit code 0, 1 or 3 in that order. NAME is a key of "
         "`deployments:` in\n"
         "inventory.yaml; without it the rack's own is meant.\n\n"
         "--json prints one object a line: {\"event\": \"resource\", \"resource\", \"type\", \"operation\", "
         "\"status\",\n\"sentence\", \"progress\"}, {\"event\": \"host\", \"host\", \"phase\", "
         "\"condition\", ..}, "
         "{\"event\":\n\"evaluation\", ..}, and last {\"event\": \"summary\", \"summary\": {\"created\": 3, "
         "..}, "
         "\"failed\": [..],\n\"waiting\": [..], \"problems\": [..], \"exit\", \"reason\"}.",
         {{"--deployment"}, {}, 0, 1},
         run_apply},
        {"destroy",
         "PATH... [--deployment NAME] [--even-protected]",
         "destroy what is recorded and no longer declared\n\n"
         "Without PATH everything of a deployment whose entry is gone from inventory.yaml.\n"
         "What needs another goes first. What is protected, or whose provider cannot destroy, is named and "
         "kept.\n"
         "Destroying a host's resources forgets them; the machine is not touched.",
         {{"--deployment"}, {"--even-protected"}, 0, 100},
         run_destroy},
        {"import",
         "PATH... [--deployment NAME]",
         "record what is declared and exists already\n\nIts provider is asked what is there; nothing is "
         "created.",
         {{"--deployment"}, {}, 1, 100},
         run_import},
        {"run",
         "PATH [OPERATION [NAME=VALUE]...] [--deployment NAME]",
         "one operation of one resource; without OPERATION, which there are\n\n"
         "All have read, which prints what its provider says is there, and refresh, which also compares it.\n"
         "VALUE is JSON or a text; JSON is printed, progress goes to stderr. What it changes is recorded.",
         {{"--deployment"}, {}, 1, 100},
         run_operation},
        {"state",
         "list|show PATH|dump|mv FROM TO [--deployment NAME]",
         "the engine's state\n\n"
         "mv renames what is recorded within FROM and runs nothing; then declare it as TO. For root and the\n"
         "daemon's own user.",
         {{"--deployment"}, {}, 1, 3},
         run_state},
        {"graph",
         "[--deployment NAME] [--dot]",
         "who needs whom, as Graphviz text\n\n    landscaper graph | dot -Tsvg > rack.svg",
         {{"--deployment"}, {"--dot"}, 0, 0},
         run_graph},
        {"nbp",
         "--inspect FILE",
         "what a composed NBP holds; secrets are named, never shown",
         {{"--inspect"}, {}, 0, 0},
         run_nbp},
        {"ssh",
         "NAME [COMMAND...]",
         "log in to a host under its pinned key\n\n"
         "What stands behind NAME is the host's; options of landscaper come before it. For root and the "
         "daemon's own\n"
         "user, who may read the client key.",
         {{}, {}, 1, 1000, 1},
         run_ssh},
        {"ssh-config", "",
         "OpenSSH client configuration with every host's pin\n\n"
         "    landscaper ssh-config > rack.conf; ssh -F rack.conf px01",
         none, run_ssh_config},
        {"provider", "NAME",
         "a NixOps4 resource provider on stdin and stdout\n\n"
         "NAME: local, which works alone, or ssh, pxe, host, nixos, which ask the daemon.",
         host_word, run_provider},
        {"provider-check",
         "--type T --inputs JSON [--changed JSON] [--stateless] [--spoil COMMAND] PROGRAM [ARG...]",
         "take a NixOps4 resource provider through a resource's whole life\n\n"
         "Created, applied again, updated, changed behind its back by COMMAND, put right, destroyed, and "
         "once more. What\n"
         "it makes is real: inputs must name things that may go. --inputs @FILE reads a file.\n\n"
         "    landscaper provider-check --type file --inputs '{\"name\":\"/tmp/x\",\"contents\":\"1\"}' \\\n"
         "      --changed '{\"name\":\"/tmp/x\",\"contents\":\"2\"}' --spoil 'rm /tmp/x' landscaper provider "
         "local",
         {{"--type", "--inputs", "--changed", "--spoil"}, {"--stateless"}, 1, 1000, 1},
         run_provider_check},
    };
    return all;
}

std::string sentence_of(const error& what) {
    // What serve refuses says everything in its sentence; "refused" behind it would be noise.
    bool is_of_serve =
        what.code() == control::control_errc::refused || what.code() == control::control_errc::not_found ||
        what.code() == control::control_errc::bad_request || what.code() == control::control_errc::failed;
    bool is_sentence = is_of_serve && !what.context().empty();
    return is_sentence ? what.context() : what.message();
}

int complain(std::string_view name, const error& what, int code) {
    auto text = sentence_of(what);
    std::string remedy;
    if (what.code() == control::control_errc::not_running ||
        what.code() == control::control_errc::not_allowed) {
        auto all = what.code().message();
        auto behind = all.find("; ");
        if (behind != std::string::npos) remedy = all.substr(behind + 2);
    }
    tell_error(name, "landscaper " + std::string(name) + ": " + text, text, remedy);
    return code;
}

int complain_in_words(std::string_view name, const std::string& words, int code) {
    auto text = words.substr(0, words.find_last_not_of('\n') + 1);
    tell_error(name, text, text);
    return code;
}

int complain(std::string_view name, const error& what) {
    auto code = what.code();
    bool is_input = code == control::control_errc::not_found || code == control::control_errc::bad_request;
    return complain(name, what, is_input ? exit_usage : exit_failed);
}

int complain_of_usage(std::string_view name) {
    for (const auto& one : commands()) {
        if (one.name == name) tell_usage(name, usage_of(one));
    }
    return exit_usage;
}

int print_sentence(const arguments& given, const std::string& sentence) {
    if (given.has("--json")) print_answer({{"sentence", sentence}});
    if (!given.has("--json")) std::puts(sentence.c_str());
    return exit_done;
}

std::string usage_of(const command& one) {
    auto out = "usage: landscaper " + std::string(one.name);
    return one.synopsis.empty() ? out : out + " " + std::string(one.synopsis);
}

std::string absolute_path(const std::string& path) {
    std::error_code failed;
    auto whole = std::filesystem::absolute(path, failed);
    if (failed || path.empty()) return path;
    auto out = whole.lexically_normal().string();
    if (out.size() > 1 && out.back() == '/') out.pop_back();
    return out;
}

std::string network_folder(const arguments& given) {
    return absolute_path(given.value("--network", daemon::options{}.network));
}

std::string deployment_of(const arguments& given) {
    auto name = given.value("--deployment", "");
    return name == "rack" ? "" : name;
}

std::string socket_path(const arguments& given) {
    return absolute_path(given.value("--socket", daemon::options{}.socket));
}

}  // namespace landscaper::cli
