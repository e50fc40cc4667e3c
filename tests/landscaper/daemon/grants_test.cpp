#include "landscaper/daemon/grants.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/support/result.hpp"

using namespace landscaper;
using namespace landscaper::daemon;
using namespace std::chrono_literals;

namespace {

struct scene {
    scene() {
        char name[] = "/tmp/grants-test-XXXXXX";
        folder = ::mkdtemp(name);
        host[0] = 7;
    }
    ~scene() { std::filesystem::remove_all(folder); }
    std::filesystem::path file() const { return folder / "grants" / install::to_text(host); }
    std::string text() const {
        std::ostringstream out;
        out << std::ifstream(file()).rdbuf();
        return out.str();
    }
    void write(const std::string& content) const { std::ofstream(file()) << content; }

    std::filesystem::path folder;
    install::id128 host{};
};

}  // namespace

TEST_CASE("a grant is found as it was given, and once used it is gone") {
    scene s;
    grants all(s.folder / "grants");
    CHECK_FALSE(all.find(s.host));
    REQUIRE(all.put(s.host, 3, {"serial-b", "serial-a"}));
    auto found = all.find(s.host);
    REQUIRE(found);
    CHECK(found->live);
    CHECK(found->host == s.host);
    CHECK(found->attempt == 3);
    CHECK(found->identities == std::vector<std::string>{"serial-b", "serial-a"});
    CHECK((std::filesystem::status(s.file()).permissions() & std::filesystem::perms::mask) ==
          std::filesystem::perms(0600));
    REQUIRE(all.use(s.host));
    CHECK_FALSE(all.find(s.host));
    CHECK_FALSE(all.use(s.host));
}

TEST_CASE("a grant of another host is no grant") {
    scene s;
    grants all(s.folder / "grants");
    REQUIRE(all.put(s.host, 1, {"serial"}));
    auto other = s.host;
    other[15] = 1;
    CHECK_FALSE(all.find(other));
}

TEST_CASE("an expired grant, and one of another boot of the appliance, are dead") {
    scene s;
    grants all(s.folder / "grants");
    REQUIRE(all.put(s.host, 1, {"serial"}, 0s));
    REQUIRE(all.find(s.host));
    CHECK_FALSE(all.find(s.host)->live);

    REQUIRE(all.put(s.host, 1, {"serial"}));
    CHECK(all.find(s.host)->live);
    auto text = s.text();
    auto at = text.find("boot_id");
    REQUIRE(at != text.npos);
    auto digit = at + std::string(R"(boot_id":")").size();
    text[digit] = text[digit] == '0' ? '1' : '0';
    s.write(text);
    REQUIRE(all.find(s.host));
    CHECK_FALSE(all.find(s.host)->live);
}

TEST_CASE("a damaged grant is none") {
    scene s;
    grants all(s.folder / "grants");
    REQUIRE(all.put(s.host, 1, {"serial"}));
    auto whole = s.text();
    for (std::size_t length = 0; length + 2 < whole.size(); ++length) {
        s.write(whole.substr(0, length));
        CHECK_FALSE(all.find(s.host));
    }
}
