#include "landscaper/inventory/reading.hpp"

namespace landscaper::inventory {

namespace {

void read_role(reading& in, const yaml_node& v, const std::string& p, host& h) {
    if (auto written = read_text(in, v, p, "a role's name")) h.role = *written;
}

constexpr row<host> role_row{"role", "a key of `systems`", "the only system",
                             "Which of the systems the host becomes.", read_role};
constexpr row<host> firmware_row{
    "firmware", "uefi | bios", "uefi", "How the host boots. A host that asks in the other way is held.",
    [](reading& in, const yaml_node& v, const std::string& p, host& h) { read_word(in, v, p, h.firmware); }};
constexpr row<host> nameservers_row{"nameservers", "address, one or a list", "",
                                    "DNS servers of the installed host.",
                                    [](reading& in, const yaml_node& v, const std::string& p, host& h) {
                                        read_ips(in, v, p, h.nameservers);
                                    }};
constexpr row<host> domain_row{
    "domain", "DNS name", "", "DNS domain that landscaper's DHCP tells the host (`dhcp: reservations`).",
    [](reading& in, const yaml_node& v, const std::string& p, host& h) { read_domain(in, v, p, h.domain); }};
constexpr row<host> ntp_row{
    "ntp", "address, one or a list", "", "Time servers that landscaper's DHCP tells the host.",
    [](reading& in, const yaml_node& v, const std::string& p, host& h) { read_ips(in, v, p, h.ntp); }};
constexpr row<host> mtu_row{
    "mtu", "number", "", "MTU of the host's network in bytes, as landscaper's DHCP tells it.",
    [](reading& in, const yaml_node& v, const std::string& p, host& h) { read_mtu(in, v, p, h.mtu); }};
constexpr row<host> gateway_row{
    "gateway", "address", "", "The host's default route; inside the prefix of its `ip`.",
    [](reading& in, const yaml_node& v, const std::string& p, host& h) { read_ip(in, v, p, h.gateway); }};
constexpr row<host> disk_row{
    "disk", "section", "", "Which disks are used, how, and what may be overwritten.",
    [](reading& in, const yaml_node& v, const std::string& p, host& h) { read_disk(in, v, p, h.disk); }};
constexpr row<host> trust_row{
    "trust", "segment | confirm", "segment",
    "confirm: after the key rotation wait until the operator has typed the end of the fingerprint on the "
    "server's screen.",
    [](reading& in, const yaml_node& v, const std::string& p, host& h) { read_word(in, v, p, h.trust); }};
constexpr row<host> boot_row{
    "boot", "section", "", "For firmware that needs a certain answer.",
    [](reading& in, const yaml_node& v, const std::string& p, host& h) { read_boot(in, v, p, h); }};

constexpr row<host> for_defaults[] = {role_row,  firmware_row, nameservers_row, gateway_row, disk_row,
                                      trust_row, boot_row,     domain_row,      ntp_row,     mtu_row};

constexpr row<host> for_hosts[] = {
    {"mac", "MAC address, one or a list", "required", "The server's network cards; any of them is the host.",
     [](reading& in, const yaml_node& v, const std::string& p, host& h) { read_macs(in, v, p, h.mac); }},
    {"ip", "ADDR/LEN | dhcp", "required", "The host's own address, IPv4 or IPv6.",
     [](reading& in, const yaml_node& v, const std::string& p, host& h) {
         read_prefix_or_dhcp(in, v, p, h.ip);
     }},
    gateway_row,
    nameservers_row,
    role_row,
    firmware_row,
    disk_row,
    {"disko", "map", "", "A disko specification, passed on verbatim, instead of `disk.layout`.",
     [](reading& in, const yaml_node& v, const std::string& p, host& h) {
         read_verbatim(in, v, p, h.disko);
     }},
    {"data", "map", "", "Anything the system's function wants to know of the host, passed on verbatim.",
     [](reading& in, const yaml_node& v, const std::string& p, host& h) { read_verbatim(in, v, p, h.data); }},
    trust_row,
    boot_row,
    domain_row,
    ntp_row,
    mtu_row,
    {"managed_by", "inventory | nixops4 | module", "inventory", "Who installs and updates the host.",
     [](reading& in, const yaml_node& v, const std::string& p, host& h) {
         read_word(in, v, p, h.managed_by);
     }},
};

constexpr row<host> for_boot[] = {
    {"style", "auto | direct | 4011", "auto",
     "Where a PXE client is told its boot file: in the offer, or on port 4011.",
     [](reading& in, const yaml_node& v, const std::string& p, host& h) { read_word(in, v, p, h.style); }},
    {"nbp", "auto | uki | ipxe | undionly | grub", "auto", "The first boot program.",
     [](reading& in, const yaml_node& v, const std::string& p, host& h) { read_word(in, v, p, h.nbp); }},
};

}  // namespace

std::span<const row<host>> default_rows() {
    return for_defaults;
}
std::span<const row<host>> host_rows() {
    return for_hosts;
}
std::span<const row<host>> boot_rows() {
    return for_boot;
}

void read_boot(reading& in, const yaml_node& value, const std::string& path, host& target) {
    read_section(in, value, path, boot_rows(), target);
}

}  // namespace landscaper::inventory
