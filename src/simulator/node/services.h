// The systemd services of a node.
#pragma once

#include "simulator/core/call.h"

namespace simulator {

Answer list_services(Call& call);
Answer service_state(Call& call);
Answer start_service(Call& call);
Answer stop_service(Call& call);
Answer restart_service(Call& call);
Answer reload_service(Call& call);

}  // namespace simulator
