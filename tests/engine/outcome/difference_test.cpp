#include "engine/outcome/difference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "support/scripted_pve.h"

namespace {

using base::Method;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kVm = "/nodes/{node}/qemu/{vmid}/config";
constexpr std::string_view kContainer = "/nodes/{node}/lxc/{vmid}/config";
constexpr auto kVmPending = "GET /nodes/pve1/qemu/116/pending";
constexpr auto kContainerPending = "GET /nodes/pve1/lxc/116/pending";

class Difference : public testing::Test {
 protected:
  /// The description of a change. Reads the first answer of the route before it, and the second one after it.
  std::string told(Method method, std::string_view path, std::string_view arguments) {
    return run(method, path, arguments, nullptr);
  }
  std::string remains(std::string_view path, std::string_view arguments, const pve::Error& error) {
    return run(Method::Put, path, arguments, &error);
  }

  test::ScriptedPve pve_;
  facts::Facts facts_;
  base::ManualClock clock_;

 private:
  std::string run(Method method, std::string_view path, std::string_view text, const pve::Error* error) {
    pve::Client client(pve_, {"root@pam!t", "secret", ""}, {"https://pve:8006", std::chrono::seconds(1), {}});
    engine::Cluster cluster({client, facts_, clock_});
    tool::Tool tool;
    tool.name = "update";
    tool.call = {method, path};
    tool.about = tool::about(method, path);
    const engine::Row row(tool, "x", facts_);
    const auto arguments = base::parse_json(text)->as_object();
    const auto before = engine::state_before(row, arguments, cluster, {});
    return error == nullptr ? change::text(engine::what_changed(row, arguments, before, cluster, {}))
                            : engine::leftovers_after_error(row, arguments, before, *error, cluster, {});
  }
};

pve::Error lost(unsigned status = 596) {
  pve::Error error;
  error.status = status;
  error.message = "Connection timed out";
  return error;
}

TEST_F(Difference, ReadsTheSizesThatTheConfigurationDoesNotTell) {
  pve_.answer(kVmPending, R"([{"key":"unused0","value":"local:116/vm-116-disk-3.raw"}])", "[]");
  pve_.answer("GET /nodes/pve1/storage/local/content/local%3A116%2Fvm-116-disk-3.raw",
              R"({"size":17179869184})");
  EXPECT_EQ(told(Method::Put, kVm, R"({"node":"pve1","vmid":116,"delete":"unused0"})"),
            "unused0 removed: local:116/vm-116-disk-3.raw (16 GiB) destroyed with all data.");
  EXPECT_THAT(pve_.asked(),
              ElementsAre(kVmPending, "GET /nodes/pve1/storage/local/content/local%3A116%2Fvm-116-disk-3.raw",
                          kVmPending));
}

TEST_F(Difference, SaysThatAVolumeWasGone) {
  pve_.answer(kVmPending, R"([{"key":"unused0","value":"local:116/vm-116-disk-3.raw"}])", "[]");
  pve_.refuse("GET /nodes/pve1/storage/*", 500,
              "volume_size_info on 'local:116/vm-116-disk-3.raw' failed - no format");
  EXPECT_THAT(told(Method::Put, kVm, R"({"node":"pve1","vmid":116,"delete":"unused0"})"),
              HasSubstr("did not exist any more"));
}

TEST_F(Difference, SaysNothingIfNothingCanBeRead) {
  pve_.refuse("GET *", 403, "Permission check failed");
  EXPECT_EQ(told(Method::Put, kVm, R"({"node":"pve1","vmid":116,"cores":2})"), "");
  EXPECT_THAT(pve_.asked(), ElementsAre(kVmPending));
}

TEST_F(Difference, ReadsAPoolByItsName) {
  pve_.answer("GET /pools?poolid=a%2Fb", R"([{"poolid":"a/b","members":[]}])",
              R"([{"poolid":"a/b","members":[{"type":"storage","storage":"local"}]}])");
  EXPECT_EQ(told(Method::Put, "/pools", R"({"poolid":"a/b","storage":"local"})"), "storage \"local\" added.");
}

TEST_F(Difference, DoesNotReadADeletedObjectAgain) {
  pve_.answer("GET /storage/iso", R"({"type":"dir","path":"/mnt/iso"})");
  EXPECT_EQ(told(Method::Delete, "/storage/{storage}", R"({"storage":"iso"})"),
            "only its definition (dir) removed, its data in /mnt/iso kept.");
  EXPECT_EQ(pve_.count("GET /storage/iso"), 1U);
}

// PVE makes a container's volume while the call waits.
TEST_F(Difference, ReadsTheObjectAgainAfterAnUpdateWithoutAnAnswer) {
  constexpr auto kArguments = R"({"node":"pve1","vmid":116,"mp0":"local:800,mp=/data"})";
  constexpr auto kMade = R"([{"key":"mp0","value":"local:116/vm-116-disk-1.raw,mp=/data,size=800G"}])";
  pve_.answer(kContainerPending, "[]", kMade);
  EXPECT_EQ(remains(kContainer, kArguments, lost()),
            "No answer came, but the configuration was changed: mp0 is a new empty disk of 800 GiB: "
            "local:116/vm-116-disk-1.raw.");
  pve_.answer(kContainerPending, "[]", R"([{"key":"lock","value":"create"}])");
  EXPECT_THAT(remains(kContainer, kArguments, lost()),
              HasSubstr("is locked (create): PVE is most likely still"));
  pve_.answer(kContainerPending, "[]", "[]");
  EXPECT_THAT(remains(kContainer, kArguments, lost()), HasSubstr("the configuration has not changed so far"));
  pve_.answer(kContainerPending, "[]", net::Response{500, "no", {}, "{}"});
  EXPECT_THAT(remains(kContainer, kArguments, lost()), HasSubstr("could not be read afterwards"));
}

TEST_F(Difference, SaysNothingAboutARefusedUpdate) {
  pve_.answer(kContainerPending, "[]");
  pve::Error error;
  error.status = 500;
  error.message = "CT is locked (backup)";
  EXPECT_EQ(remains(kContainer, R"({"node":"pve1","vmid":116,"cores":2})", error), "");
  pve::Error unsent;
  unsent.kind = pve::Error::Kind::Connection;
  unsent.failure = net::Failure{net::Failure::Kind::Refused, "connection refused", true, {}};
  EXPECT_EQ(remains(kContainer, R"({"node":"pve1","vmid":116,"cores":2})", unsent), "");
}

TEST_F(Difference, SaysThatAFailedHotplugStaysPending) {
  pve_.answer(kVmPending, "[]", R"([{"key":"net2","pending":"virtio=BC:24:11:F3:1B:94,bridge=vmbr77"}])");
  pve::Error error;
  error.status = 400;
  error.message = "Parameter verification failed.";
  error.errors = {{"net2", "hotplug problem - VM 9395 qmp command 'netdev_add' failed"}};
  EXPECT_EQ(remains(kVm, R"({"node":"pve1","vmid":116,"net2":"virtio,bridge=vmbr77"})", error),
            "PVE still keeps this as pending for the guest's next start: net2 set to "
            "virtio=BC:24:11:F3:1B:94,bridge=vmbr77. To drop it, call update with revert=net2.");
}

TEST_F(Difference, ReadsNothingIfTheRowsSentenceSaysAll) {
  EXPECT_EQ(told(Method::Post, "/nodes/{node}/qemu/{vmid}/status/start", R"({"node":"pve1","vmid":116})"),
            "");
  EXPECT_EQ(told(Method::Post, "/pools", R"({"poolid":"p"})"), "");
  EXPECT_THAT(pve_.asked(), IsEmpty());
}

}  // namespace
