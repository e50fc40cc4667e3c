#include "tftpd/io/sessions.hpp"

#include <doctest/doctest.h>

using namespace tftpd;

static std::unique_ptr<session> from_port(std::uint16_t port) {
    auto s = std::make_unique<session>();
    s->record.client.port = port;
    return s;
}

TEST_CASE("a session is found by id and by flow until it is removed, and its id never finds another") {
    sessions all;
    auto first = all.add(from_port(1)).id;
    auto second = all.add(from_port(2)).id;
    CHECK(first != second);
    CHECK(all.find(first)->record.client.port == 1);
    CHECK(all.find(flow{{{}, 2, 0}, {}})->id == second);
    CHECK(all.remove(*all.find(first))->record.client.port == 1);
    CHECK(all.find(first) == nullptr);
    CHECK(all.find(flow{{{}, 1, 0}, {}}) == nullptr);
    auto third = all.add(from_port(3)).id;
    CHECK(third != first);
    CHECK(all.find(first) == nullptr);
    CHECK(all.size() == 2);
    CHECK(all.all().size() == 2);
}
