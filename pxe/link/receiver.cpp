#include "pxe/link/receiver.hpp"

#include <algorithm>

#include "landscaper/base/overloaded.hpp"

namespace pxe::link {

using landscaper::error;
using landscaper::result;
using landscaper::unique_fd;

receiver::actions receiver::refused(std::uint64_t generation, std::string why) {
    actions out;
    out.emplace_back(answer{encode(refuse{generation, std::move(why)})});
    return out;
}

static link_action acknowledged(std::uint64_t generation) {
    return answer{encode(ack{generation})};
}

std::vector<link_action> receiver::on_line(std::string_view line, std::vector<unique_fd> descriptors) {
    auto find_file = [this](std::uint64_t id) {
        auto at = files_.find(id);
        return at == files_.end() ? shared_file() : at->second;
    };
    auto message = decode_from_serve(line, find_file);
    if (!greeted_ && !(message && std::holds_alternative<hello>(*message))) {
        return actions(1, hang_up{"the first line is not hello"});
    }
    if (!message) {
        auto generation = generation_of(line);
        auto why = message.error().message();
        if (!gathering_ || generation != generation_) return refused(generation, why);
        if (spoiled_.empty()) spoiled_ = why;  // told at `end`, once
        return {};
    }
    return std::visit(landscaper::overloaded{
                          [&](file_opened& m) { return on_file(m, std::move(descriptors)); },
                          [&](auto& m) { return on(m); },
                      },
                      *message);
}

receiver::actions receiver::on(hello& m) {
    if (m.proto != protocol) {
        return actions(1, hang_up{"serve speaks protocol " + std::to_string(m.proto) + ", this bootd " +
                                  std::to_string(protocol) + "; upgrade the older of the two"});
    }
    greeted_ = true;
    return actions(1, greeted{std::move(m)});
}

receiver::actions receiver::on(network& m) {
    return actions(1, use_network{std::move(m)});
}

receiver::actions receiver::on_file(const file_opened& m, std::vector<unique_fd> descriptors) {
    auto name = "file " + std::to_string(m.id);
    if (descriptors.size() != 1) {
        return refused(
            0, name + ": came with " + std::to_string(descriptors.size()) + " descriptors instead of one");
    }
    if (files_.contains(m.id)) return refused(0, name + ": this number is in use");
    auto file = std::make_shared<landscaper::open_file>();
    file->fd = std::move(descriptors.front());
    file->size = m.size;
    file->name = m.name.empty() ? name : m.name;
    files_.emplace(m.id, std::move(file));
    return {};
}

// Content that uses the file keeps it open.
receiver::actions receiver::on(file_closed& m) {
    if (files_.erase(m.id) == 0) return refused(0, "close: no file " + std::to_string(m.id));
    return {};
}

receiver::actions receiver::on(begin& m) {
    gathering_ = true;
    generation_ = m.generation;
    pending_.clear();
    pending_macs_.clear();
    spoiled_.clear();
    return {};
}

result<void> receiver::add_pending(set& m) {
    for (auto mac : m.entry.mac) {
        if (pending_macs_.insert(mac).second) continue;
        return error(link_errc::bad_entry, mac.text() + " is in two entries");
    }
    pending_.push_back(std::move(m.entry));
    return {};
}

receiver::actions receiver::on(set& m) {
    if (!gathering_) {
        actions out;
        out.emplace_back(put_entry{std::move(m.entry)});
        out.push_back(acknowledged(m.generation));
        return out;
    }
    if (m.generation != generation_) {
        return refused(m.generation, "set: generation " + std::to_string(generation_) + " is being gathered");
    }
    auto added = add_pending(m);
    if (!added && spoiled_.empty()) spoiled_ = added.error().message();
    return {};
}

receiver::actions receiver::on(end& m) {
    if (!gathering_ || m.generation != generation_) return refused(m.generation, "end: no such begin");
    gathering_ = false;
    auto entries = std::exchange(pending_, {});
    pending_macs_ = {};
    if (!spoiled_.empty()) return refused(m.generation, spoiled_);
    if (entries.size() != m.count) {
        return refused(m.generation, "end: " + std::to_string(entries.size()) + " entries came, " +
                                         std::to_string(m.count) + " were announced");
    }
    actions out;
    out.emplace_back(use_table{m.generation, std::move(entries)});
    out.push_back(acknowledged(m.generation));
    return out;
}

receiver::actions receiver::on(drop& m) {
    if (gathering_) return refused(m.generation, "drop: not between begin and end");
    actions out;
    out.emplace_back(drop_entry{m.mac});
    out.push_back(acknowledged(m.generation));
    return out;
}

}  // namespace pxe::link
