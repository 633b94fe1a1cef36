// Causes of PVE's refusals, as callers see them that may use some categories only.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "resource/lab.h"

namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

mcp::Caller only(std::vector<std::string> categories) {
  mcp::Caller caller;
  caller.categories = std::move(categories);
  return caller;
}

class CausesTest : public testing::Test {
 protected:
  std::string call(std::string_view tool, std::string_view arguments, const mcp::Caller& caller) {
    const auto made = lab_.outcome(tool, arguments, false, caller);
    const auto* result = std::get_if<mcp::Result>(&made);
    return result == nullptr ? "no result" : std::get<mcp::Text>(result->content.at(0)).text;
  }
  /// PVE refuses the next creation so.
  void refuse(unsigned status, const std::string& message) {
    lab_.http.refuse("POST /nodes/pve1/qemu", status, message,
                     base::write_json(base::JsonObject{{"data", nullptr}, {"message", message}}));
  }
  static auto names() {
    return AnyOf(HasSubstr("There are"), HasSubstr("There is"), HasSubstr("Did you mean"));
  }

  lab::Lab lab_;
};

constexpr auto kCreate = R"({"node":"pve1","vmid":9001})";

TEST_F(CausesTest, NamesAreShownToCallersThatMayListThem) {
  struct Row {
    std::string_view tool;
    std::string_view arguments;
    std::string_view own;    ///< category of the tool
    std::string_view names;  ///< category of the names
  };
  for (const auto& row :
       {Row{"pve_create_qemu_vm", R"({"node":"pve1","vmid":9001,"pool":"nope"})", "qemu", "pools"},
        Row{"pve_create_qemu_vm", R"({"node":"pve1","vmid":9001,"scsi0":"nope:8"})", "qemu", "storage"},
        Row{"pve_create_qemu_vm", R"({"node":"pve1","vmid":9001,"scsi0":"nope:8"})", "qemu", "cluster"},
        Row{"pve_list_qemu_vms", R"({"node":"nope"})", "qemu", "nodes"},
        Row{"pve_list_tasks", R"({"node":"nope"})", "tasks", "cluster"}}) {
    const std::string own(row.own);
    EXPECT_THAT(call(row.tool, row.arguments, only({own})), AllOf(HasSubstr("nope"), Not(names())))
        << row.arguments;
    EXPECT_THAT(call(row.tool, row.arguments, only({own, std::string(row.names)})), names()) << row.arguments;
    EXPECT_THAT(call(row.tool, row.arguments, {}), names()) << row.arguments;
  }
}

TEST_F(CausesTest, LockHoldersAreShownToCallersThatMayListTasks) {
  ASSERT_THAT(lab_.call("pve_run_backup", R"({"vmid":"101","storage":"nas"})"), HasSubstr("UPID:"));
  constexpr auto kMigrate = R"({"vmid":101,"target":"pve3"})";
  EXPECT_THAT(call("pve_migrate_qemu_vm", kMigrate, only({"qemu"})),
              AllOf(HasSubstr("VM is locked (backup)"), Not(HasSubstr("UPID:")), Not(HasSubstr("root@pam"))));
  EXPECT_THAT(call("pve_migrate_qemu_vm", kMigrate, only({"qemu", "tasks"})),
              AllOf(HasSubstr("The task vzdump of "), HasSubstr("UPID:")));
}

TEST_F(CausesTest, IgnoresTheWordsOfARepeatedValue) {
  for (const auto* words :
       {"no such user ('zz') does not exist", "role 'zz' does not exist", "no such group 'zz'",
        "storage 'zz' does not exist", "snapshot 'zz' does not exist", "VM is locked (backup)",
        "Permission check failed (/, Permissions.Modify)"}) {
    const auto value = fmt::format("local:iso/{}.iso,media=cdrom", words);
    const auto arguments =
        base::write_json(base::JsonObject{{"node", "pve1"}, {"vmid", 9001}, {"ide2", value}});
    for (const auto& message : {fmt::format("volume local:iso/{}.iso does not exist", words),
                                fmt::format("{}.iso does not exist", words), std::string(words)}) {
      for (const auto status : {500U, 403U}) {
        refuse(status, message);
        EXPECT_THAT(call("pve_create_qemu_vm", arguments, {}),
                    AllOf(HasSubstr(words), Not(names()), Not(HasSubstr("pveum role add")),
                          Not(HasSubstr("lacks Permissions")), Not(HasSubstr("qm unlock 9001"))))
            << message;
      }
    }
  }
}

TEST_F(CausesTest, OnlyADenialIsAnsweredWithWhatIsLacking) {
  constexpr auto kDenied = "Permission check failed (/nodes/pve1, Sys.PowerMgmt)";
  refuse(403, kDenied);
  EXPECT_THAT(call("pve_create_qemu_vm", kCreate, {}), HasSubstr("lacks Sys.PowerMgmt on /nodes/pve1"));
  refuse(500, kDenied);
  EXPECT_THAT(call("pve_create_qemu_vm", kCreate, {}), Not(HasSubstr("lacks Sys.PowerMgmt")));
  refuse(403, std::string("hook: ") + kDenied);
  EXPECT_THAT(call("pve_create_qemu_vm", kCreate, {}), Not(HasSubstr("lacks Sys.PowerMgmt")));
}

TEST_F(CausesTest, TheServersRightsAreReadForCallersThatMayListThem) {
  refuse(403, "Permission check failed (/vms/9001, VM.Allocate)");
  const auto asked = [&](const mcp::Caller& caller) {
    lab_.http.clear_asked();
    EXPECT_THAT(call("pve_create_qemu_vm", kCreate, caller), HasSubstr("lacks VM.Allocate on /vms/9001"));
    return lab_.http.asked();
  };
  EXPECT_THAT(asked(only({"qemu"})), Not(testing::Contains(HasSubstr("/access/"))));
  EXPECT_THAT(asked({}), testing::Contains(HasSubstr("/access/permissions")));
}

TEST_F(CausesTest, TheEndOfATaskGrantsNothing) {
  engine::Options options;
  options.wait = std::chrono::seconds{60};
  lab::Lab lab({}, options);
  std::string end;
  lab.http.answer("GET /nodes/*/tasks/*/status", [&](const test::Asked& asked) {
    auto answer = lab.answering(asked);
    auto parsed = base::parse_json(answer->body);
    auto& status = parsed->as_object().at("data").as_object();
    if (status.contains("exitstatus")) status["exitstatus"] = end;
    answer->body = base::write_json(*parsed);
    return answer;
  });
  const auto start = [&](const mcp::Caller& caller) {
    const auto made = lab.outcome("pve_start_qemu_vm", R"({"vmid":112})", false, caller);
    return std::get<mcp::Text>(std::get<mcp::Result>(made).content.at(0)).text;
  };
  end = "Permission check failed (/, Permissions.Modify)";
  EXPECT_THAT(start({}), AllOf(HasSubstr(end), Not(HasSubstr("role add")), Not(HasSubstr("--roles Mcp"))));
  end = "hook said: storage 'nope' does not exist";
  EXPECT_THAT(start({}), AllOf(HasSubstr(end), Not(names())));
  end = "storage 'nope' does not exist";
  EXPECT_THAT(start({}), names());
  EXPECT_THAT(start(only({"qemu"})), AllOf(HasSubstr(end), Not(names())));
}

}  // namespace
