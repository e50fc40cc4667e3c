#include "landscaper/ledger/io/load.hpp"

#include <algorithm>

namespace landscaper::ledger {

static id128 id_of(const bytes& blob) {
    id128 id{};
    std::copy_n(blob.begin(), std::min(blob.size(), id.size()), id.begin());
    return id;
}

static result<void> load_hosts(database& from, model& into) {
    TRY(auto row,
        from.prepare("select id, name, driver, path, managed, attempt, nonce, attempt_started, address, esp,"
                     " temporary, pending, permanent, held, rescue from hosts"));
    for (;;) {
        TRY(bool more, row.step());
        if (!more) return {};
        host h;
        h.id = id_of(row.blob(0));
        h.name = row.text(1);
        h.driver = row.text(2);
        h.path = row.text(3);
        h.managed = row.integer(4) != 0;
        h.attempt = static_cast<std::uint64_t>(row.integer(5));
        h.nonce = id_of(row.blob(6));
        h.attempt_started = row.integer(7);
        h.address = row.text(8);
        h.esp = row.text(9);
        h.pins = {row.text(10), row.text(11), row.text(12)};
        h.held = row.integer(13) != 0;
        h.rescue = row.integer(14) != 0;
        into.hosts.emplace(h.id, std::move(h));
    }
}

// Calls read(host, row) for each row of a table that starts with the host's id.
template <class Read>
static result<void> load_rows(database& from, model& into, const char* sql, Read read) {
    TRY(auto row, from.prepare(sql));
    for (;;) {
        TRY(bool more, row.step());
        if (!more) return {};
        auto owner = into.hosts.find(id_of(row.blob(0)));
        if (owner != into.hosts.end()) read(owner->second, row);
    }
}

result<model> load(database& from) {
    model out;
    TRY(auto rack, from.prepare("select id from rack"));
    TRY(bool found, rack.step());
    if (found) out.rack = id_of(rack.blob(0));
    TRY_VOID(load_hosts(from, out));
    TRY_VOID(load_rows(from, out, "select host, mac from macs order by host, position",
                       [](host& h, statement& row) {
                           if (auto mac = mac_address::parse(row.text(1))) h.mac.push_back(*mac);
                       }));
    TRY_VOID(load_rows(from, out,
                       "select host, number, attempt, token, public_key, made, withdrawn from payloads"
                       " order by host, number",
                       [](host& h, statement& row) {
                           h.payloads.push_back({static_cast<std::uint64_t>(row.integer(1)),
                                                 static_cast<std::uint64_t>(row.integer(2)), row.text(3),
                                                 row.text(4), row.integer(5), row.integer(6)});
                       }));
    TRY_VOID(load_rows(from, out,
                       "select host, attempt, resource, name, intent, proof, proof_text from steps"
                       " order by host, position",
                       [](host& h, statement& row) {
                           h.steps.push_back({static_cast<std::uint64_t>(row.integer(1)), row.text(2),
                                              row.text(3), row.integer(4), row.integer(5), row.text(6)});
                       }));
    TRY_VOID(load_rows(
        from, out, "select host, disk, finished, nonce, written from markers order by host, written",
        [](host& h, statement& row) {
            h.markers.push_back({row.text(1), row.integer(2) != 0, id_of(row.blob(3)), row.integer(4)});
        }));
    TRY_VOID(load_rows(from, out,
                       "select host, number, toplevel, proven from generations order by host, proven",
                       [](host& h, statement& row) {
                           h.generations.push_back({row.integer(1), row.text(2), row.integer(3)});
                       }));
    return out;
}

}  // namespace landscaper::ledger
