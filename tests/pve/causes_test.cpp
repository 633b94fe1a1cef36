#include "pve/causes.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using pve::Cause;
using pve::cause_of;

TEST(Causes, AreRecognisedByPvesWords) {
  struct Row {
    std::string_view message;
    Cause cause;
  };
  // Recorded on PVE 9.2.11.
  for (const auto& [message, cause] :
       {Row{"Permission check failed (/nodes/pve1, Sys.Syslog)", Cause::NoPrivilege},
        Row{"Permission check failed (user != root@pam)", Cause::RootOnly},
        Row{"Permission check failed (URI '/access/password' not available with API token, need proper "
            "ticket.",
            Cause::NotForTokens},
        Row{"cluster not ready - no quorum?", Cause::NoQuorum},
        Row{"VM is locked (backup)", Cause::GuestLocked},
        Row{"can't lock file '/var/lock/qemu-server/lock-100.conf' - got timeout", Cause::LockFileBusy},
        Row{"Configuration file 'nodes/pve2/qemu-server/120.conf' does not exist", Cause::GuestNotOnNode},
        Row{"detected modified configuration - file changed by other user? Try again.",
            Cause::ConfigurationChanged},
        Row{"Method 'GET /nope' not implemented", Cause::NotImplemented},
        Row{"RPCEnvironment init request failed: Unable to load access control list: Connection refused",
            Cause::ClusterFilesDown},
        // Settings of root@pam alone: no right of a token changes that.
        Row{"only root can set 'args' config", Cause::RootOnlyOption},
        Row{"Only root can pass arbitrary filesystem paths. at /usr/share/perl5/PVE/Storage.pm line 651.",
            Cause::RootOnlyOption},
        Row{"Permission check failed (mount point type bind is only allowed for root@pam)",
            Cause::RootOnlyOption},
        // States.
        Row{"VM is locked (suspended)", Cause::GuestSuspended},
        Row{"VM is paused - cannot shutdown", Cause::Paused},
        Row{"VM 9395 qmp command 'cont' failed - Migration is not finalized yet", Cause::NotFinalized},
        Row{"service 'vm:9303' in error state, must be disabled and fixed first", Cause::HaError},
        Row{"cannot delete service 'vm:9301', not HA managed!", Cause::NotInHa},
        Row{"resource 'vm:9302' is not HA managed", Cause::NotInHa},
        Row{"unable to destroy CT 230 - container is running", Cause::StillRunning},
        Row{"can't overwrite running container", Cause::StillRunning},
        Row{"you can't start a vm if it's a template", Cause::IsTemplate},
        Row{"you can't start a CT if it's a template", Cause::IsTemplate},
        Row{"base volume 'local:130/base-130-disk-0.qcow2' is still in use by linked cloned",
            Cause::UsedByLinkedClone},
        Row{"Full clone of a running container is only possible from a snapshot",
            Cause::ClonesOnlyFromSnapshot},
        Row{"Linked clone feature is not supported for 'local:130/vm-130-disk-0.qcow2' (scsi0)",
            Cause::ClonesOnlyInFull},
        Row{"unable to parse directory volume name '32G'", Cause::VolumeUnreadable},
        Row{"failed to stat '/var/lib/vz/import/none.raw'", Cause::ImportMissing},
        Row{"'import-from' requires special syntax - use <storage ID>:0,import-from=<source>",
            Cause::ImportWithSize},
        Row{"MAX 2 vcpus allowed per VM on this node", Cause::TooManyCpus},
        Row{"delete pool failed: pool 'sweep' is not empty (contains VM 120)", Cause::PoolNotEmpty},
        // What exists: a free number is of use for guests alone.
        Row{"unable to create VM 100 - VM 100 already exists on node 'pve1'", Cause::GuestExists},
        Row{"CT 200 already exists on node 'pve1'", Cause::GuestExists},
        Row{"unable to create VM 131: config file already exists", Cause::GuestExists},
        Row{"create user failed: user 'rec1@pve' already exists", Cause::AlreadyExists},
        Row{"create storage failed: storage ID 'rectiny' already defined", Cause::AlreadyExists},
        Row{"create resource failed: resource ID 'vm:9301' already defined", Cause::AlreadyExists},
        Row{"snapshot name 'ram' already used", Cause::AlreadyExists},
        Row{"node is not in a cluster, no join info available!", Cause::Unknown}, Row{"", Cause::Unknown}}) {
    EXPECT_EQ(cause_of(message), cause) << message;
  }
}

TEST(Causes, IgnoresTheWordsOfARepeatedValue) {
  EXPECT_EQ(cause_of("unable to parse 'local:backup/Permission check failed (/, Permissions.Modify).vma'"),
            Cause::Unknown);
}

TEST(Causes, AreReadFromParametersToo) {
  pve::Error error;
  error.status = 400;
  error.message = "Parameter verification failed.";
  error.errors = {{"x", "wrong"}, {"job-id", "Only root may set this option."}};
  EXPECT_EQ(cause_of(error), Cause::RootOnlyOption);
  error.errors = {{"net1", "hotplug problem - error on hot-unplugging device 'net1' - still busy in guest?"}};
  EXPECT_EQ(cause_of(error), Cause::HotplugFailed);
}

TEST(Causes, AreReadFromTheLogOfATaskThatOnlyHasAnExitCode) {
  const std::vector<std::string> log{"service 'vm:9303' in error state, must be disabled and fixed first",
                                     "TASK ERROR: command 'ha-manager set vm:9303' failed: exit code 255"};
  EXPECT_EQ(pve::cause_of_end("command 'ha-manager set vm:9303' failed: exit code 255", log), Cause::HaError);
  EXPECT_EQ(pve::cause_of_end("VM is locked (backup)", log), Cause::GuestLocked);
}

TEST(Causes, AreRecognisedByTheStatusOfAForwardedCall) {
  struct Row {
    unsigned status;
    std::string_view message;
    Cause cause;
  };
  for (const auto& [status, message, cause] :
       {Row{595, "No route to host", Cause::NodeUnreachable},
        Row{595, "Connection refused", Cause::DaemonDown}, Row{596, "Broken pipe", Cause::NodeSilent},
        Row{596, "Connection timed out", Cause::NodeSilent}, Row{597, "Broken pipe", Cause::AnswerBrokeOff},
        Row{598, "Broken pipe", Cause::AnswerBrokeOff},
        Row{599, "Too many redirections", Cause::AnswerBrokeOff},
        Row{500, "VM is locked (backup)", Cause::GuestLocked}}) {
    pve::Error error;
    error.status = status;
    error.message = message;
    EXPECT_EQ(cause_of(error), cause) << status << " " << message;
  }
}

TEST(Causes, OtherErrorsHaveNoCause) {
  pve::Error error;
  error.kind = pve::Error::Kind::Malformed;
  error.message = "VM is locked (backup)";
  EXPECT_EQ(cause_of(error), Cause::Unknown);
}

}  // namespace
