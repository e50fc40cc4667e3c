#include "landscaper/ssh/options.hpp"

#include "landscaper/ssh/failure.hpp"
#include "landscaper/ssh/shell.hpp"

namespace landscaper::ssh {

namespace {

// A file name as the value of an option: quoted against blanks, `%` doubled against ssh's own expansions.
std::string file_value(std::string_view path) {
    std::string out = "\"";
    for (char c : path) {
        if (c == '"' || c == '\\') out += '\\';
        if (c == '%') out += '%';
        out += c;
    }
    return out + "\"";
}

void add(std::vector<std::string>& to, std::string option) {
    to.emplace_back("-o");
    to.push_back(std::move(option));
}

// What holds for every call: nothing asked, nothing forwarded, no other way to log in, dead peers noticed in
// 30 s.
std::vector<std::string> common(const endpoint& host) {
    std::vector<std::string> out{"ssh", "-F", "none", "-T", "-p", std::to_string(host.port), "-l", host.user};
    for (const char* option :
         {"BatchMode=yes", "StrictHostKeyChecking=yes", "GlobalKnownHostsFile=/dev/null",
          "HostKeyAlgorithms=ssh-ed25519", "CheckHostIP=no", "UpdateHostKeys=no", "VerifyHostKeyDNS=no",
          "PreferredAuthentications=publickey", "IdentityAgent=none", "ForwardAgent=no", "ForwardX11=no",
          "EscapeChar=none", "ConnectTimeout=10", "ServerAliveInterval=5", "ServerAliveCountMax=6"}) {
        add(out, option);
    }
    return out;
}

// 255 is ssh's own status for a failed connection: a script that ends with it counts as 254.
std::string remote_command(std::string_view script) {
    return with_path("(\n" + std::string(script) +
                     "\n)\nstatus=$?; [ $status -ne 255 ] || status=254; exit $status");
}

void add_pin(std::vector<std::string>& to, const endpoint& host, const pin& expected,
             const std::string& known_hosts_file) {
    add(to, "UserKnownHostsFile=" + file_value(known_hosts_file));
    add(to, "HostKeyAlias=" + expected.alias);
    add(to, "IdentitiesOnly=yes");
    add(to, "IdentityFile=" + file_value(host.identity_file));
}

}  // namespace

std::vector<std::string> master_arguments(const endpoint& host, const pin& expected,
                                          const std::string& known_hosts_file,
                                          const std::string& control_path) {
    auto out = common(host);
    add_pin(out, host, expected, known_hosts_file);
    add(out, "ControlMaster=yes");
    add(out, "ControlPersist=no");
    add(out, "ControlPath=" + file_value(control_path));
    out.insert(out.end(), {"--", host.address, "echo " + std::string(master_ready) + " && exec cat"});
    return out;
}

std::vector<std::string> session_arguments(const endpoint& host, const std::string& control_path,
                                           std::string_view script) {
    auto out = common(host);
    add(out, "UserKnownHostsFile=/dev/null");
    add(out, "ControlMaster=no");
    add(out, "ControlPath=" + file_value(control_path));
    // Without a master ssh would connect by itself; this makes that fail at once.
    add(out, "ProxyCommand=false");
    out.insert(out.end(), {"--", host.address, remote_command(script)});
    return out;
}

std::vector<std::string> direct_arguments(const endpoint& host, const pin& expected,
                                          const std::string& known_hosts_file, std::string_view script) {
    auto out = common(host);
    add_pin(out, host, expected, known_hosts_file);
    add(out, "ControlMaster=no");
    add(out, "ControlPath=none");
    out.insert(out.end(), {"--", host.address, remote_command(script)});
    return out;
}

result<std::string> nix_ssh_options(const std::string& control_path) {
    if (control_path.find_first_of(" \t\n\"'") != control_path.npos) {
        return error(ssh_errc::bad_output, "a blank in '" + control_path + "'; name another --socket");
    }
    std::string out = "-F none";
    for (const char* option : {"BatchMode=yes", "StrictHostKeyChecking=yes", "UserKnownHostsFile=/dev/null",
                               "GlobalKnownHostsFile=/dev/null", "IdentityAgent=none", "ForwardAgent=no",
                               "ControlMaster=no", "ProxyCommand=false"}) {
        out += std::string(" -o ") + option;
    }
    return out + " -o ControlPath=" + control_path;
}

std::vector<std::string> keygen_arguments(const std::string& private_key_file, std::string_view comment) {
    return {"ssh-keygen",    "-q", "-t", "ed25519", "-N", "", "-C", std::string(comment), "-f",
            private_key_file};
}

}  // namespace landscaper::ssh
