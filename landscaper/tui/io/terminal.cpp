#include "landscaper/tui/io/terminal.hpp"

#define NCURSES_NOMACROS
#include <curses.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <clocale>
#include <cstdlib>
#include <optional>
#include <string>

#include "landscaper/control/error.hpp"
#include "landscaper/tui/screens/screens.hpp"

// From term.h, whose macros (columns, lines, bell) leave little of other headers.
extern "C" int setupterm(const char* term, int fd, int* failed);
extern "C" char* tigetstr(const char* capability);

namespace landscaper::tui {

using namespace std::chrono_literals;

namespace {

volatile sig_atomic_t ended_by_signal = 0;

void on_signal(int) {
    ended_by_signal = 1;
}

// The terminal in curses' hands, given back on every way out.
class terminal {
  public:
    terminal() {
        std::setlocale(LC_ALL, "");
        ::initscr();
        ::cbreak();
        ::noecho();
        ::nodelay(stdscr, true);
        ::keypad(stdscr, true);
        ::set_escdelay(25);
        ::curs_set(0);
        auto* no_colour = std::getenv("NO_COLOR");
        has_colour_ = (!no_colour || !*no_colour) && ::has_colors();
        if (!has_colour_) return;
        ::start_color();
        ::use_default_colors();
        static constexpr short used[] = {COLOR_GREEN, COLOR_YELLOW, COLOR_RED, COLOR_BLUE, COLOR_CYAN};
        for (auto pair : used) ::init_pair(pair, pair, -1);
    }
    ~terminal() { ::endwin(); }
    terminal(const terminal&) = delete;
    terminal& operator=(const terminal&) = delete;

    int columns() const { return COLS > 0 ? COLS : 80; }
    int rows() const { return LINES > 0 ? LINES : 24; }

    void paint(const frame& shown) {
        ::erase();
        for (int row = 0; row < shown.rows(); ++row) {
            for (int column = 0; column < shown.columns(); ++column) {
                // The last cell of the last row would scroll terminals with automatic margins.
                if (row == shown.rows() - 1 && column == shown.columns() - 1) break;
                const auto& c = shown.at(row, column);
                if (c == cell{}) continue;
                ::mvaddch(row, column,
                          static_cast<chtype>(static_cast<unsigned char>(c.character)) | attribute(c.paint));
            }
        }
        ::refresh();
    }
    void repaint() { ::clearok(curscr, true); }

  private:
    chtype attribute(colour paint) const {
        auto of = [&](short pair, chtype otherwise) {
            return has_colour_ ? static_cast<chtype>(COLOR_PAIR(pair)) : otherwise;
        };
        switch (paint) {
            case colour::green: return of(COLOR_GREEN, A_NORMAL);
            case colour::yellow: return of(COLOR_YELLOW, A_NORMAL);
            case colour::red: return of(COLOR_RED, A_BOLD);
            case colour::blue: return of(COLOR_BLUE, A_NORMAL);
            case colour::cyan: return of(COLOR_CYAN, A_NORMAL);
            case colour::reverse: return A_REVERSE;
            case colour::bold: return A_BOLD;
            case colour::normal: return A_NORMAL;
        }
        return A_NORMAL;
    }

    bool has_colour_ = false;
};

key read_key() {
    switch (::getch()) {
        case 'k':
        case KEY_UP: return key::up;
        case 'j':
        case KEY_DOWN: return key::down;
        case KEY_PPAGE: return key::page_up;
        case KEY_NPAGE: return key::page_down;
        case '\n':
        case '\r':
        case KEY_ENTER: return key::enter;
        case 27:
        case KEY_BACKSPACE: return key::back;
        case 'f': return key::faults;
        case '?': return key::help;
        case 'r': return key::retry;
        case 'h': return key::hold;
        case 'u': return key::resume;
        case 'q': return key::quit;
        case 12:
        case KEY_RESIZE: return key::repaint;
        default: return key::none;
    }
}

// Keys in, frames out, until something ends it.
class console {
  public:
    explicit console(const source& from) : from_(from), code_(from.verdict ? 1 : 0) {}

    bool on_snapshot(const control::snapshot& shot) {
        // Taken with the first picture, so that an error before it stands on a normal screen.
        if (!terminal_) terminal_.emplace();
        if (is_lost_) view_.message.clear();
        is_lost_ = false;
        shot_ = shot;
        published_ = shot.now;
        shown_since_ = std::chrono::steady_clock::now();
        show();
        int code = from_.verdict ? from_.verdict(shot) : -1;
        if (code < 0) return true;
        code_ = code;
        return false;
    }
    bool on_idle() {
        if (!terminal_) return !ended_by_signal;
        for (auto pressed = read_key(); pressed != key::none; pressed = read_key()) {
            view_.message.clear();
            auto verb = on_key(view_, pressed, shot_);
            view_.scroll = std::min(view_.scroll,
                                    furthest_scroll(shot_, view_, terminal_->columns(), terminal_->rows()));
            if (pressed == key::repaint) terminal_->repaint();
            if (!verb.empty() && !view_.selected.empty()) ask(verb);
            show();
        }
        tick();
        return !view_.quit && !ended_by_signal;
    }
    // serve is gone: says so, and lets keys work for a second. False when there is nothing to wait for.
    bool on_lost() {
        if (!terminal_) return false;
        auto now = std::chrono::steady_clock::now();
        if (!is_lost_) lost_since_ = now;
        is_lost_ = true;
        if (from_.verdict && now - lost_since_ > 30s) return false;
        view_.message = "landscaper serve does not answer; asking again (q quits)";
        show();
        for (auto until = now + 1s; std::chrono::steady_clock::now() < until;) {
            pollfd input{STDIN_FILENO, POLLIN, 0};
            ::poll(&input, 1, 250);
            if (!on_idle()) return true;
        }
        return true;
    }
    bool is_over() const { return view_.quit || ended_by_signal; }
    int code() const { return code_; }

  private:
    void show() { terminal_->paint(render(shot_, view_, terminal_->columns(), terminal_->rows())); }
    // serve publishes what changes; clock and ages go on by themselves, so that a quiet rack is not taken for
    // a dead console.
    void tick() {
        auto passed =
            std::chrono::floor<std::chrono::seconds>(std::chrono::steady_clock::now() - shown_since_);
        auto now = published_ + std::chrono::milliseconds(passed).count();
        if (is_lost_ || now <= shot_.now) return;
        shot_.now = now;
        show();
    }
    void ask(const std::string& verb) {
        auto said = from_.act(view_.selected, verb);
        view_.message = said ? *said : said.error().message();
    }

    const source& from_;
    std::optional<terminal> terminal_;
    control::snapshot shot_;
    control::unix_ms published_ = 0;  // the snapshot's own clock, and when it came
    std::chrono::steady_clock::time_point shown_since_;
    view view_;
    bool is_lost_ = false;
    std::chrono::steady_clock::time_point lost_since_;
    int code_;
};

}  // namespace

bool can_paint() {
    int failed = 0;
    if (!::isatty(STDIN_FILENO) || ::setupterm(nullptr, STDOUT_FILENO, &failed) != OK) return false;
    auto* cup = ::tigetstr("cup");
    return cup && cup != reinterpret_cast<char*>(-1);
}

result<int> run(const source& from) {
    ::signal(SIGTERM, on_signal);
    ::signal(SIGINT, on_signal);
    ::signal(SIGHUP, on_signal);
    console shown(from);
    for (;;) {
        auto followed = from.follow([&](const control::snapshot& shot) { return shown.on_snapshot(shot); },
                                    [&] { return shown.on_idle(); }, STDIN_FILENO);
        if (followed) return shown.code();
        bool is_gone = followed.error().code() == control::control_errc::not_running;
        if (!is_gone || !shown.on_lost()) return followed.error();
        if (shown.is_over()) return shown.code();
    }
}

}  // namespace landscaper::tui
