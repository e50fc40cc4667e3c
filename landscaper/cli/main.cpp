// The entry of `landscaper`.
#include "landscaper/cli/command.hpp"

int main(int argc, char** argv) {
    return landscaper::cli::run_command_line({argv + 1, argv + argc});
}
