// What the console shows of deployments and their resources. Asks nobody.
#pragma once

#include <vector>

#include "landscaper/control/snapshot.hpp"
#include "landscaper/daemon/deployment.hpp"

namespace landscaper::daemon {

control::resource_view view_of_resource(const engine::resource_view& of);

// `views`: of all its resources.
control::deployment_view view_of_deployment(const deployment& of,
                                            const std::vector<engine::resource_view>& views);

}  // namespace landscaper::daemon
