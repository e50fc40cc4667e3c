#include "landscaper/nix/io/store.hpp"

#include <sys/stat.h>

#include <cstdlib>

#include "landscaper/async/file.hpp"
#include "landscaper/async/process.hpp"
#include "landscaper/base/printable.hpp"

namespace landscaper::nix {

using namespace std::chrono_literals;

namespace {

using line_callback = std::function<void(std::string_view)>;

// What Nix said last that is an error, or simply its end.
std::string last_words(const std::string& errors) {
    auto at = errors.rfind("error:");
    auto from = at == std::string::npos && errors.size() > 600 ? errors.size() - 600
                : at == std::string::npos                      ? 0
                                                               : at;
    return text::printable(errors.substr(from), 600);
}

// stdout of a child of Nix; its failure with its last words.
task<std::string> run_nix(std::map<std::string, std::string> env, std::vector<std::string> argv,
                          steady::duration limit, line_callback on_line = {}) {
    process_spec spec;
    spec.argv = std::move(argv);
    spec.env = std::move(env);
    process_options options;
    options.limit = std::size_t{64} << 20;
    options.on_err_line = std::move(on_line);
    auto program = spec.argv[0];
    auto done = co_await run_process(std::move(spec), std::move(options), steady::now() + limit);
    if (!done && done.error().code() == process_errc::not_found) co_return error(nix_errc::missing, program);
    if (!done) co_return done.error();
    if (!done->status.is_success()) {
        // choom and nice say so when the program behind them does not exist.
        if (done->status.code == 127) co_return error(nix_errc::missing, program);
        co_return error(nix_errc::failed, last_words(done->err));
    }
    co_return std::move(done->out);
}

std::string trimmed(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    return text;
}

}  // namespace

task<std::string> store::version() {
    std::vector<std::string> argv{"nix", "--version"};
    CO_TRY(auto output, co_await run_nix(config_.env, std::move(argv), 20s));
    auto version = parse_version(output);
    if (!version) co_return version.error();
    co_return *version;
}

task<std::string> store::have_cache() {
    CO_TRY_VOID(make_folders(config_.cache_folder, 0755));
    CO_TRY_VOID(make_folders(config_.keys_folder, 0700));
    auto secret = config_.keys_folder + "/cache_secret";
    auto pub = config_.keys_folder + "/cache_public";
    auto present = read_file(pub, 4096);
    if (present && read_file(secret, 4096)) co_return trimmed(*present);
    auto argv = make_cache_key(config_.cache_name, secret, pub);
    CO_TRY_VOID(co_await run_nix(config_.env, std::move(argv), 60s));
    if (::chmod(secret.c_str(), 0600) < 0) co_return errno_error(secret);
    CO_TRY(auto made, read_file(pub, 4096));
    co_return trimmed(made);
}

task<> store::publish(std::string path, std::function<void(std::string_view)> on_line) {
    // A .narinfo is written after its NAR and after those of its references, so one look is enough.
    if (open_for_reading(config_.cache_folder + "/" + hash_part(path) + ".narinfo")) co_return result<void>();
    std::vector<std::string> paths;
    paths.push_back(path);
    auto argv = kindly(copy_to_cache(config_.cache_folder, config_.keys_folder + "/cache_secret", paths));
    auto copied = co_await run_nix(config_.env, std::move(argv), 60min, std::move(on_line));
    if (!copied) co_return copied.error().in("copying " + path + " into the cache");
    co_return result<void>();
}

task<closure> store::closure_of(std::string path) {
    if (!is_store_path(path)) co_return error(nix_errc::bad_path, path);
    std::vector<std::string> paths;
    paths.push_back(path);
    auto argv = path_info(paths);
    auto output = co_await run_nix(config_.env, std::move(argv), 2min);
    if (!output) co_return output.error().in("closure of " + path);
    auto parsed = parse_path_info(*output);
    if (!parsed) co_return parsed.error();
    co_return std::move(*parsed);
}

task<layout_result> store::layout(layout_request request) {
    auto* variable = std::getenv("LANDSCAPER_LAYOUTS");
    auto file = variable ? std::string(variable) : config_.layouts;
    if (file.empty()) co_return error(nix_errc::no_layout);
    auto argv = evaluate_file(file, "request", to_json(request));
    auto output = co_await run_nix(config_.env, std::move(argv), 2min);
    if (!output) co_return output.error().in("disk layout by " + file);
    auto parsed = parse_layout(*output, file);
    if (!parsed) co_return parsed.error();
    co_return std::move(*parsed);
}

task<system_paths> store::system(system_source source, std::string flake_folder, system_argument argument,
                                 std::function<void(std::string_view)> on_line) {
    system_paths out;
    if (auto* pair = std::get_if<system_paths>(&source)) {
        out = *pair;
    } else {
        auto argv = kindly(build_system(std::get<flake_attribute>(source), flake_folder, to_json(argument)));
        CO_TRY(auto output, co_await run_nix(config_.env, std::move(argv), 60min, on_line));
        auto parsed = parse_built(output);
        if (!parsed) co_return parsed.error();
        out = *parsed;
        std::vector<std::string> realise{"nix-store", "--realise", out.base, out.toplevel};
        auto built = kindly(std::move(realise));
        CO_TRY_VOID(co_await run_nix(config_.env, std::move(built), 240min, std::move(on_line)));
    }
    // Both must be whole before the host is switched on.
    CO_TRY_VOID(co_await closure_of(out.base));
    CO_TRY_VOID(co_await closure_of(out.toplevel));
    co_return out;
}

}  // namespace landscaper::nix
