// Commands that hand a pinned host to other programs: ssh, ssh-config; and the look into an NBP.
#include <sys/stat.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <cstdio>

#include "landscaper/async/file.hpp"
#include "landscaper/async/read_content.hpp"
#include "landscaper/cli/command.hpp"
#include "landscaper/control/io/client.hpp"
#include "landscaper/ssh/options.hpp"
#include "pxe/nbp/uki.hpp"

namespace landscaper::cli {

namespace {

struct target {
    ssh::endpoint host;
    ssh::pin pin;
};

result<target> target_of(const arguments& given, const std::string& name) {
    control::client client(socket_path(given));
    TRY(auto json, client.get("/v1/hosts/" + control::escaped(name) + "/endpoint"));
    target out;
    out.host.address = json.value("address", "");
    out.host.user = json.value("user", "root");
    out.host.identity_file = json.value("identity_file", "");
    TRY(auto key, ssh::public_key::parse(json.value("public_key", "")));
    TRY(out.pin, ssh::make_pin(json.value("alias", ""), key));
    return out;
}

}  // namespace

int run_ssh(const arguments& given) {
    auto where = target_of(given, given.words[0]);
    if (!where) return complain("ssh", where.error());
    char folder[] = "/tmp/landscaper-ssh-XXXXXX";
    if (!::mkdtemp(folder)) return complain("ssh", errno_error("/tmp"));
    auto file = std::string(folder) + "/known_hosts";
    auto written = write_file_atomically(file, ssh::known_hosts(where->pin), 0600);
    if (!written) return complain("ssh", written.error());
    std::string command =
        "ssh -F none -o BatchMode=yes -o StrictHostKeyChecking=yes -o GlobalKnownHostsFile=/dev/null"
        " -o UserKnownHostsFile=" +
        file + " -o HostKeyAlias=" + where->pin.alias +
        " -o HostKeyAlgorithms=ssh-ed25519 -o UpdateHostKeys=no -o IdentitiesOnly=yes";
    std::vector<std::string> argv{
        "sh", "-c",
        command + " -i \"$1\" -l \"$2\" -- \"$3\" \"${@:4}\"; code=$?; rm -rf " + folder + "; exit $code"};
    argv[0] = "bash";
    argv.insert(argv.end(),
                {"landscaper-ssh", where->host.identity_file, where->host.user, where->host.address});
    argv.insert(argv.end(), given.words.begin() + 1, given.words.end());
    std::vector<char*> pointers;
    for (auto& word : argv) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    ::execvp("bash", pointers.data());
    return complain("ssh", errno_error("bash"));
}

int run_ssh_config(const arguments& given) {
    auto shot = control::client(socket_path(given)).current();
    if (!shot) return complain("ssh-config", shot.error());
    for (const auto& host : shot->hosts) {
        auto where = target_of(given, host.name);
        if (!where) continue;
        std::printf(
            "Host %s\n  HostName %s\n  User root\n  IdentityFile %s\n  IdentitiesOnly yes\n  HostKeyAlias "
            "%s\n"
            "  HostKeyAlgorithms ssh-ed25519\n  StrictHostKeyChecking yes\n  UpdateHostKeys no\n"
            "  KnownHostsCommand /bin/echo %s\n",
            host.name.c_str(), where->host.address.c_str(), where->host.identity_file.c_str(),
            where->pin.alias.c_str(), (where->pin.alias + " " + where->pin.key.text()).c_str());
    }
    return exit_done;
}

int run_nbp(const arguments& given) {
    auto path = given.value("--inspect", "");
    if (path.empty()) {
        std::fprintf(stderr, "usage: landscaper nbp --inspect FILE\n");
        return exit_usage;
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
