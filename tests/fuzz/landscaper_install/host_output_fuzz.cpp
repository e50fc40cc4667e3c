// Everything a host can print into the installation: facts, evidence, proofs, markers, Nix' progress.
#include "landscaper/install/progress.hpp"
#include "landscaper/install/step.hpp"
#include "landscaper/install/system.hpp"

using namespace landscaper;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    install::install_plan plan;
    plan.disks.resize(1);
    plan.disks[0].path = "/dev/sda";
    plan.disks[0].size = 512;
    for (const auto& step : install::install_steps()) {
        auto proof = step.prove(plan, text);
        if (proof && step.learn && !step.learn(plan, *proof)) __builtin_trap();
    }
    install::system_plan system;
    for (const auto& step : install::system_steps()) {
        auto proof = step.prove(system, text);
        if (proof && step.learn && !step.learn(system, *proof)) __builtin_trap();
    }
    install::copy_watch watch;
    watch.on_line(text);
    auto marker = install::decode_marker({data, size});
    if (marker && install::encode(*marker) != bytes(data, data + size)) __builtin_trap();
    return 0;
}
