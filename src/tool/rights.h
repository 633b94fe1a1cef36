// The privileges that an API token needs to see complete lists. PVE shortens these lists by privileges, and
// still answers with status 200.
#pragma once

#include "tool/sight.h"

namespace tool {

inline constexpr Right kAuditsGuests{{"VM.Audit"}, "/vms"};
inline constexpr Right kAuditsStorages{{"Datastore.Audit", "Datastore.AllocateSpace"}, "/storage"};
inline constexpr Right kAuditsNodes{{"Sys.Audit"}, "/nodes"};
inline constexpr Right kListsVolumes{{"Datastore.Audit"}, "/storage"};
inline constexpr Right kAllocatesSpace{{"Datastore.AllocateSpace"}, "/storage"};
inline constexpr Right kAllocates{{"Datastore.Allocate"}, "/storage"};
inline constexpr Right kBacksUp{{"VM.Backup"}, "/vms"};
inline constexpr Right kConfiguresDisks{{"VM.Config.Disk"}, "/vms"};

inline constexpr Sight kSeesGuests{{kAuditsGuests}};
inline constexpr Sight kSeesStorages{{kAuditsStorages}};
inline constexpr Sight kSeesNodes{{kAuditsNodes}};  ///< usage of nodes, and tasks of other users
inline constexpr Sight kSeesLog{{{{"Sys.Syslog"}, "/", true}}};
inline constexpr Sight kSeesOptions{{{{"Sys.Audit"}, "/", true}}};
inline constexpr Sight kSeesBridges{{{{"SDN.Audit", "SDN.Use"}, "/sdn"}}};
/// PVE::Storage::check_volume_access: Datastore.Allocate shows all volumes. Without it, a guest's volume also
/// needs a privilege on the guest; ISO images and templates are visible to every user who may list the
/// storage.
inline constexpr Sight kSeesBackups{{kAllocatesSpace, kBacksUp}, {kAllocates}};
inline constexpr Sight kSeesImages{{kListsVolumes, kConfiguresDisks}, {kAllocates}};
inline constexpr Sight kSeesVolumes{{kAllocatesSpace, kBacksUp, kConfiguresDisks}, {kAllocates}};

}  // namespace tool
