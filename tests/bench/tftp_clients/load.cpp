#include "load.hpp"

#include <charconv>
#include <map>
#include <stdexcept>

namespace bench {

using namespace std::chrono_literals;

static unsigned number(const std::string& option, const std::string& text) {
    unsigned value = 0;
    auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failed != std::errc() || end != text.data() + text.size()) {
        throw std::invalid_argument(option + ": a number is wanted, not \"" + text + "\"");
    }
    return value;
}

static void take(load& out, const std::string& option, const std::string& value) {
    static const std::map<std::string, unsigned load::*> numbers = {
        {"--clients", &load::clients},       {"--each", &load::each}, {"--blksize", &load::blksize},
        {"--windowsize", &load::windowsize}, {"--loss", &load::loss}, {"--abort", &load::abort},
        {"--away-every", &load::away_every}};
    if (option == "--name") {
        out.name = value;
    } else if (option == "--expected") {
        out.expected = value;
    } else if (option == "--server") {
        out.server = value;
    } else if (option == "--port") {
        out.port = static_cast<std::uint16_t>(number(option, value));
    } else if (option == "--delay") {
        out.delay = std::chrono::microseconds(number(option, value));
    } else if (option == "--timer") {
        out.timer = std::chrono::milliseconds(number(option, value));
    } else if (option == "--limit") {
        out.limit = std::chrono::seconds(number(option, value));
    } else if (option == "--seed") {
        out.seed = number(option, value);
    } else if (auto found = numbers.find(option); found != numbers.end()) {
        out.*found->second = number(option, value);
    } else {
        throw std::invalid_argument(option + " is not an option");
    }
}

static void check(const load& l) {
    if (l.name.empty() || l.expected.empty()) throw std::invalid_argument("--name and --expected are wanted");
    bool odd = l.clients < 1 || l.each < 1 || l.blksize < 8 || l.blksize > 65464 || l.windowsize < 1 ||
               l.windowsize > 65535 || l.loss > 1000 || l.abort > 1000 || l.timer == 0ms;
    if (odd) throw std::invalid_argument("a number is outside of what makes sense");
}

load parse(int count, char** arguments) {
    load out;
    out.delay = 0us;
    out.timer = 4s;  // as EDK2
    out.limit = 60s;
    for (int i = 1; i < count; ++i) {
        std::string option = arguments[i];
        if (option == "--doubling") {
            out.doubling = true;
            continue;
        }
        if (i + 1 == count) throw std::invalid_argument(option + ": a value is wanted");
        take(out, option, arguments[++i]);
    }
    check(out);
    return out;
}

}  // namespace bench
