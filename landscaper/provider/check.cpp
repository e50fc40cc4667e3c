#include "landscaper/provider/check.hpp"

#include <nlohmann/json.hpp>

#include "landscaper/base/json_in.hpp"
#include "landscaper/base/printable.hpp"

namespace landscaper::provider {

const char* to_text(check_verdict verdict) {
    switch (verdict) {
        case check_verdict::passed: return "ok";
        case check_verdict::unsupported: return "unsupported";
        case check_verdict::failed: return "FAILED";
        case check_verdict::refused: return "refused";
        case check_verdict::left_out: return "left out";
    }
    return "unknown";
}

namespace {

using engine::value;

class life {
  public:
    life(std::shared_ptr<resource_type> type, check_sample sample)
        : type_(std::move(type)), sample_(std::move(sample)), inputs_(sample_.inputs) {}

    task<> unknown_type() {
        auto asked = about(sample_.inputs);
        asked.type = "landscaper-no-such-type";
        asked.previous.reset();
        auto answer = co_await type_->create(asked);
        const char* name = "a type that does not exist is refused";
        if (answer) {
            note(name, check_verdict::failed, "it was created");
        } else if (is_silent(answer.error())) {
            note(name, check_verdict::failed, "no errorResponse: " + words(answer.error()));
        } else {
            note(name, check_verdict::passed, "");
        }
        co_return result<void>();
    }

    task<> create(const char* name) {
        auto asked = about(inputs_);
        asked.previous.reset();
        auto answer = co_await type_->create(asked);
        take(name, answer);
        if (answer) outputs_ = *answer;
        exists_ = answer.has_value();
        co_return result<void>();
    }

    // What an unchanged resource costs the engine: nothing when it is recorded, else the same create again.
    task<> again() {
        const char* name = "applied again without a change, it is the same";
        if (!exists_) co_return left_out(name);
        if (sample_.is_stateful) co_return co_await look(name, true);
        co_return co_await create(name);
    }

    task<> gone(const char* name) {
        if (!is_destroyed_) co_return left_out(name);
        co_return co_await look(name, false);
    }

    task<> look(const char* name, bool is_expected) {
        auto asked = about(inputs_);
        auto seen = co_await type_->read(asked);
        if (!seen) {
            take_failure(name, seen.error());
        } else if (seen->exists != is_expected) {
            note(name, check_verdict::failed,
                 seen->exists ? "read says that it exists" : "read says that it is gone");
        } else if (is_expected && !difference(*seen).empty()) {
            note(name, check_verdict::failed, "read sees other inputs: " + difference(*seen));
        } else {
            note(name, check_verdict::passed, "");
        }
        co_return result<void>();
    }

    task<> update(const char* name, value to) {
        if (!exists_ || !sample_.is_stateful || to->empty()) co_return left_out(name);
        auto asked = about(to);
        auto answer = co_await type_->update(asked);
        take(name, answer);
        if (!answer) co_return result<void>();
        outputs_ = *answer;
        inputs_ = to;
        co_return result<void>();
    }

    task<> out_of_band() {
        const char* seen_name = "what others do to it is seen";
        const char* repaired = "and put right";
        if (!exists_ || !sample_.spoil) {
            static_cast<void>(left_out(seen_name));
            co_return left_out(repaired);
        }
        sample_.spoil();
        auto asked = about(inputs_);
        auto seen = co_await type_->read(asked);
        bool is_gone = seen && !seen->exists;
        bool is_told = !seen && !is_silent(seen.error());
        if (is_told) {
            note(seen_name, check_verdict::passed, words(seen.error()));
            co_return co_await repair_of_told(repaired);
        }
        if (!seen) {
            take_failure(seen_name, seen.error());
        } else if (seen->exists && difference(*seen).empty()) {
            note(seen_name, check_verdict::failed, "read sees no difference");
        } else {
            note(seen_name, check_verdict::passed, is_gone ? "gone" : difference(*seen));
        }
        if (!sample_.is_stateful || is_gone) co_return co_await create(repaired);
        co_return co_await update(repaired, inputs_);
    }

    // What read() answers with an error since others were there, an update may refuse likewise.
    task<> repair_of_told(const char* name) {
        auto asked = about(inputs_);
        auto answer = co_await type_->update(asked);
        bool is_refused = !answer && !is_silent(answer.error());
        if (is_refused) {
            note(name, check_verdict::refused, words(answer.error()));
        } else {
            take(name, answer);
        }
        co_return result<void>();
    }

    task<> destroy(const char* name, bool is_again) {
        if (!exists_ || (is_again && !is_destroyed_)) co_return left_out(name);
        auto asked = about(inputs_);
        auto answer = co_await type_->destroy(asked);
        is_destroyed_ = answer.has_value();
        if (answer) note(name, check_verdict::passed, "");
        if (!answer) take_failure(name, answer.error());
        co_return result<void>();
    }

    std::vector<check_step> steps() { return std::move(steps_); }

  private:
    request about(const value& inputs) {
        request out;
        out.type = sample_.type;
        out.inputs = inputs;
        out.previous = engine::resource_entry{sample_.type, inputs_, outputs_, {}};
        out.is_stateful = sample_.is_stateful;
        return out;
    }
    void note(const char* name, check_verdict verdict, std::string sentence) {
        steps_.push_back({name, verdict, std::move(sentence)});
    }
    result<void> left_out(const char* name) {
        note(name, check_verdict::left_out, "");
        return {};
    }
    static std::string words(const error& what) { return text::printable(what.message(), 300); }
    static bool is_silent(const error& what) {
        return what.code() == provider_errc::no_answer || what.code() == provider_errc::bad_answer ||
               what.code() == provider_errc::unsupported;
    }
    void take_failure(const char* name, const error& what) {
        bool lacks = what.code() == provider_errc::unsupported;
        note(name, lacks ? check_verdict::unsupported : check_verdict::failed, lacks ? "" : words(what));
    }
    void take(const char* name, const result<value>& answer) {
        if (!answer) return take_failure(name, answer.error());
        note(name, check_verdict::passed, text::printable(answer->text(), 300));
    }
    // Inputs that were seen to be others than those that were given.
    std::string difference(const reality& seen) const {
        std::string out;
        for (const auto& [name, is] : seen.inputs->items()) {
            auto given = inputs_->find(name);
            if (given != inputs_->end() && engine::is_same(*given, is)) continue;
            out += (out.empty() ? "" : ", ") + name;
        }
        return out;
    }

    std::shared_ptr<resource_type> type_;
    check_sample sample_;
    value inputs_, outputs_;
    bool exists_ = false;
    bool is_destroyed_ = false;
    std::vector<check_step> steps_;
};

}  // namespace

task<std::vector<check_step>> check(std::shared_ptr<resource_type> type, check_sample sample) {
    auto changed = sample.changed;
    auto one = std::make_shared<life>(std::move(type), std::move(sample));
    CO_TRY_VOID(co_await one->unknown_type());
    CO_TRY_VOID(co_await one->create("it is created"));
    CO_TRY_VOID(co_await one->again());
    CO_TRY_VOID(co_await one->update("it is updated", changed));
    CO_TRY_VOID(co_await one->update("the same update, sent again after a crash, works", changed));
    CO_TRY_VOID(co_await one->out_of_band());
    CO_TRY_VOID(co_await one->destroy("it is destroyed", false));
    CO_TRY_VOID(co_await one->gone("it is gone"));
    CO_TRY_VOID(co_await one->destroy("it is destroyed once more, which is no error", true));
    co_return one->steps();
}

}  // namespace landscaper::provider
