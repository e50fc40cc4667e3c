#include "landscaper/provider/stdio_host.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <cerrno>
#include <cstdio>

#include "landscaper/base/printable.hpp"
#include "landscaper/provider/protocol.hpp"

namespace landscaper::provider {

namespace {

// Lines of a descriptor. Blocking: between two requests this program has nothing else to do.
class line_input {
  public:
    explicit line_input(int fd) : fd_(fd) {}

    // None at end of file.
    result<std::optional<std::string>> next() {
        for (;;) {
            auto end = buffer_.find('\n', searched_);
            if (end != std::string::npos) return take(end);
            searched_ = buffer_.size();
            if (searched_ > protocol::max_line)
                return error(provider_errc::bad_answer, "a line of more than 64 MiB");
            char chunk[65536];
            auto count = ::read(fd_, chunk, sizeof chunk);
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) return errno_error("stdin");
            if (count == 0 && buffer_.empty()) return std::optional<std::string>();
            if (count == 0) return take(buffer_.size());
            buffer_.append(chunk, static_cast<std::size_t>(count));
        }
    }

  private:
    std::optional<std::string> take(std::size_t end) {
        auto line = buffer_.substr(0, end);
        buffer_.erase(0, end + 1);
        searched_ = 0;
        return line;
    }

    int fd_;
    std::string buffer_;
    std::size_t searched_ = 0;
};

result<void> write_line(int fd, std::string line) {
    line += '\n';
    for (std::size_t done = 0; done < line.size();) {
        auto count = ::write(fd, line.data() + done, line.size() - done);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return errno_error("stdout");
        done += static_cast<std::size_t>(count);
    }
    return {};
}

void say_on_stderr(const engine::progress& what) {
    if (what.sentence.empty()) return;
    std::fprintf(stderr, "%s\n", text::printable(what.sentence).c_str());
}

task<engine::value> nothing_from(task<> effect) {
    CO_TRY_VOID(co_await std::move(effect));
    co_return engine::value();
}

task<engine::value> what_is_there(task<reality> reading) {
    CO_TRY(auto seen, co_await std::move(reading));
    nlohmann::json out;
    out["exists"] = seen.exists;
    if (seen.exists) out["inputProperties"] = *seen.inputs;
    if (seen.exists) out["outputProperties"] = *seen.outputs;
    co_return engine::value(std::move(out));
}

// What is to be imported must be there; its outputs are the answer.
task<engine::value> outputs_of(task<reality> reading) {
    CO_TRY(auto seen, co_await std::move(reading));
    if (!seen.exists) co_return error(provider_errc::failed, "there is nothing to import");
    co_return seen.outputs;
}

task<engine::value> operate(std::shared_ptr<resource_type> type, protocol::request_message message) {
    request r{message.type, message.inputs, message.resource, message.is_stateful, {}, say_on_stderr};
    bool looks =
        message.kind == protocol::message_kind::read || message.kind == protocol::message_kind::import;
    if (looks || message.kind == protocol::message_kind::destroy) r.inputs = message.resource->inputs;
    switch (message.kind) {
        case protocol::message_kind::create: co_return co_await type->create(r);
        case protocol::message_kind::update: co_return co_await type->update(r);
        case protocol::message_kind::destroy: co_return co_await nothing_from(type->destroy(r));
        case protocol::message_kind::read: co_return co_await what_is_there(type->read(r));
        case protocol::message_kind::import: co_return co_await outputs_of(type->read(r));
        case protocol::message_kind::state_read: co_return co_await type->read_state(r);
        case protocol::message_kind::state_event: break;
    }
    co_return co_await nothing_from(type->state_event(r, message.event, message.patch));
}

protocol::response_message answer_of(const result<engine::value>& outcome) {
    if (outcome) return {*outcome, std::nullopt};
    return {{}, outcome.error().message()};
}

}  // namespace

result<stdio> take_stdio() {
    unique_fd in(::fcntl(0, F_DUPFD_CLOEXEC, 3));
    unique_fd out(::fcntl(1, F_DUPFD_CLOEXEC, 3));
    unique_fd nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (!in || !out || !nothing) return errno_error("stdin and stdout");
    if (::dup2(nothing.get(), 0) < 0 || ::dup2(2, 1) < 0) return errno_error("stdin and stdout");
    return stdio{std::move(in), std::move(out)};
}

task<> serve_stdio(std::string family, const registry& types, stdio ends) {
    line_input lines(ends.in.get());
    for (;;) {
        CO_TRY(auto line, lines.next());
        if (!line) co_return result<void>();
        CO_TRY(auto message, protocol::decode_request(*line));
        engine::provider_ref ours{family, {}, false};
        auto type = types.find(ours, message.type);
        result<engine::value> outcome = error(provider_errc::unknown_type);
        if (type) {
            outcome = co_await operate(*type, message);
        } else {
            outcome = type.error();
        }
        CO_TRY_VOID(write_line(ends.out.get(), protocol::encode(message.kind, answer_of(outcome))));
    }
}

}  // namespace landscaper::provider
