#include "landscaper/control/snapshot.hpp"

#include <nlohmann/json.hpp>

#include "landscaper/base/json_in.hpp"

namespace landscaper::control {

using nlohmann::json;

namespace {

// Names the fields of each view once: the same list writes and reads.
struct out {
    json& to;
    template <class T>
    void field(const char* name, const T& value);
    template <class T>
    void unless_empty(const char* name, const T& value) {
        if (value != T()) field(name, value);
    }
};
struct in {
    const json& from;
    template <class T>
    void field(const char* name, T& value);
    template <class T>
    void unless_empty(const char* name, T& value) {
        field(name, value);
    }
};

template <class Archive, class T>
void fields_of(Archive& a, T& v)
    requires std::is_same_v<std::remove_const_t<T>, progress_view>
{
    a.field("unit", v.unit);
    a.field("done", v.done);
    a.field("total", v.total);
    a.field("per_second", v.per_second);
    a.field("eta_seconds", v.eta_seconds);
}
template <class Archive, class T>
void fields_of(Archive& a, T& v)
    requires std::is_same_v<std::remove_const_t<T>, phase_view>
{
    a.field("phase", v.phase);
    a.field("started", v.started);
    a.field("ended", v.ended);
}
template <class Archive, class T>
void fields_of(Archive& a, T& v)
    requires std::is_same_v<std::remove_const_t<T>, step_view>
{
    a.field("resource", v.resource);
    a.field("step", v.step);
    a.field("intent", v.intent);
    a.field("proof", v.proof);
    a.field("proof_text", v.proof_text);
}
template <class Archive, class T>
void fields_of(Archive& a, T& v)
    requires std::is_same_v<std::remove_const_t<T>, resource_view>
{
    a.field("path", v.path);
    a.field("type", v.type);
    a.field("state", v.state);
    a.field("note", v.note);
    a.field("deployment", v.deployment);
    // Most of a thousand rest: what says nothing is left out.
    a.unless_empty("operation", v.operation);
    a.unless_empty("progress", v.progress);
    a.unless_empty("change", v.change);
    a.unless_empty("changed_by", v.changed_by);
}
template <class Archive, class T>
void fields_of(Archive& a, T& v)
    requires std::is_same_v<std::remove_const_t<T>, deployment_view>
{
    a.field("name", v.name);
    a.field("run_for", v.run_for);
    a.field("contact", v.contact);
    a.field("managed", v.managed);
    a.field("condition", v.condition);
    a.field("sentence", v.sentence);
    a.field("count", v.count);
    a.field("problems", v.problems);
    a.field("evaluation", v.evaluation);
    a.field("refused", v.refused);
}
template <class Archive, class T>
void fields_of(Archive& a, T& v)
    requires std::is_same_v<std::remove_const_t<T>, unknown_view>
{
    a.field("mac", v.mac);
    a.field("client", v.client);
    a.field("first_seen", v.first_seen);
    a.field("last_seen", v.last_seen);
    a.field("count", v.count);
}
template <class Archive, class T>
void fields_of(Archive& a, T& v)
    requires std::is_same_v<std::remove_const_t<T>, alarm_view>
{
    a.field("first", v.first);
    a.field("last", v.last);
    a.field("count", v.count);
    a.field("host", v.host);
    a.field("what", v.what);
    a.field("text", v.text);
}
template <class Archive, class T>
void fields_of(Archive& a, T& v)
    requires std::is_same_v<std::remove_const_t<T>, log_line>
{
    a.field("at", v.at);
    a.field("host", v.host);
    a.field("text", v.text);
}
template <class Archive, class T>
void fields_of(Archive& a, T& v)
    requires std::is_same_v<std::remove_const_t<T>, host_view>
{
    a.field("name", v.name);
    a.field("host_id", v.host_id);
    a.field("mac", v.mac);
    a.field("ip", v.ip);
    a.field("role", v.role);
    a.field("firmware", v.firmware);
    a.field("phase", v.phase);
    a.field("condition", v.condition);
    a.field("sentence", v.sentence);
    a.field("seen", v.seen);
    a.field("last_seen", v.last_seen);
    a.field("attempt", v.attempt);
    a.field("attempt_started", v.attempt_started);
    a.field("phase_started", v.phase_started);
    a.field("progress", v.progress);
    a.field("permanent_key", v.permanent_key);
    a.field("temporary_key", v.temporary_key);
    a.field("generation", v.generation);
    a.field("toplevel", v.toplevel);
    a.field("phases", v.phases);
    a.field("steps", v.steps);
    a.field("resources", v.resources);
    a.field("log", v.log);
}
template <class Archive, class T>
void fields_of(Archive& a, T& v)
    requires std::is_same_v<std::remove_const_t<T>, snapshot>
{
    a.field("site", v.site);
    a.field("rack", v.rack);
    a.field("version", v.version);
    a.field("number", v.number);
    a.field("now", v.now);
    a.field("started", v.started);
    a.field("inventory_file", v.inventory_file);
    a.field("inventory_problems", v.inventory_problems);
    a.field("resources", v.resources);
    a.field("evaluation", v.evaluation);
    a.field("deployments", v.deployments);
    a.field("bootd", v.bootd);
    a.field("warnings", v.warnings);
    a.field("alarms", v.alarms);
    a.field("dhcp_servers", v.dhcp_servers);
    a.field("counters", v.counters);
    a.field("hosts", v.hosts);
    a.field("unknown", v.unknown);
    a.field("log", v.log);
}

template <class T>
concept view = requires(out& o, const T& v) { fields_of(o, v); };

template <class T>
json written(const T& value) {
    if constexpr (view<T>) {
        json object = json::object();
        out archive{object};
        fields_of(archive, value);
        return object;
    } else {
        return value;
    }
}
template <class T>
json written(const std::vector<T>& values) {
    json list = json::array();
    for (const auto& value : values) list.push_back(written(value));
    return list;
}

template <class T>
void read(const json& from, T& value) {
    if constexpr (view<T>) {
        static_cast<void>(from.get_ref<const json::object_t&>());  // throws for anything else
        in archive{from};
        fields_of(archive, value);
    } else {
        value = from.get<T>();
    }
}
template <class T>
void read(const json& from, std::vector<T>& values) {
    for (const auto& item : from.get_ref<const json::array_t&>()) read(item, values.emplace_back());
}

template <class T>
void out::field(const char* name, const T& value) {
    to[name] = written(value);
}
template <class T>
void in::field(const char* name, T& value) {
    auto found = from.find(name);
    if (found != from.end()) read(*found, value);
}

}  // namespace

json to_json(const snapshot& value) {
    return written(value);
}

json to_json(const host_view& value) {
    return written(value);
}

result<snapshot> snapshot_from_json(const json& value) {
    snapshot out;
    try {
        read(value, out);
    } catch (const json::exception& e) {
        return error(json_errc::wrong_type, std::string("snapshot: ") + e.what());
    }
    return out;
}

}  // namespace landscaper::control
