#include "landscaper/provider/protocol.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "landscaper/provider/provider.hpp"
#include "landscaper/provider/types.hpp"

using namespace landscaper;
using namespace landscaper::provider;
using namespace landscaper::provider::protocol;
using nlohmann::json;

namespace {

// Lines as nixops4 0.1 and nixops4-resources-local exchange them.
constexpr const char* create_line =
    R"({"createResourceRequest":{"inputProperties":{"mac":"52:54:00:aa:00:01"},"isStateful":true,"type":"pxe_nbp"}})";
constexpr const char* update_line =
    R"({"updateResourceRequest":{"inputProperties":{"mac":"2"},"resource":{"inputProperties":{"mac":"1"},"outputProperties":{"entry":"e"},"type":"t"}}})";
constexpr const char* read_line =
    R"({"stateResourceReadRequest":{"resource":{"inputProperties":{"name":"f"},"outputProperties":{},"type":"state_file"}}})";
constexpr const char* event_line =
    R"({"stateResourceEvent":{"event":"create","nixopsVersion":"0.1.0","patch":[],"resource":{"inputProperties":{"name":"f"},"outputProperties":{},"type":"state_file"}}})";
constexpr const char* destroy_line =
    R"({"destroyResourceRequest":{"resource":{"inputProperties":{},"outputProperties":{},"type":"t"}}})";

bool is_refused(const std::string& line) {
    return !decode_request(line);
}

std::string with(std::string line, const char* what, const char* by) {
    return line.replace(line.find(what), std::string_view(what).size(), by);
}

}  // namespace

TEST_CASE("every request reads and writes to the same line") {
    for (const auto* line : {create_line, update_line, read_line, event_line, destroy_line}) {
        CAPTURE(line);
        CHECK(encode(decode_request(line).value()) == line);
    }
    auto update = decode_request(update_line).value();
    CHECK(update.kind == message_kind::update);
    CHECK(update.resource->outputs->at("entry") == "e");
    CHECK(decode_request(event_line).value().nixops_version == "0.1.0");
}

TEST_CASE("outputs of an extant resource may be missing or null") {
    CHECK(decode_request(R"({"destroyResourceRequest":{"resource":{"inputProperties":{},"type":"t"}}})")
              .has_value());
    CHECK(
        decode_request(
            R"({"destroyResourceRequest":{"resource":{"inputProperties":{},"outputProperties":null,"type":"t"}}})")
            .has_value());
}

TEST_CASE("one field more or less, or another type, and it is no request") {
    CHECK(is_refused(with(create_line, "\"isStateful\":true", "\"isStateful\":true,\"id\":1")));
    CHECK(is_refused(with(create_line, ",\"isStateful\":true", "")));
    CHECK(is_refused(with(create_line, "true", "1")));
    CHECK(is_refused(with(create_line, "createResourceRequest", "makeResourceRequest")));
    CHECK(is_refused(with(create_line, "\"}}", "\"},\"deadline\":1}")));
    CHECK(is_refused(with(update_line, "\"type\":\"t\"", "\"type\":7")));
    CHECK(is_refused(with(event_line, "[]", "{}")));
    for (const auto* line : {"", "null", "[]", "{}", "1", "{\"createResourceRequest\":1}", "\xff"})
        CHECK(is_refused(line));
    CHECK(is_refused(std::string(100000, '[')));
}

TEST_CASE("answers are the closed objects of the protocol") {
    response_message outputs{engine::value(json{{"entry", "x"}}), {}};
    CHECK(encode(message_kind::create, outputs) ==
          R"({"createResourceResponse":{"outputProperties":{"entry":"x"}}})");
    CHECK(encode(message_kind::state_read, outputs) ==
          R"({"stateResourceReadResponse":{"state":{"entry":"x"}}})");
    CHECK(encode(message_kind::state_event, {}) == R"({"stateResourceEventResponse":{}})");
    CHECK(encode(message_kind::destroy, {}) == R"({"destroyResourceResponse":{}})");
    CHECK(encode(message_kind::update, {{}, "no such MAC"}) ==
          R"({"errorResponse":{"message":"no such MAC"}})");
}

TEST_CASE("an answer is believed only when it answers what was asked") {
    auto text = R"({"createResourceResponse":{"outputProperties":{"entry":"x"}}})";
    CHECK(decode_response(message_kind::create, text).value().properties->at("entry") == "x");
    CHECK(!decode_response(message_kind::update, text));
    CHECK(decode_response(message_kind::destroy, R"({"destroyResourceResponse":{}})").has_value());
    CHECK(!decode_response(message_kind::destroy, R"({"destroyResourceResponse":{"x":1}})"));
    CHECK(!decode_response(message_kind::create, R"({"createResourceResponse":{"outputProperties":[]}})"));
    auto failed =
        decode_response(message_kind::create, R"({"errorResponse":{"message":"a\nCaused by: b"}})").value();
    CHECK(failed.error == "a\nCaused by: b");
}

TEST_CASE("a read says whether it exists, and what it sees of it") {
    constexpr const char* asked =
        R"({"readResourceRequest":{"resource":{"inputProperties":{"n":1},"outputProperties":{},"type":"t"}}})";
    CHECK(decode_request(asked).value().kind == message_kind::read);
    CHECK(encode(decode_request(asked).value()) == asked);
    constexpr const char* there =
        R"({"readResourceResponse":{"exists":true,"inputProperties":{"n":2},"outputProperties":{}}})";
    auto seen = decode_response(message_kind::read, there).value();
    CHECK(encode(message_kind::read, seen) == there);
    CHECK(decode_response(message_kind::read, R"({"readResourceResponse":{"exists":false}})").has_value());
    for (const auto* bad : {R"({"readResourceResponse":{}})", R"({"readResourceResponse":{"exists":1}})",
                            R"({"readResourceResponse":{"exists":true,"inputProperties":[]}})",
                            R"({"readResourceResponse":{"exists":true,"more":1}})"}) {
        CHECK(!decode_response(message_kind::read, bad));
    }
    constexpr const char* imported = R"({"importResourceResponse":{"outputProperties":{"a":1}}})";
    CHECK(decode_response(message_kind::import, imported).value().properties.text() == R"({"a":1})");
}

TEST_CASE("a request of 5 MB is one line like any other") {
    request_message big;
    big.type = "t";
    big.inputs = engine::value(json{{"contents", std::string(5'000'000, 'x')}});
    CHECK(decode_request(encode(big)).value().inputs == big.inputs);
}

TEST_CASE("the table makes members with outputs and policy, and checks names of inputs") {
    auto m = member_of("ssh.keypair", {"hosts", "a", "installation_host_key"}, {});
    CHECK(m.provider.name == "ssh");
    CHECK(m.type == "keypair");
    CHECK(m.outputs == std::vector<std::string>{"public_key", "private_key_file"});
    CHECK(m.policy.create_is_idempotent);
    CHECK(!member_of("local.exec", {"x"}, {}).policy.create_is_idempotent);
    const auto& file = *find_type("local.file");
    CHECK(check_inputs(file, engine::value(json{{"name", "a"}, {"contents", "b"}})).has_value());
    CHECK(check_inputs(file, engine::value(json{{"name", "a"}})).error().context() ==
          "local.file: input \"contents\" is missing");
    CHECK(!check_inputs(file, engine::value(json{{"name", "a"}, {"contents", "b"}, {"mode", 1}})));
    for (const auto& t : types()) CHECK(t.name.find('.') != std::string_view::npos);
}

TEST_CASE("what a provider said is told without the code's words, unless it said nothing") {
    CHECK(words_of({provider_errc::failed, "px01: no such disk"}) == "px01: no such disk");
    CHECK(words_of({provider_errc::try_again, "px01: no route"}) == "px01: no route");
    CHECK(words_of(provider_errc::failed) == "the provider failed");
    CHECK(words_of({provider_errc::unsupported, "rename"}) ==
          "rename: the resource type has no such operation");
}
