#include "pxe/proxy/fetch.hpp"

#include "pxe/proxy/boot_program.hpp"
#include "pxe/proxy/names.hpp"
#include "pxe/proxy/script.hpp"

namespace pxe::proxy {

using landscaper::content;

namespace {

give give_text(std::string text, std::string object, const boot_entry* host) {
    landscaper::bytes data(text.begin(), text.end());
    return {content({landscaper::literal(std::move(data))}), std::move(object), host};
}

std::string script_of_stage(stage at) {
    switch (at) {
        case stage::install: return "script.ipxe";
        case stage::local: return "local.ipxe";
        default: return "hold.ipxe";
    }
}

// GRUB asks for its configuration beside itself, whatever the host's stage.
std::string grub_config_of_stage(stage at) {
    switch (at) {
        case stage::install: return "grub.cfg";
        case stage::local: return "local.grub";
        default: return "hold.grub";
    }
}

// A payload only while the host is to be installed: not to a host on hold, not after the installation.
bool is_served(stage at, std::string_view object) {
    switch (at) {
        case stage::install: return true;
        case stage::local: return object.starts_with("local");
        case stage::hold: return object.starts_with("hold");
        case stage::silent: return false;
    }
    return false;
}

answer shared_object(const std::string& object, const boot_entry* host, const server_facts& us) {
    auto at = us.network->shared.find(object);
    if (at != us.network->shared.end()) return give{at->second, object, host};
    auto local_efi =
        host && host->objects.contains("local.efi") ? host_name(host->token, "local.efi") : "local.efi";
    if (object == "local.ipxe") return give_text(local_script(url_of(us, local_efi)), object, host);
    if (object == "hold.ipxe") return give_text(hold_script(), object, host);
    if (object == "local.grub") return give_text(local_grub_config(), object, host);
    if (object == "hold.grub") return give_text(hold_grub_config(), object, host);
    if (object == "autoexec.ipxe" && !host) return give_text(autoboot_script(), object, host);
    return refuse{reason::unknown_name};
}

answer host_object(const boot_entry& entry, std::string object, const server_facts& us) {
    if (entry.stage == stage::silent) return refuse{reason::wrong_stage};
    // iPXE asks for it beside the program it was started as.
    if (object == "autoexec.ipxe") object = script_of_stage(entry.stage);
    if (object == "grub.cfg") object = grub_config_of_stage(entry.stage);
    auto own = entry.objects.find(object);
    if (own == entry.objects.end()) return shared_object(object, &entry, us);
    if (!is_served(entry.stage, object)) return refuse{reason::wrong_stage};
    return give{own->second, object, &entry};
}

}  // namespace

answer on_fetch(const boot_entry* entry, const fetch& what, const server_facts& us) {
    if (!us.interface_allowed) return refuse{reason::interface_closed};
    auto name = parse_name(what.name);
    if (!name) return refuse{reason::unknown_name};
    if (name->token.empty()) return shared_object(name->object, nullptr, us);
    if (!entry || entry->token != name->token) return refuse{reason::unknown_name};
    return host_object(*entry, std::move(name->object), us);
}

answer decide_fetch(const boot_table& table, const fetch& what, const server_facts& us) {
    auto name = parse_name(what.name);
    const auto* entry = name && !name->token.empty() ? table.find_token(name->token) : nullptr;
    return decide(entry, dhcp::client{}, what, us);
}

}  // namespace pxe::proxy
