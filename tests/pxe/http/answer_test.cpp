#include "pxe/http/answer.hpp"

#include <doctest/doctest.h>

using namespace pxe::http;

namespace {

const representation thing{1000, "\"abc\"", 784111777, "application/efi", false};

std::string field(const answer& a, std::string_view name) {
    for (const auto& [key, value] : a.headers) {
        if (key == name) return value;
    }
    return "";
}

std::string in_short(std::string_view range, std::uint64_t size = 1000) {
    auto r = range_of(range, size);
    if (!r) return "whole";
    if (!*r) return "416";
    return std::to_string((*r)->offset) + "+" + std::to_string((*r)->length);
}

}  // namespace

TEST_CASE("single ranges") {
    CHECK(in_short("bytes=0-0") == "0+1");
    CHECK(in_short("bytes=10-19") == "10+10");
    CHECK(in_short("bytes=990-2000") == "990+10");
    CHECK(in_short("bytes=5-") == "5+995");
    CHECK(in_short("bytes=-5") == "995+5");
    CHECK(in_short("bytes=-5000") == "0+1000");
    CHECK(in_short(" bytes=1-2 ") == "1+2");
    CHECK(in_short("bytes=1000-") == "416");
    CHECK(in_short("bytes=1000-1001") == "416");
    CHECK(in_short("bytes=-0") == "416");
    CHECK(in_short("bytes=0-", 0) == "416");
}

TEST_CASE("several or odd ranges are answered with the whole") {
    for (auto odd : {"bytes=0-1,3-4", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-4", "bytes=1-x", "items=0-1",
                     "0-1", "bytes=1", "bytes=+1-2", "bytes=99999999999999999999-", "bytes=--5"}) {
        CAPTURE(odd);
        CHECK(in_short(odd) == "whole");
    }
}

TEST_CASE("the whole, with what UEFI needs") {
    auto a = answer_for(thing, {});
    CHECK(a.status == 200);
    CHECK(a.offset == 0);
    CHECK(a.length == 1000);
    CHECK(field(a, "ETag") == "\"abc\"");
    CHECK(field(a, "Last-Modified") == "Sun, 06 Nov 1994 08:49:37 GMT");
    CHECK(field(a, "Content-Type") == "application/efi");
    CHECK(field(a, "Accept-Ranges") == "bytes");
    CHECK(field(a, "Cache-Control") == "");
    auto own = thing;
    own.no_store = true;
    CHECK(field(answer_for(own, {}), "Cache-Control") == "no-store");
}

TEST_CASE("a part, and a part that is not there") {
    conditions asked;
    asked.range = "bytes=-10";
    auto a = answer_for(thing, asked);
    CHECK(a.status == 206);
    CHECK(a.offset == 990);
    CHECK(a.length == 10);
    CHECK(field(a, "Content-Range") == "bytes 990-999/1000");
    asked.range = "bytes=2000-";
    a = answer_for(thing, asked);
    CHECK(a.status == 416);
    CHECK(a.length == 0);
    CHECK(field(a, "Content-Range") == "bytes */1000");
}

TEST_CASE("EDK2 resumes with If-Match or If-Unmodified-Since, and gets 412 when the file is another") {
    conditions asked;
    asked.range = "bytes=500-";
    asked.if_match = "\"abc\"";
    CHECK(answer_for(thing, asked).status == 206);
    asked.if_match = "\"x\", \"abc\"";
    CHECK(answer_for(thing, asked).status == 206);
    asked.if_match = "\"old\"";
    CHECK(answer_for(thing, asked).status == 412);
    asked.if_match = "W/\"abc\"";
    CHECK(answer_for(thing, asked).status == 412);
    asked.if_match = "*";
    CHECK(answer_for(thing, asked).status == 206);
    asked.if_match.reset();
    asked.if_unmodified_since = "Sun, 06 Nov 1994 08:49:37 GMT";
    CHECK(answer_for(thing, asked).status == 206);
    asked.if_unmodified_since = "Sun, 06 Nov 1994 08:49:36 GMT";
    CHECK(answer_for(thing, asked).status == 412);
    asked.if_unmodified_since = "yesterday";
    CHECK(answer_for(thing, asked).status == 206);
}

TEST_CASE("what has not changed is not sent again") {
    conditions asked;
    asked.if_none_match = "W/\"abc\"";
    CHECK(answer_for(thing, asked).status == 304);
    CHECK(answer_for(thing, asked).length == 0);
    asked.if_none_match = "\"other\"";
    CHECK(answer_for(thing, asked).status == 200);
    conditions dated;
    dated.if_modified_since = "Sunday, 06-Nov-94 08:49:37 GMT";
    CHECK(answer_for(thing, dated).status == 304);
    dated.if_modified_since = "Sun Nov  6 08:49:36 1994";
    CHECK(answer_for(thing, dated).status == 200);
}

TEST_CASE("If-Range gives the whole when the part would be of another file") {
    conditions asked;
    asked.range = "bytes=0-9";
    asked.if_range = "\"abc\"";
    CHECK(answer_for(thing, asked).status == 206);
    asked.if_range = "\"old\"";
    CHECK(answer_for(thing, asked).status == 200);
    asked.if_range = "Sun, 06 Nov 1994 08:49:37 GMT";
    CHECK(answer_for(thing, asked).status == 206);
    asked.if_range = "Mon, 07 Nov 1994 08:49:37 GMT";
    CHECK(answer_for(thing, asked).status == 200);
}
