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

json to_json(const output_values& known) {
    std::map<path, json> by_path;
    for (const auto& [ref, seen] : known) by_path[ref.resource][ref.output] = *seen;
    auto out = json::array();
    for (const auto& [at, values] : by_path) out.push_back({{"path", at.names()}, {"outputs", values}});
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
