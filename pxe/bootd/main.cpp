// landscaper-bootd: faces the hostile packets of the rack's network, so that landscaper need not.
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <cstdio>
#include <exception>

#include "pxe/bootd/build.hpp"
#include "pxe/bootd/program.hpp"
#include "tftpd/io/listen.hpp"

namespace asio = landscaper::asio;
using namespace pxe::bootd;

// Our own errors say everything in their context; the system's need their code's words.
static int complain(const landscaper::error& why) {
    bool is_usage = why.code() == bootd_errc::bad_usage;
    bool is_ours = why.code().category() == make_error_code(bootd_errc::bad_usage).category();
    auto text = is_ours && !is_usage && !why.context().empty() ? why.context() : why.message();
    std::fprintf(stderr, "landscaper-bootd: %s\n", text.c_str());
    return is_usage ? 2 : 1;
}

static int run(options from) {
    tftpd::raise_descriptor_limit();  // a transfer costs one, a host in installation another
    auto on = open_sockets(from);
    if (!on) return complain(on.error());
    asio::io_context context(1);
    auto made = program::make(context.get_executor(), std::move(from), std::move(*on));
    if (!made) return complain(made.error());

    asio::cancellation_signal stop;
    asio::signal_set signals(context, SIGTERM, SIGINT);
    signals.async_wait([&](landscaper::error_code failed, int) {
        if (!failed) stop.emit(asio::cancellation_type::all);
    });
    int status = 0;
    auto on_end = [&](std::exception_ptr thrown, landscaper::result<void> outcome) {
        signals.cancel();
        if (thrown) std::rethrow_exception(thrown);
        if (!outcome) status = complain(outcome.error());
    };
    asio::co_spawn(context, (*made)->run(), asio::bind_cancellation_slot(stop.slot(), on_end));
    context.run();
    return status;
}

int main(int count, char** arguments) {
    auto given = std::span<const char* const>(arguments, static_cast<std::size_t>(count));
    auto from = parse(given.subspan(given.empty() ? 0 : 1));
    if (!from) return complain(from.error());
    if (from->help) std::printf("%s", usage);
    if (from->version) std::printf("landscaper-bootd %s\n", build_name().c_str());
    if (from->help || from->version) return 0;
    try {
        return run(std::move(*from));
    } catch (const std::exception& e) {
        std::fprintf(stderr, "landscaper-bootd: %s\n", e.what());
        return 1;
    }
}
