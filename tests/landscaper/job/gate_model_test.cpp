// No disk-writing command is ever issued without a live grant or proven blankness: over random orders of
// events around the real decisions, against a truth that they never see.
#include <doctest/doctest.h>

#include "tests/landscaper/job/model_appliance.hpp"
#include "tests/support/random_orders.hpp"

using namespace landscaper;
using namespace landscaper::tests;

namespace {

mac_address mac(std::size_t machine, std::size_t port) {
    return {{0x52, 0x54, 0, 0x0a, static_cast<std::uint8_t>(machine), static_cast<std::uint8_t>(port)}};
}

// Three machines with two slots each, five disks, two hosts, two appliances.
class rack_model {
  public:
    rack_model(std::uint64_t seed, counts& tally)
        : random_(seed),
          appliances_{model_appliance(world_, random_, tally), model_appliance(world_, random_, tally)} {
        add_machines();
        add_disks();
        for (auto& a : appliances_) {
            a.state.ledger.rack = a.new_id();
            a.key_id.fill(static_cast<std::uint8_t>(1 + random_(255)));
            declare(a);
        }
    }

    void step() {
        auto& a = appliances_[random_.one_in(6) ? 1 : 0];
        auto& m = world_.machines[random_(world_.machines.size())];
        auto id = any_host(a);
        switch (random_(32)) {
            case 0: somebody_writes(); break;
            case 1: somebody_empties(); break;
            case 2: move_disk(); break;
            case 3: world_.power_off(m); break;
            case 4:
            case 5:
            case 6:
                world_.power_on(m, random_.one_in(4));
                a.boots(m);
                break;
            case 7: a.crash(); break;
            case 8: random_.one_in(3) ? a.reboot() : a.pass_time(random_(5000)); break;
            case 9: backup_ = a.state; break;
            case 10: restore(a); break;
            case 11: a.wall += static_cast<ledger::unix_ms>(random_(1000000000)) - 500000000; break;
            case 12: edit_policy(a); break;
            case 13: edit_disks(a); break;
            case 14: edit_hosts(a); break;
            case 15: operator_speaks(a, id); break;
            case 16:
            case 17: a.arm(id, random_.one_in(8)); break;
            case 18: a.end_arming(); break;
            case 19: move_slot(); break;
            case 20:
            case 21: operator_insists(a, id); break;
            default:
                for (auto moments = random_(30); moments > 0; --moments) a.advance(id);
        }
    }

  private:
    void add_machines() {
        for (std::size_t i = 0; i < 3; ++i) {
            model_machine m;
            m.mac = {mac(i, 0), mac(i, 1)};
            world_.machines.push_back(m);
        }
    }

    void add_disks() {
        for (std::size_t i = 0; i < 5; ++i) {
            model_disk d;
            d.facts.model = "MODEL";
            d.facts.size = std::uint64_t{20} << 30;
            auto name = "D" + std::to_string(i);
            (i % 2 == 0 ? d.facts.wwid : d.facts.serial) = name;
            if (random_.one_in(20)) d.facts.wwid = d.facts.serial = "";
            d.facts.transport = "sata";
            world_.disks.push_back(d);
            auto& m = world_.machines[i / 2];
            if (!random_.one_in(3)) m.slots[i % 2] = static_cast<int>(i);
            if (random_.one_in(3)) somebody_writes();
        }
    }

    void declare(model_appliance& a) {
        for (std::size_t i = 0; i < 2; ++i) {
            inventory::host h;
            h.name = "px0" + std::to_string(i + 1);
            h.mac = {mac(i, 0)};
            h.disk.wipe = static_cast<inventory::wipe_policy>(random_(3));
            a.inventory.hosts[h.name] = h;
        }
        a.take_inventory();
    }

    install::id128 any_host(model_appliance& a) {
        auto& hosts = a.state.ledger.hosts;
        if (hosts.empty()) return {};
        return std::next(hosts.begin(), static_cast<std::ptrdiff_t>(random_(hosts.size())))->first;
    }

    // A person, another installer, or an array. One thing is left out: who installs by hand onto a disk of an
    // attempt that is under way and leaves the marker in its gap has, by contract 4, written into the
    // attempt.
    void somebody_writes() {
        auto& d = world_.disks[random_(world_.disks.size())];
        bool keeps = d.block && d.holds == model_disk::content::installation && random_.one_in(2);
        if (!keeps) d.block.reset();
        d.has_data = true;
        d.reason = "data at offset 1048576";
        d.signatures.clear();
        d.holders.clear();
        if (random_.one_in(3)) d.signatures = {{"/dev/sda1", 1080, "ext4", "precious"}};
        if (random_.one_in(5)) d.holders = {"/dev/md0"};
        if (keeps) return;  // whoever works in an installed system leaves it what it is
        if (random_.one_in(4)) forge_marker(d);
        d.holds = model_disk::content::other;
    }

    // Markers of other hosts and racks, as they come with used disks; and damaged ones. This host's own come
    // from its installations.
    void forge_marker(model_disk& d) {
        auto& a = appliances_[random_(2)];
        install::marker mark;
        mark.state = random_.one_in(2) ? install::marker_state::open : install::marker_state::finished;
        auto which = random_(3);
        mark.rack = which == 0 ? a.new_id() : a.state.ledger.rack;
        mark.host = which == 1 ? a.new_id() : any_host(a);
        if (which != 2) mark.key_id = a.key_id;
        mark.nonce = random_.one_in(2) || a.state.ledger.hosts.empty()
                         ? a.new_id()
                         : a.state.ledger.hosts.begin()->second.nonce;
        d.block = install::encode(mark);
        if (random_.one_in(5)) d.block->at(40) ^= 1;
    }

    void somebody_empties() {
        auto& d = world_.disks[random_(world_.disks.size())];
        d.block.reset();
        d.signatures.clear();
        d.holders.clear();
        d.has_data = false;
        d.reason.clear();
        d.holds = model_disk::content::nothing;
    }

    void move_disk() {
        auto& from = world_.machines[random_(3)].slots[random_(2)];
        auto& to = world_.machines[random_(3)].slots[random_(2)];
        std::swap(from, to);
    }

    // Out of the rack, or in from the shelf.
    void move_slot() {
        auto& slot = world_.machines[random_(3)].slots[random_(2)];
        auto index = static_cast<int>(random_(world_.disks.size()));
        for (const auto& m : world_.machines) {
            if (m.slots[0] == index || m.slots[1] == index) index = -1;
        }
        slot = index;
    }

    // From a backup of either, an empty one, or the other appliance becomes this one's twin.
    void restore(model_appliance& a) {
        a.crash();
        switch (random_(4)) {
            case 0:
                if (backup_) a.state = *backup_;
                break;
            case 1:
                a.state = {};
                a.state.ledger.rack = random_.one_in(2) ? a.new_id() : appliances_[0].state.ledger.rack;
                break;
            case 2:
                a.state = appliances_[0].state;
                a.key_id = appliances_[0].key_id;
                a.inventory = appliances_[0].inventory;
                break;
            default: break;
        }
        a.take_inventory();
    }

    inventory::host& any_declared(model_appliance& a) {
        auto& hosts = a.inventory.hosts;
        return std::next(hosts.begin(), static_cast<std::ptrdiff_t>(random_(hosts.size())))->second;
    }

    void edit_policy(model_appliance& a) {
        any_declared(a).disk.wipe = static_cast<inventory::wipe_policy>(random_(4));
        a.take_inventory();
    }

    void edit_disks(model_appliance& a) {
        auto& disk = any_declared(a).disk;
        disk.devices.clear();
        disk.serials.clear();
        disk.matches.clear();
        switch (random_(6)) {
            case 0: disk.devices = {"/dev/sda"}; break;
            case 4: disk.devices = {"/dev/sda", "by-id/MODEL_" + std::to_string(random_(5))}; break;
            case 1: disk.devices = {"/dev/sda", "/dev/sdb"}; break;
            case 2: disk.serials = {"D" + std::to_string(random_(5))}; break;
            case 3: disk.matches = {"MODEL_*"}; break;
            default: break;
        }
        a.take_inventory();
    }

    // Rename, another MAC, MACs exchanged, gone and back again.
    void edit_hosts(model_appliance& a) {
        auto& h = any_declared(a);
        switch (random_(5)) {
            case 0: {
                auto moved = h;
                a.inventory.hosts.erase(moved.name);
                moved.name = "px" + std::to_string(random_(90) + 10);
                a.inventory.hosts[moved.name] = moved;
                break;
            }
            case 1: h.mac = {mac(random_(3), random_(2))}; break;
            case 2: h.mac = {mac(random_(3), 0), mac(random_(3), 1)}; break;
            case 3: {
                auto& other = any_declared(a);
                std::swap(h.mac, other.mac);
                break;
            }
            case 4: {
                auto gone = a.inventory;
                gone.hosts.erase(h.name);
                std::swap(a.inventory, gone);
                a.take_inventory();
                std::swap(a.inventory, gone);
                break;
            }
        }
        a.take_inventory();
    }

    // As a person does who wants this server installed: on, waited for, armed where it holds.
    void operator_insists(model_appliance& a, const install::id128& id) {
        for (int i = 0; i < 3; ++i) {
            for (int moments = 4; moments > 0; --moments) a.advance(id);
            auto& m = world_.machines[random_(world_.machines.size())];
            world_.power_on(m, random_.one_in(9));
            a.boots(m);
            for (int moments = 14; moments > 0; --moments) a.advance(id);
            if (random_.one_in(2)) a.arm(id, false);
            if (!random_.one_in(4)) a.end_arming();
        }
    }

    void operator_speaks(model_appliance& a, const install::id128& id) {
        switch (random_(5)) {
            case 4: a.disarm(id); break;
            case 0: a.commit({ledger::host_held{id, random_.one_in(3)}}); break;
            case 1: a.commit({ledger::rescue_begun{id}}); break;
            case 2: a.commit({ledger::rescue_ended{id, random_.one_in(2), a.wall}}); break;
            case 3:
                if (random_.one_in(4)) a.retire(id);
                break;
        }
    }

    dice random_;
    disk_world world_;
    std::array<model_appliance, 2> appliances_;
    std::optional<model_appliance::durable> backup_;
};

// Under the 20 s that a unit test may take.
constexpr std::uint64_t usual_orders = 100000;
constexpr int events = 60;

}  // namespace

TEST_CASE("no order of events makes landscaper write a disk without a live grant or proven blankness") {
    auto first = seed();
    auto count = orders(usual_orders);
    counts tally;
    for (std::uint64_t i = 0; i < count; ++i) {
        try {
            rack_model rack(first + i, tally);
            for (int event = 0; event < events; ++event) rack.step();
        } catch (const violation& broken) {
            FAIL("LANDSCAPER_TEST_SEED=" << first + i << " LANDSCAPER_TEST_ORDERS=1: " << broken.what);
        }
    }
    MESSAGE("seed " << first << ", " << count << " orders of " << events << " events: " << tally.commands
                    << " disk-writing commands; gate: blank " << tally.on_blank << ", resumed "
                    << tally.resumed << ", granted " << tally.granted << ", takeover " << tally.takeovers
                    << ", hold " << tally.holds << "; finished " << tally.finished);
    if (count < 1000) return;  // one order that is looked at again
    CHECK(tally.on_blank > count / 20);
    CHECK(tally.resumed > count / 1000);
    CHECK(tally.granted > count / 1000);
    CHECK(tally.takeovers > count / 10000);
    CHECK(tally.holds > count / 50);
    CHECK(tally.finished > count / 50);
}
