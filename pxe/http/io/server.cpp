#include "pxe/http/io/server.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>

#include "landscaper/async/file.hpp"
#include "landscaper/base/overloaded.hpp"
#include "pxe/http/answer.hpp"
#include "pxe/http/etag.hpp"
#include "pxe/http/route.hpp"

namespace pxe::http {

using landscaper::http_request;
using landscaper::http_response;
using landscaper::http_sent;

static constexpr std::size_t largest_announcement = 4096;  // bytes
static constexpr auto progress_interval = std::chrono::milliseconds(500);

namespace {

std::string text_of(const landscaper::http_peer& peer) {
    if (!peer.address) return "local";
    auto address = peer.address->text();
    return (peer.address->v6 ? "[" + address + "]" : address) + ":" + std::to_string(peer.port);
}

std::string version_of(const landscaper::open_file& file) {
    struct stat s {};
    if (::fstat(file.fd.get(), &s) != 0) return file.name;
    return std::to_string(s.st_dev) + "." + std::to_string(s.st_ino) + "." + std::to_string(s.st_size) + "." +
           std::to_string(s.st_mtim.tv_sec) + "." + std::to_string(s.st_mtim.tv_nsec);
}

// The newest of its files; 0 for content without files.
std::int64_t modified(const landscaper::content& what) {
    std::int64_t newest = 0;
    for (const auto& part : what.extents()) {
        const auto* file = std::get_if<landscaper::file_extent>(&part);
        struct stat s {};
        if (!file || ::fstat(file->file->fd.get(), &s) != 0) continue;
        newest = std::max<std::int64_t>(newest, s.st_mtim.tv_sec);
    }
    return newest;
}

conditions conditions_of(const http_request& request) {
    conditions out;
    out.if_match = request.header("If-Match");
    out.if_none_match = request.header("If-None-Match");
    out.if_unmodified_since = request.header("If-Unmodified-Since");
    out.if_modified_since = request.header("If-Modified-Since");
    out.if_range = request.header("If-Range");
    out.range = request.header("Range");
    return out;
}

// A small body that says the status: what a person sees who tries the URL in a browser.
http_response plain(unsigned status, std::string text) {
    http_response out;
    out.status = status;
    out.headers.push_back({"Content-Type", "text/plain; charset=utf-8"});
    out.body = std::move(text);
    return out;
}

http_response not_there() {
    return plain(404, "not found\n");
}

// The response for a body that exists, and which part of it goes out.
struct prepared {
    http_response response;
    std::uint64_t offset = 0, length = 0;
};

prepared prepare(const http_request& request, const landscaper::content& body, std::string_view name,
                 bool no_store) {
    representation what{body.size(), etag_of(body, version_of), modified(body), content_type_of(name),
                        no_store};
    auto decided = answer_for(what, conditions_of(request));
    prepared out;
    out.response.status = decided.status;
    for (auto& [key, value] : decided.headers) out.response.headers.push_back({key, std::move(value)});
    out.response.body = landscaper::content(body.slice(decided.offset, decided.length));
    out.offset = decided.offset;
    out.length = decided.length;
    return out;
}

// Turns what the socket took into reports, at most two a second.
class transfer_watch {
  public:
    transfer_watch(std::shared_ptr<const hooks> to, fetch_event first)
        : to_(std::move(to)), event_(std::move(first)) {
        to_->report(event_);
    }
    void operator()(const http_sent& sent) {
        auto now = clock::now();
        if (!sent.ended && now - last_ < progress_interval) return;
        last_ = now;
        event_.what = sent.ended ? fetch_event::kind::ended : fetch_event::kind::progress;
        event_.bytes = sent.bytes;
        event_.complete = sent.complete;
        event_.whole_object = sent.complete && event_.offset + sent.bytes == event_.total;
        event_.milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(now - started_).count();
        to_->report(event_);
    }

  private:
    using clock = std::chrono::steady_clock;
    std::shared_ptr<const hooks> to_;
    fetch_event event_;
    clock::time_point started_ = clock::now();
    clock::time_point last_ = started_;
};

fetch_event event_for(const http_request& request, const std::string& name, fetch_event::kind what) {
    fetch_event out;
    out.what = what;
    out.peer = text_of(request.peer);
    out.method = request.method;
    out.name = name;
    if (auto range = request.header("Range")) out.range = *range;
    return out;
}

http_response refused(const hooks& h, const http_request& request, const std::string& name, unsigned status,
                      const std::string& why) {
    auto event = event_for(request, name, fetch_event::kind::refused);
    event.status = status;
    event.why = why;
    h.report(event);
    return status == 403 ? plain(403, "forbidden\n") : not_there();
}

http_response serve(const std::shared_ptr<const hooks>& h, const http_request& request,
                    const artefact& asked) {
    auto decided = h->resolve(fetch{asked.name, request.peer});
    if (std::holds_alternative<not_found>(decided))
        return refused(*h, request, asked.name, 404, "no such name");
    if (auto* no = std::get_if<forbidden>(&decided)) return refused(*h, request, asked.name, 403, no->why);
    auto& target = std::get<found>(decided);
    auto out = prepare(request, target.body, asked.name, target.no_store);
    auto event = event_for(request, asked.name, fetch_event::kind::started);
    event.status = out.response.status;
    event.total = target.body.size();
    event.offset = out.offset;
    event.target = std::move(target);
    event.target->body = {};
    if (request.method == "HEAD" || out.length == 0) {
        h->report(event);
        return std::move(out.response);
    }
    event.transfer = h->next_transfer();
    out.response.on_sent = [watch = std::make_shared<transfer_watch>(h, std::move(event))](
                               const http_sent& sent) { (*watch)(sent); };
    return std::move(out.response);
}

// The Nix cache: thousands of small requests, whose progress Nix itself tells; no events.
http_response serve(const std::shared_ptr<const hooks>& h, const http_request& request,
                    const cache_file& asked) {
    auto folder = h->cache();
    if (!folder) return not_there();
    auto file = landscaper::open_beneath(folder->fd.get(), asked.name);
    if (!file) return not_there();
    auto body = landscaper::content({landscaper::whole_file(std::move(*file))});
    return prepare(request, body, asked.name, false).response;
}

http_response serve(const std::shared_ptr<const hooks>& h, const http_request& request,
                    const announcement& said) {
    if (request.body.size() > largest_announcement) return plain(413, "more than 4096 bytes\n");
    if (!h->here(said.token, request.body, request.peer)) return not_there();
    return plain(200, "thank you\n");
}

http_response serve(const std::shared_ptr<const hooks>&, const http_request&, const refusal& no) {
    if (no.status == 404) return not_there();
    auto out = plain(no.status, "method not allowed\n");
    if (!no.allow.empty()) out.headers.push_back({"Allow", no.allow});
    return out;
}

landscaper::asio::awaitable<http_response> respond(std::shared_ptr<const hooks> h, http_request request) {
    auto asked = route_of(request.method, request.target);
    co_return std::visit([&](const auto& what) { return serve(h, request, what); }, asked);
}

}  // namespace

landscaper::http_handler handler(hooks h) {
    auto shared = std::make_shared<const hooks>(std::move(h));
    return [shared](http_request request) { return respond(shared, std::move(request)); };
}

}  // namespace pxe::http
