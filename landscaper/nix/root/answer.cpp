#include "landscaper/nix/root/answer.hpp"

#include <nlohmann/json.hpp>
#include <algorithm>
#include <map>

#include "landscaper/base/json_fields.hpp"
#include "landscaper/base/printable.hpp"
#include "landscaper/nix/command.hpp"
#include "landscaper/nix/root/tag.hpp"

namespace landscaper::nix::root {

using nlohmann::json;

namespace {

// A thousand members with large inputs; a runaway expression ends before the memory does.
constexpr std::size_t largest = std::size_t{256} << 20;
constexpr std::size_t deepest = 512;
constexpr std::string_view mark = "landscaper:";

struct log {
    std::optional<item> current;
    std::map<item, std::vector<output_ref>> needs;
    std::optional<complaint> failure;
    std::optional<place> at;  // what the expression found wrong by itself
    std::vector<std::string> traces;
};

void add(std::vector<output_ref>& to, output_ref one) {
    if (std::find(to.begin(), to.end(), one) == to.end()) to.push_back(std::move(one));
}

// One of the expression's own traces; false for anything else.
bool take_mark(log& into, std::string_view message) {
    auto at = message.find(mark);
    if (at == message.npos) return false;
    auto said = json_in(message.substr(at + mark.size()), largest, deepest);
    if (!said || !said->is_object()) return false;
    if (auto enter = said->find("enter"); enter != said->end()) {
        auto about = item_of(*enter);
        if (!about) return false;
        into.current = *about;
        return true;
    }
    if (auto written = said->find("at"); written != said->end()) {
        into.at = place_in(*written);
        return true;
    }
    auto need = said->find("need");
    auto ref = need == said->end() ? result<output_ref>(error(nix_errc::bad_output)) : ref_of(*need);
    if (!ref || !into.current) return false;
    add(into.needs[*into.current], *ref);
    return true;
}

void take_line(log& into, std::string_view line) {
    constexpr std::string_view prefix = "@nix ", bare = "error: ";
    // A stack that overflows leaves Nix no time for JSON.
    if (line.starts_with(bare)) {
        into.failure = complaint{text::printable(line.substr(bare.size()), 1500), {}};
        return;
    }
    if (!line.starts_with(prefix)) {
        if (!line.empty()) into.traces.push_back(text::printable(line, 500));
        return;
    }
    auto said = json_in(line.substr(prefix.size()), largest, deepest);
    if (!said || !said->is_object()) return;
    if (auto failure = complaint_in(*said)) {
        into.failure = std::move(failure);
        return;
    }
    auto message = said->find("msg");
    if (message == said->end() || !message->is_string()) return;
    const auto& text = message->get_ref<const std::string&>();
    if (!take_mark(into, text)) into.traces.push_back(text::printable(text, 500));
}

log read_log(std::string_view err) {
    log out;
    while (!err.empty()) {
        auto end = err.find('\n');
        take_line(out, err.substr(0, end));
        err = end == err.npos ? std::string_view() : err.substr(end + 1);
    }
    return out;
}

// {"/nix/store/x.drv":{"outputs":["out"]}, "/nix/store/y":{"path":true}}
result<void> read_context(told& into, const json& context) {
    for (const auto& [store_path, how] : context.items()) {
        if (!is_store_path(store_path)) return error(nix_errc::bad_path, text::printable(store_path, 300));
        auto outputs = how.find("outputs");
        bool all = how.value("allOutputs", false);
        if (outputs == how.end() && !all) {
            into.paths.insert(store_path);
            continue;
        }
        auto& wanted = into.derivations[store_path];
        if (all) continue;
        for (const auto& name : *outputs) wanted.insert(name.get<std::string>());
    }
    return {};
}

result<finding> read_finding(const json& said, const log& log) {
    if (!said.is_object() || !said.contains("tag"))
        return error(nix_errc::bad_output, "an item without a tag");
    TRY(auto about, item_of(said["tag"]));
    finding out{about, std::nullopt, {}, {}};
    auto needs = log.needs.find(about);
    if (needs != log.needs.end()) out.needs = needs->second;
    json_fields fields(said, to_text(about));
    if (!said.contains("json") || !out.needs.empty()) return out;
    auto text = fields.text("json");
    const auto* context = fields.find("context");
    if (fields.failed()) return error(nix_errc::bad_output, fields.failure().message());
    auto parsed = json_in(text, largest, deepest);
    if (!parsed) {
        // Nix's numbers may be infinite, or none.
        out.error = to_text(about) + ": cannot be written as JSON; is it a number that is infinite, or none?";
        return out;
    }
    out.value = told{value(std::move(*parsed)), {}, {}};
    if (context && context->is_object()) {
        TRY_VOID(read_context(*out.value, *context));
    }
    return out;
}

}  // namespace

result<answer> parse_answer(std::string_view out, std::string_view err, bool is_success) {
    auto log = read_log(err);
    answer said;
    said.traces = std::move(log.traces);
    // After an error stdout holds half a document.
    if (!is_success) {
        said.culprit = log.current;
        if (log.current && log.needs.contains(*log.current)) said.needs = log.needs[*log.current];
        said.failure = log.failure ? *log.failure : complaint{"Nix ended without saying why", {}};
        if (log.at) said.failure->places.insert(said.failure->places.begin(), *log.at);
        return said;
    }
    auto document = json_in(out, largest, deepest);
    if (!document) return error(nix_errc::bad_output, document.error().message());
    if (!document->is_array()) return error(nix_errc::bad_output, "no list of answers");
    for (const auto& group : *document) {
        auto items = group.is_object() ? group.find("items") : group.end();
        if (items == group.end() || !items->is_array()) return error(nix_errc::bad_output, "no items");
        for (const auto& one : *items) {
            if (one.is_object() && one.contains("skipped")) continue;
            TRY(auto found, read_finding(one, log));
            said.findings.push_back(std::move(found));
        }
    }
    return said;
}

}  // namespace landscaper::nix::root
