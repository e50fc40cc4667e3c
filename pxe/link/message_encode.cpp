#include <nlohmann/json.hpp>

#include "landscaper/base/json_in.hpp"
#include "landscaper/base/overloaded.hpp"
#include "landscaper/base/printable.hpp"
#include "pxe/link/entry_json.hpp"
#include "pxe/link/json_fields.hpp"

namespace pxe::link {

static json json_of(const hello& h) {
    return {{"hello", {{"proto", h.proto}, {"build", h.build}, {"epoch", h.epoch}, {"seq", h.seq}}}};
}

result<std::string> encode(const from_serve& message, const file_naming& id_of) {
    auto document =
        std::visit(landscaper::overloaded{
                       [](const hello& m) -> result<json> { return json_of(m); },
                       [&](const network& m) -> result<json> {
                           TRY(auto value, json_of(m, id_of));
                           return json{{"network", std::move(value)}};
                       },
                       [](const file_opened& m) -> result<json> {
                           json value{{"id", m.id}, {"size", m.size}};
                           if (!m.name.empty()) value["name"] = m.name;
                           return json{{"file", std::move(value)}};
                       },
                       [](const file_closed& m) -> result<json> {
                           return json{{"close", {{"id", m.id}}}};
                       },
                       [](const begin& m) -> result<json> {
                           return json{{"begin", {{"generation", m.generation}}}};
                       },
                       [&](const set& m) -> result<json> {
                           TRY(auto value, json_of(m.entry, id_of));
                           return json{{"set", {{"generation", m.generation}, {"entry", std::move(value)}}}};
                       },
                       [](const end& m) -> result<json> {
                           return json{{"end", {{"generation", m.generation}, {"count", m.count}}}};
                       },
                       [](const drop& m) -> result<json> {
                           return json{{"drop", {{"generation", m.generation}, {"mac", m.mac.text()}}}};
                       }},
                   message);
    if (!document) return document.error();
    auto text = landscaper::json_text(*document);
    if (text.size() > max_line) return error(link_errc::too_long);
    return text;
}

std::string encode(const from_bootd& message) {
    return std::visit(landscaper::overloaded{[](const hello& m) { return landscaper::json_text(json_of(m)); },
                                             [](const ack& m) {
                                                 return landscaper::json_text({{"ack", m.generation}});
                                             },
                                             [](const refuse& m) {
                                                 return landscaper::json_text(
                                                     {{"refuse",
                                                       {{"generation", m.generation},
                                                        {"why", landscaper::text::printable(m.why, 1024)}}}});
                                             },
                                             [](const event& m) { return encode_event(m); },
                                             [](const lost& m) {
                                                 return landscaper::json_text({{"lost", m.count}});
                                             }},
                      message);
}

// The text is printable already: what is left to escape are quotes and backslashes.
static void append_quoted(std::string& out, std::string_view text, std::size_t limit = 4096) {
    out += '"';
    for (char c : landscaper::text::printable(text, limit)) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    out += '"';
}

static void append_value(std::string& out, const event_value& value) {
    std::visit(landscaper::overloaded{[&](bool flag) { out += flag ? "true" : "false"; },
                                      [&](std::uint64_t number) { out += std::to_string(number); },
                                      [&](const std::string& text) { append_quoted(out, text, 8192); }},
               value);
}

std::string encode_event(const event& e) {
    std::string out = R"({"event":{"epoch":)" + std::to_string(e.epoch) + R"(,"seq":)" +
                      std::to_string(e.seq) + R"(,"at":)" + std::to_string(e.at);
    if (e.mac) out += R"(,"mac":")" + e.mac->text() + '"';
    if (e.kind != event_kind::other) {
        out += R"(,"kind":")";
        out.append(name_of(e.kind)) += '"';
    }
    for (const auto& [name, value] : e.fields) {
        out += ',';
        append_quoted(out, name, 64);
        out += ':';
        append_value(out, value);
    }
    return out += "}}";
}

}  // namespace pxe::link
