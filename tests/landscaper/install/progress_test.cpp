#include "landscaper/install/progress.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace landscaper::install;

namespace {

// `nix copy --log-format internal-json --from http://...` of Nix 2.8.0 on Debian 12, look-ups left out.
const std::vector<std::string> lines = {
    R"(@nix {"action":"start","id":61,"level":3,"text":"copying 1 paths","type":103})",
    R"(@nix {"action":"start","fields":["/nix/store/m5zd3qj7c4bs4g5d8hqvs5pc5xicclfg-x","http://127.0.0.1:18069/cache","local"],"id":62,"level":3,"text":"copying path '/nix/store/m5zd3qj7c4bs4g5d8hqvs5pc5xicclfg-x' from 'http://127.0.0.1:18069/cache'","type":100})",
    R"(@nix {"action":"start","fields":["http://127.0.0.1:18069/cache/nar/0qa6.nar.zst"],"id":63,"level":4,"text":"downloading 'http://127.0.0.1:18069/cache/nar/0qa6.nar.zst'","type":101})",
    R"(@nix {"action":"result","fields":[91,182,0,0],"id":63,"type":105})",
    R"(@nix {"action":"stop","id":63})",
    R"(@nix {"action":"stop","id":62})",
    R"(@nix {"action":"stop","id":61})",
};

}  // namespace

TEST_CASE("Nix 2.8 yields bytes by the closure's sizes, and never runs backwards") {
    copy_watch watch({{"/nix/store/m5zd3qj7c4bs4g5d8hqvs5pc5xicclfg-x", 496}});
    CHECK(watch.now().bytes_expected == 496);
    CHECK(watch.now().paths_expected == 1);
    std::vector<std::uint64_t> seen;
    for (const auto& line : lines) {
        watch.on_line(line);
        seen.push_back(watch.now().bytes);
    }
    CHECK(seen == std::vector<std::uint64_t>{0, 0, 0, 91, 91, 496, 496});
    CHECK(watch.now().paths == 1);
    CHECK(watch.now().last.starts_with("copying path '/nix/store/m5zd"));
}

TEST_CASE("newer Nix tells the bytes of a path itself") {
    copy_watch watch;
    watch.on_line(lines[0]);
    CHECK(watch.now().paths_expected == 1);
    watch.on_line(lines[1]);
    watch.on_line(R"(@nix {"action":"result","fields":[300,496,0,0],"id":62,"type":105})");
    CHECK(watch.now().bytes == 300);
}

TEST_CASE("lines that are none change nothing") {
    copy_watch watch;
    for (const char* line : {"", "@nix ", "@nix {", "@nix []", "@nix {\"action\":1}", "error: x",
                             R"(@nix {"action":"result","id":-1,"type":105,"fields":"x"})",
                             R"(@nix {"action":"stop","id":99})"}) {
        CHECK_FALSE(watch.on_line(line));
    }
    CHECK(watch.on_line(R"(@nix {"action":"msg","level":0,"msg":"error: no such path"})"));
    CHECK(watch.now().last == "error: no such path");
}
