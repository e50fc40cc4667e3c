#include <cstdio>

#include "landscaper/cli/command.hpp"
#include "landscaper/daemon/options.hpp"

namespace landscaper::cli {

const std::vector<command>& commands() {
    static const syntax none{};
    static const syntax host_word{{}, {}, 1, 1};
    static const syntax maybe_word{{}, {}, 0, 1};
    static const std::vector<command> all{
        {"init", "DIR", "make the commented template of a rack in DIR", host_word, run_init},
        {"serve",
         "[--with-bootd] [--data DIR] [--bootd PROGRAM]",
         "run the daemon until SIGTERM\n\n--with-bootd starts landscaper-bootd unless one answers already "
         "(needs root).\n--data "
         "is the folder with kernel, initrd, linuxx64.efi.stub, local.efi and layout.nix.",
         {{"--data", "--bootd"}, {"--with-bootd"}, 0, 0},
         run_serve},
        {"watch",
         "[--plain] [--json] [--until ok]",
         "show the rack until q\n\nOne line per event when the output is not a terminal or with --plain; one "
         "snapshot per "
         "line with --json.\n--until ok ends when every host is ok (0), one has failed (1), or all that are "
         "left wait for "
         "people (3).",
         {{"--until"}, {"--plain"}, 0, 0},
         run_watch},
        {"check", "", "inventory errors with line numbers, systems, network, programs", none, run_check},
        {"hosts", "", "every host: phase, address, what it does or waits for", none, run_hosts},
        {"host", "NAME", "one host: steps with their times, keys, generation, log", host_word, run_host},
        {"adopt",
         "MAC --name N --ip ADDR/LEN [--role R]",
         "add a seen server to inventory.yaml",
         {{"--name", "--ip", "--role"}, {}, 1, 1},
         run_adopt},
        {"retry", "NAME", "go on from the failed or held step", host_word, run_retry},
        {"hold", "NAME", "stop before the next step; nothing is installed until resume", host_word, run_hold},
        {"resume", "NAME", "let a held host go on", host_word, run_resume},
        {"retire", "NAME", "forget a host that is gone from the inventory", host_word, run_retire},
        {"plan", "[PATH]", "what an apply would do; exit code 4 when something would change", maybe_word,
         run_plan},
        {"apply", "[PATH]", "confirm updates, follow until done, failed or waiting for people", maybe_word,
         run_apply},
        {"state", "list|show PATH|dump", "the engine's state", {{}, {}, 1, 2}, run_state},
        {"graph", "[--dot]", "who needs whom", {{}, {"--dot"}, 0, 0}, run_graph},
        {"nbp", "--inspect FILE", "what a composed NBP holds", {{"--inspect"}, {}, 0, 0}, run_nbp},
        {"ssh",
         "NAME [COMMAND...]",
         "log in to a host under its pinned key\n\nWhat stands behind NAME is the host's; options of "
         "landscaper come "
         "before it.",
         {{}, {}, 1, 1000, 1},
         run_ssh},
        {"ssh-config", "", "OpenSSH client configuration with every host's pin", none, run_ssh_config},
        {"provider", "NAME", "a NixOps4 resource provider on stdin and stdout", host_word, run_provider},
    };
    return all;
}

int complain(std::string_view name, const error& what, int code) {
    std::fprintf(stderr, "landscaper %s: %s\n", std::string(name).c_str(), what.message().c_str());
    return code;
}

std::string network_folder(const arguments& given) {
    return given.value("--network", daemon::options{}.network);
}

std::string socket_path(const arguments& given) {
    return given.value("--socket", daemon::options{}.socket);
}

}  // namespace landscaper::cli
