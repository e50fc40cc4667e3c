// Random graphs, failures, crashes, cancellations and new declarations, against a world that only remembers
// what providers did. Seeded and counted; LANDSCAPER_ORDERS and LANDSCAPER_SEED change both.
#include <cstdlib>
#include <random>

#include "play.hpp"

using namespace landscaper::engine;
using nlohmann::json;
using status = resource_status;

namespace {

// What exists, and the rules nobody may break.
struct world {
    struct thing {
        std::string inputs;
        json outputs;
    };
    std::map<path, thing> things;
    std::map<path, resource_entry> state;  // the state file
    std::map<path, interrupted> journal;   // begun and not ended
    std::uint64_t effects = 0;
};

json outputs_for(const value& inputs) {
    return {{"out", inputs.digest().substr(0, 8)}};
}

class round {
  public:
    round(world& w, std::mt19937_64& random, std::shared_ptr<const graph> members)
        : w_(w), random_(random), s_(w.state, {{}, pick(4)}), members_(std::move(members)) {
        for (const auto& [at, one] : w_.journal) on(one);
        on(declared{members_});
    }

    // Plays events in random order until `steps` are over or nothing is left to do. False: it crashed.
    bool play(unsigned steps, bool has_trouble) {
        for (unsigned i = 0; i < steps; ++i) {
            if (has_trouble && pick(60) == 0) return false;
            if (has_trouble && pick(25) == 0) disturb();
            if (!advance(has_trouble)) break;
        }
        return true;
    }
    // Everything that is left in flight comes to its end.
    void finish() {
        on(drain{});
        while (!starts_.empty() || !records_.empty()) advance(false);
    }
    void on(const event& e) {
        for (auto& a : s_.on(e, now_)) {
            if (auto* one = std::get_if<start>(&a)) begin(*one);
            if (auto* one = std::get_if<record>(&a)) records_.push_back(*one);
            if (auto* one = std::get_if<cancel>(&a)) cancelled_.insert(one->run);
        }
    }
    void declare(std::shared_ptr<const graph> members) {
        members_ = std::move(members);
        on(declared{members_});
    }
    const scheduler& state() const { return s_; }

  private:
    unsigned pick(unsigned below) { return static_cast<unsigned>(random_() % below); }

    template <class T>
    T take(std::vector<T>& from) {
        auto i = from.begin() + static_cast<std::ptrdiff_t>(pick(static_cast<unsigned>(from.size())));
        auto out = std::move(*i);
        from.erase(i);
        return out;
    }

    void begin(const start& s) {
        // Order: all that it needs is done, recorded, and its outputs are the ones that were given.
        if (const auto* m = members_->find(s.at); m && s.op != operation::destroy) {
            for (const auto& need : needs_of(*m)) {
                REQUIRE(w_.state.contains(need));
                REQUIRE(s.inputs->at("from " + need.text()) == w_.state.at(need).outputs->at("out"));
            }
        }
        // Nothing is done twice at once, and what is recorded is never created again.
        for (const auto& other : starts_) REQUIRE(other.at != s.at);
        if (s.op == operation::create) REQUIRE(!w_.state.contains(s.at));
        if (s.op == operation::update) REQUIRE(s.previous == w_.state.at(s.at));
        w_.journal[s.at] = {s.at, s.op, s.inputs.digest()};
        starts_.push_back(s);
    }

    bool advance(bool has_trouble) {
        if (!records_.empty() && (starts_.empty() || pick(2) == 0)) return write(has_trouble);
        if (!starts_.empty()) return answer(has_trouble);
        auto due = s_.wake_at();
        if (!due) return false;
        now_ = std::max(now_, *due);
        on(tick{});
        return true;
    }

    bool answer(bool has_trouble) {
        auto s = take(starts_);
        bool is_cancelled = cancelled_.contains(s.run) && pick(2) == 0;
        if (is_cancelled || (has_trouble && pick(6) == 0)) {
            on(failed{s.run, "no", pick(2) == 0, is_cancelled});
            if (!is_cancelled && !s.may_exist) w_.journal.erase(s.at);
            return true;
        }
        ++w_.effects;
        if (s.op == operation::destroy)
            w_.things.erase(s.at);
        else
            w_.things[s.at] = {s.inputs.text(), outputs_for(s.inputs)};
        on(succeeded{s.run, value(outputs_for(s.inputs))});
        return true;
    }

    bool write(bool has_trouble) {
        auto r = take(records_);
        if (has_trouble && pick(10) == 0) {
            on(not_recorded{r.run, "disk full"});
            return true;
        }
        if (r.entry)
            w_.state[r.at] = *r.entry;
        else
            w_.state.erase(r.at);
        w_.journal.erase(r.at);
        on(recorded{r.run});
        return true;
    }

    void disturb() {
        std::vector<path> all;
        for (const auto& v : s_.views()) all.push_back(v.at);
        std::vector<path> roots;
        if (!all.empty()) roots.push_back(all[pick(static_cast<unsigned>(all.size()))]);
        switch (pick(4)) {
            case 0: return on(cancel_requested{roots});
            case 1: return on(confirmed{roots});
            case 2: return on(retry_requested{roots});
            default: return on(destroy_requested{roots});
        }
    }

    world& w_;
    std::mt19937_64& random_;
    scheduler s_;
    std::shared_ptr<const graph> members_;
    time_point now_{};
    std::vector<start> starts_;
    std::vector<record> records_;
    std::set<std::uint64_t> cancelled_;
};

// Up to 12 resources, each needing some of the ones before it.
std::shared_ptr<const graph> random_graph(std::mt19937_64& random) {
    std::vector<member> members;
    auto count = random() % 12;
    for (std::size_t i = 0; i < count; ++i) {
        if (random() % 6 == 0) continue;
        std::vector<std::string> needs;
        for (const auto& m : members) {
            if (random() % 4 == 0) needs.push_back(m.at.text());
        }
        auto m = resource("r" + std::to_string(i), needs, static_cast<int>(random() % 3));
        m.policy.retries = static_cast<unsigned>(random() % 3);
        if (random() % 5 == 0) m.replace_on = {"number"};
        members.push_back(std::move(m));
    }
    return std::make_shared<const graph>(graph::build(std::move(members)).value());
}

// What the declared members must have made, computed without the engine.
void check_world(const world& w, const graph& declared) {
    for (const auto& at : declared.order()) {
        json inputs = json::object();
        for (const auto& [name, given] : declared.find(at)->inputs) {
            inputs[name] = given.holes.empty() ? given.literal.json()
                                               : w.things.at(given.holes[0].from.resource).outputs["out"];
        }
        REQUIRE(w.things.contains(at));
        REQUIRE(w.things.at(at).inputs == value(inputs).text());
    }
}

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

void play_one(std::uint64_t seed) {
    std::mt19937_64 random(seed);
    world w;
    auto members = random_graph(random);
    for (unsigned runs = 0, most = 1 + static_cast<unsigned>(random() % 4); runs < most; ++runs) {
        round r(w, random, members);
        bool lives = r.play(40, true);
        if (lives && random() % 2 == 0) {
            members = random_graph(random);
            r.declare(members);
            lives = r.play(40, true);
        }
        if (lives) r.finish();
        // Nothing that was done is unknown: it is recorded, or the journal says that it may exist.
        for (const auto& [at, thing] : w.things) REQUIRE((w.state.contains(at) || w.journal.contains(at)));
    }
    round last(w, random, members);
    last.on(confirmed{});
    last.on(destroy_requested{});
    last.on(retry_requested{});
    last.on(confirmed{});
    last.on(destroy_requested{});
    last.play(10000, false);
    for (const auto& at : members->order()) REQUIRE(last.state().view(at)->status == status::done);
    check_world(w, *members);
    for (const auto& [at, entry] : w.state) REQUIRE(members->contains(at));
    auto effects = w.effects;
    round again(w, random, members);
    again.play(10000, false);
    REQUIRE(w.effects == effects);  // applying once more does nothing
}

}  // namespace

TEST_CASE("whatever happens in whatever order, another apply makes the declared world") {
    auto orders = number_from("LANDSCAPER_ORDERS", 500);
    auto seed = number_from("LANDSCAPER_SEED", 1);
    for (std::uint64_t i = 0; i < orders; ++i) {
        CAPTURE(seed + i);
        play_one(seed + i);
    }
}
