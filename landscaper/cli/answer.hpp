// What a command prints for programs. With --json stdout is never empty: it is the command's answer, or else
// {"error":{"message":..,"remedy":..,"command":..,"exit":1}}; a stream of lines that breaks off ends with it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace landscaper::cli {

// Before a command.
void begin_answer();
// The one value that is the whole answer, indented for people who read it nevertheless.
void print_answer(const nlohmann::json& value);
// The next of several lines, each a value by itself.
void print_line(const nlohmann::json& value);

// "text" on stderr; the first one of a command is its error. `message`: the same without the command's name.
void tell_error(std::string_view command, const std::string& text, const std::string& message,
                const std::string& remedy = {});
// "usage: ..": an error by itself, or the remedy of the one that was told.
void tell_usage(std::string_view command, const std::string& usage);

// At the end of a command: the error as JSON when there is one, and nothing was answered. Returns `code`.
int end_answer(int code);

}  // namespace landscaper::cli
