#include "pxe/http/answer.hpp"

#include <algorithm>
#include <charconv>

#include "landscaper/base/http_date.hpp"

namespace pxe::http {

static std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

static std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t value = 0;
    auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<std::optional<byte_range>> range_of(std::string_view field, std::uint64_t size) {
    field = trimmed(field);
    if (!field.starts_with("bytes=") || field.find(',') != field.npos) return std::nullopt;
    field = trimmed(field.substr(6));
    auto dash = field.find('-');
    if (dash == field.npos) return std::nullopt;
    auto first = number(field.substr(0, dash));
    auto last = number(field.substr(dash + 1));
    std::optional<byte_range> cannot;
    if (dash == 0) {  // the last n bytes
        if (!last) return std::nullopt;
        if (*last == 0 || size == 0) return cannot;
        auto length = std::min(*last, size);
        return byte_range{size - length, length};
    }
    if (!first || (!last && dash + 1 != field.size())) return std::nullopt;
    if (last && *last < *first) return std::nullopt;
    if (*first >= size) return cannot;
    auto end = last ? std::min(*last, size - 1) : size - 1;
    return byte_range{*first, end - *first + 1};
}

// Whether a list of entity tags names this one. `strong`: W/ tags never match (RFC 9110 8.8.3.2).
static bool names_tag(std::string_view list, std::string_view etag, bool strong) {
    if (trimmed(list) == "*") return true;
    while (!list.empty()) {
        auto end = std::min(list.find(','), list.size());
        auto tag = trimmed(list.substr(0, end));
        list.remove_prefix(std::min(end + 1, list.size()));
        if (!strong && tag.starts_with("W/")) tag.remove_prefix(2);
        if (tag == etag) return true;
    }
    return false;
}

// The status that ends it here, in the order of RFC 9110 13.2.2; 0 to go on.
static unsigned failed_condition(const representation& what, const conditions& asked) {
    if (asked.if_match) {
        if (!names_tag(*asked.if_match, what.etag, true)) return 412;
    } else if (asked.if_unmodified_since && what.modified != 0) {
        auto date = landscaper::parse_http_date(trimmed(*asked.if_unmodified_since));
        if (date && what.modified > *date) return 412;
    }
    if (asked.if_none_match) {
        if (names_tag(*asked.if_none_match, what.etag, false)) return 304;
    } else if (asked.if_modified_since && what.modified != 0) {
        auto date = landscaper::parse_http_date(trimmed(*asked.if_modified_since));
        if (date && what.modified <= *date) return 304;
    }
    return 0;
}

// If-Range: the range counts only for the representation that the client has a part of.
static bool range_is_wanted(const representation& what, const conditions& asked) {
    if (!asked.range) return false;
    if (!asked.if_range) return true;
    auto wanted = trimmed(*asked.if_range);
    if (wanted.starts_with('"')) return wanted == what.etag;
    auto date = landscaper::parse_http_date(wanted);
    return date && what.modified != 0 && *date == what.modified;
}

answer answer_for(const representation& what, const conditions& asked) {
    answer out;
    out.headers.emplace_back("ETag", what.etag);
    if (what.modified != 0) out.headers.emplace_back("Last-Modified", landscaper::http_date(what.modified));
    if (what.no_store) out.headers.emplace_back("Cache-Control", "no-store");
    if (auto status = failed_condition(what, asked); status != 0) {
        out.status = status;
        return out;
    }
    out.headers.emplace_back("Accept-Ranges", "bytes");
    out.length = what.size;
    auto total = std::to_string(what.size);
    if (range_is_wanted(what, asked)) {
        auto range = range_of(*asked.range, what.size);
        if (range && !*range) {
            out.status = 416;
            out.length = 0;
            out.headers.emplace_back("Content-Range", "bytes */" + total);
            return out;
        }
        if (range) {
            out.status = 206;
            out.offset = (*range)->offset;
            out.length = (*range)->length;
            out.headers.emplace_back("Content-Range", "bytes " + std::to_string(out.offset) + "-" +
                                                          std::to_string(out.offset + out.length - 1) + "/" +
                                                          total);
        }
    }
    out.headers.emplace_back("Content-Type", std::string(what.content_type));
    return out;
}

}  // namespace pxe::http
