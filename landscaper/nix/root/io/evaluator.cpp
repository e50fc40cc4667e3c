#include "landscaper/nix/root/io/evaluator.hpp"

#include <unistd.h>

#include <algorithm>

#include "landscaper/async/file.hpp"
#include "landscaper/async/process.hpp"
#include "landscaper/base/hex.hpp"
#include "landscaper/base/printable.hpp"
#include "landscaper/base/sha256.hpp"
#include "landscaper/nix/command.hpp"
#include "landscaper/nix/contention.hpp"
#include "landscaper/nix/root/settings.hpp"

namespace landscaper::nix::root {

namespace {

// One broken helper may break every member; nobody reads more than this at a time.
constexpr unsigned most_errors = 16;

// The file is removed when its question is answered.
struct question_file {
    std::string name;
    explicit question_file(std::string path) : name(std::move(path)) {}
    question_file(const question_file&) = delete;
    question_file& operator=(const question_file&) = delete;
    ~question_file() { ::unlink(name.c_str()); }
};

bool needs_explanation(const finding& one) {
    return !one.value && one.needs.empty() && one.error.empty();
}

ask single(const item& what) {
    if (what.part == part::input) return {what.at, scope::inputs, {what.name}};
    bool is_of_resource = what.part == part::head || what.part == part::inputs;
    return {what.at, is_of_resource ? scope::resource : scope::subtree, {}};
}

// What was known when the item was asked for.
output_values known_for(const question& asked, const item& what) {
    for (const auto& group : asked.groups) {
        for (const auto& one : group.asks) {
            bool is_here = one.scope == scope::subtree ? what.at.is_within(one.at) : what.at == one.at;
            bool is_named = one.scope != scope::inputs || what.part != part::input ||
                            std::find(one.inputs.begin(), one.inputs.end(), what.name) != one.inputs.end();
            if (is_here && is_named) return group.known;
        }
    }
    return {};
}

void replace(answer& in, finding by) {
    for (auto& one : in.findings) {
        if (one.about == by.about) one = std::move(by);
    }
}

}  // namespace

// "nixops4.nix", "flake.nix", "roots/bar.nix"; what is elsewhere by its whole name.
static std::string name_of(const origin& of, const std::string& folder) {
    auto own_flake = "path:" + folder;
    if (of.flake == own_flake) return "flake.nix";
    if (!of.flake.empty()) return of.flake;
    return of.file.starts_with(folder + "/") ? of.file.substr(folder.size() + 1) : of.file;
}

own_files evaluator::own(const origin& of) const {
    own_files out{config_.own_folder, {}, name_of(of, config_.own_folder)};
    out.read = [folder = config_.own_folder](const std::string& name) -> std::optional<std::string> {
        auto text = read_file(folder + "/" + name, std::size_t{4} << 20);
        if (!text) return std::nullopt;
        return std::move(*text);
    };
    return out;
}

std::string evaluator::sentence_of(const complaint& what, const item* about, const origin& of) const {
    auto named = what;
    if (about && !about->at.is_root()) named.message = to_text(*about) + ": " + named.message;
    return sentence(named, own(of), about && !about->at.is_root() ? about->at.name() : "");
}

task<answer> evaluator::run(question what) {
    turns::turn mine;
    if (config_.takes_turns) {
        CO_TRY(mine, co_await config_.takes_turns->take());
    }
    auto expression_file = config_.folder + "/root.nix";
    ++runs_;
    question_file asked(config_.folder + "/question-" + std::to_string(::getpid()) + "-" +
                        std::to_string(runs_) + ".json");
    if (!has_expression_) {
        CO_TRY_VOID(make_folders(config_.folder, 0700));
        CO_TRY_VOID(write_file_atomically(expression_file, expression(), 0600));
        has_expression_ = true;
    }
    CO_TRY_VOID(write_file_atomically(asked.name, to_json(what), 0600));
    process_spec spec;
    spec.argv = kindly(evaluate(expression_file, asked.name));
    spec.env = config_.env;
    spec.directory = config_.own_folder;
    process_options options;
    options.limit = std::size_t{256} << 20;
    options.is_passing = is_contention;
    auto latest = steady::now() + config_.deadline;
    auto done = co_await run_process(std::move(spec), std::move(options), latest);
    mine.reset();
    if (!done) {
        if (done.error().code() == process_errc::not_found) co_return error(nix_errc::missing);
        if (done.error().code() == async_errc::timed_out) {
            auto minutes = std::chrono::duration_cast<std::chrono::minutes>(config_.deadline).count();
            co_return error(nix_errc::failed,
                            "the evaluation did not end within " + std::to_string(minutes) + " minutes");
        }
        co_return done.error();
    }
    if (done->status.code == 127) co_return error(nix_errc::missing);
    CO_TRY(auto said, parse_answer(done->out, done->err, done->status.is_success()));
    if (said.failure && said.failure->places.empty() && done->status.signal != 0) {
        said.failure->message += " (" + done->status.text() + "; an endless recursion?)";
    }
    co_return said;
}

task<answer> evaluator::ask(question what) {
    answer all;
    for (unsigned errors = 0;; ++errors) {
        CO_TRY(auto said, co_await run(what));
        for (auto& line : said.traces) {
            if (config_.on_trace && errors == 0) config_.on_trace(line);
        }
        if (!said.failure) {
            for (auto& one : said.findings) {
                if (!one.error.empty()) one.error = sentence_of({one.error, {}}, nullptr, what.origin);
            }
            all.findings.insert(all.findings.end(), said.findings.begin(), said.findings.end());
            CO_TRY_VOID(co_await explain(what, all));
            name_places(all, own(what.origin));
            co_return all;
        }
        if (!said.culprit) {
            auto sentence = sentence_of(*said.failure, nullptr, what.origin);
            co_return error(nix_errc::failed, sentence);
        }
        finding found{*said.culprit, std::nullopt, said.needs, {}};
        if (found.needs.empty()) found.error = sentence_of(*said.failure, &*said.culprit, what.origin);
        all.findings.push_back(found);
        bool is_everything = found.about == item{};
        if (is_everything || errors + 1 == most_errors) co_return all;
        what.skip.push_back(*said.culprit);
    }
}

// Failures that Nix let the expression catch come without a word. Newer Nix remembers that a value failed and
// tells only the first who asks which output it lacks, so each is first asked again by itself, all in one
// process; what still fails without a need is evaluated uncaught, for Nix's own words.
task<> evaluator::explain(const question& asked, answer& said) {
    std::vector<item> unclear;
    bool has_needs = false;
    for (const auto& one : said.findings) {
        has_needs = has_needs || !one.needs.empty();
        if (needs_explanation(one)) unclear.push_back(one.about);
    }
    auto alone = asked;
    alone.skip.clear();
    alone.groups.clear();
    if (has_needs && !unclear.empty()) {
        for (const auto& what : unclear) alone.groups.push_back({known_for(asked, what), {single(what)}});
        CO_TRY(auto again, co_await run(alone));
        for (const auto& one : again.findings) {
            bool is_meant = std::find(unclear.begin(), unclear.end(), one.about) != unclear.end();
            if (is_meant && !needs_explanation(one)) replace(said, one);
            if (is_meant && !needs_explanation(one)) std::erase(unclear, one.about);
        }
    }
    alone.catches = false;
    unsigned errors = 0;
    for (const auto& what : unclear) {
        finding found{
            what, std::nullopt, {}, to_text(what) + " fails as well; correct the other errors first"};
        if (++errors <= most_errors) {
            alone.groups = {{known_for(asked, what), {single(what)}}};
            CO_TRY(auto words, co_await run(alone));
            found.needs = words.needs;
            if (words.failure) found.error = sentence_of(*words.failure, &what, asked.origin);
            if (!found.needs.empty()) found.error.clear();
        }
        replace(said, std::move(found));
    }
    co_return result<void>();
}

task<> evaluator::build(std::string derivation, std::set<std::string> outputs) {
    CO_TRY_VOID(make_folders(config_.gc_roots, 0755));
    auto link = config_.gc_roots + "/" + to_hex(bytes_view(sha256(as_bytes(derivation))).first(16));
    process_spec spec;
    spec.argv = kindly(realise(derivation, outputs, link));
    spec.env = config_.env;
    auto latest = steady::now() + config_.build_deadline;
    process_options options;
    options.is_passing = is_contention;
    auto done = co_await run_process(std::move(spec), std::move(options), latest);
    if (!done) co_return done.error().in(derivation);
    if (done->status.is_success()) co_return result<void>();
    auto words = done->err.size() > 600 ? done->err.substr(done->err.size() - 600) : done->err;
    co_return error(nix_errc::failed, derivation + ": " + text::printable(words, 600) +
                                          "; the whole log: nix-store --read-log " + derivation);
}

}  // namespace landscaper::nix::root
