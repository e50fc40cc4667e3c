#include "landscaper/install/evidence.hpp"

#include <doctest/doctest.h>

#include "landscaper/base/hex.hpp"
#include "machine.hpp"

using namespace landscaper;
using namespace landscaper::install;

namespace {

const auto sda = install_test::disk("/dev/sda", "A");

// landscaper-blank on a disk of zeros, and on one with an ext4 file system (fields as CONTRACT.md 8).
const std::string blank_line =
    R"({"version":1,"device":"/dev/sda","blank":true,"reason":null,"offset":null,"size":21474836480,"fill":"00",)"
    R"("seed":"s","signatures":[],"partitions":[],"holders":[],"marker":null})";
const std::string ext4_line =
    R"({"version":1,"device":"/dev/sda","blank":false,"reason":"has a signature: ext4 at offset 1080","offset":1024,)"
    R"("size":21474836480,"fill":"00","seed":"s","signatures":[{"device":"/dev/sda","offset":1080,"type":"ext4",)"
    R"("label":"precious","uuid":"x"}],"partitions":[],"holders":[],"marker":null})";

std::string with(std::string text, std::string_view from, std::string_view to) {
    auto at = text.find(from);
    REQUIRE(at != text.npos);
    return text.replace(at, from.size(), to);
}

disk_evidence one(const std::string& line) {
    auto all = parse_evidence(line + "\n", {sda}, "s");
    REQUIRE_MESSAGE(all.has_value(), all.error().message());
    return all->front();
}

}  // namespace

TEST_CASE("a blank disk is blank") {
    auto e = one(blank_line);
    CHECK(e.identity == identity_of(sda));
    CHECK_FALSE(why_not_blank(e).has_value());
    CHECK(std::holds_alternative<no_marker>(e.mark));
}

TEST_CASE("what was seen is named for people") {
    CHECK(why_not_blank(one(ext4_line)) == "disk /dev/sda: holds ext4 'precious' on /dev/sda");
    auto random = with(with(blank_line, "\"blank\":true", "\"blank\":false"), "\"reason\":null",
                       "\"reason\":\"no known signature, but data at offset 4096\"");
    CHECK(why_not_blank(one(random)) == "disk /dev/sda: no known signature, but data at offset 4096");
}

TEST_CASE("blank must be said by every field, not by one") {
    CHECK(why_not_blank(one(with(ext4_line, "\"blank\":false", "\"blank\":true"))).has_value());
    CHECK(why_not_blank(one(with(blank_line, "\"partitions\":[]", "\"partitions\":[\"/dev/sda1\"]")))
              .has_value());
    CHECK(why_not_blank(one(with(blank_line, "\"holders\":[]", "\"holders\":[\"/dev/md0\"]"))).has_value());
}

TEST_CASE("evidence of another disk, size or question is refused") {
    for (auto line :
         {with(blank_line, "/dev/sda", "/dev/sdb"), with(blank_line, "21474836480", "21474836481"),
          with(blank_line, "\"seed\":\"s\"", "\"seed\":\"t\""),
          with(blank_line, "\"version\":1", "\"version\":2"),
          with(blank_line, "\"size\":21474836480", "\"size\":null"), with(blank_line, "\"blank\":true,", ""),
          std::string("{}"), std::string()}) {
        CAPTURE(line);
        CHECK(parse_evidence(line, {sda}, "s").error().code() == install_errc::bad_evidence);
    }
    CHECK_FALSE(parse_evidence(blank_line + "\n" + blank_line, {sda}, "s").has_value());
}

TEST_CASE("a marker in the evidence is decoded, a broken one stays visible") {
    marker m;
    m.time = 7;
    auto block = to_hex(encode(m));
    auto line = with(blank_line, "\"marker\":null", "\"marker\":\"" + block + "\"");
    CHECK(std::get<marker>(one(line).mark) == m);
    block[200] = block[200] == '0' ? '1' : '0';
    line = with(blank_line, "\"marker\":null", "\"marker\":\"" + block + "\"");
    CHECK(std::holds_alternative<damaged_marker>(one(line).mark));
}
