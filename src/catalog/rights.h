// What a token needs to see the whole of what PVE thins out with status 200.
#pragma once

#include "tool/sight.h"

namespace catalog {

inline constexpr tool::Right kAuditsGuests{{"VM.Audit"}, "/vms"};
inline constexpr tool::Right kAuditsStorages{{"Datastore.Audit", "Datastore.AllocateSpace"}, "/storage"};
inline constexpr tool::Right kAuditsNodes{{"Sys.Audit"}, "/nodes"};
inline constexpr tool::Right kListsVolumes{{"Datastore.Audit"}, "/storage"};
inline constexpr tool::Right kAllocatesSpace{{"Datastore.AllocateSpace"}, "/storage"};
inline constexpr tool::Right kAllocates{{"Datastore.Allocate"}, "/storage"};
inline constexpr tool::Right kBacksUp{{"VM.Backup"}, "/vms"};
inline constexpr tool::Right kConfiguresDisks{{"VM.Config.Disk"}, "/vms"};

inline constexpr tool::Sight kSeesGuests{{kAuditsGuests}};
inline constexpr tool::Sight kSeesStorages{{kAuditsStorages}};
inline constexpr tool::Sight kSeesNodes{{kAuditsNodes}};  ///< their use, and tasks of others
inline constexpr tool::Sight kSeesLog{{{{"Sys.Syslog"}, "/", true}}};
inline constexpr tool::Sight kSeesOptions{{{{"Sys.Audit"}, "/", true}}};
inline constexpr tool::Sight kSeesBridges{{{{"SDN.Audit", "SDN.Use"}, "/sdn"}}};
/// PVE::Storage::check_volume_access: Datastore.Allocate shows all; else a guest's volume needs a right on
/// the guest too, and ISO images and templates show to everybody who may list.
inline constexpr tool::Sight kSeesBackups{{kAllocatesSpace, kBacksUp}, {kAllocates}};
inline constexpr tool::Sight kSeesImages{{kListsVolumes, kConfiguresDisks}, {kAllocates}};
inline constexpr tool::Sight kSeesVolumes{{kAllocatesSpace, kBacksUp, kConfiguresDisks}, {kAllocates}};

}  // namespace catalog
