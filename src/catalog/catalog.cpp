#include "catalog/catalog.h"

#include "catalog/categories.h"

namespace catalog {

std::span<const tool::Category> categories() {
  static const tool::Category all[] = {
      {"nodes", "Nodes", nodes()},
      {"qemu", "QEMU Virtual Machines", qemu()},
      {"lxc", "LXC Containers", lxc()},
      {"storage", "Storage", storage()},
      {"cluster", "Cluster", cluster()},
      {"access", "Access Control", access()},
      {"pools", "Pools", pools()},
      {"network", "Network", network()},
      {"firewall", "Firewall", firewall()},
      {"backup", "Backup", backup()},
      {"tasks", "Tasks", tasks()},
      {"ha", "High Availability", ha()},
      {"insight", "Insight", insight(), true},
      {"network-plus", "Network Changes", network_plus(), true},
      {"api", "Every Endpoint", api(), true},
      {"exec", "Commands in Guests", {}, true},
  };
  return all;
}

std::vector<std::string> usual_categories() {
  std::vector<std::string> names;
  for (const auto& category : categories()) {
    if (!category.opt_in) names.emplace_back(category.name);
  }
  return names;
}

}  // namespace catalog
