// What Nix, and the systems it builds, can print.
#include "landscaper/nix/admission.hpp"
#include "landscaper/nix/closure.hpp"
#include "landscaper/nix/command.hpp"
#include "landscaper/nix/layout.hpp"
#include "landscaper/nix/system.hpp"

using namespace landscaper;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    (void)nix::parse_version(text).has_value();
    (void)nix::parse_path_info(text).has_value();
    (void)nix::parse_layout(text, "").has_value();
    (void)nix::parse_built(text).has_value();
    (void)nix::parse_flake_attribute(text).has_value();
    (void)nix::check_admission(text, "", "key").has_value();
    return 0;
}
