#include "pxe/link/message.hpp"

#include "tests/pxe/link/entries.hpp"
#include "tests/support/result.hpp"

using namespace pxe::link;
using pxe::boot_entry;

namespace {

const shared_file image = file_named("image", 10'000'000);
const shared_file cpio = file_named("host.cpio", 4000);

shared_file known_file(std::uint64_t id) {
    if (id == 1) return image;
    return id == 2 ? cpio : nullptr;
}
std::uint64_t known_id(const shared_file& file) {
    return file == image ? 1 : 2;
}

boot_entry full_entry() {
    auto e = installing(7, image, cpio);
    e.mac.push_back(mac_number(8));
    e.style = pxe::reply_style::port_4011;
    e.nbp = pxe::nbp_kind::undionly;
    e.ip = pxe::reservation{*landscaper::ip_prefix::parse("10.0.0.12/24"),
                            landscaper::ipv4_address::of(10, 0, 0, 1),
                            {landscaper::ipv4_address::of(9, 9, 9, 9)},
                            "px02",
                            "rack-a.example.org",
                            {landscaper::ipv4_address::of(9, 9, 9, 8)},
                            9000};
    return e;
}

std::string set_line(const boot_entry& e) {
    return *encode(set{9, e}, known_id);
}

std::string reason(std::string_view line) {
    auto message = decode_from_serve(line, known_file);
    return message ? "" : message.error().message();
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != text.npos;
}

}  // namespace

TEST_CASE("an entry arrives as it was sent") {
    auto line = set_line(full_entry());
    auto message = decode_from_serve(line, known_file);
    REQUIRE(message);
    const auto& got = std::get<set>(*message);
    CHECK(got.generation == 9);
    CHECK(same_entry(got.entry, full_entry()));
    CHECK(set_line(got.entry) == line);
}

TEST_CASE("an entry of an installed host is short and needs no file") {
    boot_entry e;
    e.mac = {mac_number(1)};
    e.stage = pxe::stage::local;
    e.token = token_number(1);
    e.objects["local.efi"] = landscaper::content({landscaper::literal({'E', 'S', 'P'})});
    auto line = *encode(set{1, e});
    CHECK(line.size() < 250);
    CHECK(same_entry(std::get<set>(*decode_from_serve(line, {})).entry, e));
}

TEST_CASE("the network arrives as it was sent") {
    network net;
    net.generation = 3;
    net.settings.rack = "00112233445566778899aabbccddeeff";
    net.settings.mode = pxe::proxy::dhcp_mode::reservations;
    net.settings.interfaces = {"eth0", "br0"};
    net.settings.shared["snponly.efi"] = landscaper::content({landscaper::file_extent{image, 5, 10}});
    net.cache = cpio;
    auto got = std::get<network>(*decode_from_serve(*encode(net, known_id), known_file));
    CHECK(got.generation == 3);
    CHECK(got.settings.rack == net.settings.rack);
    CHECK(got.settings.mode == net.settings.mode);
    CHECK(got.settings.interfaces == net.settings.interfaces);
    CHECK(same_content(got.settings.shared.at("snponly.efi"), net.settings.shared.at("snponly.efi")));
    CHECK(got.cache == cpio);
}

TEST_CASE("every small message arrives as it was sent") {
    auto same = [](const from_serve& m) { return decode_from_serve(*encode(m), {}).value(); };
    CHECK(std::get<hello>(same(hello{1, "0.1", 77, 5})) == hello{1, "0.1", 77, 5});
    CHECK(std::get<file_opened>(same(file_opened{4, 99, "x"})) == file_opened{4, 99, "x"});
    CHECK(std::get<file_closed>(same(file_closed{4})) == file_closed{4});
    CHECK(std::get<begin>(same(begin{6})).generation == 6);
    CHECK(std::get<end>(same(end{6, 10000})).count == 10000);
    CHECK(std::get<drop>(same(drop{6, mac_number(3)})).mac == mac_number(3));
    auto back = [](const from_bootd& m) { return decode_from_bootd(encode(m)).value(); };
    CHECK(std::get<hello>(back(hello{1, "b", 1, 2})) == hello{1, "b", 1, 2});
    CHECK(encode(ack{12}) == R"({"ack":12})");
    CHECK(std::get<ack>(back(ack{12})).generation == 12);
    CHECK(std::get<refuse>(back(refuse{12, "no \x01 MAC"})).why == "no \\x01 MAC");
    CHECK(encode(lost{3}) == R"({"lost":3})");
    CHECK(std::get<lost>(back(lost{3})).count == 3);
}

TEST_CASE("an event arrives as it was sent, whatever bytes a packet put into it") {
    event e;
    e.kind = event_kind::discover;
    e.epoch = (std::uint64_t{1} << 53) - 1;
    e.seq = 12;
    e.at = 1'732'200'000'123'456'789;
    e.mac = mac_number(5);
    e.with("arch", std::uint64_t{7})
        .with("known", true)
        .with("class", "a\"b\\c")
        .with("uuid", std::string(3, '\xff'));
    auto got = std::get<event>(*decode_from_bootd(encode(e)));
    CHECK(got.text("uuid") == "\\xff\\xff\\xff");
    CHECK(got.text("class") == "a\"b\\c");
    CHECK(got.number("arch") == 7);
    CHECK(got.flag("known"));
    CHECK(got.at == e.at);
    CHECK(got.epoch == e.epoch);
    CHECK(got.mac == e.mac);
    CHECK(got.text("arch").empty());  // of another type
}

TEST_CASE("an event of a kind that is not known keeps its word") {
    auto got =
        std::get<event>(*decode_from_bootd(R"({"event":{"epoch":1,"seq":2,"at":3,"kind":"tea","cups":2}})"));
    CHECK(got.kind == event_kind::other);
    CHECK(got.text("kind") == "tea");
    CHECK(got.number("cups") == 2);
    CHECK(std::get<event>(*decode_from_bootd(encode(got))) == got);
    for (int k = 0; k < static_cast<int>(event_kind::other); ++k) {
        auto kind = static_cast<event_kind>(k);
        CHECK(event_kind_of(name_of(kind)) == kind);
    }
}

TEST_CASE("unknown fields are ignored, unknown verbs refused by name") {
    CHECK(decode_from_serve(R"({"begin":{"generation":1,"colour":"blue"}})", {}));
    auto refused = decode_from_serve(R"({"paint":{"generation":1}})", {});
    REQUIRE(!refused);
    CHECK(refused.error().code() == link_errc::unknown_verb);
    CHECK(contains(refused.error().message(), "paint"));
}

TEST_CASE("what cannot be served is refused with the reason") {
    CHECK(contains(reason(R"({"set":{"generation":1,"entry":{"stage":"local"}}})"), "mac"));
    CHECK(
        contains(reason(R"({"set":{"generation":1,"entry":{"mac":["01:00:5e:00:00:01"],"stage":"local"}}})"),
                 "unicast"));
    CHECK(contains(reason(R"({"set":{"generation":1,"entry":{"mac":["52:54:00:00:00:01"]}}})"), "stage"));
    CHECK(contains(reason(R"({"set":{"generation":1,"entry":{"mac":["52:54:00:00:00:01"],"stage":"melt"}}})"),
                   "stage"));
    CHECK(contains(
        reason(
            R"({"set":{"generation":1,"entry":{"mac":["52:54:00:00:00:01"],"stage":"local","token":"../x"}}})"),
        "token"));
    auto extent = [](const std::string& e) {
        return R"({"set":{"generation":1,"entry":{"mac":["52:54:00:00:00:01"],"stage":"install","token":")" +
               token_number(1) + R"(","objects":{"kernel":[)" + e + "]}}}}";
    };
    CHECK(reason(extent(R"({"file":1,"offset":0,"length":10000000})")).empty());
    CHECK(contains(reason(extent(R"({"file":1,"offset":1,"length":10000000})")), "beyond the end"));
    CHECK(contains(reason(extent(R"({"file":1,"offset":9007199254740992,"length":1})")), "beyond the end"));
    CHECK(contains(reason(extent(R"({"file":3,"offset":0,"length":1})")), "file 3"));
    CHECK(contains(reason(extent(R"({"file":1,"offset":-1,"length":1})")), "offset"));
    CHECK(contains(reason(extent(R"({"bytes":"?"})")), "base64"));
    CHECK(contains(reason(extent(R"({"zero":1e99})")), "zero"));
    CHECK(contains(reason(extent("7")), "object"));
    CHECK(generation_of(extent("7")) == 1);
}

TEST_CASE("more than 4096 literal bytes are not sent") {
    boot_entry e;
    e.mac = {mac_number(1)};
    e.token = token_number(1);
    e.objects["local.efi"] = landscaper::content({landscaper::literal(landscaper::bytes(4097))});
    CHECK(!encode(set{1, e}));
}

TEST_CASE("no truncation of a line is taken for a message") {
    auto line = set_line(full_entry());
    for (std::size_t size = 0; size < line.size(); ++size)
        CHECK(!decode_from_serve(line.substr(0, size), known_file));
    event e;
    e.kind = event_kind::done;
    e.with("name", "b/x/uki.efi").with("complete", true);
    auto told = encode(e);
    for (std::size_t size = 0; size < told.size(); ++size) CHECK(!decode_from_bootd(told.substr(0, size)));
}
