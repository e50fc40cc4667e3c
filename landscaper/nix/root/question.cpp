#include "landscaper/nix/root/question.hpp"

#include <nlohmann/json.hpp>
#include <algorithm>

#include "landscaper/base/json_in.hpp"
#include "landscaper/nix/root/tag.hpp"

namespace landscaper::nix::root {

using nlohmann::json;

namespace {

json to_json(const ask& one) {
    json out;
    out["path"] = one.at.names();
    if (one.scope == scope::resource) out["resource"] = true;
    if (one.scope == scope::inputs) out["inputs"] = one.inputs;
    return out;
}

// Nix 2.8 takes such a number for another one, and a text for its beginning, without a word.
std::string unfit_for_nix(const json& given) {
    if (given.is_number_unsigned() && given.get<std::uint64_t>() >= std::uint64_t{1} << 63) {
        return "has the number " + given.dump() +
               ", which Nix cannot hold (its largest is 9223372036854775807); have its provider give it as a "
               "text";
    }
    auto has_nul = [](const std::string& text) { return text.find('\0') != std::string::npos; };
    constexpr const char* nul =
        "has a text with a NUL byte in it, which Nix cannot hold; have its provider leave it out, or encode "
        "it";
    if (given.is_string() && has_nul(given.get_ref<const std::string&>())) return nul;
    if (!given.is_structured()) return {};
    for (const auto& [name, one] : given.items()) {
        if (given.is_object() && has_nul(name)) return nul;
        auto why = unfit_for_nix(one);
        if (!why.empty()) return why;
    }
    return {};
}

json to_json(const output_values& known) {
    std::map<path, json> by_path;
    for (const auto& [ref, seen] : known) {
        auto why = unfit_for_nix(*seen);
        if (why.empty()) by_path[ref.resource]["outputs"][ref.output] = *seen;
        if (!why.empty())
            by_path[ref.resource]["unfit"][ref.output] =
                "the output " + ref.output + " of " + ref.resource.text() + " " + why;
    }
    auto out = json::array();
    for (auto& [at, one] : by_path) {
        one["path"] = at.names();
        if (!one.contains("outputs")) one["outputs"] = json::object();
        out.push_back(std::move(one));
    }
    return out;
}

json to_json(const group& one) {
    auto asks = json::array();
    for (const auto& a : one.asks) asks.push_back(to_json(a));
    return {{"known", to_json(one.known)}, {"ask", std::move(asks)}};
}

std::vector<std::string> names_of(const std::string& attribute) {
    std::vector<std::string> out;
    for (std::size_t begin = 0;;) {
        auto end = std::min(attribute.find('.', begin), attribute.size());
        out.push_back(attribute.substr(begin, end - begin));
        if (end == attribute.size()) return out;
        begin = end + 1;
    }
}

}  // namespace

std::string to_json(const question& what) {
    json out{{"catch", what.catches}, {"hosts", what.hosts}};
    if (!what.system.empty()) out["system"] = what.system;
    if (what.origin.flake.empty()) {
        out["file"] = what.origin.file;
    } else {
        out["flake"] = what.origin.flake;
        // Names with dots are nobody's: flakes' own command line splits at every one.
        if (!what.origin.attribute.empty()) out["attribute"] = names_of(what.origin.attribute);
    }
    out["groups"] = json::array();
    for (const auto& one : what.groups) out["groups"].push_back(to_json(one));
    out["skip"] = json::array();
    for (const auto& one : what.skip) out["skip"].push_back(tag_of(one));
    return json_text(out);
}

std::vector<std::string> realise(const std::string& derivation, const std::set<std::string>& outputs,
                                 const std::string& root) {
    auto wanted = derivation;
    for (const auto& name : outputs) wanted += (wanted == derivation ? "!" : ",") + name;
    return {"nix-store", "--realise", wanted, "--add-root", root};
}

std::vector<std::string> evaluate(const std::string& expression_file, const std::string& question_file) {
    // Without read-write mode neither derivations nor the files they need would exist to be built.
    return {"nix-instantiate",    "--eval",        "--strict",      "--json",   "--read-write-mode",
            "--show-trace",       "--log-format",  "internal-json", "--option", "extra-experimental-features",
            "nix-command flakes", expression_file, "--argstr",      "question", question_file};
}

}  // namespace landscaper::nix::root
