// Mistakes in operators' deployments and in launch phases, and the sentence that the operator reads.
#include <doctest/doctest.h>

#include "problems_of.hpp"

using namespace landscaper::inventory;

TEST_CASE("a misspelt key of a deployment, and of its operator") {
    CHECK(problems_of("deployments:\n"
                      "  foo: { rot: a.nix, operator: { mail: ops@foo.example } }\n") ==
          "i:2:10: deployments.foo: unknown key \"rot\"; did you mean \"root\"?\n"
          "i:2:34: deployments.foo.operator: unknown key \"mail\"; did you mean \"email\"?\n");
}

TEST_CASE("a service, while nothing reads one") {
    CHECK(problems_of("deployments:\n"
                      "  foo:\n"
                      "    services: { social: { app: mastodon } }\n") ==
          "i:3:5: deployments.foo: \"services\" is planned, and nothing reads it yet; declare what it would "
          "stand for in the deployment's root expression\n");
}

TEST_CASE("the rack's own name, and one that is no name") {
    CHECK(problems_of("deployments: { rack: {}, Foo: {} }\n") ==
          "i:1:16: the deployment `rack` is the rack itself; choose another name; the rack's own root is "
          "nixops4.nix beside this file\n"
          "i:1:26: \"Foo\" is not a deployment's name; write 1 to 63 lower-case letters, digits and hyphens, "
          "no hyphen at the ends\n");
}

TEST_CASE("a root that is neither a file nor a flake's attribute") {
    for (const auto* root : {"foo", ".nix", "'.#'", "'#a'", "'a b.nix'"}) {
        CAPTURE(root);
        auto said = problems_of("deployments: { foo: { root: " + std::string(root) + " } }\n");
        CHECK(said.starts_with("i:1:29: deployments.foo.root: \""));
        CHECK(
            said.ends_with("\" is not a root expression; write FILE.nix, from the folder of this file, or "
                           "FLAKE#ATTRIBUTE like .#foo\n"));
    }
    for (const auto* root : {"a.nix", "/etc/roots/a.nix", "'.#a'", "'github:foo/bar#a.b'"}) {
        CAPTURE(root);
        CHECK(problems_of("deployments: { foo: { root: " + std::string(root) + " } }\n") == "none");
    }
}

TEST_CASE("a deployment, an operator or phases of the wrong shape") {
    CHECK(problems_of("deployments: [foo]\n") ==
          "i:1:14: deployments: a map of names is wanted here; write it like `foo: { operator: { name: Foo "
          "University } }`\n");
    CHECK(problems_of("deployments: { foo: { operator: Foo, launch: social } }\n") ==
          "i:1:33: deployments.foo.operator: a map of keys is wanted here; write it as `key: value`, one per "
          "line\n"
          "i:1:46: deployments.foo.launch: a list of phases is wanted here; write it like [[database], "
          "[social, video]]\n");
    CHECK(problems_of("deployments: { foo: { operator: { email: foo } } }\n") ==
          "i:1:42: deployments.foo.operator.email: \"foo\" is not a mail address; write it like "
          "ops@foo.example\n");
}

TEST_CASE("a member in two phases, by itself or by what it lies in") {
    CHECK(problems_of("launch: [[a, b], [c, a]]\n") ==
          "i:1:22: launch[2]: a is listed twice, the first in phase 1; every member is in one phase\n");
    CHECK(
        problems_of("launch: [[apps], [apps.social]]\n") ==
        "i:1:19: launch[2]: apps.social and apps share members, the first in phase 1; every member is in one "
        "phase\n");
    CHECK(
        problems_of("launch: [[apps.social], [apps]]\n") ==
        "i:1:26: launch[2]: apps and apps.social share members, the first in phase 1; every member is in one "
        "phase\n");
    CHECK(problems_of("launch: [a..b, []]\n") ==
          "i:1:10: launch[1]: \"a..b\" is not a member's path; write it like social or apps.social\n"
          "i:1:16: launch[2]: an empty list; leave the key out, or name something\n");
}
