// landscaper nbp: the look into a composed NBP.
#include <nlohmann/json.hpp>
#include <cstdio>

#include "landscaper/async/file.hpp"
#include "landscaper/async/read_content.hpp"
#include "landscaper/base/json_in.hpp"
#include "landscaper/cli/answer.hpp"
#include "landscaper/cli/command.hpp"
#include "pxe/nbp/uki.hpp"

namespace landscaper::cli {

static nlohmann::json to_json(const pxe::nbp::uki_report& report) {
    nlohmann::json sections = nlohmann::json::array();
    for (const auto& section : report.headers.sections) {
        sections.push_back(
            {{"name", section.name}, {"offset", section.raw_offset}, {"size", section.virtual_size}});
    }
    nlohmann::json files = nlohmann::json::array();
    for (const auto& held : report.host_files) {
        files.push_back({{"path", held.path}, {"mode", held.mode}, {"size", held.size}});
    }
    return {{"sections", sections}, {"command_line", report.command_line}, {"host_files", files}};
}

int run_nbp(const arguments& given) {
    auto path = given.value("--inspect", "");
    if (path.empty()) {
        return complain_of_usage("nbp");
    }
    auto file = open_for_reading(path);
    if (!file) return complain("nbp", file.error(), exit_usage);
    content image({whole_file(*file)});
    auto report = pxe::nbp::inspect([&](std::uint64_t offset, std::uint64_t length) -> result<bytes> {
        bytes out(static_cast<std::size_t>(length));
        TRY(auto count, read_content(image, offset, out));
        out.resize(count);
        return out;
    });
    if (!report) return complain("nbp", report.error());
    if (given.has("--json")) {
        print_answer(to_json(*report));
        return exit_done;
    }
    std::printf("%-10s %10s %10s\n", "SECTION", "OFFSET", "BYTES");
    for (const auto& section : report->headers.sections) {
        std::printf("%-10s %10u %10u\n", section.name.c_str(), section.raw_offset, section.virtual_size);
    }
    std::printf("command line: %s\n", report->command_line.c_str());
    for (const auto& held : report->host_files) {
        std::printf("host file: %s %o %llu bytes\n", held.path.c_str(), held.mode,
                    static_cast<unsigned long long>(held.size));
    }
    return exit_done;
}

}  // namespace landscaper::cli
