// What a token needs to see the whole of what PVE thins out with status 200.
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
inline constexpr Sight kSeesNodes{{kAuditsNodes}};  ///< their use, and tasks of others
inline constexpr Sight kSeesLog{{{{"Sys.Syslog"}, "/", true}}};
inline constexpr Sight kSeesOptions{{{{"Sys.Audit"}, "/", true}}};
inline constexpr Sight kSeesBridges{{{{"SDN.Audit", "SDN.Use"}, "/sdn"}}};
/// PVE::Storage::check_volume_access: Datastore.Allocate shows all; else a guest's volume needs a right on
/// the guest too, and ISO images and templates show to everybody who may list.
inline constexpr Sight kSeesBackups{{kAllocatesSpace, kBacksUp}, {kAllocates}};
inline constexpr Sight kSeesImages{{kListsVolumes, kConfiguresDisks}, {kAllocates}};
inline constexpr Sight kSeesVolumes{{kAllocatesSpace, kBacksUp, kConfiguresDisks}, {kAllocates}};

}  // namespace tool
