#include "landscaper/install/leave.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "landscaper/base/hex.hpp"
#include "tests/support/result.hpp"

using namespace landscaper;
using namespace landscaper::install;

namespace {

constexpr const char* global = "-8be4df61-93ca-11d2-aa0d-00e098032b8c";

// Device path nodes as firmware writes them into a load option.
std::string mac_node(const std::string& mac) {
    return "030b2500" + mac + std::string(52, '0') + "01";
}
const std::string ipv4_node = "030c1b00" + std::string(46, '0');
const std::string ipv6_node = "030d3c00" + std::string(112, '0');
const std::string uri_node = "03180400";
const std::string end_node = "7fff0400";

struct efivars {
    efivars() {
        char name[] = "/tmp/leave-test-XXXXXX";
        folder = ::mkdtemp(name);
    }
    ~efivars() { std::filesystem::remove_all(folder); }

    void add(const std::string& number, const std::string& nodes) const {
        // Attributes, option attributes, length of the path, an empty description.
        auto data = from_hex(
            "07000000"
            "01000000"
            "0000"
            "0000" +
            nodes + end_node);
        REQUIRE(data);
        std::ofstream file(folder / ("Boot" + number + global), std::ios::binary);
        file.write(reinterpret_cast<const char*>(data->data()), static_cast<std::streamsize>(data->size()));
    }
    // The proof, and BootNext's bytes as hex.
    std::pair<std::string, std::string> run(const std::vector<mac_address>& macs) const {
        std::ofstream(folder / "script") << boot_next_script(macs, folder.string());
        auto line = "bash " + (folder / "script").string() + " >" + (folder / "out").string();
        REQUIRE(std::system(line.c_str()) == 0);
        return {text_of("out"), to_hex(as_bytes(text_of(std::string("BootNext") + global)))};
    }
    std::string text_of(const std::string& name) const {
        std::ostringstream out;
        out << std::ifstream(folder / name, std::ios::binary).rdbuf();
        return out.str();
    }

    std::filesystem::path folder;
};

const mac_address ours = *mac_address::parse("52:54:00:0a:00:01");

}  // namespace

TEST_CASE("BootNext becomes the IPv4 PXE entry of the host's own card") {
    efivars vars;
    vars.add("0000", "0403040000");
    vars.add("0001", mac_node("5254000a0002") + ipv4_node);
    vars.add("0002", mac_node("5254000a0001") + ipv4_node + uri_node);
    vars.add("0003", mac_node("5254000a0001") + ipv6_node);
    vars.add("010A", mac_node("5254000a0001") + ipv4_node);
    auto [proof, next] = vars.run({ours});
    CHECK(proof == "landscaper-proof next 010A\n");
    CHECK(next == "070000000a01");
}

TEST_CASE("without one it is the next best of the card, and of any listed card") {
    efivars vars;
    vars.add("0004", mac_node("5254000a0001") + ipv4_node + uri_node);
    CHECK(vars.run({ours}).first == "landscaper-proof next 0004\n");
    vars.add("0007", mac_node("5254000a0001") + ipv6_node);
    auto other = *mac_address::parse("52:54:00:0a:00:09");
    auto [proof, next] = vars.run({other, ours});
    CHECK(proof == "landscaper-proof next 0007\n");
    CHECK(next == "070000000700");
}

TEST_CASE("where the firmware has no entry for the card, nothing is set") {
    efivars vars;
    vars.add("0001", mac_node("5254000a0002") + ipv4_node);
    auto [proof, next] = vars.run({ours});
    CHECK(proof == "landscaper-proof next none\n");
    CHECK(next.empty());
}

TEST_CASE("firmware that takes no BootNext keeps nobody from rebooting") {
    efivars vars;
    vars.add("0004", mac_node("5254000a0001") + ipv4_node);
    std::filesystem::create_directories(vars.folder / (std::string("BootNext") + global));
    CHECK(vars.run({ours}).first == "landscaper-proof next none\n");
}
