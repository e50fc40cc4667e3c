// Any bytes as target, range and dates: no crash, nothing outside the tree, no part outside the body.
#include <cstdlib>

#include "landscaper/base/bytes.hpp"
#include "landscaper/base/http_date.hpp"
#include "pxe/http/answer.hpp"
#include "pxe/http/route.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto text = landscaper::as_text({data, size});
    auto path = pxe::http::path_of(text);
    if (path && (path->empty() || path->starts_with("../") || path->find("/../") != path->npos)) std::abort();
    pxe::http::route_of("GET", text);
    landscaper::parse_http_date(text);
    pxe::http::conditions asked;
    asked.range = asked.if_range = asked.if_match = asked.if_none_match = text;
    for (std::uint64_t total : {0u, 1u, 1000u}) {
        auto range = pxe::http::range_of(text, total);
        if (range && *range && ((*range)->length == 0 || (*range)->offset + (*range)->length > total))
            std::abort();
        pxe::http::answer_for({total, "\"t\"", 5, "x", false}, asked);
    }
    return 0;
}
