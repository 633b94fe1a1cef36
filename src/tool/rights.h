// The privileges that an API token needs to see complete lists. PVE shortens these lists by privileges, and
// still answers with status 200.
#pragma once

#include "tool/list_rights.h"

namespace tool {

inline constexpr Right kAuditsGuests{{"VM.Audit"}, "/vms"};
inline constexpr Right kAuditsStorages{{"Datastore.Audit", "Datastore.AllocateSpace"}, "/storage"};
inline constexpr Right kAuditsNodes{{"Sys.Audit"}, "/nodes"};
inline constexpr Right kListsVolumes{{"Datastore.Audit"}, "/storage"};
inline constexpr Right kAllocatesSpace{{"Datastore.AllocateSpace"}, "/storage"};
inline constexpr Right kAllocates{{"Datastore.Allocate"}, "/storage"};
inline constexpr Right kBacksUp{{"VM.Backup"}, "/vms"};
inline constexpr Right kConfiguresDisks{{"VM.Config.Disk"}, "/vms"};

inline constexpr ListRights kSeesGuests{{kAuditsGuests}};
inline constexpr ListRights kSeesStorages{{kAuditsStorages}};
inline constexpr ListRights kSeesNodes{{kAuditsNodes}};  ///< usage of nodes, and tasks of other users
inline constexpr ListRights kSeesLog{{{{"Sys.Syslog"}, "/", true}}};
inline constexpr ListRights kSeesOptions{{{{"Sys.Audit"}, "/", true}}};
inline constexpr ListRights kSeesBridges{{{{"SDN.Audit", "SDN.Use"}, "/sdn"}}};
/// PVE::Storage::check_volume_access: Datastore.Allocate shows all volumes. Without it, a guest's volume also
/// needs a privilege on the guest; ISO images and templates are visible to every user who may list the
/// storage.
inline constexpr ListRights kSeesBackups{{kAllocatesSpace, kBacksUp}, {kAllocates}};
inline constexpr ListRights kSeesImages{{kListsVolumes, kConfiguresDisks}, {kAllocates}};
inline constexpr ListRights kSeesVolumes{{kAllocatesSpace, kBacksUp, kConfiguresDisks}, {kAllocates}};

}  // namespace tool
