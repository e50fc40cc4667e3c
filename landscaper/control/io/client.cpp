#include "landscaper/control/io/client.hpp"

#include <curl/curl.h>

#include <nlohmann/json.hpp>
#include <memory>

#include "landscaper/base/json_in.hpp"
#include "landscaper/base/printable.hpp"

namespace landscaper::control {

// A snapshot of 10 000 hosts with all their steps.
static constexpr std::size_t largest_answer = std::size_t{256} << 20;

namespace {

struct cleanup {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using curl_handle = std::unique_ptr<CURL, cleanup>;

curl_handle prepare(const std::string& socket, const std::string& target) {
    static const auto initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
    static_cast<void>(initialised);
    curl_handle handle(curl_easy_init());
    curl_easy_setopt(handle.get(), CURLOPT_UNIX_SOCKET_PATH, socket.c_str());
    curl_easy_setopt(handle.get(), CURLOPT_URL, ("http://landscaper" + target).c_str());
    curl_easy_setopt(handle.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle.get(), CURLOPT_PROXY, "");
    return handle;
}

std::size_t append(char* data, std::size_t size, std::size_t count, void* to) {
    auto* text = static_cast<std::string*>(to);
    if (text->size() + size * count > largest_answer) return 0;
    text->append(data, size * count);
    return size * count;
}

struct answer {
    long status = 0;
    std::string body;
};

result<answer> perform(CURL* handle, const std::string& socket) {
    answer out;
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, &out.body);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT, 120L);
    auto code = curl_easy_perform(handle);
    if (code != CURLE_OK) return error(control_errc::not_running, socket + ": " + curl_easy_strerror(code));
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &out.status);
    return out;
}

// A text of an answer, safe for the terminal; empty when there is none.
std::string text_field(const nlohmann::json& of, const char* name) {
    if (!of.is_object() || !of.contains(name) || !of[name].is_string()) return {};
    return text::printable(of[name].get_ref<const std::string&>(), 2000);
}

control_errc code_of(long status) {
    switch (status) {
        case 400: return control_errc::bad_request;
        case 403: return control_errc::not_allowed;
        case 404: return control_errc::not_found;
        case 409: return control_errc::refused;
        case 500: return control_errc::failed;
        default: return control_errc::wrong_answer;
    }
}

result<nlohmann::json> json_of(const answer& got) {
    auto json = json_in(got.body, largest_answer, 64);
    if (!json) return error(control_errc::wrong_answer, json.error().message());
    if (got.status == 200) return json;
    auto code = code_of(got.status);
    auto text = text_field(*json, "error");
    return error(code, text == describe(code) ? "" : text);
}

// Cuts the stream of events into their JSON.
struct follower {
    std::function<result<bool>(const nlohmann::json&)> each;  // whether to go on
    std::function<bool()> idle;
    std::string buffer;
    bool stopped = false;
    error failure;  // set when what came is not what was asked for

    bool take(std::string_view data) {
        // Only what is new is searched: a large snapshot comes in thousands of pieces.
        auto from = buffer.empty() ? 0 : buffer.size() - 1;
        buffer += data;
        for (std::size_t end; (end = buffer.find("\n\n", from)) != std::string::npos; from = 0) {
            if (!take_event(std::string_view(buffer).substr(0, end))) return false;
            buffer.erase(0, end + 2);
        }
        return buffer.size() < largest_answer;
    }

  private:
    bool take_event(std::string_view event) {
        if (!event.starts_with("data: ")) return true;
        auto json = json_in(event.substr(6), largest_answer, 64);
        if (!json) return fail(json.error());
        auto goes_on = each(*json);
        if (!goes_on) return fail(goes_on.error());
        stopped = !*goes_on;
        return !stopped;
    }
    bool fail(const error& why) {
        failure = error(control_errc::wrong_answer, why.message());
        return false;
    }
};

std::size_t on_data(char* data, std::size_t size, std::size_t count, void* to) {
    return static_cast<follower*>(to)->take({data, size * count}) ? size * count : 0;
}

struct multi_cleanup {
    void operator()(CURLM* handle) const { curl_multi_cleanup(handle); }
};

// Runs the transfer to its end, with idle() in between.
std::string drive(CURLM* multi, follower& state, int input) {
    curl_waitfd extra{input, CURL_WAIT_POLLIN, 0};
    for (int running = 1; running;) {
        curl_multi_perform(multi, &running);
        if (state.idle && !state.idle()) state.stopped = true;
        if (state.stopped) return {};
        if (running) curl_multi_poll(multi, input < 0 ? nullptr : &extra, input < 0 ? 0 : 1, 250, nullptr);
    }
    int left = 0;
    auto* message = curl_multi_info_read(multi, &left);
    if (!message || message->data.result == CURLE_OK) return "the connection was closed";
    return curl_easy_strerror(message->data.result);
}

result<void> follow_events(CURL* handle, follower& state, const std::string& socket, int input) {
    curl_easy_setopt(handle, CURLOPT_FAILONERROR, 1L);
    // serve sends at least a comment every 5 s; a stopped one keeps the connection and sends nothing.
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, 30L);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_data);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, &state);
    std::unique_ptr<CURLM, multi_cleanup> multi(curl_multi_init());
    curl_multi_add_handle(multi.get(), handle);
    auto why = drive(multi.get(), state, input);
    curl_multi_remove_handle(multi.get(), handle);
    if (state.stopped) return {};
    if (state.failure.code()) return state.failure;
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    if (status >= 400) return error(code_of(status));
    return error(control_errc::not_running, socket + ": " + why);
}

}  // namespace

std::string escaped(std::string_view text) {
    curl_handle handle(curl_easy_init());
    std::unique_ptr<char, void (*)(void*)> out(
        curl_easy_escape(handle.get(), text.data(), static_cast<int>(text.size())), curl_free);
    return out.get();
}

result<nlohmann::json> client::get(const std::string& target) const {
    auto handle = prepare(socket_, target);
    TRY(auto got, perform(handle.get(), socket_));
    return json_of(got);
}

result<snapshot> client::current() const {
    TRY(auto json, get("/v1/snapshot"));
    return snapshot_from_json(json);
}

result<nlohmann::json> client::post_for_json(const std::string& target, const std::string& body) const {
    auto handle = prepare(socket_, target);
    curl_easy_setopt(handle.get(), CURLOPT_POST, 1L);
    curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
    curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDS, body.c_str());
    TRY(auto got, perform(handle.get(), socket_));
    return json_of(got);
}

result<std::string> client::post(const std::string& target, const std::string& body) const {
    TRY(auto json, post_for_json(target, body));
    return text_field(json, "sentence");
}

result<void> client::follow(const std::function<bool(const snapshot&)>& each,
                            const std::function<bool()>& idle, int input) const {
    auto handle = prepare(socket_, "/v1/events");
    follower state{[&](const nlohmann::json& json) -> result<bool> {
                       TRY(auto shot, snapshot_from_json(json));
                       return each(shot);
                   },
                   idle,
                   {},
                   false,
                   {}};
    return follow_events(handle.get(), state, socket_, input);
}

result<nlohmann::json> client::bring_about(const std::string& operation, const std::string& type,
                                           const nlohmann::json& inputs,
                                           const std::function<void(const std::string&)>& say) const {
    auto body = json_text({{"operation", operation}, {"type", type}, {"inputs", inputs}});
    return follow_work("/v1/host-resource", body, say);
}

result<nlohmann::json> client::run_operation(const std::string& path, const std::string& operation,
                                             const nlohmann::json& arguments,
                                             const std::function<void(const std::string&)>& say,
                                             const std::string& deployment) const {
    auto body = json_text(
        {{"path", path}, {"operation", operation}, {"arguments", arguments}, {"deployment", deployment}});
    return follow_work("/v1/operation", body, say);
}

result<nlohmann::json> client::follow_work(const std::string& target, const std::string& body,
                                           const std::function<void(const std::string&)>& say) const {
    auto handle = prepare(socket_, target);
    curl_easy_setopt(handle.get(), CURLOPT_POST, 1L);
    curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
    curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDS, body.c_str());
    nlohmann::json outcome;
    follower state{[&](const nlohmann::json& json) -> result<bool> {
                       auto sentence = text_field(json, "working");
                       if (!sentence.empty()) say(sentence);
                       bool is_over = json.contains("outputs") || json.contains("error");
                       if (is_over) outcome = json;
                       return !is_over;
                   },
                   {},
                   {},
                   false,
                   {}};
    TRY_VOID(follow_events(handle.get(), state, socket_, -1));
    if (outcome.contains("error")) {
        bool is_known = outcome.contains("status") && outcome["status"].is_number_integer();
        auto status = is_known ? outcome["status"].get<long>() : 500;
        return error(code_of(status), text_field(outcome, "error"));
    }
    return outcome["outputs"];
}

}  // namespace landscaper::control
