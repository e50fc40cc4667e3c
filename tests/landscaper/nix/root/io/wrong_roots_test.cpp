// What the operator is told of roots that are wrong as a whole, by real Nix.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "landscaper/nix/root/io/evaluator.hpp"
#include "landscaper/nix/root/tree.hpp"
#include "private_nix.hpp"
#include "tests/landscaper/engine/io/one_thread.hpp"

using namespace landscaper;
using namespace landscaper::nix::root;

namespace {

// The first error in what Nix says of this root, once these outputs are known.
std::string wrong_in(const std::string& text, const output_values& known = {},
                     const std::string& file = "nixops4.nix") {
    private_nix own;
    std::filesystem::create_directories(own.network() + "/roots");
    own.write("network/" + file, text);
    evaluator_config config;
    config.folder = own.name + "/questions";
    config.own_folder = own.network();
    config.env = own.env();
    evaluator evaluates(config);
    question what;
    what.origin = {own.network() + "/" + file, ""};
    what.groups = {{known, {ask{}}}};
    asio::io_context io;
    auto said = run_on(io, evaluates.ask(std::move(what)));
    if (!said) return said.error().context();
    for (const auto& one : said->findings) {
        if (!one.error.empty()) return one.error;
    }
    return {};
}

std::string component(const std::string& members) {
    return "{\n  _type = \"nixops4Component\";\n  rootFunction = { ... }: {\n    " + members + "\n  };\n}\n";
}

std::string member(const std::string& input) {
    return component(R"(members.web.resource = {
      provider = { executable = "x"; args = [ ]; type = "stdio"; };
      type = "file"; outputsSkeleton = { }; state = null;
      inputs.contents = )" +
                     input + ";\n    };");
}

constexpr const char* endless =
    "; look for a name that leads back to itself, or a function that calls itself without end";

}  // namespace

TEST_CASE("a root that is none is said with its file, and what it is instead") {
    WITH_NIX
    CHECK(wrong_in("{ }") ==
          "nixops4.nix: the root is no nixops4Component; make it with nixops4.lib.mkRoot, or as a set with "
          "_type and rootFunction");
    CHECK(wrong_in("42", {}, "roots/bar.nix")
              .starts_with("roots/bar.nix: the root is no nixops4Component but an integer; "));
}

TEST_CASE("members that are no set are said with their line") {
    WITH_NIX
    CHECK(wrong_in(component("members = { ... }: { };")) ==
          "nixops4.nix:4:5: `members` is a function; it has to be a set of components");
    CHECK(wrong_in(component("members = [ ];")) ==
          "nixops4.nix:4:5: `members` is a list; it has to be a set of components");
    CHECK(wrong_in(component("membres = { };")) ==
          "nixops4.nix:4:5: a component has either `resource` or `members`, and this one has membres");
    CHECK(wrong_in(component("members.web = x: x;")) ==
          "nixops4.nix:4: web: is a function; a component is a set with either `resource` or `members`");
}

TEST_CASE("endless recursion is said with the operator's file, also where Nix dies of it") {
    WITH_NIX
    CHECK(wrong_in(component("members = let x = x; in x;")) ==
          std::string("nixops4.nix:4:23: infinite recursion encountered") + endless);
    auto whole = wrong_in(component("members = let f = n: 1 + f (n + 1); in f 0;"));
    CHECK(whole.starts_with("nixops4.nix: "));
    CHECK(whole.ends_with(endless));
    auto one = wrong_in(member("let f = n: 1 + f (n + 1); in f 0"));
    CHECK(one.starts_with("nixops4.nix:4: web.inputs.contents: "));
    CHECK(one.ends_with(endless));
}

TEST_CASE("a number that JSON has no word for is said with the input that has it") {
    WITH_NIX
    CHECK(wrong_in(member("1.0e300 * 1.0e300")) ==
          "nixops4.nix: web.inputs.contents: cannot be written as JSON; is it a number that is infinite, or "
          "none?");
}

TEST_CASE("an output that Nix would take for another one is refused where it is used") {
    WITH_NIX
    auto uses = [](nlohmann::json output) {
        auto root = root_by_hand("db = memo \"1\";\nweb = file \"x\" (builtins.toJSON o.db.value);");
        return wrong_in(root, {{{engine::path{"db"}, "value"}, value(std::move(output))}});
    };
    CHECK(uses(9223372036854775807) == "");
    CHECK(uses("caf\xc3\xa9") == "");
    auto number = uses({{"size", 9223372036854775808U}});
    CHECK(number.starts_with("nixops4.nix:"));
    CHECK(number.find("web.inputs.contents: the output value of db has the number 9223372036854775808, which "
                      "Nix cannot hold (its largest is 9223372036854775807); have its provider") !=
          std::string::npos);
    for (const nlohmann::json& text :
         {nlohmann::json(std::string("a\0b", 3)), nlohmann::json{{std::string("a\0", 2), 1}}}) {
        auto nul = uses(nlohmann::json::array({text}));
        CHECK(nul.starts_with("nixops4.nix:"));
        CHECK(nul.find("the output value of db has a text with a NUL byte in it") != std::string::npos);
    }
}
