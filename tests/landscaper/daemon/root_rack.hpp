// An engine with a root expression, as serve has it, and a world of its own.
#pragma once

#include "landscaper/daemon/root_source.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "landscaper/async/deadline.hpp"
#include "landscaper/engine/io/process_provider.hpp"
#include "landscaper/engine/io/state_file.hpp"
#include "landscaper/provider/local/local.hpp"
#include "tests/landscaper/engine/io/one_thread.hpp"
#include "tests/landscaper/nix/root/io/private_nix.hpp"

namespace landscaper {

using engine::path;
using nlohmann::json;
using namespace std::chrono_literals;

inline std::string text_of(const std::string& file) {
    std::ostringstream out;
    out << std::ifstream(file).rdbuf();
    return out.str();
}

inline path at(const std::string& text) {
    return path::parse(text).value();
}

// A file or folder of the source tree that the test was built from, or that it runs in.
inline std::string from_source(const std::string& name) {
    namespace fs = std::filesystem;
    for (const auto& start : {fs::path(__FILE__).parent_path(), fs::current_path()}) {
        for (auto at = fs::absolute(start); at != at.parent_path(); at = at.parent_path()) {
            if (fs::exists(at / name)) return fs::canonical(at / name);
        }
    }
    return name;
}

struct rack {
    private_nix own;
    asio::io_context context{1};
    event news{context.get_executor()};
    provider::registry types;
    std::optional<engine::runner> engine;
    std::optional<daemon::root_source> root;
    std::optional<group> running;
    std::vector<std::string> problems, log;
    nix::root::host_outputs hosts;
    std::map<std::string, std::string> objections;

    rack() {
        provider::local::add_to(types, engine::state_files_on_disk());
        types.set_foreign(engine::foreign_providers({own.network(), 30s, 5s}));
    }
    ~rack() { stop(); }

    void start() {
        engine::runner_options options;
        options.state_file = own.name + "/rack.json";
        options.on_event = [this](const engine::resource_event&) {
            root->look_again();
            news.notify();
        };
        options.on_error = [this](const std::string& line) { log.push_back(line); };
        engine.emplace(context.get_executor(), types, std::move(options));
        daemon::root_options opts;
        opts.place.folder = own.network();
        opts.evaluator.folder = own.name + "/questions";
        opts.evaluator.gc_roots = own.name + "/roots";
        opts.evaluator.env = own.env();
        opts.hosts = [this] { return hosts; };
        opts.objection = [this](const engine::member& m) { return objections[m.at.text()]; };
        opts.on_problems = [this](std::vector<std::string> all) {
            problems = std::move(all);
            news.notify();
        };
        opts.on_log = [this](const std::string& line) { log.push_back(line); };
        opts.on_change = [this] { news.notify(); };
        root.emplace(context.get_executor(), *engine, types, std::move(opts));
        REQUIRE(engine->open().has_value());
        running.emplace(context.get_executor());
        running->spawn("engine", engine->run());
        running->spawn("root", root->run());
    }
    void stop() {
        if (!running) return;
        auto ended = run_on(context, stopped(*running));
        running.reset();
        root.reset();
        engine.reset();
    }
    void write(const std::string& file, const std::string& text) { own.write("network/" + file, text); }

    // Lets everything run until this holds.
    void until(const std::function<bool()>& holds, const std::string& what) {
        if (comes_to_hold(context, news, holds)) return;
        std::string all;
        for (const auto& p : problems) all += p + "\n";
        for (const auto& view : engine->snapshot())
            all += view.at.text() + " " + to_text(view.status) + " " + view.sentence + "\n";
        FAIL(what << "\n" << all);
    }
    void until_settled() {
        until(
            [this] {
                return root->rounds() > 0 && root->activity().empty() && engine->summary().is_settled();
            },
            "settled");
    }
    std::string status(const std::string& name) {
        auto view = engine->view(at(name));
        return view ? to_text(view->status) : "nothing";
    }
    json output(const std::string& name, const char* output) {
        auto view = engine->view(at(name));
        REQUIRE_MESSAGE(view, name);
        REQUIRE_MESSAGE(view->outputs, name << ": " << view->sentence);
        return (*view->outputs)->at(output);
    }
    std::string plan(std::vector<path> roots = {}) {
        auto items = run_on(context, root->plan(std::move(roots))).value();
        std::string out;
        for (const auto& item : items) out += item.at.text() + "=" + to_text(item.action) + " ";
        return out;
    }
};

}  // namespace landscaper
