// One command of `landscaper`: its name, its help, what it takes and what it does.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "landscaper/cli/arguments.hpp"

namespace landscaper::cli {

// Exit codes of design 5.
inline constexpr int exit_done = 0, exit_failed = 1, exit_usage = 2, exit_person = 3, exit_would_change = 4;

struct command {
    std::string_view name;
    std::string_view synopsis;  // behind `landscaper NAME `
    std::string_view help;
    syntax takes;
    int (*run)(const arguments&);
};

// Every command, in the order of the help page.
const std::vector<command>& commands();

// The error as people read it.
std::string sentence_of(const error& what);
// "landscaper NAME: what" on stderr; returns `code`.
int complain(std::string_view name, const error& what, int code);
// The same with the code that the error means: 2 when what was typed names nothing or is wrong, else 1.
int complain(std::string_view name, const error& what);
// Lines that say everything themselves, as they stand: an inventory's problems.
int complain_in_words(std::string_view name, const std::string& words, int code);
// "usage: landscaper NAME SYNOPSIS", on stderr.
int complain_of_usage(std::string_view name);

// What was done, in a sentence; {"sentence":..} with --json. Returns exit_done.
int print_sentence(const arguments& given, const std::string& sentence);

std::string usage_of(const command& one);
// Absolute: flakes take no relative path, and messages name a file wherever they are read.
std::string absolute_path(const std::string& path);
std::string network_folder(const arguments& given);
std::string socket_path(const arguments& given);
// What --deployment names; "" is the rack's own.
std::string deployment_of(const arguments& given);

// All of `landscaper`: its words in, its exit status out.
int run_command_line(const std::vector<std::string>& words);

int run_serve(const arguments& given);
int run_watch(const arguments& given);
int run_hosts(const arguments& given);
int run_host(const arguments& given);
int run_check(const arguments& given);
int run_init(const arguments& given);
int run_adopt(const arguments& given);
int run_plan(const arguments& given);
int run_apply(const arguments& given);
int run_state(const arguments& given);
int run_destroy(const arguments& given);
int run_import(const arguments& given);
int run_operation(const arguments& given);
int run_provider_check(const arguments& given);
int run_graph(const arguments& given);
int run_nbp(const arguments& given);
int run_ssh(const arguments& given);
int run_ssh_config(const arguments& given);
int run_provider(const arguments& given);
int run_arm(const arguments& given);
int run_trust(const arguments& given);
int run_retry(const arguments& given);
int run_hold(const arguments& given);
int run_resume(const arguments& given);
int run_rescue(const arguments& given);
int run_retire(const arguments& given);

}  // namespace landscaper::cli
