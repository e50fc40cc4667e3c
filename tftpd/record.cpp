#include "tftpd/record.hpp"

namespace tftpd {

static constexpr std::uint32_t magic = 0x31525454;  // "TTR1"; the digit is the version
static constexpr std::uint32_t magic_mask = 0x00ffffff;
static constexpr std::uint32_t most_records = 1u << 20;
static constexpr std::uint32_t longest_text = 1500;

const char* describe(record_errc code) {
    switch (code) {
        case record_errc::malformed: return "cut short or impossible";
        case record_errc::unknown_version: return "written by another version";
    }
    return "unknown";
}

namespace {

// Writing and reading go through one list of fields, fields_of() below, so that they cannot differ.
struct output {
    landscaper::writer to;

    void number(std::uint64_t value) { to.le64(value); }
    void octets(bytes_view value) { to.put(value); }
    void text(const std::string& value) { to.le32(static_cast<std::uint32_t>(value.size())).put(value); }
};

struct input {
    landscaper::reader from;
    bool failed = false;

    template <class T>
    void number(T& value) {
        auto wide = from.le64();
        value = static_cast<T>(wide);
        failed |= static_cast<std::uint64_t>(value) != wide;
    }
    void octets(std::span<std::uint8_t> value) {
        auto taken = from.take(value.size());
        if (taken.size() == value.size()) std::copy(taken.begin(), taken.end(), value.begin());
    }
    void text(std::string& value) {
        auto size = from.le32();
        failed |= size > longest_text;
        if (!failed) value = landscaper::as_text(from.take(size));
    }
};

// Fields that are not plain numbers, as numbers and back.
void flag(output& to, const bool& value) {
    to.number(value);
}
void flag(input& from, bool& value) {
    std::uint8_t number = 0;
    from.number(number);
    from.failed |= number > 1;
    value = number != 0;
}
template <class Enum>
void word(output& to, const Enum& value, Enum) {
    to.number(static_cast<std::uint64_t>(value));
}
template <class Enum>
void word(input& from, Enum& value, Enum largest) {
    std::uint8_t number = 0;
    from.number(number);
    from.failed |= number > static_cast<std::uint8_t>(largest);
    value = static_cast<Enum>(number);
}
template <class T>
void maybe(output& to, const std::optional<T>& value) {
    to.number(value.has_value());
    to.number(value.value_or(T{}));
}
template <class T>
void maybe(input& from, std::optional<T>& value) {
    bool has = false;
    T number{};
    flag(from, has);
    from.number(number);
    if (has) value = number;
}
void moment(output& to, const time_point& value) {
    to.number(static_cast<std::uint64_t>(value.time_since_epoch().count()));
}
void moment(input& from, time_point& value) {
    std::uint64_t count = 0;
    from.number(count);
    from.failed |= count > std::uint64_t{1} << 62;  // nor this and a patience
    value = time_point(time_point::duration(static_cast<std::int64_t>(count)));
}
void span_of_time(output& to, const microseconds& value) {
    to.number(static_cast<std::uint64_t>(value.count()));
}
void span_of_time(input& from, microseconds& value) {
    std::uint64_t count = 0;
    from.number(count);
    from.failed |= count > 3'600'000'000u;  // an hour: a sum of two must not overflow
    value = microseconds(static_cast<std::int64_t>(count));
}

template <class Archive, class Endpoint>
void fields_of_endpoint(Archive& a, Endpoint& e) {
    flag(a, e.address.v6);
    a.octets(e.address.octets);
    a.number(e.port);
    a.number(e.scope);
}

template <class Archive, class Place>
void fields_of_place(Archive& a, Place& p) {
    a.number(p.offset);
    maybe(a, p.pending);
}

template <class Archive, class Transfer>
void fields_of_transfer(Archive& a, Transfer& t) {
    maybe(a, t.agreed.blksize);
    maybe(a, t.agreed.windowsize);
    maybe(a, t.agreed.timeout);
    flag(a, t.agreed.tsize);
    word(a, t.mode, transfer_mode::netascii);
    word(a, t.stage, stage::ended);
    word(a, t.end, ending::stopped);
    for (auto* n : {&t.size, &t.last_block, &t.acknowledged, &t.next, &t.highest, &t.retransmits})
        a.number(*n);
    a.number(t.burst);
    fields_of_place(a, t.here);
    fields_of_place(a, t.after);
    for (auto* when : {&t.started, &t.heard, &t.sent, &t.deadline}) moment(a, *when);
    span_of_time(a, t.srtt);
    span_of_time(a, t.rttvar);
    for (auto* n : {&t.resends, &t.backoff, &t.tail_losses, &t.clean_windows}) a.number(*n);
    for (auto* f : {&t.answered, &t.clean, &t.quick}) flag(a, *f);
}

template <class Archive, class Record>
void fields_of(Archive& a, Record& r) {
    fields_of_endpoint(a, r.client);
    fields_of_endpoint(a, r.local);
    a.number(r.interface);
    a.number(r.request_digest);
    a.text(r.asked);
    a.text(r.name);
    fields_of_transfer(a, r.transfer);
}

}  // namespace

// What the machine relies on. Everything else may have any value.
static bool is_possible(const transfer& t) {
    auto blksize = t.agreed.block_bytes();
    auto window = t.agreed.window_blocks();
    if (blksize < smallest_blksize || blksize > largest_blksize) return false;
    if (window < 1 || window > largest_windowsize || t.burst < 1 || t.burst > window) return false;
    if (t.mode == transfer_mode::octet && t.last_block != t.size / blksize + 1) return false;
    if (t.mode == transfer_mode::netascii && window != 1) return false;
    if (t.acknowledged > t.highest || t.highest > t.last_block) return false;
    // Far from overflow, also for netascii, where the last block is not known.
    if (t.highest > unknown_block / 2 || t.highest > t.acknowledged + window) return false;
    return t.next > t.acknowledged && t.next <= t.acknowledged + window + 1 && t.next <= t.highest + 1;
}

bytes encode(const std::vector<transfer_record>& records) {
    output out;
    out.to.le32(magic).le32(static_cast<std::uint32_t>(records.size()));
    for (const auto& r : records) fields_of(out, r);
    return out.to.finish();
}

result<std::vector<transfer_record>> decode_records(bytes_view data) {
    input in{landscaper::reader(data)};
    auto found = in.from.le32();
    auto count = in.from.le32();
    if (in.from.failed() || (found & magic_mask) != (magic & magic_mask)) return record_errc::malformed;
    if (found != magic) return record_errc::unknown_version;
    if (count > most_records) return record_errc::malformed;
    std::vector<transfer_record> out;
    while (count-- > 0) {
        auto& r = out.emplace_back();
        fields_of(in, r);
        if (in.failed || in.from.failed() || !is_possible(r.transfer)) return record_errc::malformed;
    }
    if (in.from.left() > 0) return record_errc::malformed;
    return out;
}

}  // namespace tftpd
