#include "landscaper/install/gate.hpp"

#include <algorithm>

#include "landscaper/base/overloaded.hpp"

namespace landscaper::install {

namespace {

// What one chosen disk is to this host.
enum class standing {
    blank,      // nothing on it
    open,       // this host's open attempt, as the ledger has it
    finished,   // the installation that the ledger believes is on this host's disks
    finishing,  // finished marker of this attempt, which the ledger only intended
    unknown,    // a finished installation of this host that the ledger does not know
    own,        // any other marker of this host: an older attempt or installation
    foreign,    // anything else
};

struct judged {
    standing what = standing::foreign;
    std::string why;  // for people
};

bool contains(const std::vector<std::string>& list, const std::string& item) {
    return std::ranges::find(list, item) != list.end();
}

judged judge_open(const marker& mark, const disk_evidence& disk, const ledger_view& ledger) {
    if (mark.nonce != ledger.nonce) {
        return {standing::own, "disk " + disk.path + " carries another, unfinished attempt of this host"};
    }
    if (!ledger.marker_intended || !contains(ledger.marked, disk.identity)) {
        return {standing::own, "disk " + disk.path +
                                   " carries this attempt's marker, but the ledger never meant to "
                                   "write it; was the ledger restored?"};
    }
    return {standing::open, {}};
}

judged judge_finished(const marker& mark, const disk_evidence& disk, const ledger_view& ledger) {
    if (ledger.installed_nonce == mark.nonce) {
        return {standing::finished, "disk " + disk.path + " carries the installation that the ledger knows"};
    }
    if (mark.nonce == ledger.nonce && ledger.finish_intended) return {standing::finishing, {}};
    if (ledger.installed_nonce) {
        return {standing::own,
                "disk " + disk.path + " carries another installation of this host than the ledger says"};
    }
    return {standing::unknown, "disk " + disk.path +
                                   " carries a finished installation of this host that the ledger "
                                   "does not know; take it over, or arm the host to install anew"};
}

judged judge_marker(const marker& mark, const disk_evidence& disk, const ledger_view& ledger) {
    if (mark.rack != ledger.rack || mark.key_id != ledger.key_id) {
        return {standing::foreign,
                "disk " + disk.path + " belongs to another landscaper's rack " + to_text(mark.rack)};
    }
    if (mark.host != ledger.host) {
        return {standing::foreign, "disk " + disk.path + " belongs to host " + to_text(mark.host) +
                                       " of this rack; was it moved?"};
    }
    return mark.state == marker_state::open ? judge_open(mark, disk, ledger)
                                            : judge_finished(mark, disk, ledger);
}

judged judge(const disk_evidence& disk, const ledger_view& ledger) {
    if (auto* mark = std::get_if<marker>(&disk.mark)) return judge_marker(*mark, disk, ledger);
    if (auto* bad = std::get_if<damaged_marker>(&disk.mark)) {
        return {standing::foreign, "disk " + disk.path + ": " + bad->why};
    }
    if (auto why = why_not_blank(disk)) return {standing::foreign, *why};
    return {standing::blank, {}};
}

// A live grant for exactly these disks of this host and attempt.
bool is_granted(const gate_question& q) {
    if (!q.grant || !q.grant->live || q.grant->host != q.ledger.host ||
        q.grant->attempt != q.ledger.attempt) {
        return false;
    }
    auto same = q.grant->identities;
    std::vector<std::string> here;
    for (const auto& disk : q.disks) here.push_back(disk.identity);
    std::ranges::sort(same);
    std::ranges::sort(here);
    return same == here && !contains(here, {});
}

struct tally {
    std::vector<judged> disks;
    bool all(std::initializer_list<standing> any_of) const {
        return std::ranges::all_of(
            disks, [&](const judged& disk) { return std::ranges::find(any_of, disk.what) != any_of.end(); });
    }
    bool has(standing what) const {
        return std::ranges::any_of(disks, [&](const judged& disk) { return disk.what == what; });
    }
    std::string reason() const {
        for (const auto& disk : disks) {
            if (!disk.why.empty()) return disk.why;
        }
        return "the disks disagree: some are blank, some carry an installation of this host";
    }
};

// The host is where it should be: nothing to write, whatever the mode.
std::optional<verdict> settled(const tally& disks) {
    if (disks.all({standing::finished})) return boot_disk{disks.disks.front().why};
    if (disks.all({standing::finishing, standing::open}) && disks.has(standing::finishing)) return finish{};
    return std::nullopt;
}

verdict without_grant(const gate_question& q, const tally& disks) {
    if (q.mode == wipe_mode::never) return hold{"disk.wipe is 'never' for this host: nothing is installed"};
    if (disks.all({standing::blank, standing::open})) return proceed{false, disks.has(standing::open)};
    if (disks.all({standing::unknown})) return offer_takeover{disks.reason()};
    return hold{disks.reason()};
}

// With a grant the operator has seen the disks; `own` still covers only what this host left behind.
verdict with_grant(const gate_question& q, const tally& disks) {
    if (q.mode == wipe_mode::own && disks.has(standing::foreign)) {
        return hold{disks.reason() + " (disk.wipe 'own' covers only this host's own installation)"};
    }
    return proceed{true, false};
}

}  // namespace

verdict decide(const gate_question& q) {
    if (q.disks.empty()) return hold{"no disk was chosen"};
    tally disks;
    for (const auto& disk : q.disks) {
        if (disk.identity.empty()) {
            return hold{"disk " + disk.path +
                        " has neither a WWID nor a serial number: it cannot be told from another"};
        }
        disks.disks.push_back(judge(disk, q.ledger));
        // A set that reaches onto other disks dies with this one; no grant covers that.
        if (!disk.holders.empty()) return hold{*why_not_blank(disk) + ", which may reach onto other disks"};
    }
    bool wipes = q.mode == wipe_mode::own || q.mode == wipe_mode::any;
    if (wipes && is_granted(q)) return q.joined ? hold{*q.joined} : with_grant(q, disks);
    if (auto done = settled(disks)) return *done;
    if (q.joined && !disks.all({standing::blank, standing::open})) return hold{*q.joined};
    return without_grant(q, disks);
}

std::string describe(const verdict& v) {
    return std::visit(overloaded{
                          [](const proceed& p) {
                              std::string out = p.destroy ? "proceed, wiping" : "proceed";
                              return p.resumes ? out + ", going on with this attempt" : out;
                          },
                          [](const finish&) { return std::string("finish the markers"); },
                          [](const boot_disk& b) { return "boot the disk: " + b.reason; },
                          [](const offer_takeover& t) { return "takeover: " + t.reason; },
                          [](const hold& h) { return "hold: " + h.reason; },
                      },
                      v);
}

}  // namespace landscaper::install
