// Commands that hand a pinned host to OpenSSH: ssh, ssh-config.
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <cstdio>

#include "landscaper/cli/command.hpp"
#include "landscaper/cli/ssh_words.hpp"
#include "landscaper/control/io/client.hpp"

namespace landscaper::cli {

static std::string text_of(const nlohmann::json& of, const char* name) {
    return of.is_object() && of.contains(name) && of[name].is_string() ? of[name].get<std::string>() : "";
}

static result<pinned_host> host_named(const control::client& client, const std::string& name) {
    TRY(auto json, client.get("/v1/hosts/" + control::escaped(name) + "/endpoint"));
    pinned_host out;
    out.host.address = text_of(json, "address");
    out.host.user = text_of(json, "user");
    out.host.identity_file = text_of(json, "identity_file");
    if (out.host.address.empty()) return error(control::control_errc::refused, name + " has no address yet");
    TRY(auto key, ssh::public_key::parse(text_of(json, "public_key")));
    TRY(out.pin, ssh::make_pin(text_of(json, "alias"), key));
    return out;
}

int run_ssh(const arguments& given) {
    auto host = host_named(control::client(socket_path(given)), given.words[0]);
    if (!host) return complain("ssh", host.error());
    auto argv = login_arguments(*host, {given.words.begin() + 1, given.words.end()});
    std::vector<char*> pointers;
    for (auto& word : argv) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    ::execvp(pointers[0], pointers.data());
    return complain("ssh", errno_error("ssh: install OpenSSH's client"));
}

int run_ssh_config(const arguments& given) {
    control::client client(socket_path(given));
    auto shot = client.current();
    if (!shot) return complain("ssh-config", shot.error());
    for (const auto& host : shot->hosts) {
        auto found = host_named(client, host.name);
        if (found) std::fputs(config_section(host.name, *found).c_str(), stdout);
        // A host that never booted has no pin, and no section.
        bool is_unpinned = !found && found.error().code() == control::control_errc::refused;
        if (!found && !is_unpinned) return complain("ssh-config", found.error());
    }
    return exit_done;
}

}  // namespace landscaper::cli
