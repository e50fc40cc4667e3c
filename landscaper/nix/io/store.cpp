#include "landscaper/nix/io/store.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <cstdlib>

#include "landscaper/async/file.hpp"
#include "landscaper/async/process.hpp"
#include "landscaper/base/json_in.hpp"
#include "landscaper/base/overloaded.hpp"
#include "landscaper/base/printable.hpp"
#include "landscaper/nix/admission.hpp"
#include "landscaper/nix/contention.hpp"
#include "landscaper/nix/root/complaint.hpp"

namespace landscaper::nix {

namespace {

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

std::string last_words(const process_result& done) {
    auto words = done.err.size() > 600 ? done.err.substr(done.err.size() - 600) : done.err;
    return done.status.text() + ": " + text::printable(words, 600);
}

// One Nix child; its stdout. A program that is not there shows as 127 behind choom and nice.
task<std::string> run_nix(store_config config, std::vector<std::string> argv, line_callback on_line) {
    auto name = argv.front();
    process_spec spec;
    spec.argv = kindly(std::move(argv));
    spec.env = config.env;
    process_options options;
    options.limit = std::size_t{256} << 20;
    options.on_err_line = std::move(on_line);
    options.is_passing = is_contention;
    auto done = co_await run_process(std::move(spec), std::move(options), steady::now() + config.deadline);
    if (!done) {
        bool missing = done.error().code() == process_errc::not_found;
        co_return missing ? error(nix_errc::missing, name) : done.error().in(name);
    }
    if (done->status.code == 127) co_return error(nix_errc::missing, name);
    if (!done->status.is_success()) co_return error(nix_errc::failed, name + ": " + last_words(*done));
    co_return std::move(done->out);
}

task<std::string> version_of(store_config config) {
    process_spec spec;
    spec.argv = {"nix", "--version"};
    spec.env = config.env;
    auto deadline = steady::now() + std::chrono::seconds(30);
    auto done = co_await run_process(std::move(spec), {}, deadline);
    if (!done && done.error().code() == process_errc::not_found) co_return error(nix_errc::missing);
    if (!done) co_return done.error();
    if (!done->status.is_success()) co_return error(nix_errc::failed, last_words(*done));
    co_return parse_version(done->out);
}

std::string secret_of(const store_config& config) {
    return config.keys_folder + "/cache_secret";
}
std::string public_of(const store_config& config) {
    return config.keys_folder + "/cache_public";
}

// nix-store writes both halves with the umask's mode; the pair is made aside, closed to others, and renamed
// with the secret half last, so that a secret under its name always has its public half.
task<> make_key(store_config config) {
    auto secret = secret_of(config) + ".new", open = public_of(config) + ".new";
    ::unlink(secret.c_str());
    ::unlink(open.c_str());
    CO_TRY_VOID(co_await run_nix(config, make_cache_key(config.cache_name, secret, open), {}));
    CO_TRY(auto open_text, read_file(open, 4096));
    CO_TRY(auto secret_text, read_file(secret, 4096));
    CO_TRY_VOID(write_file_atomically(public_of(config), open_text, 0644));
    CO_TRY_VOID(write_file_atomically(secret_of(config), secret_text, 0600));
    ::unlink(secret.c_str());
    ::unlink(open.c_str());
    co_return result<void>();
}

task<std::string> have_cache_in(store_config config) {
    CO_TRY_VOID(make_folders(config.cache_folder, 0755));
    CO_TRY_VOID(make_folders(config.keys_folder, 0700));
    if (::access(secret_of(config).c_str(), F_OK) != 0) {
        CO_TRY_VOID(co_await make_key(config));
    }
    CO_TRY(auto text, read_file(public_of(config), 4096));
    while (!text.empty() && text.back() == '\n') text.pop_back();
    co_return text;
}

// Nix writes the .narinfo of a path after those of all that it refers to.
bool is_published(const store_config& config, const std::string& path) {
    return ::access((config.cache_folder + "/" + hash_part(path) + ".narinfo").c_str(), F_OK) == 0;
}

task<> publish_in(store_config config, std::vector<std::string> paths, line_callback on_line) {
    for (const auto& path : paths) {
        if (!is_store_path(path)) co_return error(nix_errc::bad_path, text::printable(path, 200));
    }
    std::erase_if(paths, [&](const std::string& path) { return is_published(config, path); });
    if (paths.empty()) co_return result<void>();
    auto argv = copy_to_cache(config.cache_folder, secret_of(config), paths);
    CO_TRY_VOID(co_await run_nix(config, std::move(argv), std::move(on_line)));
    co_return result<void>();
}

task<> push_from(store_config config, std::string path, std::string root, std::string ssh_options,
                 line_callback on_line) {
    if (!is_store_path(path)) co_return error(nix_errc::bad_path, text::printable(path, 200));
    config.env["NIX_SSHOPTS"] = std::move(ssh_options);
    auto argv = copy_to_host(path, root);
    CO_TRY_VOID(co_await run_nix(std::move(config), std::move(argv), std::move(on_line)));
    co_return result<void>();
}

task<closure> closure_in(store_config config, std::string path) {
    if (!is_store_path(path)) co_return error(nix_errc::bad_path, text::printable(path, 200));
    if (::access(path.c_str(), F_OK) != 0)
        co_return error(nix_errc::bad_path, path + " is not in the store here");
    std::vector<std::string> one{path};
    CO_TRY(auto json, co_await run_nix(std::move(config), path_info(one), {}));
    co_return parse_path_info(json);
}

task<layout_result> layout_in(store_config config, layout_source source, layout_request request) {
    CO_TRY(auto argv, evaluate_layout(source, request));
    CO_TRY(auto json, co_await run_nix(std::move(config), std::move(argv), {}));
    co_return parse_layout(json, describe(source));
}

task<system_paths> check_paths(system_paths given) {
    for (const auto& path : {given.base, given.toplevel}) {
        if (!is_store_path(path)) co_return error(nix_errc::bad_path, text::printable(path, 200));
        auto script = path + "/bin/switch-to-configuration";
        if (::access(script.c_str(), X_OK) != 0) {
            co_return error(nix_errc::bad_path, path + " is not in the store here, or no NixOS system");
        }
    }
    co_return given;
}

// The first error that Nix logged, in its own words and with its place in the operator's files.
class first_complaint {
  public:
    void look_at(std::string_view line) {
        constexpr std::string_view prefix = "@nix ";
        if (found_ || !line.starts_with(prefix)) return;
        auto said = json_in(line.substr(prefix.size()), std::size_t{1} << 20, 16);
        if (said) found_ = root::complaint_in(*said);
    }
    error instead_of(const error& failure, const flake_attribute& flake, const std::string& folder) const {
        if (!found_ || failure.code() != nix_errc::failed) return failure;
        root::own_files own{folder, {}, flake.flake == "." ? "flake.nix" : flake.flake};
        own.read = [folder](const std::string& name) -> std::optional<std::string> {
            auto text = read_file(folder + "/" + name, std::size_t{4} << 20);
            return text ? std::optional(std::move(*text)) : std::nullopt;
        };
        return {nix_errc::failed, root::sentence(*found_, own)};
    }

  private:
    std::optional<root::complaint> found_;
};

task<system_paths> build_in(store_config config, flake_attribute flake, std::string folder,
                            system_argument argument, line_callback on_line) {
    CO_TRY(auto text, to_nix(argument));
    auto argv = build_system(flake, folder, text);
    first_complaint complaint;
    line_callback listen = [&](std::string_view line) {
        complaint.look_at(line);
        if (on_line) on_line(line);
    };
    auto built = co_await run_nix(std::move(config), std::move(argv), std::move(listen));
    if (!built) {
        auto why = complaint.instead_of(built.error(), flake, folder);
        co_return why.in("system " + flake.flake + "#" + flake.attribute);
    }
    co_return parse_built(*built);
}

}  // namespace

layout_source store::layouts() const {
    layout_source out;
    out.disko = variable("LANDSCAPER_DISKO");
    out.nixpkgs_lib = variable("NIXPKGS_LIB");
    if (out.nixpkgs_lib.empty()) out.disko.clear();
    out.file = config_.layouts.empty() ? variable("LANDSCAPER_LAYOUTS") : config_.layouts;
    return out;
}

task<std::string> store::version() {
    return version_of(config_);
}
task<std::string> store::have_cache() {
    return have_cache_in(config_);
}

task<> store::publish(std::vector<std::string> paths, line_callback on_line) {
    return publish_in(config_, std::move(paths), std::move(on_line));
}

task<> store::push(std::string path, std::string root, std::string ssh_options, line_callback on_line) {
    return push_from(config_, std::move(path), std::move(root), std::move(ssh_options), std::move(on_line));
}

task<closure> store::closure_of(std::string path) {
    return closure_in(config_, std::move(path));
}

task<layout_result> store::layout(layout_request request) {
    return layout_in(config_, layouts(), std::move(request));
}

task<system_paths> store::system(system_source source, std::string flake_folder, system_argument argument,
                                 line_callback on_line) {
    if (auto* given = std::get_if<system_paths>(&source)) return check_paths(*given);
    return build_in(config_, std::get<flake_attribute>(source), std::move(flake_folder), std::move(argument),
                    std::move(on_line));
}

namespace {

task<> admission_of(std::string toplevel, std::string client_key) {
    CO_TRY(auto config, read_file(toplevel + "/etc/ssh/sshd_config", std::size_t{1} << 20));
    auto keys = read_file(toplevel + "/etc/ssh/authorized_keys.d/root", std::size_t{1} << 20);
    auto admitted = nix::check_admission(config, keys ? *keys : std::string(), client_key);
    if (!admitted) co_return admitted.error().in(toplevel);
    co_return result<void>();
}

}  // namespace

task<> store::check_admission(std::string toplevel, std::string client_key) {
    return admission_of(std::move(toplevel), std::move(client_key));
}

}  // namespace landscaper::nix
