// All deployments of a rack together, as serve has them.
#include "landscaper/daemon/deployments.hpp"

#include <cstdlib>

#include "appliance.hpp"
#include "landscaper/daemon/deployment_rows.hpp"
#include "root_rack.hpp"

using namespace landscaper;

namespace {

// Nix's variables, for programs that are started without any of their own.
class environment {
  public:
    explicit environment(const std::map<std::string, std::string>& all) {
        for (const auto& [name, value] : all) {
            const auto* was = std::getenv(name.c_str());
            if (was) before_[name] = was;
            if (!was) added_.push_back(name);
            ::setenv(name.c_str(), value.c_str(), 1);
        }
    }
    ~environment() {
        for (const auto& [name, value] : before_) ::setenv(name.c_str(), value.c_str(), 1);
        for (const auto& name : added_) ::unsetenv(name.c_str());
    }
    environment(const environment&) = delete;
    environment& operator=(const environment&) = delete;

  private:
    std::map<std::string, std::string> before_;
    std::vector<std::string> added_;
};

std::string keeping_in(const std::string& file, const std::string& secret) {
    return root_by_hand("store = local \"state_file\" { name = \"" + file +
                        "\"; } [ ]; a = stateful [ \"store\" ] (memo \"" + secret + "\");");
}

}  // namespace

TEST_CASE("two deployments never keep their state in one file, however they name it") {
    WITH_NIX
    private_nix nix;
    environment set(nix.env());
    for (const auto* name : {"foo", "bar"})
        std::filesystem::create_directories(nix.network() + "/deployments/" + name);
    appliance rack(nix.network());
    auto shared = nix.network() + "/deployments/shared.json";
    nix.write("network/deployments/foo/nixops4.nix", keeping_in("../shared.json", "of foo"));
    nix.write("network/deployments/bar/nixops4.nix", keeping_in("../foo/../shared.json", "of bar"));
    rack.run_deployments();
    inventory::rack declared;
    auto take = [&](const char* name) {
        declared.deployments[name].name = name;
        run_on(rack.context, rack.deployments->take(declared)).value();
    };
    auto view = [&](const char* name) {
        auto& one = *rack.deployments->find(name);
        return view_of_deployment(one, one.engine().snapshot());
    };
    auto until = [&](const std::function<bool()>& holds, const char* what) {
        REQUIRE_MESSAGE(comes_to_hold(rack.context, rack.news, holds), what);
    };
    take("foo");
    until([&] { return view("foo").count["done"] == 2; }, "foo");
    take("bar");
    until([&] { return !view("bar").problems.empty(); }, "bar is refused");
    CHECK(view("bar").problems.front() ==
          "store: " + shared + " holds the state of deployment foo; name another file");
    CHECK(view("bar").count["done"] == 0);
    CHECK(text_of(shared).find("of foo") != std::string::npos);
    CHECK(text_of(shared).find("of bar") == std::string::npos);
    CHECK(view("foo").problems.empty());
    nix.write("network/deployments/bar/nixops4.nix", keeping_in("bar.json", "of bar"));
    until([&] { return view("bar").count["done"] == 2; }, "bar, in a file of its own");
    CHECK(text_of(nix.network() + "/deployments/bar/bar.json").find("of bar") != std::string::npos);
}
