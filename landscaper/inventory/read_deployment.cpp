// The sections of operators' deployments, and launch phases.
#include <map>

#include "landscaper/base/printable.hpp"
#include "landscaper/engine/path.hpp"
#include "landscaper/inventory/reading.hpp"

namespace landscaper::inventory {

namespace {

void read_email(reading& in, const yaml_node& v, const std::string& p, operator_contact& o) {
    auto written = read_text(in, v, p, "a mail address");
    if (!written) return;
    auto at = written->find('@');
    bool is_good = at != written->npos && at > 0 && at + 1 < written->size() && at == written->rfind('@') &&
                   written->find_first_of(" \t,<>") == written->npos;
    if (!is_good) return in.bad_value(v, p, "a mail address", "write it like ops@foo.example");
    o.email = *written;
}

constexpr row<operator_contact> for_operator[] = {
    {"name", "text", "", "The operator's name on the screen.",
     [](reading& in, const yaml_node& v, const std::string& p, operator_contact& o) {
         if (auto written = read_text(in, v, p, "a name")) o.name = *written;
     }},
    {"email", "mail address", "", "Where the operator is written to.", read_email},
    {"contact", "text", "", "Who is called, and how.",
     [](reading& in, const yaml_node& v, const std::string& p, operator_contact& o) {
         if (auto written = read_text(in, v, p, "a text")) o.contact = *written;
     }},
};

void read_root(reading& in, const yaml_node& v, const std::string& p, deployment& d) {
    auto written = read_text(in, v, p, "a file or a flake's attribute");
    if (!written) return;
    auto hash = written->find('#');
    bool is_file = hash == written->npos && written->size() > 4 && written->ends_with(".nix");
    bool is_flake = hash != written->npos && hash > 0 && hash + 1 < written->size();
    if ((!is_file && !is_flake) || written->find(' ') != written->npos) {
        in.bad_value(v, p, "a root expression",
                     "write FILE.nix, from the folder of this file, or FLAKE#ATTRIBUTE like .#foo");
        return;
    }
    d.root = *written;
}

constexpr row<deployment> for_deployment[] = {
    {"operator", "section", "", "Whom it is run for.",
     [](reading& in, const yaml_node& v, const std::string& p, deployment& d) {
         read_section(in, v, p, operator_rows(), d.run_for);
     }},
    {"root", "FILE.nix | FLAKE#ATTRIBUTE", "deployments/NAME/nixops4.nix, or deployments/NAME.nix",
     "The root expression that declares its members.", read_root},
    {"launch", "list of lists of paths", "",
     "Phases: members of a later one are begun when everything in those before it is done. Others come by "
     "their dependencies.",
     [](reading& in, const yaml_node& v, const std::string& p, deployment& d) {
         read_launch(in, v, p, d.launch);
     }},
};

// Of the catalogue of services, which does not exist yet: a file that has them says something that would not
// happen.
constexpr std::string_view planned[] = {"services", "zone",     "dns",        "quota",
                                        "smtp",     "accounts", "environment"};

yaml_node without_planned(reading& in, const yaml_node& v, const std::string& p) {
    auto out = v;
    std::erase_if(out.entries, [&](const yaml_entry& entry) {
        const auto& name = entry.key.text;
        if (std::find(std::begin(planned), std::end(planned), name) == std::end(planned)) return false;
        in.bad(entry.key.at, p + ": " + quoted(name) + " is planned, and nothing reads it yet",
               "declare what it would stand for in the deployment's root expression");
        return true;
    });
    return out;
}

// Which phase a path is in already, itself or what it lies in or holds.
class placed {
  public:
    void add(reading& in, const yaml_node& item, const std::string& where, const engine::path& at,
             std::size_t phase) {
        for (const auto& [other, its_phase] : all_) {
            if (!at.is_within(other) && !other.is_within(at)) continue;
            auto what = at == other ? "is listed twice" : "and " + other.text() + " share members";
            in.bad(
                item.at,
                where + ": " + at.text() + " " + what + ", the first in phase " + std::to_string(its_phase),
                "every member is in one phase");
            return;
        }
        all_.emplace(at, phase);
    }

  private:
    std::map<engine::path, std::size_t> all_;
};

}  // namespace

bool is_deployment_name(std::string_view name) {
    return is_label(name) && name != rack_deployment;
}

void read_launch(reading& in, const yaml_node& value, const std::string& path, launch_phases& target) {
    if (value.is == yaml_node::kind::null) return;
    if (value.is != yaml_node::kind::list) {
        return in.bad(value.at, path + ": a list of phases is wanted here",
                      "write it like [[database], [social, video]]");
    }
    placed taken;
    target.clear();
    for (const auto& phase : value.items) {
        auto& paths = target.emplace_back();
        auto where = path + "[" + std::to_string(target.size()) + "]";
        for_each_item(in, phase, where, [&](const yaml_node& item) {
            auto written = read_text(in, item, where, "a member's path");
            if (!written) return;
            auto at = engine::path::parse(*written);
            if (!at || at->is_root()) {
                return in.bad_value(item, where, "a member's path", "write it like social or apps.social");
            }
            taken.add(in, item, where, *at, target.size());
            paths.emplace_back(*written, item.at.line, item.at.column);
        });
    }
}

void read_deployments(reading& in, const yaml_node& value, const std::string& path,
                      std::map<std::string, deployment>& target) {
    if (value.is == yaml_node::kind::null) return;
    if (value.is != yaml_node::kind::map) {
        return in.bad(value.at, path + ": a map of names is wanted here",
                      "write it like `foo: { operator: { name: Foo University } }`");
    }
    for (const auto& entry : value.entries) {
        if (entry.key.is != yaml_node::kind::scalar) continue;
        deployment one;
        one.name = entry.key.text;
        auto where = path + "." + text::printable(one.name, 80);
        if (!is_label(one.name)) {
            in.bad(entry.key.at, quoted(one.name) + " is not a deployment's name",
                   "write 1 to 63 lower-case letters, digits and hyphens, no hyphen at the ends");
        }
        if (one.name == rack_deployment) {
            in.bad(entry.key.at, "the deployment `rack` is the rack itself",
                   "choose another name; the rack's own root is nixops4.nix beside this file");
        }
        read_section(in, without_planned(in, entry.value, where), where, deployment_rows(), one);
        one.lines.by_key[""] = entry.key.at.line;
        for (const auto& key : entry.value.entries) one.lines.by_key[key.key.text] = key.key.at.line;
        target.emplace(one.name, std::move(one));
    }
}

std::span<const row<deployment>> deployment_rows() {
    return for_deployment;
}
std::span<const row<operator_contact>> operator_rows() {
    return for_operator;
}

}  // namespace landscaper::inventory
