#include "catalog/catalog.h"

#include "catalog/categories.h"

namespace catalog {

namespace {

constexpr tool::Category kCategories[] = {
    {"nodes", "Nodes", kNodes},          {"qemu", "QEMU Virtual Machines", kQemu},
    {"lxc", "LXC Containers", kLxc},     {"storage", "Storage", kStorage},
    {"cluster", "Cluster", kCluster},    {"access", "Access Control", kAccess},
    {"pools", "Pools", kPools},          {"network", "Network", kNetwork},
    {"firewall", "Firewall", kFirewall}, {"backup", "Backup", kBackup},
    {"tasks", "Tasks", kTasks},          {"ha", "High Availability", kHa},
};

}  // namespace

std::span<const tool::Category> categories() { return kCategories; }

}  // namespace catalog
