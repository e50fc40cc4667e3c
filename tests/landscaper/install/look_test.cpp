#include "landscaper/install/look.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "landscaper/ssh/shell.hpp"

namespace fs = std::filesystem;
using namespace landscaper;
using namespace landscaper::install;

namespace {

// A server's file system as far as the script looks.
struct server {
    fs::path root;
    server() {
        std::string pattern = "/tmp/landscaper-look-XXXXXX";
        root = ::mkdtemp(pattern.data());
        fs::create_directories(root / "dev");
    }
    ~server() { fs::remove_all(root); }
    void link(const std::string& path, const std::string& to) const {
        fs::create_directories((root / path).parent_path());
        fs::create_symlink(to, root / path);
    }
    void disk(const std::string& name, const std::string& data, bool is_real = true) const {
        fs::create_directories(root / "sys/block" / name / (is_real ? "device" : "md"));
        std::ofstream(root / "dev" / name, std::ios::binary) << data;
    }
    std::string print() const {
        auto file = (root / "printed").string();
        auto command = "sh -c " + ssh::quote(look_text(root.string())) + " >" + file;
        CHECK(std::system(command.c_str()) == 0);
        std::ifstream in(file);
        return {std::istreambuf_iterator<char>(in), {}};
    }
};

std::string marked(const marker& with) {
    auto block = encode(with);
    return std::string(marker_offset, '\0') + std::string(block.begin(), block.end());
}

marker of_host(std::uint8_t number) {
    marker out;
    out.state = marker_state::finished;
    out.host.fill(number);
    return out;
}

}  // namespace

// The systems lie in a folder that every machine has: links are followed as far as folders exist.
TEST_CASE("a look says what runs, what comes next, and whose the disks are") {
    server there;
    there.link("run/current-system", "/usr/a-toplevel");
    there.link("nix/var/nix/profiles/system", "system-2-link");
    there.link("nix/var/nix/profiles/system-2-link", "/usr/b-toplevel");
    there.disk("vda", marked(of_host(1)));
    there.disk("vdb", marked(of_host(2)));
    there.disk("vdc", std::string(1 << 20, 'x'));
    there.disk("vdd", "short");
    there.disk("sr0", marked(of_host(3)));
    there.disk("md0", marked(of_host(4)), false);
    auto torn = marked(of_host(5));
    torn[marker_offset + 40] = 'x';
    there.disk("vde", torn);
    fs::create_directories(there.root / "sys/block/vdf/device");  // and nothing in /dev
    auto seen = parse_look(there.print()).value();
    CHECK(seen.running == "/usr/a-toplevel");
    CHECK(seen.next == "/usr/b-toplevel");
    CHECK(seen.markers == std::vector<marker>{of_host(1), of_host(2)});
}

TEST_CASE("a machine without a system shows none") {
    server there;
    auto seen = parse_look(there.print()).value();
    CHECK(seen.markers.empty());
    CHECK(seen.running.find("/nix/store") == std::string::npos);
}

TEST_CASE("what a look did not print is no look") {
    CHECK(!parse_look(""));
    CHECK(!parse_look("landscaper-proof running /nix/store/a\n"));
    CHECK(parse_look("landscaper-proof running a\nlandscaper-proof next b\nlandscaper-proof marker !\n")
              .value()
              .markers.empty());
}
