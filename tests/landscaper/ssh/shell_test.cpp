#include "landscaper/ssh/shell.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

using namespace landscaper;
namespace fs = std::filesystem;

TEST_CASE("a host reboots only when the session that ordered it has ended") {
    std::string pattern = "/tmp/landscaper-reboot-XXXXXX";
    fs::path folder = ::mkdtemp(pattern.data());
    // What it saw first, and then a fifo, which waits until somebody asks.
    std::ofstream(folder / "reboot") << "#!/bin/sh\nseen=gone\nkill -0 \"$(cat "
                                     << (folder / "shell").string()
                                     << ")\" 2>/dev/null && seen=alive\necho $seen >"
                                     << (folder / "said").string() << "\n";
    fs::permissions(folder / "reboot", fs::perms::owner_all);
    std::ofstream(folder / "systemctl") << "#!/bin/sh\nexit 1\n";
    fs::permissions(folder / "systemctl", fs::perms::owner_all);
    auto order =
        "echo $$ >" + (folder / "shell").string() + "\n" + ssh::reboot_after_session() + "sleep 0.5\n";
    std::ofstream(folder / "script") << order;
    auto command = "mkfifo " + (folder / "said").string() + " && PATH=" + folder.string() + ":$PATH sh " +
                   (folder / "script").string() + " && [ \"$(cat " + (folder / "said").string() +
                   ")\" = gone ]";
    CHECK(std::system(command.c_str()) == 0);
    fs::remove_all(folder);
}

TEST_CASE("a quoted text is one word with the same bytes") {
    CHECK(ssh::quote("it's $HOME") == "'it'\\''s $HOME'");
}
