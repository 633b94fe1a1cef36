// The built-in roles of PVE 9.2 with their privileges.
#include "base/text.h"
#include "simulator/world/world.h"

namespace simulator {
namespace {

struct BuiltIn {
  std::string_view name;
  std::string_view privileges;
};

constexpr BuiltIn kRoles[] = {
    {"Administrator",
     "Datastore.Allocate,Datastore.AllocateSpace,Datastore.AllocateTemplate,Datastore.Audit,Group.Allocate,"
     "Mapping.Audit,Mapping.Modify,Mapping.Use,Permissions.Modify,Pool.Allocate,Pool.Audit,Realm.Allocate,"
     "Realm.AllocateUser,SDN.Allocate,SDN.Audit,SDN.Use,Sys.AccessNetwork,Sys.Audit,Sys.Console,Sys.Incoming,"
     "Sys.Modify,Sys.PowerMgmt,Sys.Syslog,User.Modify,VM.Allocate,VM.Audit,VM.Backup,VM.Clone,VM.Config."
     "CDROM,VM.Config.CPU,VM.Config.Cloudinit,VM.Config.Disk,VM.Config.HWType,VM.Config.Memory,VM.Config."
     "Network,VM.Config.Options,VM.Console,VM.GuestAgent.Audit,VM.GuestAgent.FileRead,VM.GuestAgent."
     "FileSystemMgmt,VM.GuestAgent.FileWrite,VM.GuestAgent.Unrestricted,VM.Migrate,VM.PowerMgmt,VM.Replicate,"
     "VM.Snapshot,VM.Snapshot.Rollback"},
    {"NoAccess", ""},
    {"PVEAdmin",
     "Datastore.Allocate,Datastore.AllocateSpace,Datastore.AllocateTemplate,Datastore.Audit,Group.Allocate,"
     "Mapping.Audit,Mapping.Use,Pool.Allocate,Pool.Audit,Realm.AllocateUser,SDN.Allocate,SDN.Audit,SDN.Use,"
     "Sys.Audit,Sys.Console,Sys.Syslog,User.Modify,VM.Allocate,VM.Audit,VM.Backup,VM.Clone,VM.Config.CDROM,"
     "VM.Config.CPU,VM.Config.Cloudinit,VM.Config.Disk,VM.Config.HWType,VM.Config.Memory,VM.Config.Network,"
     "VM.Config.Options,VM.Console,VM.GuestAgent.Audit,VM.GuestAgent.FileRead,VM.GuestAgent.FileSystemMgmt,"
     "VM.GuestAgent.FileWrite,VM.GuestAgent.Unrestricted,VM.Migrate,VM.PowerMgmt,VM.Replicate,VM.Snapshot,VM."
     "Snapshot.Rollback"},
    {"PVEAuditor",
     "Datastore.Audit,Mapping.Audit,Pool.Audit,SDN.Audit,Sys.Audit,VM.Audit,VM.GuestAgent.Audit"},
    {"PVEDatastoreAdmin",
     "Datastore.Allocate,Datastore.AllocateSpace,Datastore.AllocateTemplate,Datastore.Audit"},
    {"PVEDatastoreUser", "Datastore.AllocateSpace,Datastore.Audit"},
    {"PVEMappingAdmin", "Mapping.Audit,Mapping.Modify,Mapping.Use"},
    {"PVEMappingUser", "Mapping.Audit,Mapping.Use"},
    {"PVEPoolAdmin", "Pool.Allocate,Pool.Audit"},
    {"PVEPoolUser", "Pool.Audit"},
    {"PVESDNAdmin", "SDN.Allocate,SDN.Audit,SDN.Use"},
    {"PVESDNUser", "SDN.Audit,SDN.Use"},
    {"PVESysAdmin", "Sys.Audit,Sys.Console,Sys.Syslog"},
    {"PVETemplateUser", "VM.Audit,VM.Clone"},
    {"PVEUserAdmin", "Group.Allocate,Realm.AllocateUser,User.Modify"},
    {"PVEVMAdmin",
     "VM.Allocate,VM.Audit,VM.Backup,VM.Clone,VM.Config.CDROM,VM.Config.CPU,VM.Config.Cloudinit,VM.Config."
     "Disk,VM.Config.HWType,VM.Config.Memory,VM.Config.Network,VM.Config.Options,VM.Console,VM.GuestAgent."
     "Audit,VM.GuestAgent.FileRead,VM.GuestAgent.FileSystemMgmt,VM.GuestAgent.FileWrite,VM.GuestAgent."
     "Unrestricted,VM.Migrate,VM.PowerMgmt,VM.Replicate,VM.Snapshot,VM.Snapshot.Rollback"},
    {"PVEVMUser",
     "VM.Audit,VM.Backup,VM.Config.CDROM,VM.Config.Cloudinit,VM.Console,VM.GuestAgent.Audit,VM.GuestAgent."
     "FileRead,VM.GuestAgent.FileSystemMgmt,VM.GuestAgent.FileWrite,VM.PowerMgmt"},
};

/// PVE 8 has one privilege, VM.Monitor, for the guest agent and the monitor, and none for replication.
void as_of_8(Role& role) {
  if (role.privileges.contains("VM.GuestAgent.Unrestricted")) role.privileges.emplace("VM.Monitor");
  std::erase_if(role.privileges, [](const std::string& privilege) {
    return privilege.starts_with("VM.GuestAgent.") || privilege == "VM.Replicate";
  });
}

}  // namespace

void add_roles(State& state) {
  for (const auto& built_in : kRoles) {
    Role role;
    role.special = true;
    for (const auto part : base::split(built_in.privileges, ',')) {
      if (!part.empty()) role.privileges.emplace(part);
    }
    if (!state.is_pve({9, 0})) as_of_8(role);
    state.roles.emplace(built_in.name, std::move(role));
  }
}

}  // namespace simulator
