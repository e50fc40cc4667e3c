#include "landscaper/control/io/server.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/this_coro.hpp>
#include <nlohmann/json.hpp>
#include <cerrno>
#include <cstring>
#include <optional>

#include "landscaper/async/group.hpp"
#include "landscaper/base/json_in.hpp"
#include "landscaper/base/overloaded.hpp"

namespace landscaper::control {

using namespace std::chrono_literals;

static http_limits limits() {
    http_limits out;
    out.idle = 120s;
    return out;
}

server::server(const asio::any_io_executor& executor, backend& behind)
    : backend_(behind),
      http_(
          executor, [this](http_request r) { return answer(std::move(r)); }, limits()) {}

static result<sockaddr_un> address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
        return error(boost::system::errc::make_error_code(boost::system::errc::filename_too_long), path);
    }
    std::memcpy(address.sun_path, path.data(), path.size());
    return address;
}

// Removes what a killed serve left at `path`; never anything else.
static result<void> make_room(const std::string& path, const sockaddr* address) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) < 0) return {};
    if (!S_ISSOCK(status.st_mode)) {
        return error(control_errc::refused,
                     path + " is no socket and was left as it is; give --socket a free path");
    }
    unique_fd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!probe) return errno_error(path);
    // EAGAIN: somebody listens, and is too busy to accept.
    if (::connect(probe.get(), address, sizeof(sockaddr_un)) == 0 || errno == EAGAIN) {
        return error(control_errc::refused, "another landscaper serve answers on " + path +
                                                "; stop it, or give --socket another path");
    }
    if (::unlink(path.c_str()) < 0 && errno != ENOENT) return errno_error(path);
    return {};
}

result<void> server::listen(const std::string& path) {
    TRY(auto address, address_of(path));
    auto* generic = reinterpret_cast<const sockaddr*>(&address);
    TRY_VOID(make_room(path, generic));
    unique_fd listening(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!listening || ::bind(listening.get(), generic, sizeof address) < 0) return errno_error(path);
    if (::chmod(path.c_str(), 0666) < 0 || ::listen(listening.get(), 128) < 0) return errno_error(path);
    path_ = path;
    listening_ = std::move(listening);
    return {};
}

task<> server::run() {
    auto ended = co_await http_.serve(std::move(listening_));
    ::unlink(path_.c_str());
    co_return ended;
}

static http_response json_response(unsigned status, const nlohmann::json& body) {
    http_response out;
    out.status = status;
    out.headers.push_back({"Content-Type", "application/json"});
    out.body = json_text(body) + "\n";
    return out;
}

static http_response failed(const error& failure) {
    // Of our own errors the status says the code.
    bool is_ours = failure.code().category() == make_error_code(control_errc::refused).category();
    auto text = is_ours && !failure.context().empty() ? failure.context() : failure.message();
    return json_response(status_of(failure), {{"error", text}});
}

asio::awaitable<http_response> server::answer(http_request request) {
    auto wanted = parse_route(request.method, request.target, request.body);
    if (!wanted) co_return failed(wanted.error());
    auto uid = request.peer.credentials ? request.peer.credentials->uid : static_cast<uid_t>(-1);
    bool is_operator = uid == 0 || uid == ::geteuid();
    if (needs_operator(*wanted) && !is_operator) co_return failed(error(control_errc::not_allowed));
    auto who = uid == 0 ? std::string("root") : "uid " + std::to_string(uid);
    auto answered = co_await answer_route(std::move(*wanted), std::move(who));
    if (!answered) co_return failed(answered.error());
    co_return std::move(*answered);
}

task<http_response> server::answer_route(route wanted, std::string who) {
    if (std::holds_alternative<get_snapshot>(wanted))
        co_return json_response(200, to_json(backend_.current()));
    if (auto* state = std::get_if<get_state>(&wanted)) {
        CO_TRY(auto recorded, backend_.state(state->deployment));
        co_return json_response(200, recorded);
    }
    if (auto* graph = std::get_if<get_graph>(&wanted)) {
        CO_TRY(auto dot, backend_.graph(graph->deployment));
        co_return json_response(200, {{"dot", dot}});
    }
    if (auto* plan = std::get_if<get_plan>(&wanted)) {
        CO_TRY(auto items, co_await backend_.plan(plan->deployment, plan->roots));
        co_return json_response(200, items);
    }
    if (auto* where = std::get_if<get_endpoint>(&wanted)) {
        CO_TRY(auto found, backend_.endpoint(where->host));
        co_return json_response(200, found);
    }
    if (auto* wipe = std::get_if<get_wipe>(&wanted)) {
        CO_TRY(auto preview, backend_.wipe(wipe->host));
        co_return json_response(200, preview);
    }
    if (auto* arm = std::get_if<post_arm>(&wanted)) {
        auto armed = backend_.arm(arm->host, arm->typed, arm->disks, std::move(who));
        CO_TRY(auto said, co_await std::move(armed));
        co_return json_response(200,
                                {{"sentence", said.sentence}, {"waits_for_person", said.waits_for_person}});
    }
    if (auto* verb = std::get_if<post_verb>(&wanted)) {
        auto acting = backend_.act(verb->verb, verb->host, verb->argument, std::move(who));
        CO_TRY(auto sentence, co_await std::move(acting));
        co_return json_response(200, {{"sentence", sentence}});
    }
    if (auto* apply = std::get_if<post_apply>(&wanted)) {
        auto confirming = backend_.confirm(apply->deployment, apply->roots, std::move(who));
        CO_TRY(auto sentence, co_await std::move(confirming));
        co_return json_response(200, {{"sentence", sentence}});
    }
    if (auto* asked = std::get_if<post_resources>(&wanted)) {
        auto acting = backend_.act_on_resources(asked->deployment, asked->verb, asked->paths, std::move(who));
        CO_TRY(auto said, co_await std::move(acting));
        co_return json_response(200, said);
    }
    auto* resource = std::get_if<post_host_resource>(&wanted);
    auto* operation = std::get_if<post_operation>(&wanted);
    http_response out;
    out.headers.push_back({"Content-Type", "text/event-stream"});
    out.headers.push_back({"Cache-Control", "no-store"});
    out.body = http_streaming_body([this](http_stream& to) { return stream(to); });
    if (resource) {
        out.body = http_streaming_body(
            [this, wanted = *resource](http_stream& to) { return stream_resource(wanted, to); });
    }
    if (operation) {
        out.body = http_streaming_body(
            [this, wanted = *operation, who](http_stream& to) { return stream_operation(wanted, who, to); });
    }
    co_return out;
}

const std::string& server::event_text() {
    const auto& shot = backend_.current();
    if (event_text_.empty() || event_number_ != shot.number) {
        event_text_ = "data: " + json_text(to_json(shot)) + "\n\n";
        event_number_ = shot.number;
    }
    return event_text_;
}

task<> server::stream(http_stream& to) {
    for (;;) {
        auto number = backend_.current().number;
        std::string text = event_text();
        CO_TRY_VOID(co_await to.write(std::move(text)));
        while (backend_.current().number == number) {
            auto news = co_await backend_.published().wait_until(steady::now() + 5s);
            if (news) continue;
            if (news.error().code() == async_errc::cancelled) co_return news.error();
            // A comment: tells a client that is gone from one that has nothing to hear.
            CO_TRY_VOID(co_await to.write(": alive\n\n"));
        }
    }
}

namespace {

// Shared by the one who brings it about and the one who tells the client.
struct resource_watch {
    explicit resource_watch(const asio::any_io_executor& executor) : changed(executor), work(executor) {}
    std::string sentence;
    std::optional<nlohmann::json> outcome;  // {"outputs":..} or {"error":"..","status":404}
    event changed;
    group work;
};

using sayer = std::function<void(const std::string&)>;
using long_work = std::function<task<nlohmann::json>(sayer)>;

task<> watched(long_work begin, resource_watch& watch) {
    auto say = [&watch](const std::string& sentence) {
        watch.sentence = sentence;
        watch.changed.notify();
    };
    auto working = begin(say);
    auto done = co_await std::move(working);
    nlohmann::json outcome;
    if (done) outcome["outputs"] = std::move(*done);
    if (!done) {
        outcome["error"] = done.error().context().empty() ? done.error().message() : done.error().context();
        outcome["status"] = status_of(done.error());
    }
    watch.outcome = std::move(outcome);
    watch.changed.notify();
    co_return result<void>();
}

task<> tell(resource_watch& watch, http_stream& to) {
    std::string told;
    while (!watch.outcome) {
        std::string text = ": alive\n\n";
        if (watch.sentence != told) {
            told = watch.sentence;
            text = "data: " + json_text({{"working", told}}) + "\n\n";
        }
        CO_TRY_VOID(co_await to.write(std::move(text)));
        if (watch.outcome || watch.sentence != told) continue;
        auto news = co_await watch.changed.wait_until(steady::now() + 5s);
        if (!news && news.error().code() == async_errc::cancelled) co_return news.error();
    }
    std::string text = "data: " + json_text(*watch.outcome) + "\n\n";
    co_return co_await to.write(std::move(text));
}

}  // namespace

// The work, its sentences and its outcome; the work ends when the client goes.
static task<> stream_work(long_work begin, http_stream& to) {
    auto executor = co_await asio::this_coro::executor;
    resource_watch watch(executor);
    watch.work.spawn("work", watched(std::move(begin), watch));
    auto told = co_await tell(watch, to);
    co_await watch.work.stop();
    co_return told;
}

task<> server::stream_resource(post_host_resource wanted, http_stream& to) {
    long_work begin = [this, wanted](sayer say) {
        auto inputs = json_in(wanted.inputs);
        return backend_.bring_about(wanted.operation, wanted.type, std::move(*inputs), std::move(say));
    };
    co_return co_await stream_work(std::move(begin), to);
}

task<> server::stream_operation(post_operation wanted, std::string who, http_stream& to) {
    long_work begin = [this, wanted, who](sayer say) {
        auto arguments = json_in(wanted.arguments);
        return backend_.run_operation(wanted.deployment, wanted.path, wanted.operation, std::move(*arguments),
                                      who, std::move(say));
    };
    co_return co_await stream_work(std::move(begin), to);
}

}  // namespace landscaper::control
