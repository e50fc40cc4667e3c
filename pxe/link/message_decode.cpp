#include <nlohmann/json.hpp>
#include <algorithm>

#include "landscaper/base/json_in.hpp"
#include "landscaper/base/printable.hpp"
#include "pxe/link/entry_json.hpp"
#include "pxe/link/json_fields.hpp"

namespace pxe::link {

// network.shared.NAME.[extent].{..} is the deepest.
static constexpr std::size_t max_depth = 8;

const char* describe(link_errc code) {
    switch (code) {
        case link_errc::unknown_verb: return "unknown verb";
        case link_errc::bad_message: return "not as the protocol says";
        case link_errc::unknown_file: return "no such file was sent";
        case link_errc::bad_entry: return "an entry that cannot be served";
        case link_errc::wrong_sequence: return "a line that may not come here";
        case link_errc::too_long: return "longer than 64 KiB";
    }
    return "unknown error";
}

// One object with one key, the verb.
static result<std::pair<std::string, json>> verb_of(std::string_view line) {
    TRY(auto document, landscaper::json_in(line, max_line, max_depth));
    if (!document.is_object() || document.size() != 1) {
        return error(link_errc::bad_message, "one object with one verb is required");
    }
    auto first = document.begin();
    return std::pair(first.key(), std::move(first.value()));
}

static error unknown(const std::string& verb) {
    return error(link_errc::unknown_verb, landscaper::text::printable(verb, 64));
}

static result<hello> hello_of(const json& value) {
    hello out;
    TRY(auto proto, number_field(value, "proto"));
    out.proto = static_cast<unsigned>(std::min<std::uint64_t>(proto, 1'000'000));
    TRY(out.build, optional_text(value, "build"));
    out.epoch = number_or(value, "epoch", 0);
    out.seq = number_or(value, "seq", 0);
    return out;
}

static result<file_opened> file_of(const json& value) {
    file_opened out;
    TRY(out.id, number_field(value, "id"));
    TRY(out.size, number_field(value, "size"));
    TRY(out.name, optional_text(value, "name"));
    return out;
}

static result<set> set_of(const json& value, const file_lookup& files) {
    set out;
    TRY(out.generation, number_field(value, "generation"));
    const auto* entry = field(value, "entry");
    if (!entry) return bad("entry", "missing");
    TRY(out.entry, entry_of(*entry, files));
    return out;
}

static result<end> end_of(const json& value) {
    end out;
    TRY(out.generation, number_field(value, "generation"));
    TRY(out.count, number_field(value, "count"));
    return out;
}

static result<drop> drop_of(const json& value) {
    drop out;
    TRY(out.generation, number_field(value, "generation"));
    TRY(auto text, text_field(value, "mac"));
    auto mac = landscaper::mac_address::parse(text);
    if (!mac) return bad("mac", "a MAC address is required");
    out.mac = *mac;
    return out;
}

template <class Variant, class T>
static result<Variant> as(result<T> value) {
    if (!value) return value.error();
    return Variant(std::move(*value));
}

result<from_serve> decode_from_serve(std::string_view line, const file_lookup& files) {
    TRY(auto message, verb_of(line));
    const auto& [verb, value] = message;
    if (verb == "hello") return as<from_serve>(hello_of(value));
    if (verb == "network") return as<from_serve>(network_of(value, files));
    if (verb == "file") return as<from_serve>(file_of(value));
    if (verb == "set") return as<from_serve>(set_of(value, files));
    if (verb == "end") return as<from_serve>(end_of(value));
    if (verb == "drop") return as<from_serve>(drop_of(value));
    if (verb == "close") {
        TRY(auto id, number_field(value, "id"));
        return from_serve(file_closed{id});
    }
    if (verb == "begin") {
        TRY(auto generation, number_field(value, "generation"));
        return from_serve(begin{generation});
    }
    return unknown(verb);
}

// A PUT body of 4 KiB in base64 fits.
static constexpr std::size_t max_text = 8192;

static std::optional<event_value> event_value_of(const json& value) {
    if (value.is_boolean()) return event_value(value.get<bool>());
    if (value.is_number_unsigned()) return event_value(value.get<std::uint64_t>());
    if (value.is_string())
        return event_value(landscaper::text::printable(value.get_ref<const std::string&>(), max_text));
    return std::nullopt;
}

static result<event> event_of(const json& value) {
    event out;
    TRY(out.epoch, number_field(value, "epoch"));
    TRY(out.seq, number_field(value, "seq"));
    TRY(auto kind, text_field(value, "kind", 64));
    out.kind = event_kind_of(kind);
    if (const auto* at = field(value, "at"); at && at->is_number_integer()) out.at = at->get<std::int64_t>();
    if (const auto* mac = field(value, "mac"); mac && mac->is_string()) {
        out.mac = landscaper::mac_address::parse(mac->get_ref<const std::string&>());
    }
    for (const auto& [key, member] : value.items()) {
        if (key == "epoch" || key == "seq" || key == "at" || key == "mac") continue;
        if (key == "kind" && out.kind != event_kind::other) continue;
        auto taken = event_value_of(member);
        if (taken) out.fields.emplace_back(landscaper::text::printable(key, 64), std::move(*taken));
    }
    return out;
}

result<from_bootd> decode_from_bootd(std::string_view line) {
    TRY(auto message, verb_of(line));
    const auto& [verb, value] = message;
    if (verb == "hello") return as<from_bootd>(hello_of(value));
    if (verb == "ack" || verb == "lost") {
        json wrapped{{verb, value}};
        TRY(auto number, number_field(wrapped, verb.c_str()));
        return verb == "ack" ? from_bootd(ack{number}) : from_bootd(lost{number});
    }
    if (verb == "refuse") {
        refuse out;
        out.generation = number_or(value, "generation", 0);
        TRY(out.why, optional_text(value, "why"));
        out.why = landscaper::text::printable(out.why);
        return from_bootd(std::move(out));
    }
    if (verb != "event") return unknown(verb);
    return as<from_bootd>(event_of(value));
}

std::uint64_t generation_of(std::string_view line) {
    auto message = verb_of(line);
    return message ? number_or(message->second, "generation", 0) : 0;
}

}  // namespace pxe::link
