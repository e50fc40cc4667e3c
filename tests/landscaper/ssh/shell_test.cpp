#include "landscaper/ssh/shell.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

using namespace landscaper;
namespace fs = std::filesystem;

TEST_CASE("a host reboots only when the connection that ordered it has ended") {
    std::string pattern = "/tmp/landscaper-reboot-XXXXXX";
    fs::path folder = ::mkdtemp(pattern.data());
    auto place = folder.string();
    // What it saw first, and then a fifo, which waits until somebody asks.
    std::ofstream(folder / "reboot") << "#!/bin/sh\nseen=gone\nkill -0 \"$(cat " << place
                                     << "/connection)\" 2>/dev/null && seen=alive\necho $seen >" << place
                                     << "/said\n";
    std::ofstream(folder / "systemctl") << "#!/bin/sh\nexit 1\n";
    for (const char* name : {"reboot", "systemctl"}) fs::permissions(folder / name, fs::perms::owner_all);
    std::ofstream(folder / "script") << ssh::reboot_after_session();
    // The connection's process is the parent of the session's shell, and outlives it.
    std::ofstream(folder / "sshd") << "echo $$ >" << place << "/connection\nsh " << place
                                   << "/script\nsleep 0.5\n";
    auto command = "mkfifo " + place + "/said && PATH=" + place + ":$PATH sh " + place +
                   "/sshd && [ \"$(cat " + place + "/said)\" = gone ]";
    CHECK(std::system(command.c_str()) == 0);
    fs::remove_all(folder);
}

TEST_CASE("a quoted text is one word with the same bytes") {
    CHECK(ssh::quote("it's $HOME") == "'it'\\''s $HOME'");
}
