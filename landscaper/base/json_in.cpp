#include "landscaper/base/json_in.hpp"

#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "landscaper/base/printable.hpp"

namespace landscaper {

const char* describe(json_errc code) {
    switch (code) {
        case json_errc::too_large: return "larger than allowed";
        case json_errc::too_deep: return "nested too deeply";
        case json_errc::duplicate_key: return "the same key twice in one object";
        case json_errc::syntax: return "not valid JSON";
        case json_errc::wrong_type: return "wrong type";
        case json_errc::missing: return "missing field";
    }
    return "unknown error";
}

namespace {

// Builds the document through nlohmann's own DOM builder and stops at the first rule that is broken.
class guarded_sax : public nlohmann::detail::json_sax_dom_parser<nlohmann::json> {
  public:
    using base = nlohmann::detail::json_sax_dom_parser<nlohmann::json>;

    guarded_sax(nlohmann::json& into, std::size_t max_depth) : base(into, false), max_depth_(max_depth) {}

    bool start_object(std::size_t count) {
        keys_.emplace_back();
        return deeper() && base::start_object(count);
    }
    bool end_object() {
        keys_.pop_back();
        --depth_;
        return base::end_object();
    }
    bool start_array(std::size_t count) { return deeper() && base::start_array(count); }
    bool end_array() {
        --depth_;
        return base::end_array();
    }
    bool key(std::string& name) {
        if (!keys_.back().insert(name).second) {
            failure = error(json_errc::duplicate_key, "\"" + text::printable(name, 80) + "\"");
            return false;
        }
        return base::key(name);
    }
    bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) {
        failure = error(json_errc::syntax, "at byte " + std::to_string(position));
        return false;
    }

    error failure;

  private:
    bool deeper() {
        if (++depth_ <= max_depth_) return true;
        failure = json_errc::too_deep;
        return false;
    }

    std::size_t max_depth_;
    std::size_t depth_ = 0;
    std::vector<std::set<std::string>> keys_;
};

}  // namespace

result<nlohmann::json> json_in(std::string_view text, std::size_t max_bytes, std::size_t max_depth) {
    if (text.size() > max_bytes) return error(json_errc::too_large, std::to_string(text.size()) + " bytes");
    nlohmann::json root;
    guarded_sax sax(root, max_depth);
    if (!nlohmann::json::sax_parse(text, &sax)) {
        return sax.failure.code() ? sax.failure : error(json_errc::syntax);
    }
    return root;
}

std::string json_text(const nlohmann::json& value) {
    return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string json_pretty(const nlohmann::json& value) {
    return value.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace landscaper
