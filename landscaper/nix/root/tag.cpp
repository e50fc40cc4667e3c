#include "landscaper/nix/root/tag.hpp"

#include <nlohmann/json.hpp>
#include <array>

#include "landscaper/base/json_fields.hpp"
#include "landscaper/nix/command.hpp"

namespace landscaper::nix::root {

static constexpr std::array words{"kind", "members", "head", "inputs"};

nlohmann::json tag_of(const item& what) {
    nlohmann::json out;
    out["path"] = what.at.names();
    if (what.part == part::input) {
        out["input"] = what.name;
    } else {
        out["part"] = words.at(static_cast<std::size_t>(what.part));
    }
    return out;
}

result<item> item_of(const nlohmann::json& tag) {
    if (!tag.is_object()) return error(nix_errc::bad_output, "a tag that is no object");
    json_fields fields(tag, "tag");
    item out;
    out.at = path(fields.texts("path"));
    auto word = fields.text_or_empty("part");
    if (word.empty()) {
        out.part = part::input;
        out.name = fields.text("input");
    } else {
        auto found = std::find(words.begin(), words.end(), word);
        if (found == words.end())
            fields.fail("part", "is unknown");
        else
            out.part = static_cast<part>(found - words.begin());
    }
    if (fields.failed()) return error(nix_errc::bad_output, fields.failure().message());
    return out;
}

result<output_ref> ref_of(const nlohmann::json& need) {
    if (!need.is_object()) return error(nix_errc::bad_output, "a need that is no object");
    json_fields fields(need, "need");
    output_ref out{path(fields.texts("path")), fields.text("output")};
    if (fields.failed()) return error(nix_errc::bad_output, fields.failure().message());
    return out;
}

std::string to_text(const item& what) {
    auto at = what.at.is_root() ? "the root" : what.at.text();
    switch (what.part) {
        case part::kind: return at;
        case part::members: return at + ".members";
        case part::head: return at;
        case part::inputs: return at + ".inputs";
        case part::input: return at + ".inputs." + path{what.name}.text();
    }
    return at;
}

}  // namespace landscaper::nix::root
