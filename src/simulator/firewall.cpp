#include "simulator/routes.h"

namespace simulator {

std::span<const Route> firewall_routes() { return {}; }

}  // namespace simulator
