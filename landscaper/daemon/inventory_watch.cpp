#include "landscaper/daemon/inventory_watch.hpp"

#include <boost/asio/this_coro.hpp>
#include <algorithm>

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

static inventory::problems unreadable(const std::string& path, const error& why) {
    inventory::problem one;
    one.file = path;
    one.what = why.code().message();
    one.remedy = "make one with `landscaper init`, or name its folder with --network";
    return {one};
}

namespace {

using inventory::problem;
using name_list = std::vector<std::string>;

// "did you mean ..", else what there is.
std::string remedy_among(const std::string& written, const name_list& known, const std::string& otherwise) {
    auto meant = nearest(written, known);
    if (!meant.empty()) return "did you mean \"" + meant + "\"?";
    std::string all;
    for (const auto& name : known) all += (all.empty() ? "" : ", ") + name;
    return all.empty() || known.size() > 12 ? otherwise : "there is: " + all;
}

// hosts.NAME and hosts.NAME.RESOURCE are known as soon as the file is read; what a root expression declares
// is not.
void check_launch(const inventory::rack& declared, const std::string& file, const std::string& where,
                  const inventory::launch_phases& phases, inventory::problems& out) {
    name_list hosts;
    for (const auto& [name, host] : declared.hosts) hosts.push_back(name);
    for (const auto& phase : phases) {
        for (const auto& one : phase) {
            auto at = engine::path::parse(one.text);
            if (!at || at->names().front() != "hosts" || at->names().size() < 2) continue;
            auto add = [&](std::string what, std::string remedy) {
                out.push_back(
                    {file, one.line, one.column, where + ": " + std::move(what), std::move(remedy)});
            };
            const auto& name = at->names()[1];
            auto found = declared.hosts.find(name);
            if (found == declared.hosts.end()) {
                auto shown = text::printable(name, 80);
                add("there is no host " + shown, remedy_among(name, hosts, "name one of `hosts:`"));
                continue;
            }
            bool has_chain = found->second.managed_by == inventory::host_driver::inventory;
            if (!has_chain || at->names().size() < 3) continue;
            name_list resources;
            auto chains = outputs_of_hosts(declared);
            for (const auto& [resource, outputs] : chains[name]) resources.push_back(resource);
            bool is_known = at->names().size() == 3 && std::ranges::count(resources, at->names()[2]);
            if (is_known) continue;
            auto shown = text::printable(one.text, 80);
            add("there is no resource " + shown, remedy_among(at->names()[2], resources, ""));
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
    check_launch(*read, file, "launch", read->launch, all);
    for (const auto& [name, one] : read->deployments) {
        check_launch(*read, file, "deployments." + name + ".launch", one.launch, all);
    }
    if (!all.empty()) return all;
    return read;
}

inventory::parsed read_inventory(const std::string& folder) {
    auto path = path_in(folder);
    auto text = read_file(path, std::size_t{8} << 20);
    if (!text) return unreadable(path, text.error());
    return parse_inventory(*text, path);
}

task<> watch_inventory(std::string folder, std::function<task<>(inventory::rack)> good,
                       std::function<void(const inventory::problems&)> bad) {
    auto executor = co_await asio::this_coro::executor;
    CO_TRY(auto watch, folder_watch::open(executor, folder));
    std::string last = "\n";  // no file begins like this and is empty else
    for (;;) {
        // Content, not time stamps: two writes within one tick of the clock are two contents.
        auto text = read_file(path_in(folder), std::size_t{8} << 20);
        auto now = text ? "+" + *text : "-" + text.error().message();
        if (now != last) {
            last = now;
            auto parsed = text ? parse_inventory(*text, path_in(folder))
                               : inventory::parsed(unreadable(path_in(folder), text.error()));
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
