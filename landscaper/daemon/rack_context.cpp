#include "landscaper/daemon/rack_context.hpp"

#include <chrono>

#include "landscaper/daemon/addresses.hpp"

namespace landscaper::daemon {

std::string rack_context::appliance_for(const std::optional<ip_address>& address) const {
    if (inventory.network.address) return inventory.network.address->address.text();
    auto own = address_for(own_addresses(), address, inventory.network.interfaces);
    return own ? own->text() : "";
}

std::string rack_context::cache_url_for(const std::optional<ip_address>& address) const {
    auto appliance = appliance_for(address);
    if (appliance.find(':') != std::string::npos) appliance = "[" + appliance + "]";
    return "http://" + appliance + ":" + std::to_string(http_port) + "/cache";
}

ledger::unix_ms now_ms() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace landscaper::daemon
