// `landscaper arm`: shows what would be lost and asks for the host's name typed in full.
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <cstdio>
#include <iostream>

#include "landscaper/base/json_fields.hpp"
#include "landscaper/base/printable.hpp"
#include "landscaper/cli/answer.hpp"
#include "landscaper/cli/command.hpp"
#include "landscaper/control/io/client.hpp"

namespace landscaper::cli {

using control::control_errc;

struct offer {
    std::vector<std::string> identities;
    std::vector<std::string> sentences;
    std::string mode;
    bool reinstalls = false;
};

static result<offer> parse_offer(const nlohmann::json& document) {
    json_fields fields(document, "wipe");
    offer out;
    out.mode = fields.text("mode");
    out.reinstalls = fields.boolean("reinstalls");
    for (const auto& disk : fields.array("disks")) {
        json_fields of(disk, "disk");
        out.identities.push_back(of.text("identity"));
        out.sentences.push_back(text::printable(of.text("what"), 300));
        fields.take(of);
    }
    if (fields.failed()) return fields.failure();
    return out;
}

// What was typed; an empty line when there is nobody to type.
static std::string typed_name(const arguments& given, const std::string& host) {
    auto given_name = given.value("--confirm", "");
    bool is_person = ::isatty(STDIN_FILENO) && !given.has("--json");
    if (!given_name.empty() || !is_person) return given_name;
    std::printf("Type the name of the server to allow this once, within an hour: ");
    std::fflush(stdout);
    std::string line;
    std::getline(std::cin, line);
    if (line != host) std::puts("not the same name");
    return line;
}

static void print_offer(const offer& offered, const std::string& host) {
    std::printf("`disk.wipe: %s` of %s. Lost for good:\n", offered.mode.c_str(), host.c_str());
    for (const auto& sentence : offered.sentences) std::printf("  %s\n", sentence.c_str());
    if (offered.reinstalls) std::printf("%s is then installed anew.\n", host.c_str());
}

int run_arm(const arguments& given) {
    const auto& host = given.words[0];
    control::client client(socket_path(given));
    auto target = "/v1/hosts/" + control::escaped(host);
    if (given.has("--disarm")) {
        auto said = client.post(target + "/disarm", "");
        if (!said) return complain("arm", said.error());
        return print_sentence(given, *said);
    }
    auto document = client.get(target + "/wipe");
    if (!document) return complain("arm", document.error());
    auto offered = parse_offer(*document);
    if (!offered) return complain("arm", offered.error());
    bool is_for_programs = given.has("--json");
    if (!is_for_programs) print_offer(*offered, host);
    auto typed = typed_name(given, host);
    if (typed != host) {
        auto why = "nothing was allowed: type `" + host + "` when asked, or give --confirm " + host;
        return complain("arm", error(control_errc::bad_request, why));
    }
    nlohmann::json body{{"typed", typed}, {"disks", offered->identities}};
    auto answer = client.post_for_json(target + "/arm", json_text(body));
    if (!answer) return complain("arm", answer.error());
    json_fields fields(*answer, "arm");
    auto sentence = fields.text("sentence");
    bool waits_for_person = fields.boolean("waits_for_person");
    if (fields.failed()) return complain("arm", fields.failure());
    if (!is_for_programs) std::puts(sentence.c_str());
    if (is_for_programs) {
        print_answer(
            {{"sentence", sentence}, {"lost", offered->sentences}, {"waits_for_person", waits_for_person}});
    }
    return waits_for_person ? exit_person : exit_done;
}

}  // namespace landscaper::cli
