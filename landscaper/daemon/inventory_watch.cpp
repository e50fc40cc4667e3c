#include "landscaper/daemon/inventory_watch.hpp"

#include <boost/asio/this_coro.hpp>

#include "landscaper/async/file.hpp"
#include "landscaper/daemon/folder_watch.hpp"
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
