// What a host or an ssh client can print: keys, follow's report, failures.
#include "landscaper/ssh/detached.hpp"
#include "landscaper/ssh/failure.hpp"
#include "landscaper/ssh/key.hpp"

using namespace landscaper;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    auto key = ssh::public_key::parse(text);
    if (key && *ssh::public_key::parse(key->text()) != *key) __builtin_trap();
    auto report = ssh::parse_follow("x", text);
    if (report && report->exit_code > 255) __builtin_trap();
    if (!ssh::classify(255, text)) __builtin_trap();
    return 0;
}
