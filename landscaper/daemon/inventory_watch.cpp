#include "landscaper/daemon/inventory_watch.hpp"

#include <boost/asio/this_coro.hpp>
#include <optional>

#include "landscaper/async/file.hpp"
#include "landscaper/base/nearest.hpp"
#include "landscaper/base/printable.hpp"
#include "landscaper/daemon/folder_watch.hpp"
#include "landscaper/daemon/hosts.hpp"
#include "landscaper/provider/types.hpp"

namespace landscaper::daemon {

static std::string path_in(const std::string& folder) {
    return folder + "/inventory.yaml";
}

constexpr std::size_t most_bytes = std::size_t{8} << 20;

static std::string remedy_for(const error& why) {
    if (why.code() == boost::system::errc::permission_denied) {
        return "run it as root, or let its owner give you the right to read it";
    }
    if (why.code() == boost::system::errc::file_too_large)
        return "is this the right file? 8 MiB is the most that is read";
    if (why.code() == boost::system::errc::is_a_directory) return "the inventory is a file in a folder";
    return no_inventory;
}

static inventory::problems unreadable(const std::string& path, const error& why) {
    return {{path, 0, 0, why.code().message(), remedy_for(why)}};
}

// A file of no bytes is one that somebody is still writing, or that a full disk cut short; taken at its word,
// it would make every host unmanaged.
static inventory::parsed read_text(const std::string& path, const result<std::string>& text) {
    if (!text) return unreadable(path, text.error());
    if (text->find_first_not_of(" \t\r\n") != std::string::npos) return parse_inventory(*text, path);
    return inventory::problems{
        {path, 1, 1, "the file is empty", "write it again; an inventory without hosts says `hosts:`"}};
}

namespace {

using name_list = std::vector<std::string>;

// What is near, else what there is.
std::string remedy_among(const std::string& written, const name_list& known, const std::string& otherwise) {
    auto meant = did_you_mean(written, known);
    if (!meant.empty()) return meant;
    std::string all;
    for (const auto& name : known) all += (all.empty() ? "" : ", ") + name;
    return all.empty() || known.size() > 12 ? otherwise : "there is: " + all;
}

template <class T>
name_list names_of(const std::map<std::string, T>& all) {
    name_list out;
    for (const auto& [name, one] : all) out.push_back(name);
    return out;
}

// Paths of `launch:` against what is known as soon as the file is read: hosts.NAME, and hosts.NAME.RESOURCE
// of hosts that the inventory drives. What a root expression declares is not.
class launch_check {
  public:
    explicit launch_check(const inventory::rack& declared)
        : hosts_(declared.hosts), chains_(outputs_of_hosts(declared)) {}

    struct wrong {
        std::string what, remedy;
    };
    std::optional<wrong> of(const std::string& text) const {
        auto at = engine::path::parse(text);
        if (!at || at->names().front() != "hosts" || at->names().size() < 2) return std::nullopt;
        const auto& names = at->names();
        if (!hosts_.contains(names[1])) {
            return wrong{"there is no host " + text::printable(names[1], 80),
                         remedy_among(names[1], names_of(hosts_), "name one of `hosts:`")};
        }
        auto chain = chains_.find(names[1]);
        if (chain == chains_.end() || names.size() < 3) return std::nullopt;
        if (names.size() == 3 && chain->second.contains(names[2])) return std::nullopt;
        return wrong{"there is no resource " + text::printable(text, 80),
                     remedy_among(names[2], names_of(chain->second), "")};
    }

  private:
    const std::map<std::string, inventory::host>& hosts_;
    nix::root::host_outputs chains_;  // of hosts that the inventory drives
};

void check_launch(const launch_check& check, const std::string& file, const std::string& where,
                  const inventory::launch_phases& phases, inventory::problems& out) {
    for (const auto& phase : phases) {
        for (const auto& one : phase) {
            auto wrong = check.of(one.text);
            if (!wrong) continue;
            out.push_back({file, one.line, one.column, where + ": " + wrong->what, wrong->remedy});
        }
    }
}

}  // namespace

inventory::parsed parse_inventory(const std::string& text, const std::string& file) {
    auto read = inventory::parse(text, file);
    if (!read) return read;
    inventory::problems all;
    for (const auto& type : read->reconcile.repair) {
        auto why = provider::objection_to_repair(type.name);
        if (!why.what.empty()) {
            all.push_back({file, type.line, type.column, "reconcile.repair: " + why.what, why.remedy});
        }
    }
    launch_check check(*read);
    check_launch(check, file, "launch", read->launch, all);
    for (const auto& [name, one] : read->deployments) {
        check_launch(check, file, "deployments." + name + ".launch", one.launch, all);
    }
    if (!all.empty()) return all;
    return read;
}

inventory::parsed read_inventory(const std::string& folder) {
    auto path = path_in(folder);
    return read_text(path, read_file(path, most_bytes));
}

task<> watch_inventory(std::string folder, std::function<task<>(inventory::rack)> good,
                       std::function<void(const inventory::problems&)> bad) {
    auto executor = co_await asio::this_coro::executor;
    CO_TRY(auto watch, folder_watch::open(executor, folder));
    std::string last = "\n";  // no file begins like this and is empty else
    for (;;) {
        // Content, not time stamps: two writes within one tick of the clock are two contents.
        auto text = read_file(path_in(folder), most_bytes);
        auto now = text ? "+" + *text : "-" + text.error().message();
        if (now != last) {
            last = now;
            auto parsed = read_text(path_in(folder), text);
            if (parsed) {
                CO_TRY_VOID(co_await good(*parsed));
            } else {
                bad(parsed.error());
            }
        }
        CO_TRY_VOID(co_await watch.wait());
    }
}

}  // namespace landscaper::daemon
