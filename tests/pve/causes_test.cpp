#include "pve/causes.h"

#include <gtest/gtest.h>

namespace {

using pve::Cause;
using pve::cause_of;

TEST(Causes, AreToldByPvesWords) {
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
        Row{"node is not in a cluster, no join info available!", Cause::Unknown}, Row{"", Cause::Unknown}}) {
    EXPECT_EQ(cause_of(message), cause) << message;
  }
}

TEST(Causes, AValueThatPveRepeatsIsNoMissingPrivilege) {
  EXPECT_EQ(cause_of("unable to parse 'local:backup/Permission check failed (/, Permissions.Modify).vma'"),
            Cause::Unknown);
}

TEST(Causes, OfACallThatPvePassesOnAreToldByTheStatus) {
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

TEST(Causes, WhatIsNoRefusalHasNone) {
  pve::Error error;
  error.kind = pve::Error::Kind::Malformed;
  error.message = "VM is locked (backup)";
  EXPECT_EQ(cause_of(error), Cause::Unknown);
}

}  // namespace
