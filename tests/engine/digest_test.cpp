// A change carries the digest of what was read for it, so PVE can refuse it if that is no longer true.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "engine/rows.h"
#include "engine/toolbox.h"
#include "support/scripted_pve.h"

namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr tool::Tool kDeleteRule{.name = "pve_delete_firewall_rule",
                                 .title = "Delete rule",
                                 .description = "Delete a rule.",
                                 .tier = tool::Tier::Full,
                                 .effect = tool::Effect::Destructive,
                                 .call = {base::Method::Delete, "/cluster/firewall/rules/{pos}"},
                                 .params = {{.name = "pos"}},
                                 .doing = "Deleting rule {pos}",
                                 .done = "Rule {pos} {was} deleted"};
constexpr tool::Tool kRows[] = {test::kUpdate, kDeleteRule};
constexpr tool::Category kCategories[] = {{"rows", "Rows", kRows}};

constexpr auto kConfig = "PUT /nodes/pve1/qemu/100/config";
constexpr auto kPending = "GET /nodes/pve1/qemu/100/pending";

class ReadDigest : public testing::Test {
 protected:
  ReadDigest() {
    pve_.answer("GET *", "[]");
    pve_.answer("GET /cluster/resources", R"([{"type":"node","node":"pve1","status":"online"},
                                              {"type":"qemu","vmid":100,"node":"pve1","name":"web"}])");
    pve_.answer("GET /nodes/pve1/qemu/100/status/current", R"({"status":"running","name":"web"})");
    pve_.answer(kPending, R"([{"key":"cores","value":1},{"key":"digest","value":"of-pending"}])");
    pve_.answer("PUT *", "null");
    pve_.answer("DELETE *", "null");
  }

  void call(std::string_view tool, std::string_view arguments) {
    engine::Options options;
    options.wait = std::chrono::seconds(30);
    engine::Toolbox box(kCategories, {}, {client_, facts_, clock_, options});
    box.call({{{"laptop"}, mcp::Era::Modern, none_, none_, unheard_, unheard_, {}},
              tool,
              base::parse_json(arguments)->as_object()});
  }
  /// The bodies, or queries, of the changes that were sent.
  std::vector<std::string> sent() {
    std::vector<std::string> all;
    for (const auto& asked : pve_.requests()) {
      if (!asked.line.starts_with("GET")) all.push_back(asked.line + " " + asked.request.body);
    }
    return all;
  }

  test::ScriptedPve pve_;
  base::ManualClock clock_;
  facts::Facts facts_;
  pve::Client client_{pve_, {"root@pam!t", "secret", ""}, {"https://pve:8006", std::chrono::seconds(30), {}}};
  const base::JsonObject none_;
  mcp::NullSink unheard_;
};

TEST_F(ReadDigest, IsSentWithAChangeOfAConfiguration) {
  call("pve_update_qemu_config", R"({"vmid":100,"cores":2})");
  EXPECT_THAT(sent(), ElementsAre(AllOf(HasSubstr("cores=2"), HasSubstr("digest=of-pending"))));
}

TEST_F(ReadDigest, OfTheCallerStays) {
  call("pve_update_qemu_config", R"({"vmid":100,"cores":2,"digest":"of-caller"})");
  EXPECT_THAT(sent(), ElementsAre(AllOf(HasSubstr("digest=of-caller"), Not(HasSubstr("of-pending")))));
}

TEST_F(ReadDigest, IsMissingIfNothingCouldBeRead) {
  pve_.refuse(kPending, 403, "Permission check failed");
  call("pve_update_qemu_config", R"({"vmid":100,"cores":2})");
  EXPECT_THAT(sent(), ElementsAre(Not(HasSubstr("digest"))));
}

TEST_F(ReadDigest, IsReadAgainAfterTheWaitForALock) {
  constexpr auto kBusy = "can't lock file '/var/lock/qemu-server/lock-100.conf' - got timeout";
  pve_.answer(kPending, R"([{"key":"digest","value":"first"}])", R"([{"key":"digest","value":"second"}])");
  pve_.answer(kConfig, net::Response{500, kBusy, {}, R"({"data":null})"}, "null");
  call("pve_update_qemu_config", R"({"vmid":100,"cores":2})");
  EXPECT_THAT(sent(), ElementsAre(HasSubstr("digest=first"), HasSubstr("digest=second")));
}

TEST_F(ReadDigest, OfARuleProtectsItsPosition) {
  pve_.answer("GET /cluster/firewall/rules",
              R"([{"pos":0,"type":"in","action":"DROP","digest":"of-rules"},
                  {"pos":1,"type":"in","action":"ACCEPT","digest":"of-rules"}])");
  call("pve_delete_firewall_rule", R"({"pos":1})");
  EXPECT_THAT(sent(), ElementsAre(HasSubstr("digest=of-rules")));
}

}  // namespace
