#include "landscaper/base/http_date.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>

namespace landscaper {

static constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
static constexpr std::array<const char*, 7> weekdays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

std::string http_date(std::int64_t unix_time) {
    using namespace std::chrono;
    auto time = sys_seconds(seconds(unix_time));
    auto day = floor<days>(time);
    year_month_day date(day);
    hh_mm_ss clock(time - day);
    char text[64];
    std::snprintf(text, sizeof text, "%s, %02u %s %04d %02d:%02d:%02d GMT",
                  weekdays[weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
                  months[static_cast<unsigned>(date.month()) - 1].data(), static_cast<int>(date.year()),
                  static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()));
    return text;
}

namespace {

// Takes words and numbers from the front; failed for good at the first that does not fit.
class scanner {
  public:
    explicit scanner(std::string_view text) : text_(text) {}

    int number(std::size_t digits) {
        int value = 0;
        auto part = text_.substr(0, digits);
        auto [end, ec] = std::from_chars(part.data(), part.data() + part.size(), value);
        if (part.size() != digits || ec != std::errc() || end != part.data() + digits || part[0] == '-')
            failed_ = true;
        text_.remove_prefix(part.size());
        return value;
    }
    unsigned month() {
        for (unsigned i = 0; i < months.size(); ++i) {
            if (!text_.starts_with(months[i])) continue;
            text_.remove_prefix(3);
            return i + 1;
        }
        failed_ = true;
        return 1;
    }
    void skip(std::string_view what) {
        if (!text_.starts_with(what)) failed_ = true;
        text_.remove_prefix(std::min(what.size(), text_.size()));
    }
    // Up to and with the first of these characters.
    void skip_past(char c) {
        auto at = text_.find(c);
        if (at == std::string_view::npos) failed_ = true;
        text_.remove_prefix(at == std::string_view::npos ? text_.size() : at + 1);
    }
    bool next_is(char c) const { return text_.starts_with(c); }
    bool good() const { return !failed_ && text_.empty(); }
    void fail() { failed_ = true; }

  private:
    std::string_view text_;
    bool failed_ = false;
};

struct date_parts {
    int year = 1970;
    unsigned month = 1;
    int day = 1, hour = 0, minute = 0, second = 0;
};

void scan_clock(scanner& in, date_parts& out) {
    out.hour = in.number(2);
    in.skip(":");
    out.minute = in.number(2);
    in.skip(":");
    out.second = in.number(2);
}

// Sun, 06 Nov 1994 08:49:37 GMT
bool scan_fixdate(std::string_view text, date_parts& out) {
    scanner in(text);
    in.skip_past(',');
    in.skip(" ");
    out.day = in.number(2);
    in.skip(" ");
    out.month = in.month();
    in.skip(" ");
    out.year = in.number(4);
    in.skip(" ");
    scan_clock(in, out);
    in.skip(" GMT");
    return in.good();
}

// Sunday, 06-Nov-94 08:49:37 GMT; years before 70 are of this century.
bool scan_rfc850(std::string_view text, date_parts& out) {
    scanner in(text);
    in.skip_past(',');
    in.skip(" ");
    out.day = in.number(2);
    in.skip("-");
    out.month = in.month();
    in.skip("-");
    auto year = in.number(2);
    out.year = year + (year < 70 ? 2000 : 1900);
    in.skip(" ");
    scan_clock(in, out);
    in.skip(" GMT");
    return in.good();
}

// Sun Nov  6 08:49:37 1994
bool scan_asctime(std::string_view text, date_parts& out) {
    scanner in(text);
    in.skip_past(' ');
    out.month = in.month();
    in.skip(" ");
    bool one_digit = in.next_is(' ');
    if (one_digit) in.skip(" ");
    out.day = in.number(one_digit ? 1 : 2);
    in.skip(" ");
    scan_clock(in, out);
    in.skip(" ");
    out.year = in.number(4);
    return in.good();
}

}  // namespace

std::optional<std::int64_t> parse_http_date(std::string_view text) {
    date_parts d;
    if (!scan_fixdate(text, d) && !scan_rfc850(text, d) && !scan_asctime(text, d)) return std::nullopt;
    using namespace std::chrono;
    year_month_day date(year(d.year), month(d.month), day(static_cast<unsigned>(d.day)));
    if (!date.ok() || d.hour > 23 || d.minute > 59 || d.second > 60) return std::nullopt;
    auto time = sys_days(date) + hours(d.hour) + minutes(d.minute) + seconds(d.second);
    return duration_cast<seconds>(time.time_since_epoch()).count();
}

}  // namespace landscaper
