// The rows of each category, defined in the file of its name.
#pragma once

#include <span>

#include "tool/tool.h"

namespace catalog {

std::span<const tool::Tool> nodes();
std::span<const tool::Tool> qemu();
std::span<const tool::Tool> lxc();
std::span<const tool::Tool> storage();
std::span<const tool::Tool> cluster();
std::span<const tool::Tool> access();
std::span<const tool::Tool> pools();
std::span<const tool::Tool> network();
std::span<const tool::Tool> firewall();
std::span<const tool::Tool> backup();
std::span<const tool::Tool> tasks();
std::span<const tool::Tool> ha();
std::span<const tool::Tool> insight();
std::span<const tool::Tool> network_plus();
std::span<const tool::Tool> api();

}  // namespace catalog
