#include "catalog/catalog.h"

#include "catalog/categories.h"

namespace catalog {

namespace {

constexpr tool::Category kCategories[] = {
    {"nodes", "Nodes", kNodes},
    {"qemu", "QEMU Virtual Machines", kQemu},
    {"lxc", "LXC Containers", kLxc},
    {"storage", "Storage", kStorage},
    {"cluster", "Cluster", kCluster},
    {"access", "Access Control", kAccess},
    {"pools", "Pools", kPools},
    {"network", "Network", kNetwork},
    {"firewall", "Firewall", kFirewall},
    {"backup", "Backup", kBackup},
    {"tasks", "Tasks", kTasks},
    {"ha", "High Availability", kHa},
    {"insight", "Insight", kInsight, true},
};

}  // namespace

std::span<const tool::Category> categories() { return kCategories; }

std::vector<std::string> usual_categories() {
  std::vector<std::string> names;
  for (const auto& category : kCategories) {
    if (!category.opt_in) names.emplace_back(category.name);
  }
  return names;
}

}  // namespace catalog
