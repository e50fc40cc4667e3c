#include "landscaper/nix/root/settings.hpp"

#include <nlohmann/json.hpp>
#include <algorithm>
#include <array>

#include "landscaper/base/duration_text.hpp"
#include "landscaper/base/json_in.hpp"
#include "landscaper/base/nearest.hpp"
#include "landscaper/base/printable.hpp"
#include "landscaper/nix/command.hpp"

namespace landscaper::nix::root {

using nlohmann::json;

namespace {

constexpr unsigned most_retries = 100;

bool read(const json& said, std::optional<bool>& into) {
    if (said.is_boolean()) into = said.get<bool>();
    return said.is_boolean();
}

bool are_texts(const json& said) {
    return said.is_array() &&
           std::all_of(said.begin(), said.end(), [](const json& one) { return one.is_string(); });
}

bool read(const json& said, std::set<std::string>& into) {
    if (!are_texts(said)) return false;
    for (const auto& one : said) into.insert(one.get<std::string>());
    return true;
}

bool read(const json& said, std::optional<engine::path>& into) {
    if (!are_texts(said) || said.empty()) return false;
    into = path(said.get<std::vector<std::string>>());
    return true;
}

bool read(const json& said, std::vector<engine::path>& into) {
    if (!said.is_array()) return false;
    for (const auto& one : said) {
        std::optional<engine::path> at;
        if (!read(one, at)) return false;
        into.push_back(std::move(*at));
    }
    return true;
}

bool read(const json& said, std::optional<unsigned>& into) {
    if (!said.is_number_integer() || said < 0 || said > most_retries) return false;
    into = said.get<unsigned>();
    return true;
}

bool read(const json& said, std::optional<engine::duration>& into) {
    auto span = said.is_string() ? parse_duration(said.get<std::string>()) : std::nullopt;
    if (span) into = *span;
    return span.has_value();
}

// One setting: its name, what is right, how it is read.
struct row {
    const char* name;
    const char* right;
    bool (*take)(const json&, settings&);
};
constexpr const char* truth = "true or false";
constexpr const char* input_names = "names of inputs, like [ \"size\" ]";
constexpr const char* any_names = "names of inputs or outputs, like [ \"password\" ]";
constexpr std::array rows{
    row{"after", "paths of members, like [ [ \"apps\" \"db\" ] ]",
        [](const json& said, settings& to) { return read(said, to.after); }},
    row{"create_before_destroy", truth,
        [](const json& said, settings& to) { return read(said, to.create_before_destroy); }},
    row{"deadline", "a time without progress, like \"10m\" or \"90s\"",
        [](const json& said, settings& to) { return read(said, to.deadline); }},
    row{"import", truth, [](const json& said, settings& to) { return read(said, to.import); }},
    row{"moved_from", "the path it had, like [ \"apps\" \"old\" ]",
        [](const json& said, settings& to) { return read(said, to.moved_from); }},
    row{"protect", truth, [](const json& said, settings& to) { return read(said, to.protect); }},
    row{"repair", truth, [](const json& said, settings& to) { return read(said, to.repair); }},
    row{"replace_on", input_names, [](const json& said, settings& to) { return read(said, to.replace_on); }},
    row{"retries", "a number of attempts from 0 to 100",
        [](const json& said, settings& to) { return read(said, to.retries); }},
    row{"sensitive", any_names, [](const json& said, settings& to) { return read(said, to.sensitive); }},
};

std::string remedy_for(const std::string& name) {
    std::vector<std::string> known;
    std::string all;
    for (const auto& one : rows) {
        known.emplace_back(one.name);
        all += (all.empty() ? "" : ", ") + known.back();
    }
    auto meant = nearest(name, known);
    return meant.empty() ? "there is: " + all : "did you mean " + meant + "?";
}

// "nixops4.nix:12:7: app.landscaper.protect: WHAT"
std::string sentence_about(const settings& own, const path& at, const std::string& name,
                           const std::string& what) {
    auto place = own.places.find(name);
    auto setting = name.empty() ? std::string() : "." + text::printable(name, 80);
    return (place == own.places.end() ? "" : place->second) + at.text() + ".landscaper" + setting + ": " +
           what;
}

std::map<std::string, std::string> places_in(const json& head) {
    std::map<std::string, std::string> out;
    auto places = head.find("places");
    if (places == head.end() || !places->is_object()) return out;
    for (const auto& [name, where] : places->items()) {
        if (where.is_string()) out[name] = where.get<std::string>() + ": ";
    }
    return out;
}

std::string place_text(const json& at, const own_files& own) {
    auto number = [&](const char* key) {
        auto found = at.find(key);
        return found != at.end() && found->is_number_integer() ? found->get<unsigned>() : 0;
    };
    auto file = at.find("file");
    if (file == at.end() || !file->is_string()) return {};
    auto where = own_place({{}, {{file->get<std::string>(), number("line"), number("column")}}}, own);
    if (!where) return {};
    return where->file + ":" + std::to_string(where->line) + ":" + std::to_string(where->column);
}

}  // namespace

result<settings> read_settings(const path& at, const json& head) {
    settings out;
    auto own = head.find("landscaper");
    if (own == head.end() || own->is_null()) return out;
    out.places = places_in(head);
    auto bad = [&](const std::string& name, const std::string& what) {
        return error(nix_errc::failed, sentence_about(out, at, name, what));
    };
    if (!own->is_object()) return bad("", "is a set of settings, like { protect = true; }");
    for (const auto& [name, said] : own->items()) {
        auto found =
            std::find_if(rows.begin(), rows.end(), [&, &key = name](const row& r) { return r.name == key; });
        if (found == rows.end()) return bad(name, "there is no such setting; " + remedy_for(name));
        if (said.is_null() || found->take(said, out)) continue;
        return bad(name, text::printable(json_text(said), 80) + " is wrong here; write " +
                             std::string(found->right));
    }
    return out;
}

std::string apply(const settings& own, engine::member& to, bool holds_data) {
    if (own.protect) to.is_protected = *own.protect;
    to.replace_on.insert(own.replace_on.begin(), own.replace_on.end());
    if (own.create_before_destroy) to.creates_before_destroying = *own.create_before_destroy;
    to.sensitive.insert(own.sensitive.begin(), own.sensitive.end());
    if (own.repair) to.policy.repairs = *own.repair;
    if (own.import) to.imports = *own.import;
    if (own.deadline) to.policy.silence = *own.deadline;
    if (own.retries) {
        to.policy.retries = *own.retries;
        to.policy.retries_failures = true;
    }
    to.after.insert(to.after.end(), own.after.begin(), own.after.end());
    if (own.moved_from) to.moved_from = own.moved_from;

    std::string needs_state;
    if (!own.replace_on.empty()) needs_state = "replace_on";
    if (own.create_before_destroy.value_or(false)) needs_state = "create_before_destroy";
    if (own.import.value_or(false)) needs_state = "import";
    if (own.moved_from) needs_state = "moved_from";
    if (!to.is_stateful && !needs_state.empty()) {
        return sentence_about(own, to.at, needs_state,
                              "without a `state` it is created again each time, and nothing is recorded that "
                              "this could be about; give it one, or take this out");
    }
    if (own.repair.value_or(false) && (holds_data || to.is_protected)) {
        return sentence_about(
            own, to.at, "repair",
            "what is protected or holds data is never repaired by itself; take this out, and "
            "look with `landscaper plan --refresh`");
    }
    return {};
}

std::string check_names(const settings& own, const engine::member& of) {
    std::vector<std::string> inputs, all = of.outputs;
    for (const auto& [name, given] : of.inputs) inputs.push_back(name);
    all.insert(all.end(), inputs.begin(), inputs.end());
    auto check = [&](const char* setting, const std::set<std::string>& names,
                     const std::vector<std::string>& known) -> std::string {
        for (const auto& name : names) {
            if (std::find(known.begin(), known.end(), name) != known.end()) continue;
            auto meant = did_you_mean(name, known);
            return sentence_about(
                own, of.at, setting,
                "there is no \"" + text::printable(name, 80) + "\"" + (meant.empty() ? "" : "; " + meant));
        }
        return {};
    };
    auto wrong = check("replace_on", own.replace_on, inputs);
    return wrong.empty() ? check("sensitive", own.sensitive, all) : wrong;
}

void name_places(answer& said, const own_files& own) {
    for (auto& one : said.findings) {
        if (one.about.part != part::head || !one.value) continue;
        auto head = one.value->said.json();
        auto places = head.find("places");
        if (places == head.end()) continue;
        auto named = json::object();
        if (places->is_object()) {
            for (const auto& [name, at] : places->items()) {
                auto text = at.is_object() ? place_text(at, own) : std::string();
                if (!text.empty()) named[name] = text;
            }
        }
        *places = std::move(named);
        one.value->said = value(std::move(head));
    }
}

}  // namespace landscaper::nix::root
