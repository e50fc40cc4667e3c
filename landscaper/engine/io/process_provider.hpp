// A foreign NixOps4 resource provider: a program started for one operation, one JSON line each way, stderr as
// log lines. Adds nothing to the messages; whatever it answers is checked before it is believed.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "landscaper/async/deadline.hpp"
#include "landscaper/provider/provider.hpp"

namespace landscaper::engine {

struct process_provider_options {
    std::string directory;  // working directory; relative names in inputs start there
    // A cancelled operation may still answer for so long; then SIGTERM, since a provider that is killed while
    // it creates leaves something that nobody knows of.
    steady::duration grace = std::chrono::seconds(30);
    // An answered provider that does not end on end of file for so long is killed.
    steady::duration farewell = std::chrono::seconds(5);
};

std::shared_ptr<provider::resource_type> make_process_provider(provider_ref program,
                                                               process_provider_options options);

// For provider::registry::set_foreign.
provider::registry::foreign_factory foreign_providers(process_provider_options options = {});

}  // namespace landscaper::engine
