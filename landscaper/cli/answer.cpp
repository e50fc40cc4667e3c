#include "landscaper/cli/answer.hpp"

#include <nlohmann/json.hpp>
#include <cstdio>

#include "landscaper/base/json_in.hpp"

namespace landscaper::cli {

// Of the one command that this process is.
struct told_so_far {
    std::string command, message, remedy;
    bool is_answered = false, is_of_lines = false;
};
static told_so_far told;

void begin_answer() {
    told = {};
}

void print_answer(const nlohmann::json& value) {
    told.is_answered = true;
    std::puts(json_pretty(value).c_str());
}

void print_line(const nlohmann::json& value) {
    told.is_of_lines = true;
    std::puts(json_text(value).c_str());
}

void tell_error(std::string_view command, const std::string& text, const std::string& message,
                const std::string& remedy) {
    std::fprintf(stderr, "%s\n", text.c_str());
    if (!told.message.empty()) return;
    told.command = command;
    told.message = message;
    told.remedy = remedy;
}

void tell_usage(std::string_view command, const std::string& usage) {
    std::fprintf(stderr, "%s\n", usage.c_str());
    if (told.message.empty()) told.message = "wrong usage";
    told.command = command;
    told.remedy = usage;
}

int end_answer(int code) {
    if (told.is_answered || told.message.empty()) return code;
    nlohmann::json error{{"message", told.message}, {"exit", code}};
    if (!told.remedy.empty()) error["remedy"] = told.remedy;
    if (!told.command.empty()) error["command"] = told.command;
    nlohmann::json whole{{"error", std::move(error)}};
    told.is_of_lines ? print_line(whole) : print_answer(whole);
    return code;
}

}  // namespace landscaper::cli
