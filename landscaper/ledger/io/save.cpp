#include <algorithm>

#include "landscaper/ledger/io/load.hpp"

namespace landscaper::ledger {

static result<void> save_row(database& to, const host& h) {
    TRY(auto row, to.prepare("insert or replace into hosts(id, name, driver, path, managed, attempt, nonce,"
                             " attempt_started, address, esp, temporary, pending, permanent, held,"
                             " rescue) values(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"));
    row.bind(1, bytes_view(h.id)).bind(2, h.name).bind(3, h.driver).bind(4, h.path);
    row.bind(5, std::int64_t{h.managed})
        .bind(6, static_cast<std::int64_t>(h.attempt))
        .bind(7, bytes_view(h.nonce));
    row.bind(8, h.attempt_started).bind(9, h.address).bind(10, h.esp);
    row.bind(11, h.pins.temporary).bind(12, h.pins.pending).bind(13, h.pins.permanent);
    row.bind(14, std::int64_t{h.held}).bind(15, std::int64_t{h.rescue});
    return row.run();
}

static result<void> delete_rows(database& to, const char* sql, const id128& id) {
    TRY(auto row, to.prepare(sql));
    return row.bind(1, bytes_view(id)).run();
}

static result<void> save_macs(database& to, const host& h) {
    TRY_VOID(delete_rows(to, "delete from macs where host = ?", h.id));
    for (std::size_t i = 0; i < h.mac.size(); ++i) {
        TRY(auto row, to.prepare("insert or replace into macs(mac, host, position) values(?,?,?)"));
        row.bind(1, h.mac[i].text()).bind(2, bytes_view(h.id)).bind(3, static_cast<std::int64_t>(i));
        TRY_VOID(row.run());
    }
    return {};
}

static result<void> save(database& to, const host& h, const payload& p, std::size_t) {
    TRY(auto row, to.prepare("insert or replace into payloads(host, number, attempt, token, public_key, made,"
                             " withdrawn) values(?,?,?,?,?,?,?)"));
    row.bind(1, bytes_view(h.id)).bind(2, static_cast<std::int64_t>(p.number));
    row.bind(3, static_cast<std::int64_t>(p.attempt)).bind(4, p.token).bind(5, p.public_key);
    return row.bind(6, p.made).bind(7, p.withdrawn).run();
}

static result<void> save(database& to, const host& h, const step& s, std::size_t position) {
    TRY(auto row,
        to.prepare("insert or replace into steps(host, attempt, resource, name, position, intent, proof,"
                   " proof_text) values(?,?,?,?,?,?,?,?)"));
    row.bind(1, bytes_view(h.id))
        .bind(2, static_cast<std::int64_t>(s.attempt))
        .bind(3, s.resource)
        .bind(4, s.name);
    row.bind(5, static_cast<std::int64_t>(position)).bind(6, s.intent).bind(7, s.proof).bind(8, s.proof_text);
    return row.run();
}

static result<void> save(database& to, const host& h, const marker& m, std::size_t) {
    TRY(auto row, to.prepare("insert or replace into markers(host, disk, finished, nonce, written)"
                             " values(?,?,?,?,?)"));
    row.bind(1, bytes_view(h.id)).bind(2, m.disk).bind(3, std::int64_t{m.finished});
    return row.bind(4, bytes_view(m.nonce)).bind(5, m.written).run();
}

static result<void> save(database& to, const host& h, const generation& g, std::size_t) {
    TRY(auto row,
        to.prepare("insert or replace into generations(host, number, toplevel, proven) values(?,?,?,?)"));
    return row.bind(1, bytes_view(h.id)).bind(2, g.number).bind(3, g.toplevel).bind(4, g.proven).run();
}

// Rows of these lists are only added or changed in place, so writing those that differ is enough. (Steps are
// removed with an attempt that is taken back.)
template <class Row>
static result<void> save_list(database& to, const host& h, const std::vector<Row>* before,
                              const std::vector<Row>& after) {
    for (std::size_t i = 0; i < after.size(); ++i) {
        if (before && i < before->size() && (*before)[i] == after[i]) continue;
        TRY_VOID(save(to, h, after[i], i));
    }
    return {};
}

result<void> save_host(database& to, const host* before, const host* after) {
    if (!after) {
        if (!before) return {};
        for (auto* sql : {"delete from hosts where id = ?", "delete from macs where host = ?",
                          "delete from payloads where host = ?", "delete from steps where host = ?",
                          "delete from markers where host = ?", "delete from generations where host = ?"}) {
            TRY_VOID(delete_rows(to, sql, before->id));
        }
        return {};
    }
    TRY_VOID(save_row(to, *after));
    if (!before || before->mac != after->mac) {
        TRY_VOID(save_macs(to, *after));
    }
    TRY_VOID(save_list(to, *after, before ? &before->payloads : nullptr, after->payloads));
    bool lost_steps = before && before->steps.size() > after->steps.size();
    if (lost_steps) {
        TRY_VOID(delete_rows(to, "delete from steps where host = ?", after->id));
    }
    TRY_VOID(save_list(to, *after, before && !lost_steps ? &before->steps : nullptr, after->steps));
    TRY_VOID(save_list(to, *after, before ? &before->markers : nullptr, after->markers));
    return save_list(to, *after, before ? &before->generations : nullptr, after->generations);
}

result<void> save_audit(database& to, const audit& what) {
    TRY(auto row, to.prepare("insert into audit(at, who, what) values(?,?,?)"));
    return row.bind(1, what.at).bind(2, what.who).bind(3, what.what).run();
}

}  // namespace landscaper::ledger
