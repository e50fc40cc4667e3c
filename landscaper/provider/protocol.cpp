#include "landscaper/provider/protocol.hpp"

#include <nlohmann/json.hpp>
#include <algorithm>
#include <array>
#include <initializer_list>

#include "landscaper/base/json_in.hpp"
#include "landscaper/base/printable.hpp"
#include "landscaper/provider/provider.hpp"

namespace landscaper::provider::protocol {

using nlohmann::json;

namespace {

constexpr std::size_t max_depth = 512;

struct names {
    message_kind kind;
    const char* request;
    const char* response;
};

// NixOps4 main, `destroy` and `import` of its pull requests 150 and 128, and `read` of our own. The state
// event's request has no "Request" in its name.
constexpr std::array<names, 7> table{{
    {message_kind::create, "createResourceRequest", "createResourceResponse"},
    {message_kind::update, "updateResourceRequest", "updateResourceResponse"},
    {message_kind::destroy, "destroyResourceRequest", "destroyResourceResponse"},
    {message_kind::read, "readResourceRequest", "readResourceResponse"},
    {message_kind::import, "importResourceRequest", "importResourceResponse"},
    {message_kind::state_read, "stateResourceReadRequest", "stateResourceReadResponse"},
    {message_kind::state_event, "stateResourceEvent", "stateResourceEventResponse"},
}};

const names& names_of(message_kind kind) {
    return *std::find_if(table.begin(), table.end(), [&](const names& n) { return n.kind == kind; });
}

// The one property of a response that has any; "" for {}.
const char* property_of(message_kind kind) {
    switch (kind) {
        case message_kind::create:
        case message_kind::import:
        case message_kind::update: return "outputProperties";
        case message_kind::state_read: return "state";
        case message_kind::read:
        case message_kind::destroy:
        case message_kind::state_event: return "";
    }
    return "";
}

error bad(const std::string& what) {
    return error(provider_errc::bad_answer, text::printable(what, 300));
}

// {"wrapper": {body}} with nothing beside it.
result<std::pair<std::string, json>> unwrap(std::string_view line) {
    TRY(auto message, json_in(line, max_line, max_depth));
    if (!message.is_object() || message.size() != 1) return bad("not an object with exactly one key");
    auto only = message.begin();
    if (!only->is_object()) return bad(only.key() + " is no object");
    return std::pair<std::string, json>(only.key(), std::move(*only));
}

// The object has these fields and no other; those after `required` may be absent.
result<void> check_fields(const json& object, std::size_t required,
                          std::initializer_list<const char*> fields) {
    if (!object.is_object()) return bad("an object is expected");
    std::size_t seen = 0, number = 0;
    for (const auto* field : fields) {
        bool is_there = object.contains(field);
        if (!is_there && number < required) return bad(std::string("field ") + field + " is missing");
        seen += is_there;
        ++number;
    }
    if (seen == object.size()) return {};
    for (const auto& [name, value] : object.items()) {
        bool is_known =
            std::any_of(fields.begin(), fields.end(), [&, &key = name](const char* f) { return key == f; });
        if (!is_known) return bad("unknown field " + name);
    }
    return {};
}

result<std::string> text_in(const json& object, const char* field) {
    auto& found = object.at(field);
    if (!found.is_string()) return bad(std::string(field) + " is no string");
    return found.get<std::string>();
}

result<engine::value> object_in(const json& object, const char* field) {
    auto& found = object.at(field);
    if (!found.is_object()) return bad(std::string(field) + " is no object");
    return engine::value(found);
}

json extant(const engine::resource_entry& resource) {
    return {{"type", resource.type},
            {"inputProperties", resource.inputs.json()},
            {"outputProperties", resource.outputs.json()}};
}

result<engine::resource_entry> extant_in(const json& body) {
    const auto& from = body.at("resource");
    TRY_VOID(check_fields(from, 2, {"type", "inputProperties", "outputProperties"}));
    engine::resource_entry out;
    TRY(out.type, text_in(from, "type"));
    TRY(out.inputs, object_in(from, "inputProperties"));
    auto outputs = from.find("outputProperties");
    if (outputs == from.end() || outputs->is_null()) return out;
    TRY(out.outputs, object_in(from, "outputProperties"));
    return out;
}

result<request_message> create_in(const json& body) {
    request_message out;
    TRY_VOID(check_fields(body, 3, {"type", "inputProperties", "isStateful"}));
    TRY(out.type, text_in(body, "type"));
    TRY(out.inputs, object_in(body, "inputProperties"));
    if (!body.at("isStateful").is_boolean()) return bad("isStateful is no boolean");
    out.is_stateful = body.at("isStateful").get<bool>();
    return out;
}

result<request_message> with_resource(message_kind kind, const json& body) {
    request_message out;
    out.kind = kind;
    if (kind == message_kind::update) {
        TRY_VOID(check_fields(body, 2, {"resource", "inputProperties"}));
        TRY(out.inputs, object_in(body, "inputProperties"));
    } else if (kind == message_kind::state_event) {
        TRY_VOID(check_fields(body, 4, {"resource", "event", "nixopsVersion", "patch"}));
        TRY(out.event, text_in(body, "event"));
        TRY(out.nixops_version, text_in(body, "nixopsVersion"));
        if (!body.at("patch").is_array()) return bad("patch is no array");
        out.patch = engine::value(body.at("patch"));
    } else {
        TRY_VOID(check_fields(body, 1, {"resource"}));
    }
    TRY(out.resource, extant_in(body));
    out.type = out.resource->type;
    out.is_stateful = true;
    return out;
}

result<void> check_read(const json& body) {
    TRY_VOID(check_fields(body, 1, {"exists", "inputProperties", "outputProperties"}));
    if (!body.at("exists").is_boolean()) return bad("exists is no boolean");
    for (const auto* field : {"inputProperties", "outputProperties"}) {
        if (body.contains(field) && !body.at(field).is_object())
            return bad(std::string(field) + " is no object");
    }
    return {};
}

}  // namespace

std::string encode(const request_message& message) {
    json body = json::object();
    if (message.kind == message_kind::create) {
        body = {{"type", message.type},
                {"inputProperties", message.inputs.json()},
                {"isStateful", message.is_stateful}};
    } else {
        body["resource"] = extant(*message.resource);
    }
    if (message.kind == message_kind::update) body["inputProperties"] = message.inputs.json();
    if (message.kind == message_kind::state_event) {
        body["event"] = message.event;
        body["nixopsVersion"] = message.nixops_version;
        body["patch"] = message.patch.json();
    }
    return json_text({{names_of(message.kind).request, std::move(body)}});
}

std::string encode(message_kind answers, const response_message& message) {
    if (message.error) return json_text({{"errorResponse", {{"message", *message.error}}}});
    json body = answers == message_kind::read ? message.properties.json() : json::object();
    if (*property_of(answers)) body[property_of(answers)] = message.properties.json();
    return json_text({{names_of(answers).response, std::move(body)}});
}

result<request_message> decode_request(std::string_view line) {
    TRY(auto message, unwrap(line));
    const auto& [key, body] = message;
    auto row = std::find_if(table.begin(), table.end(),
                            [&, &name = key](const names& n) { return name == n.request; });
    if (row == table.end()) return bad("unknown request " + key);
    if (row->kind == message_kind::create) return create_in(body);
    return with_resource(row->kind, body);
}

result<response_message> decode_response(message_kind expected, std::string_view line) {
    TRY(auto message, unwrap(line));
    const auto& [key, body] = message;
    response_message out;
    if (key == "errorResponse") {
        TRY_VOID(check_fields(body, 1, {"message"}));
        TRY(out.error, text_in(body, "message"));
        return out;
    }
    if (key != names_of(expected).response) return bad("unexpected answer " + key);
    const auto* property = property_of(expected);
    if (expected == message_kind::read) {
        TRY_VOID(check_read(body));
        out.properties = engine::value(body);
        return out;
    }
    if (!*property) {
        TRY_VOID(check_fields(body, 0, {}));
        return out;
    }
    TRY_VOID(check_fields(body, 1, {property}));
    TRY(out.properties, object_in(body, property));
    return out;
}

}  // namespace landscaper::provider::protocol
