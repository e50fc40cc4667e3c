// Random graphs, failures, crashes, cancellations, other people's hands and new declarations: whatever
// happens, another apply makes the declared world. LANDSCAPER_TEST_SEED has the same orders again,
// LANDSCAPER_TEST_ORDERS says how many.
#include "../../support/random_orders.hpp"
#include "property_world.hpp"

using namespace landscaper::engine;
using status = resource_status;

namespace {

class round {
  public:
    round(world& w, std::mt19937_64& random, std::shared_ptr<const graph> members)
        : w_(w), random_(random), s_(w.state, {{}, pick(4), 0}), members_(std::move(members)) {
        for (const auto& [at, one] : w_.journal) on(one);
        on(declared{members_});
    }

    // Plays events in random order until `steps` are over or nothing is left to do. False: it crashed.
    bool play(unsigned steps, bool has_trouble) {
        for (unsigned i = 0; i < steps; ++i) {
            if (has_trouble && pick(60) == 0) return crash();
            if (has_trouble && pick(20) == 0) disturb();
            if (!advance(has_trouble)) break;
        }
        return true;
    }
    // Everything that is left in flight comes to its end.
    void finish() {
        for (const auto& at : std::exchange(operated_, {})) on(operated{at, std::nullopt});
        on(drain{});
        while (!starts_.empty() || !records_.empty()) advance(false);
    }
    // A person says yes to everything, as often as somebody asks.
    void persist() {
        for (int i = 0; i < 100; ++i) {
            std::vector<path> recorded;
            for (const auto& [at, entry] : w_.state) recorded.push_back(at);
            for (const auto& at : recorded) on(w_.look(at));
            on(confirmed{});
            on(destroy_requested{});
            retry({});
            on(confirmed{});
            on(destroy_requested{});
            play(10000, false);
            if (is_done()) return;
        }
    }
    bool is_done() const {
        for (const auto& v : s_.views()) {
            if (v.status != status::done) return false;
        }
        return true;
    }
    void declare(std::shared_ptr<const graph> members) {
        members_ = std::move(members);
        on(declared{members_});
    }
    const scheduler& state() const { return s_; }

  private:
    void on(const event& e) {
        for (auto& a : s_.on(e, now_)) {
            if (auto* one = std::get_if<start>(&a)) begin(*one);
            if (auto* one = std::get_if<record>(&a)) records_.push_back(*one);
            if (auto* one = std::get_if<cancel>(&a)) cancelled_.insert(one->run);
        }
    }
    unsigned pick(unsigned below) { return static_cast<unsigned>(random_() % below); }

    template <class T>
    T take(std::vector<T>& from) {
        auto i = from.begin() + static_cast<std::ptrdiff_t>(pick(static_cast<unsigned>(from.size())));
        auto out = std::move(*i);
        from.erase(i);
        return out;
    }

    bool is_in_flight(const path& at) const {
        auto is_it = [&](const auto& one) { return one.at == at; };
        return unwritten_.contains(at) || std::any_of(starts_.begin(), starts_.end(), is_it) ||
               std::any_of(records_.begin(), records_.end(), is_it);
    }

    void begin(const start& s) {
        bool destroys = s.op == operation::destroy || s.op == operation::remove_old;
        if (destroys) {
            check_unneeded(s);
        } else {
            check_needs(s);
        }
        // Nothing is done twice at once, and what is recorded is never created again.
        REQUIRE(!is_in_flight(s.at));
        REQUIRE(!operated_.contains(s.at));
        if (s.op == operation::create && w_.state.contains(s.at)) {
            REQUIRE((s.deposes ? stands_beside(s.at) : w_.seen_gone.contains(s.at)));
        }
        if (s.op == operation::update) REQUIRE(s.previous == w_.state.at(s.at));
        if (s.op != operation::read) w_.journal[s.at] = {s.at, s.op, s.inputs.digest()};
        starts_.push_back(s);
    }
    // Order: all that it needs is done, recorded, and its outputs are the ones that were given.
    void check_needs(const start& s) {
        const auto* m = members_->find(s.at);
        if (!m) return;
        for (const auto& need : needs_of(*m)) {
            REQUIRE(w_.state.contains(need));
            REQUIRE(s.inputs->at("from " + need.text()) == w_.state.at(need).outputs->at("out"));
        }
    }
    // To what it once replaced, which has to go first.
    bool changes_back(const path& at) const {
        auto wanted = members_->find(at)->inputs.at("number").literal.json();
        for (const auto& old : deposed_in(w_.state.at(at))) {
            if (old.inputs->at("number") == wanted) return true;
        }
        return false;
    }
    // Order: nobody is recorded to use what goes.
    void check_unneeded(const start& s) {
        for (const auto& [other, entry] : w_.state) {
            auto used = entry.inputs->find("from " + s.at.text());
            // What was read may use what nobody ever declared.
            auto needs = needs_in(entry);
            bool is_needed = std::find(needs.begin(), needs.end(), s.at) != needs.end();
            if (other == s.at || used == entry.inputs->end() || !is_needed) continue;
            if (s.op == operation::remove_old && members_->contains(s.at)) {
                if (changes_back(s.at)) continue;
                REQUIRE(*used == w_.state.at(s.at).outputs->at("out"));
            } else {
                REQUIRE(members_->contains(s.at));
            }
        }
    }

    bool crash() {
        for (const auto& s : starts_) {
            if (pick(2) == 0) w_.effect(s);
        }
        return false;
    }

    // Somebody at work comes to wait for a person, or goes on.
    void wait_for_person() {
        if (starts_.empty()) return;
        auto kind = pick(2) == 0 ? progress_kind::person : progress_kind::working;
        on(said{starts_[pick(static_cast<unsigned>(starts_.size()))].run, {kind, "switch it on", 0, 0, {}}});
    }

    bool advance(bool has_trouble) {
        if (has_trouble && pick(10) == 0) wait_for_person();
        auto due = s_.wake_at();
        bool lets_time_pass = has_trouble && pick(12) == 0;
        if (due && (lets_time_pass || (starts_.empty() && records_.empty()))) {
            now_ = std::max(now_, *due);
            on(tick{});
            return true;
        }
        if (!records_.empty() && (starts_.empty() || pick(2) == 0)) return write(has_trouble);
        if (starts_.empty()) return false;
        answer(has_trouble);
        return true;
    }

    void answer(bool has_trouble) {
        auto s = take(starts_);
        if (s.op == operation::read) return answer_read(s);
        bool is_cancelled = cancelled_.contains(s.run) && pick(2) == 0;
        bool is_unclear = has_trouble && pick(12) == 0;
        if (is_cancelled || is_unclear) {
            if (pick(2) == 0) w_.effect(s);
            return on(failed{s.run, "no", pick(2) == 0, is_cancelled, is_unclear});
        }
        if (has_trouble && pick(6) == 0) {
            if (!s.may_exist) w_.journal.erase(s.at);
            return on(failed{s.run, "no", pick(2) == 0});
        }
        w_.effect(s);
        on(succeeded{s.run, value(outputs_for(s.inputs))});
    }
    void answer_read(const start& s) {
        auto found = w_.things.find(world::key_of(s.at, s.inputs));
        if (found == w_.things.end()) return on(succeeded{s.run, {}, false});
        auto seen = world::seen(found->second, s.inputs);
        on(succeeded{s.run, value(found->second.outputs), true, seen});
    }

    bool write(bool has_trouble) {
        auto r = take(records_);
        if (has_trouble && pick(10) == 0) {
            unwritten_.insert(r.at);
            on(not_recorded{r.run, "disk full"});
            return true;
        }
        unwritten_.erase(r.at);
        // A note says nothing of what is there, and the end of what was replaced nothing of what replaced it.
        bool is_note = r.op == operation::note;
        if (!is_note && r.op != operation::remove_old) w_.seen_gone.erase(r.at);
        if (r.entry)
            w_.state[r.at] = *r.entry;
        else
            w_.state.erase(r.at);
        if (!is_note) w_.journal.erase(r.at);
        on(recorded{r.run});
        return true;
    }

    // Whoever says `retry` has looked at what may exist, and cleaned up.
    void retry(std::vector<path> roots) {
        for (const auto& v : s_.views()) {
            if (!w_.journal.contains(v.at) || is_in_flight(v.at) || !is_within_any(v.at, roots)) continue;
            bool is_asked = v.sentence.find("may exist") != std::string::npos;
            if (is_asked || !may_be_sent_twice(v.at) || !members_->contains(v.at)) w_.clean(v.at);
        }
        on(retry_requested{std::move(roots)});
    }

    // Somebody else's hands, on what is recorded and at rest.
    void meddle() {
        if (w_.state.empty()) return;
        auto found = w_.state.begin();
        std::advance(found, pick(static_cast<unsigned>(w_.state.size())));
        auto key = world::key_of(found->first, found->second.inputs);
        if (is_in_flight(found->first) || !w_.things.contains(key)) return;
        if (pick(2) == 0) {
            w_.things.erase(key);
        } else {
            auto inputs = found->second.inputs.json();
            inputs["number"] = 99;
            w_.things.at(key).inputs = value(std::move(inputs));
        }
        if (pick(2) == 0) on(w_.look(found->first));
    }

    // A person has something run on what is at rest; its end may say again what is recorded.
    void operate(const path& at) {
        if (operated_.erase(at)) {
            auto entry = w_.state.find(at);
            bool says = entry != w_.state.end() && pick(2) == 0;
            return on(operated{at, says ? std::optional(entry->second.outputs) : std::nullopt});
        }
        if (is_in_flight(at) || !w_.state.contains(at)) return;
        operated_.insert(at);
        on(operating{at});
    }

    void disturb() {
        std::vector<path> all;
        for (const auto& v : s_.views()) all.push_back(v.at);
        std::vector<path> roots;
        if (!all.empty()) roots.push_back(all[pick(static_cast<unsigned>(all.size()))]);
        if (!roots.empty() && pick(7) == 0) return operate(roots.front());
        switch (pick(6)) {
            case 0: return on(cancel_requested{roots});
            case 1: return on(confirmed{roots});
            case 2: return retry(roots);
            case 3: return on(import_requested{roots});
            case 4: return meddle();
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
    std::set<path> unwritten_;  // the disk was full
    std::set<path> operated_;
};

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
        w.check_nothing_is_forgotten();
    }
    round last(w, random, members);
    last.persist();
    for (const auto& at : members->order()) {
        INFO(at.text(), ": ", last.state().view(at)->sentence);
        REQUIRE(last.state().view(at)->status == status::done);
    }
    w.check_is(*members);
    auto effects = w.effects;
    round again(w, random, members);
    again.play(10000, false);
    REQUIRE(w.effects == effects);  // applying once more does nothing
}

}  // namespace

TEST_CASE("whatever happens in whatever order, another apply makes the declared world") {
    auto seed = landscaper::tests::seed();
    auto orders = landscaper::tests::orders(2000);
    for (std::uint64_t i = 0; i < orders; ++i) {
        INFO("LANDSCAPER_TEST_SEED=", seed + i, " LANDSCAPER_TEST_ORDERS=1");
        play_one(seed + i);
    }
}
