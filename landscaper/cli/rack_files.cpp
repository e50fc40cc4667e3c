// Commands on the network folder: init, check, adopt.
#include <sys/stat.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>
#include <cstdio>

#include "landscaper/async/file.hpp"
#include "landscaper/base/json_in.hpp"
#include "landscaper/base/printable.hpp"
#include "landscaper/cli/answer.hpp"
#include "landscaper/cli/command.hpp"
#include "landscaper/cli/template.hpp"
#include "landscaper/control/error.hpp"
#include "landscaper/daemon/inventory_watch.hpp"
#include "landscaper/daemon/preflight.hpp"
#include "landscaper/daemon/root_check.hpp"
#include "landscaper/daemon/systems.hpp"
#include "landscaper/inventory/adopt.hpp"
#include "landscaper/nix/io/store.hpp"

namespace landscaper::cli {

int run_init(const arguments& given) {
    auto path = given.words[0] + "/inventory.yaml";
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0) {
        return complain("init", error(control::control_errc::refused, path + " exists and was left as it is"),
                        exit_usage);
    }
    auto made = make_folders(given.words[0]);
    if (made) made = write_file_atomically(path, inventory_template);
    if (!made) return complain("init", made.error());
    return print_sentence(
        given,
        path + "\nAdd your servers under `hosts:`, then: landscaper check --network " + given.words[0]);
}

namespace {

struct finding {
    std::string what;
    std::string text;  // empty = good
};

task<> look_at_systems(inventory::rack declared, nix::store& store, std::vector<finding>& findings) {
    auto version = co_await store.version();
    findings.push_back({"nix", version ? "" : version.error().message()});
    if (!version) co_return result<void>();
    for (const auto& [role, source] : declared.systems) {
        auto* pair = std::get_if<inventory::store_system>(&source);
        if (!pair) continue;
        for (const auto& path : {pair->base, pair->toplevel}) {
            auto closure = co_await store.closure_of(path);
            findings.push_back({"systems." + role + " " + path, closure ? "" : closure.error().message()});
        }
    }
    co_return result<void>();
}

// Of an ed25519 key that nobody has.
constexpr const char* no_key =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

// Functions of the host, built as serve will: but for what only serve knows, the host's id and where its
// cache is reached.
task<> build_systems(inventory::rack declared, std::string network, std::string state, nix::store& store,
                     std::vector<finding>& findings) {
    auto key = read_file(state + "/keys/client_ed25519.pub", 4096);
    daemon::system_surroundings context{std::string(32, '0'), key ? key->substr(0, key->find('\n')) : no_key,
                                        "http://landscaper/cache", ""};
    for (const auto& [name, host] : declared.hosts) {
        auto role = declared.systems.find(host.role);
        bool is_ours = host.managed_by == inventory::host_driver::inventory;
        if (!is_ours || role == declared.systems.end()) continue;
        if (!std::holds_alternative<inventory::flake_system>(role->second)) continue;
        std::fprintf(stderr, "builds the systems of %s with Nix\n", name.c_str());
        auto source = daemon::system_source_of(declared, host);
        std::string problem = source ? "" : source.error().message();
        if (source) {
            auto argument = daemon::system_argument_of(host, context);
            auto built = co_await store.system(*source, network, std::move(argument));
            if (!built) problem = text::printable(built.error().message(), 2000);
        }
        findings.push_back({"systems." + host.role + " of " + name, problem});
    }
    co_return result<void>();
}

task<> look_at_roots(inventory::rack declared, std::string network, std::vector<finding>& findings) {
    auto looking = daemon::check_roots(std::move(declared), std::move(network));
    auto roots = co_await std::move(looking);
    if (!roots) findings.push_back({"root expressions", roots.error().message()});
    if (!roots) co_return result<void>();
    for (const auto& root : *roots) {
        for (const auto& problem : root.problems) findings.push_back({root.what, problem});
        if (root.problems.empty()) findings.push_back({root.what, ""});
    }
    co_return result<void>();
}

void run_blocking(task<> work) {
    asio::io_context context(1);
    asio::co_spawn(context, std::move(work), [](std::exception_ptr thrown, result<void>) {
        if (thrown) std::rethrow_exception(thrown);
    });
    context.run();
}

int report(const std::vector<finding>& findings, bool as_json) {
    int code = exit_done;
    nlohmann::json list = nlohmann::json::array();
    for (const auto& one : findings) {
        if (!one.text.empty()) code = exit_failed;
        if (as_json) {
            list.push_back({{"check", one.what}, {"ok", one.text.empty()}, {"text", one.text}});
        } else {
            std::printf("%-4s %s%s%s\n", one.text.empty() ? "ok" : "BAD", one.what.c_str(),
                        one.text.empty() ? "" : ": ", one.text.c_str());
        }
    }
    if (as_json) print_answer(list);
    return code;
}

}  // namespace

int run_check(const arguments& given) {
    auto declared = daemon::read_inventory(network_folder(given));
    if (!declared) {
        return complain_in_words("check", inventory::text(declared.error()), exit_usage);
    }
    std::vector<finding> findings;
    findings.push_back({"inventory: " + std::to_string(declared->hosts.size()) + " hosts", ""});
    daemon::options opts;
    opts.network = network_folder(given);
    auto obstacle = daemon::look_at_machine(opts, *declared);
    findings.push_back({"machine", obstacle ? obstacle->text : ""});
    auto own = daemon::own_addresses();
    for (const auto& [name, host] : declared->hosts) {
        bool known = declared->systems.contains(host.role);
        findings.push_back({name, known ? daemon::objection_to_address(host, declared->network, own)
                                        : "role " + host.role + " has no entry under `systems:`"});
    }
    nix::store store{nix::store_config{}};
    run_blocking(look_at_systems(*declared, store, findings));
    auto state = absolute_path(given.value("--state", opts.state));
    run_blocking(build_systems(*declared, opts.network, state, store, findings));
    run_blocking(look_at_roots(*declared, network_folder(given), findings));
    return report(findings, given.has("--json"));
}

// Refused when somebody wrote the file meanwhile: neither edit may be lost.
static int write_back(const std::string& path, const std::string& before, const std::string& after) {
    auto now = read_file(path);
    if (!now || *now != before) {
        return complain("adopt",
                        error(control::control_errc::refused, path + " changed meanwhile; try again"));
    }
    struct stat status {};
    unsigned mode = ::stat(path.c_str(), &status) == 0 ? status.st_mode & 0777 : 0644;
    auto written = write_file_atomically(path, after, mode);
    return written ? exit_done : complain("adopt", written.error());
}

static int refuse(const inventory::problems& why) {
    return complain_in_words("adopt", inventory::text(why), exit_usage);
}

static int replace_card(const arguments& given, const std::string& path, const std::string& before,
                        const mac_address& fresh) {
    auto name = given.value("--replace", ""), old_text = given.value("--old", "");
    auto old = mac_address::parse(old_text);
    if (!old_text.empty() && !old) {
        auto why = "--old: \"" + old_text + "\" is no MAC like 52:54:00:0a:00:01";
        return complain("adopt", error(control::control_errc::bad_request, why));
    }
    auto after = inventory::replace_mac(before, path, name, old, fresh);
    if (!after) return refuse(after.error());
    int code = write_back(path, before, *after);
    return code == exit_done ? print_sentence(given, path + ": " + name + " has " + fresh.text() + " now")
                             : code;
}

static int add_host(const arguments& given, const std::string& path, const std::string& before,
                    const mac_address& mac) {
    auto adopted = inventory::adopt(
        before, path, {given.value("--name", ""), mac, given.value("--ip", ""), given.value("--role", "")});
    if (!adopted) return refuse(adopted.error());
    int code = write_back(path, before, adopted->text);
    auto where = path + ":" + std::to_string(adopted->at) + ": " + adopted->line;
    return code == exit_done ? print_sentence(given, where) : code;
}

int run_adopt(const arguments& given) {
    auto mac = mac_address::parse(given.words[0]);
    auto has = [&](const char* option) { return !given.value(option, "").empty(); };
    bool replaces = has("--replace") && !has("--name") && !has("--ip") && !has("--role");
    bool adds = has("--name") && has("--ip") && !has("--replace") && !has("--old");
    if (!mac || replaces == adds) {
        return complain("adopt",
                        error(control::control_errc::bad_request,
                              "needs a MAC like 52:54:00:0a:00:01, and either --name and --ip ADDR/LEN "
                              "(or dhcp), or --replace NAME"));
    }
    auto path = network_folder(given) + "/inventory.yaml";
    auto before = read_file(path);
    if (!before && before.error().code() == boost::system::errc::no_such_file_or_directory) {
        return complain("adopt", before.error().in(daemon::no_inventory), exit_usage);
    }
    if (!before) return complain("adopt", before.error(), exit_usage);
    return replaces ? replace_card(given, path, *before, *mac) : add_host(given, path, *before, *mac);
}

}  // namespace landscaper::cli
