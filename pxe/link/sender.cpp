#include "pxe/link/sender.hpp"

#include <algorithm>

namespace pxe::link {

using landscaper::content;
using landscaper::result;

static void add_once(std::vector<shared_file>& out, const shared_file& file) {
    if (file && std::find(out.begin(), out.end(), file) == out.end()) out.push_back(file);
}

// Every file that these objects read, once.
static void add_files(std::vector<shared_file>& out, const std::map<std::string, content>& objects) {
    for (const auto& [name, body] : objects) {
        for (const auto& part : body.extents()) {
            if (const auto* e = std::get_if<landscaper::file_extent>(&part)) add_once(out, e->file);
        }
    }
}

static std::vector<shared_file> files_of(const boot_entry& entry) {
    std::vector<shared_file> out;
    add_files(out, entry.objects);
    return out;
}

static std::vector<shared_file> files_of(const network& net) {
    std::vector<shared_file> out;
    add_once(out, net.cache);
    add_files(out, net.settings.shared);
    return out;
}

// Of messages without content, whose encoding cannot fail.
static outgoing plain(const from_serve& message) {
    return {*encode(message), nullptr};
}

std::vector<outgoing> sender::greet(const hello& h) const {
    return {plain(h)};
}

// The message behind lines for those of its files that bootd does not have yet.
result<void> sender::add(std::vector<outgoing>& out, const from_serve& message, const files& used) {
    files fresh;
    auto id_of = [&](const shared_file& file) -> std::uint64_t {
        if (auto at = sent_.find(file.get()); at != sent_.end()) return at->second.id;
        add_once(fresh, file);
        auto index = std::find(fresh.begin(), fresh.end(), file) - fresh.begin();
        return next_id_ + static_cast<std::uint64_t>(index);
    };
    TRY(auto line, encode(message, id_of));
    for (const auto& file : fresh) {
        out.push_back({*encode(file_opened{next_id_, file->size, file->name}), file});
        sent_.emplace(file.get(), sent_file{next_id_, 0, file});
        ++next_id_;
    }
    for (const auto& file : used) ++sent_.at(file.get()).users;
    out.push_back({std::move(line), nullptr});
    return {};
}

void sender::release(std::vector<outgoing>& out, const files& used) {
    for (const auto& file : used) {
        auto at = sent_.find(file.get());
        if (at == sent_.end() || --at->second.users > 0) continue;
        out.push_back(plain(file_closed{at->second.id}));
        sent_.erase(at);
    }
}

void sender::remember(std::vector<outgoing>& out, const boot_entry& entry, files used) {
    auto id = next_entry_++;
    entries_.emplace(id, known_entry{entry.mac.size(), std::move(used)});
    for (auto mac : entry.mac) {
        auto [at, is_new] = entry_by_mac_.try_emplace(mac, id);
        if (is_new || at->second == id) continue;
        auto old = std::exchange(at->second, id);
        auto& losing = entries_.at(old);
        if (--losing.macs > 0) continue;
        release(out, losing.used);
        entries_.erase(old);
    }
}

result<std::vector<outgoing>> sender::table(std::uint64_t generation, const network& net,
                                            std::span<const boot_entry> entries) {
    auto changed = *this;  // kept only when every line can be written
    std::vector<outgoing> out;
    auto old_network = std::exchange(changed.network_files_, files_of(net));
    auto old_entries = std::exchange(changed.entries_, {});
    changed.entry_by_mac_.clear();
    TRY_VOID(changed.add(out, net, changed.network_files_));
    out.push_back(plain(begin{generation}));
    for (const auto& entry : entries) {
        auto used = files_of(entry);
        auto added = changed.add(out, set{generation, entry}, used);
        if (!added) return added.error().in(entry.mac.empty() ? "entry" : entry.mac.front().text());
        changed.remember(out, entry, std::move(used));
    }
    out.push_back(plain(end{generation, entries.size()}));
    changed.release(out, old_network);
    for (const auto& [id, known] : old_entries) changed.release(out, known.used);
    *this = std::move(changed);
    return out;
}

result<std::vector<outgoing>> sender::change_network(const network& net) {
    std::vector<outgoing> out;
    auto used = files_of(net);
    TRY_VOID(add(out, net, used));
    release(out, std::exchange(network_files_, std::move(used)));
    return out;
}

result<std::vector<outgoing>> sender::put(std::uint64_t generation, const boot_entry& entry) {
    std::vector<outgoing> out;
    auto used = files_of(entry);
    TRY_VOID(add(out, set{generation, entry}, used));
    remember(out, entry, std::move(used));
    return out;
}

std::vector<outgoing> sender::drop(std::uint64_t generation, landscaper::mac_address mac) {
    std::vector<outgoing> out{plain(link::drop{generation, mac})};
    auto at = entry_by_mac_.find(mac);
    if (at == entry_by_mac_.end()) return out;
    auto known = entries_.extract(at->second);
    std::erase_if(entry_by_mac_, [id = at->second](const auto& pair) { return pair.second == id; });
    if (known) release(out, known.mapped().used);
    return out;
}

}  // namespace pxe::link
