#include "landscaper/nix/contention.hpp"

#include <doctest/doctest.h>

using landscaper::nix::is_contention;

TEST_CASE("what Nix says when another command was at the store is known, plain and as JSON") {
    CHECK(is_contention("error: SQLite database '/a/nix/var/nix/db/db.sqlite' is busy\n"));
    CHECK(is_contention("warning: x\nerror: '/a/nix/var/nix/db/schema' is corrupt"));
    CHECK(
        is_contention("error: creating symlink from '/a/nix/var/nix/gcroots/profiles.tmp-1' to "
                      "'/a/nix/var/nix/profiles': File exists\n"));
    CHECK(
        is_contention(R"(@nix {"action":"msg","level":0,"msg":"\u001b[31;1merror:\u001b[0m SQLite database )"
                      R"('\u001b[35;1m/a/db.sqlite\u001b[0m' is busy","raw_msg":"..."})"));
}

TEST_CASE("any other failure is none, nor is a warning that Nix got over") {
    CHECK_FALSE(is_contention(""));
    CHECK_FALSE(is_contention("error: attribute 'busy' missing\n"));
    CHECK_FALSE(is_contention("error: creating symlink from '/a/result' to '/b': File exists\n"));
    CHECK_FALSE(is_contention("error: unexpected end of '/srv/schema'\nthe file is corrupt\n"));
    CHECK_FALSE(
        is_contention("warning: SQLite database '/a/db.sqlite' is busy\nerror: undefined variable 'x'"));
    CHECK_FALSE(is_contention(R"(@nix {"action":"msg","level":0,"msg":"\u001b[35;1mwarning:\u001b[0m SQLite )"
                              R"(database '/a/db.sqlite' is busy","raw_msg":"SQLite database is busy"})"));
}
