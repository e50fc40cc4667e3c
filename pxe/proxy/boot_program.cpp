#include "pxe/proxy/boot_program.hpp"

#include "pxe/proxy/names.hpp"

namespace pxe::proxy {

std::string url_of(const server_facts& us, std::string_view name) {
    return "http://" + us.address.text() + ":" + std::to_string(us.network->http_port) + "/" +
           std::string(name);
}

bool is_shared(const server_facts& us, const std::string& object) {
    return us.network->shared.contains(object);
}

namespace {

struct chooser {
    const boot_entry& entry;
    const dhcp::client& who;
    const server_facts& us;

    bool has_own(const std::string& object) const {
        return !entry.token.empty() && entry.objects.contains(object);
    }
    std::string efi(std::string_view stem) const {
        return std::string(stem) + std::string(who.arch->suffix) + ".efi";
    }

    bool over_http() const { return who.kind == dhcp::client_class::http; }
    // A URL for HTTP Boot, never a TFTP name, and the other way round (xcat-core#7743).
    boot_program named(const std::string& name) const {
        if (over_http()) return {boot_file{url_of(us, name), true, false}, {}};
        return {boot_file{name, false, false}, {}};
    }
    // The host's own object, else the shared one, under its shared name.
    boot_program own_or_shared(const std::string& object) const {
        if (has_own(object)) return named(host_name(entry.token, object));
        if (is_shared(us, object)) return named(object);
        return {std::nullopt, object};
    }
    // A shared first stage under the host's name: what it looks for beside itself (autoexec.ipxe, grub.cfg)
    // is then asked for with the host's token.
    boot_program first_stage(const std::string& object) const {
        if (!is_shared(us, object) && !has_own(object)) return {std::nullopt, object};
        return named(host_name(entry.token, object));
    }
    boot_program bios_first_stage() const {
        return first_stage(entry.nbp == nbp_kind::grub ? "grub.0" : "undionly.kpxe");
    }

    boot_program script(const std::string& name) const {
        return {boot_file{url_of(us, host_name(entry.token, name)), true, false}, {}};
    }

    boot_program install() const {
        if (who.is_bios()) return bios_first_stage();
        if (entry.nbp == nbp_kind::grub) return first_stage(efi("grub"));
        auto uki = efi("uki");
        bool wants_uki = entry.nbp == nbp_kind::automatic || entry.nbp == nbp_kind::uki;
        if (wants_uki && has_own(uki)) return named(host_name(entry.token, uki));
        if (entry.nbp == nbp_kind::uki || !has_own("script.ipxe")) return {std::nullopt, uki};
        return first_stage(efi("snponly"));
    }
    // An iPXE ROM can start GRUB, which makes no DHCP of its own: no loop. Not so undionly.kpxe, which asks
    // as the very iPXE that started it (pixiecore#63), and so `nbp: undionly` means a script to an iPXE.
    bool forces_grub() const { return entry.nbp == nbp_kind::grub && who.is_bios() && !who.is_second_stage; }
    // Without a script the UKI itself does: its command line is lost to iPXE's load options, the rest works.
    boot_program install_by_ipxe() const {
        if (forces_grub()) return first_stage("grub.0");
        if (has_own("script.ipxe")) return script("script.ipxe");
        auto uki = efi("uki");
        if (who.is_uefi() && has_own(uki)) return script(uki);
        return {std::nullopt, "script.ipxe"};
    }
    boot_program local(bool may_go_to_disk) const {
        if (who.is_uefi()) return own_or_shared(efi("local"));
        if (may_go_to_disk && !over_http()) return {boot_file{{}, false, true}, {}};
        return bios_first_stage();
    }
    boot_program local_by_ipxe() const {
        if (who.is_uefi() && !has_own("local.efi") && !is_shared(us, "local.efi")) {
            return {std::nullopt, "local.efi"};
        }
        return script("local.ipxe");
    }
    boot_program hold() const {
        if (who.is_bios()) return bios_first_stage();
        auto own = own_or_shared(efi("hold"));
        if (own.file) return own;
        auto ipxe = first_stage(efi("snponly"));
        return ipxe.file ? ipxe : own;
    }
};

}  // namespace

boot_program program_for(const boot_entry& entry, const dhcp::client& who, const server_facts& us,
                         bool may_go_to_disk) {
    if (!who.is_bios() && !who.is_uefi())
        return {std::nullopt, "anything for " + std::string(who.arch->name)};
    if (who.is_raspberry_pi) return {std::nullopt, "anything for a Raspberry Pi"};
    chooser choose{entry, who, us};
    switch (entry.stage) {
        case stage::install: return who.is_ipxe ? choose.install_by_ipxe() : choose.install();
        case stage::local: return who.is_ipxe ? choose.local_by_ipxe() : choose.local(may_go_to_disk);
        case stage::hold: return who.is_ipxe ? choose.script("hold.ipxe") : choose.hold();
        case stage::silent: break;
    }
    return {};
}

}  // namespace pxe::proxy
