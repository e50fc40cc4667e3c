#include "landscaper/inventory/yaml_tree.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "landscaper/base/printable.hpp"

namespace landscaper::inventory {

namespace {

constexpr std::size_t most_bytes = std::size_t{16} << 20, deepest = 64;

position position_of(const YAML::Mark& mark) {
    return {mark.line + 1, mark.column + 1};
}

// Builds the tree from yaml-cpp's events: its own nodes hide anchors, tags and duplicate keys.
class tree_builder final : public YAML::EventHandler {
  public:
    tree_builder(std::string_view file, problems& list) : file_(file), list_(list) {}

    yaml_node root;

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        check("", anchor, mark);
        place({yaml_node::kind::null, position_of(mark), {}, true, false, {}, {}});
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
        bad(position_of(mark), "an alias (*name)",
            "write the value itself; anchors and aliases are not read here");
        place({yaml_node::kind::null, position_of(mark), {}, true, false, {}, {}});
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        check(tag, anchor, mark);
        place({yaml_node::kind::scalar, position_of(mark), value, tag == "?", false, {}, {}});
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value style) override {
        open(yaml_node::kind::list, mark, tag, anchor, style);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value style) override {
        open(yaml_node::kind::map, mark, tag, anchor, style);
    }
    void OnMapEnd() override {
        check_duplicates(stack_.back().node);
        close();
    }

    void bad(position at, std::string what, std::string remedy) {
        list_.push_back({file_, at.line, at.column, std::move(what), std::move(remedy)});
    }

  private:
    void check(const std::string& tag, YAML::anchor_t anchor, const YAML::Mark& mark) {
        if (anchor) {
            bad(position_of(mark), "an anchor (&name)",
                "write the value where it is needed; anchors are not read here");
        }
        if (!tag.empty() && tag != "?" && tag != "!") {
            bad(position_of(mark), "a tag (" + text::printable(tag, 60) + ")", "leave the tag out");
        }
    }

    void open(yaml_node::kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
              YAML::EmitterStyle::value style) {
        check(tag, anchor, mark);
        if (stack_.size() == deepest) bad(position_of(mark), "nested more than 64 deep", "make it flatter");
        stack_.push_back({{kind, position_of(mark), {}, false, style == YAML::EmitterStyle::Flow, {}, {}}});
    }

    void close() {
        auto node = std::move(stack_.back().node);
        stack_.pop_back();
        if (stack_.size() < deepest) place(std::move(node));
    }

    // A finished node becomes the root, an item, a key, or the value of the last key.
    void place(yaml_node node) {
        if (stack_.empty()) {
            root = std::move(node);
        } else if (auto& parent = stack_.back(); parent.node.is == yaml_node::kind::list) {
            parent.node.items.push_back(std::move(node));
        } else if (parent.has_key) {
            // The mark of an absent value is bogus (the next line, or the end of the file).
            if (node.is == yaml_node::kind::null) node.at = parent.node.entries.back().key.at;
            parent.node.entries.back().value = std::move(node);
            parent.has_key = false;
        } else {
            check_key(node);
            parent.node.entries.push_back({std::move(node), {}});
            parent.has_key = true;
        }
    }

    void check_key(const yaml_node& key) {
        if (key.is != yaml_node::kind::scalar) {
            bad(key.at, "a key that is not a word", "keys are plain words, followed by a colon");
        } else if (key.is_plain && key.text == "<<") {
            bad(key.at, "a merge key (<<)", "write the keys themselves, or put them into `defaults`");
        }
    }

    void check_duplicates(const yaml_node& map) {
        std::map<std::string_view, position> seen;
        for (const auto& entry : map.entries) {
            if (entry.key.is != yaml_node::kind::scalar) continue;
            auto [first, is_new] = seen.emplace(entry.key.text, entry.key.at);
            if (is_new) continue;
            bad(entry.key.at, "\"" + text::printable(entry.key.text, 80) + "\" is written twice",
                "the first is in line " + std::to_string(first->second.line) + "; keep one of them");
        }
    }

    struct frame {
        yaml_node node;
        bool has_key = false;  // in a map: a key that waits for its value
    };

    std::string file_;
    problems& list_;
    std::vector<frame> stack_;
};

// Control characters, bytes that are not UTF-8, and UTF-16 files: yaml-cpp would read them as something else.
bool is_clean(std::string_view text, tree_builder& builder) {
    if (text.size() > most_bytes) {
        builder.bad({}, "larger than 16 MiB", "is this the right file?");
        return false;
    }
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    for (int line = 1; !text.empty(); ++line) {
        auto end = text.find('\n');
        std::string shown(text.substr(0, end));
        std::replace(shown.begin(), shown.end(), '\t', ' ');
        if (shown.ends_with('\r')) shown.back() = ' ';
        if (shown.find('\r') != shown.npos || text::printable(shown, shown.size() + 4) != shown) {
            builder.bad({line, 1}, "bytes that are not UTF-8 text",
                        "save the file as UTF-8 without control characters");
            return false;
        }
        if (end == text.npos) break;
        text.remove_prefix(end + 1);
    }
    return true;
}

// yaml-cpp says what its grammar missed; the operator wants to know what to type.
std::string remedy_for(const YAML::Exception& e, std::string_view text) {
    for (int line = 0; line < e.mark.line; ++line) {
        auto end = text.find('\n');
        text.remove_prefix(end == text.npos ? text.size() : end + 1);
    }
    auto indentation = text.substr(0, text.find_first_not_of(" \t"));
    if (indentation.find('\t') != indentation.npos) return "indent with blanks, not with a tab";
    auto line = text.substr(0, text.find('\n'));
    if (line.find("\xc2\xa0") != line.npos) {
        return "this line has a non-breaking blank, as copied from a web page; type an ordinary one";
    }
    if (e.msg == "end of map flow not found")
        return "a { is not closed, or a comma is missing, here or in a line before";
    if (e.msg == "end of sequence flow not found")
        return "a [ is not closed, or a comma is missing, here or in a line before";
    if (e.msg.starts_with("the referenced anchor"))
        return "write the value itself; anchors and aliases are not read here";
    return "look at the indentation, colons and quotes of this line and the one before";
}

}  // namespace

const yaml_entry* yaml_node::find(std::string_view key) const {
    auto found =
        std::find_if(entries.begin(), entries.end(), [&](const auto& e) { return e.key.text == key; });
    return found == entries.end() ? nullptr : &*found;
}

yaml_node read_yaml(std::string_view text, std::string_view file, problems& list) {
    tree_builder builder(file, list);
    if (!is_clean(text, builder)) return {};
    std::istringstream in{std::string(text)};
    try {
        YAML::Parser parser(in);
        parser.HandleNextDocument(builder);
        problems ignored;
        tree_builder second(file, ignored);
        if (parser.HandleNextDocument(second)) {
            builder.bad(second.root.at, "a second document (---)",
                        "keep one document; only the first would be read");
        }
    } catch (const YAML::Exception& e) {
        builder.bad(position_of(e.mark), "not YAML: " + text::printable(e.msg, 200), remedy_for(e, text));
    } catch (const std::exception& e) {
        builder.bad({}, "cannot be read: " + text::printable(e.what(), 200), "look for unusual characters");
    }
    return std::move(builder.root);
}

}  // namespace landscaper::inventory
