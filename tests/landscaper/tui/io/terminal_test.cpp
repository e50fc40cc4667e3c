// What the terminal program itself draws: run() in a child on a pseudo-terminal, its bytes through libvterm.
#include "landscaper/tui/io/terminal.hpp"

#include <doctest/doctest.h>
#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vterm.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "../screens/sample_rack.hpp"
#include "landscaper/control/error.hpp"

using namespace landscaper;
using namespace landscaper::tui;

namespace {

constexpr int columns = 80, rows = 24;

// The daemon's side, in the child: pictures with clocks a second apart, then silence or the end.
struct fake_serve {
    control::snapshot shot = sample_rack();
    int pictures = 1;
    bool goes_away = false;
    int verdict = -1;
    bool awaits_verdict = false;

    source as_source() {
        source out;
        out.follow = [this](const auto& each, const auto& idle, int input) -> result<void> {
            for (int i = 0; i < pictures; ++i) {
                if (i > 0) ::usleep(300'000);
                if (!each(shot)) return {};
                shot.now += 1000;
            }
            if (goes_away) return error(control::control_errc::not_running, "socket");
            for (;;) {
                pollfd wait{input, POLLIN, 0};
                ::poll(&wait, 1, 50);
                if (!idle()) return {};
            }
        };
        out.act = [](const std::string& host, const std::string& verb) -> result<std::string> {
            return verb + " of " + host + " done";
        };
        if (verdict >= 0 || awaits_verdict)
            out.verdict = [code = verdict](const control::snapshot&) { return code; };
        return out;
    }
};

struct vterm_free_it {
    void operator()(VTerm* vt) const { vterm_free(vt); }
};

// A child that runs the console, and the screen a person would see.
class watched {
  public:
    watched(const char* term, fake_serve serve) : vt_(vterm_new(rows, columns)) {
        vterm_set_utf8(vt_.get(), 1);
        screen_ = vterm_obtain_screen(vt_.get());
        vterm_screen_enable_altscreen(screen_, 1);
        vterm_screen_reset(screen_, 1);
        winsize size{rows, columns, 0, 0};
        child_ = ::forkpty(&pty_, nullptr, nullptr, &size);
        REQUIRE(child_ >= 0);
        if (child_ == 0) {
            ::setenv("TERM", term, 1);
            auto ended = run(serve.as_source());
            ::_exit(ended ? *ended : 99);
        }
    }
    ~watched() { ::close(pty_); }

    // Reads until the screen holds `text`; false when it does not within 20 s.
    bool shows(const std::string& text) {
        for (int i = 0; i < 400 && screen_text().find(text) == std::string::npos; ++i) read_for(50);
        return screen_text().find(text) != std::string::npos;
    }
    void press(const char* keys) { CHECK(::write(pty_, keys, std::string(keys).size()) > 0); }
    int exit_code() {
        int status = 0;
        pid_t ended = 0;
        for (int i = 0; i < 400 && ended == 0; ++i) {
            ended = ::waitpid(child_, &status, WNOHANG);
            if (ended == 0) read_for(50);
        }
        REQUIRE(ended == child_);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    std::string screen_text() const {
        std::string out;
        for (int row = 0; row < rows; ++row) {
            std::string line;
            for (int column = 0; column < columns; ++column) line += at(row, column);
            line.erase(line.find_last_not_of(' ') + 1);
            out += line + "\n";
        }
        return out;
    }
    char at(int row, int column) const {
        VTermScreenCell held{};
        vterm_screen_get_cell(screen_, {row, column}, &held);
        return held.chars[0] ? static_cast<char>(held.chars[0]) : ' ';
    }
    // Bytes since the last call.
    std::size_t bytes() { return std::exchange(bytes_, 0); }

  private:
    void read_for(int milliseconds) {
        pollfd wait{pty_, POLLIN, 0};
        char buffer[4096];
        if (::poll(&wait, 1, milliseconds) <= 0) return;
        auto count = ::read(pty_, buffer, sizeof buffer);
        // The child has closed its end and is about to end.
        if (count <= 0) ::usleep(static_cast<useconds_t>(milliseconds) * 1000);
        if (count <= 0) return;
        bytes_ += static_cast<std::size_t>(count);
        vterm_input_write(vt_.get(), buffer, static_cast<std::size_t>(count));
    }

    std::unique_ptr<VTerm, vterm_free_it> vt_;
    VTermScreen* screen_ = nullptr;
    pid_t child_ = -1;
    int pty_ = -1;
    std::size_t bytes_ = 0;
};

// The clock goes on while the test reads.
std::string without_seconds(std::string text) {
    auto at = text.find("14:07:3");
    if (at != text.npos) text[at + 7] = 'x';
    return text;
}

}  // namespace

TEST_CASE("what stands on the terminal is the frame, on an xterm and on a vt100") {
    for (const char* term : {"xterm-256color", "vt100", "linux", "vt220"}) {
        CAPTURE(std::string(term));
        watched console(term, {});
        REQUIRE(console.shows("q quit"));
        CHECK(without_seconds(console.screen_text()) ==
              without_seconds(render(sample_rack(), {}, columns, rows).text()));
        // A blank there, and nothing scrolled.
        CHECK(console.at(rows - 1, columns - 1) == ' ');
        console.press("q");
        CHECK(console.exit_code() == 0);
    }
}

TEST_CASE("keys move, open and ask serve; the answer stands below") {
    watched console("xterm", {});
    REQUIRE(console.shows("q quit"));
    console.press("h");
    CHECK(console.shows("select a host first"));
    console.press("jj");
    CHECK(console.shows("px03: /dev/vda holds an ext4 file system"));
    console.press("r");
    CHECK(console.shows(" retry of px03 done"));
    console.press("\r");
    CHECK(console.shows(" px03  gate  HOLD  attempt 1, 5m00 old"));
    console.press("\x1b");
    CHECK(console.shows("landscaper rack-a"));
    console.press("q");
    CHECK(console.exit_code() == 0);
}

TEST_CASE("a refresh costs a serial line few bytes, with colours or without") {
    for (const char* term : {"xterm-256color", "vt100"}) {
        CAPTURE(std::string(term));
        fake_serve serve;
        serve.pictures = 2;
        watched console(term, serve);
        REQUIRE(console.shows("q quit"));
        console.bytes();
        REQUIRE(console.shows("14:07:32Z"));
        auto spent = console.bytes();
        CHECK(spent <= 200);  // the budget of a serial console is 700
        console.press("q");
        CHECK(console.exit_code() == 0);
    }
}

TEST_CASE("a verdict ends the console with its code, q before it with 1") {
    fake_serve serve;
    serve.verdict = 3;
    watched held("xterm", serve);
    CHECK(held.exit_code() == 3);
    serve.verdict = -1;
    serve.awaits_verdict = true;
    watched left("xterm", serve);
    REQUIRE(left.shows("q quit"));
    left.press("q");
    CHECK(left.exit_code() == 1);
}

TEST_CASE("when serve goes away the picture stays, and q still quits") {
    fake_serve serve;
    serve.goes_away = true;
    watched console("xterm", serve);
    REQUIRE(console.shows("landscaper serve does not answer; asking again (q quits)"));
    CHECK(console.shows("another key answers"));
    console.press("q");
    CHECK(console.exit_code() == 0);
}

TEST_CASE("without any serve the console fails before it takes the screen") {
    fake_serve serve;
    serve.pictures = 0;
    serve.goes_away = true;
    watched console("xterm", serve);
    CHECK(console.exit_code() == 99);
    CHECK(console.bytes() == 0);
}

TEST_CASE("while serve has nothing new to say the clock goes on") {
    watched console("xterm", {});
    REQUIRE(console.shows("q quit"));
    console.bytes();
    CHECK(console.shows("14:07:33Z"));
    CHECK(console.bytes() <= 400);
    console.press("q");
    CHECK(console.exit_code() == 0);
}
