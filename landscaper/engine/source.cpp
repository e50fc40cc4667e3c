#include "landscaper/engine/source.hpp"

namespace landscaper::engine {

const char* describe(source_errc code) {
    switch (code) {
        case source_errc::declared_twice: return "declared by two sources; rename or remove one of them";
    }
    return "unknown error";
}

namespace {

// What `member_source` declares although `owner` reserves it, if anything.
result<void> check_reserved(const std::string& owner, const declaration& owned, const std::string& other,
                            const declaration& declared) {
    for (const auto& reserved : owned.reserves) {
        for (const auto& m : declared.members) {
            if (!m.at.is_within(reserved)) continue;
            return error(source_errc::declared_twice, m.at.text() + " in " + other + " lies in " +
                                                          reserved.text() + ", which belongs to " + owner);
        }
    }
    return {};
}

result<void> check_clashes(const std::map<std::string, declaration>& all) {
    std::map<path, std::string> by_path;
    for (const auto& [name, declared] : all) {
        for (const auto& [other, theirs] : all) {
            if (name != other) {
                TRY_VOID(check_reserved(name, declared, other, theirs));
            }
        }
        for (const auto& m : declared.members) {
            auto [place, is_new] = by_path.emplace(m.at, name);
            if (is_new || place->second == name) continue;
            return error(source_errc::declared_twice,
                         m.at.text() + " in " + place->second + " and in " + name);
        }
    }
    return {};
}

}  // namespace

static result<graph> merged(const std::map<std::string, declaration>& all) {
    TRY_VOID(check_clashes(all));
    std::vector<member> members;
    std::vector<engine::unexplored> unexplored;
    launch_order launch;
    for (const auto& [name, part] : all) {
        launch.insert(launch.end(), part.launch.begin(), part.launch.end());
        members.insert(members.end(), part.members.begin(), part.members.end());
        for (auto one : part.unexplored) {
            for (const auto& [other, theirs] : all) {
                if (other != name)
                    one.except.insert(one.except.end(), theirs.reserves.begin(), theirs.reserves.end());
            }
            unexplored.push_back(std::move(one));
        }
    }
    return graph::build(std::move(members), std::move(unexplored), std::move(launch));
}

// Everything that is declared, with `declared` in the place of what `source` declared before.
std::map<std::string, declaration> sources::with(const std::string& source, declaration declared) const {
    std::map<std::string, declaration> out;
    for (const auto& [name, known] : parts_) {
        if (name == source) continue;
        auto& one = out[name] = known.rest;
        for (const auto& at : known.members) one.members.push_back(*current_->find(at));
    }
    out[source] = std::move(declared);
    return out;
}

result<std::shared_ptr<const graph>> sources::declare(const std::string& source, declaration declared) {
    auto next = with(source, std::move(declared));
    TRY(auto built, merged(next));
    current_ = std::make_shared<const graph>(std::move(built));
    parts_.clear();
    for (auto& [name, one] : next) {
        auto& known = parts_[name];
        for (const auto& m : one.members) known.members.push_back(m.at);
        one.members.clear();
        known.rest = std::move(one);
    }
    return current_;
}

result<graph> sources::preview(const std::string& source, declaration declared) const {
    return merged(with(source, std::move(declared)));
}

}  // namespace landscaper::engine
