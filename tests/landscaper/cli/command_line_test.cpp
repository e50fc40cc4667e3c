// `landscaper` as a program calls it: words in, stdout, stderr and exit status out.
#include <doctest/doctest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <cstdio>

#include "landscaper/base/json_in.hpp"
#include "landscaper/base/unique_fd.hpp"
#include "landscaper/cli/answer.hpp"
#include "landscaper/cli/command.hpp"

using namespace landscaper;
using namespace landscaper::cli;

namespace {

// Takes what is written to a descriptor while it lives.
class captured {
  public:
    captured(int descriptor, std::FILE* stream)
        : descriptor_(descriptor), stream_(stream), file_(::memfd_create("captured", MFD_CLOEXEC)) {
        std::fflush(stream_);
        before_ = unique_fd(::dup(descriptor_));
        ::dup2(file_.get(), descriptor_);
    }
    ~captured() { give_back(); }
    captured(const captured&) = delete;
    captured& operator=(const captured&) = delete;

    std::string text() {
        give_back();
        std::string out(static_cast<std::size_t>(::lseek(file_.get(), 0, SEEK_END)), '\0');
        REQUIRE(::pread(file_.get(), out.data(), out.size(), 0) == static_cast<ssize_t>(out.size()));
        return out;
    }

  private:
    void give_back() {
        if (!before_) return;
        std::fflush(stream_);
        ::dup2(before_.get(), descriptor_);
        before_ = unique_fd();
    }
    int descriptor_;
    std::FILE* stream_;
    unique_fd file_, before_;
};

struct outcome {
    int code = 0;
    std::string out, err;
};

outcome landscaper_says(std::vector<std::string> words) {
    captured out(STDOUT_FILENO, stdout), err(STDERR_FILENO, stderr);
    auto code = run_command_line(words);
    return {code, out.text(), err.text()};
}

nlohmann::json error_in(const outcome& of) {
    auto said = json_in(of.out);
    REQUIRE_MESSAGE(said, of.out);
    REQUIRE(said->contains("error"));
    return (*said)["error"];
}

const std::vector<std::string> nowhere{"--socket", "/nowhere/control.sock", "--network", "/nowhere"};

}  // namespace

TEST_CASE("with --json no command that fails leaves stdout empty") {
    const std::map<std::string, std::vector<std::string>> words{
        {"init", {"/proc/nothing"}},
        {"adopt", {"52:54:00:00:00:01", "--name", "px01", "--ip", "dhcp"}},
        {"trust", {"px01", "abcdefgh"}},
        {"destroy", {"web"}},
        {"import", {"web"}},
        {"run", {"web"}},
        {"state", {"list"}},
        {"nbp", {"--inspect", "/nowhere/nbp"}},
        {"ssh", {"px01"}},
        {"provider-check", {"program"}}};
    for (const auto& one : commands()) {
        // They speak another protocol on stdout, or none.
        if (one.name == "serve" || one.name == "provider") continue;
        std::vector<std::string> line{"--json", std::string(one.name)};
        line.insert(line.end(), nowhere.begin(), nowhere.end());
        auto own = words.find(std::string(one.name));
        if (own != words.end()) line.insert(line.end(), own->second.begin(), own->second.end());
        if (own == words.end() && one.takes.least_words == 1) line.push_back("px01");
        auto said = landscaper_says(line);
        INFO(one.name << ": " << said.out << said.err);
        CHECK(said.code != 0);
        CHECK(said.err != "");
        auto error = error_in(said);
        CHECK(error["message"].get<std::string>() != "");
        CHECK(error["exit"] == said.code);
        CHECK(error["command"] == one.name);
    }
}

TEST_CASE("the error in JSON has the sentence that a person reads, and its remedy") {
    std::vector<std::string> line{"hosts", "--json"};
    line.insert(line.end(), nowhere.begin(), nowhere.end());
    auto said = landscaper_says(line);
    auto error = error_in(said);
    CHECK(said.code == exit_failed);
    CHECK(said.err == "landscaper hosts: " + error["message"].get<std::string>() + "\n");
    CHECK(error["remedy"] == "start it, or name its socket with --socket");
}

TEST_CASE("a wrong line is told in JSON too, wherever --json stands in it") {
    auto wrong = error_in(landscaper_says({"hosts", "--bad", "--json"}));
    CHECK(wrong["message"] == "--bad: unknown option");
    CHECK(wrong["remedy"] == "usage: landscaper hosts");
    auto said = landscaper_says({"--json", "plna"});
    CHECK(said.code == exit_usage);
    CHECK(error_in(said)["message"] == "no command plna");
    CHECK(error_in(said)["remedy"] == "did you mean \"plan\"?");
    CHECK(said.err == "landscaper: no command plna; did you mean \"plan\"?\n");
    CHECK(error_in(landscaper_says({"state", "show", "--json"}))["message"] == "wrong usage");
    CHECK(error_in(landscaper_says({"frobnicate", "--json"}))["remedy"] == "see landscaper --help");
}

TEST_CASE("without --json an error is on stderr alone") {
    auto said = landscaper_says({"hosts", "--socket", "/nowhere/control.sock"});
    CHECK(said.out == "");
    CHECK(said.err.starts_with("landscaper hosts: /nowhere/control.sock: "));
    // --json of the command that runs on the host is not ours.
    CHECK(landscaper_says({"ssh", "--socket", "/nowhere/x", "px01", "ls", "--json"}).out == "");
}

TEST_CASE("what was answered is not followed by an error; lines that break off are") {
    captured out(STDOUT_FILENO, stdout), err(STDERR_FILENO, stderr);
    begin_answer();
    print_answer({{"a", 1}});
    tell_error("plan", "landscaper plan: no", "no");
    CHECK(end_answer(1) == 1);
    begin_answer();
    print_line({{"b", 2}});
    tell_error("watch", "landscaper watch: gone", "gone");
    CHECK(end_answer(1) == 1);
    begin_answer();
    CHECK(end_answer(0) == 0);
    CHECK(
        out.text() ==
        "{\n  \"a\": 1\n}\n{\"b\":2}\n{\"error\":{\"command\":\"watch\",\"exit\":1,\"message\":\"gone\"}}\n");
}
