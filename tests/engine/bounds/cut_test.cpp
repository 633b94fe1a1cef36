// What is about hidden guests goes, wherever it is in PVE's answers. The answers have the form that a PVE 9.2
// gave.
#include "engine/bounds/cut.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "engine/bounds/guest_names.h"

namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Sees the guests 100 and 200, and tasks of theirs.
class Two final : public engine::Sight {
 public:
  bool sees(std::int64_t vmid) override { return vmid == 100 || vmid == 200; }
  bool sees(const pve::Upid& task) override {
    const auto guests = engine::guests_of_task(task.id);
    return !guests.empty() && std::ranges::all_of(guests, [&](auto vmid) { return sees(vmid); });
  }
};

/// The rest as JSON; "hidden" if nothing of it may be seen.
std::string rest(std::string_view json) {
  auto data = base::parse_json(json).value();
  Two two;
  return engine::cut(data, two) ? base::write_json_sorted(data) : "hidden";
}

struct Case {
  const char* what;
  const char* before;
  const char* after;
};

class CutCase : public testing::TestWithParam<Case> {};

TEST_P(CutCase, LeavesOutWhatIsAboutHiddenGuests) {
  EXPECT_EQ(rest(GetParam().before), GetParam().after) << GetParam().what;
}

INSTANTIATE_TEST_SUITE_P(
    Answers, CutCase,
    testing::Values(
        Case{
            "/cluster/resources",
            R"([{"type":"qemu","vmid":100,"id":"qemu/100"},{"type":"lxc","vmid":105,"id":"lxc/105"},{"type":"node","id":"node/pve1"}])",
            R"([{"id":"qemu/100","type":"qemu","vmid":100},{"id":"node/pve1","type":"node"}])"},
        Case{"sums over the guests of a pool",
             R"([{"type":"pool","id":"/pool/lab","pool":"lab","mem":105,"uptime":7}])",
             R"([{"id":"/pool/lab","pool":"lab","type":"pool"}])"},
        Case{"/nodes/{node}/netstat",
             R"([{"vmid":"105","in":"70","dev":"net0"},{"vmid":"200","in":"1","dev":"net0"}])",
             R"([{"dev":"net0","in":"1","vmid":"200"}])"},
        Case{
            "/cluster/metrics/export",
            R"({"data":[{"id":"qemu/105","metric":"uptime","value":1},{"id":"lxc/200","metric":"uptime","value":2},{"id":"storage/pve1/local","value":3}]})",
            R"({"data":[{"id":"lxc/200","metric":"uptime","value":2},{"id":"storage/pve1/local","value":3}]})"},
        Case{
            "/cluster/ha/status/current",
            R"([{"id":"quorum","status":"OK"},{"id":"service:vm:105","sid":"vm:105","status":"vm:105 queued"},{"id":"service:ct:200","sid":"ct:200"}])",
            R"([{"id":"quorum","status":"OK"},{"id":"service:ct:200","sid":"ct:200"}])"},
        Case{
            "/cluster/ha/status/manager_status",
            R"({"lrm_status":{"pve1":{"results":{"LSPT":{"sid":"vm:105","exit_code":0}},"mode":"active"}},"manager_status":{"service_status":{"vm:105":{"node":"pve1"},"vm:100":{"node":"pve1"}}}})",
            R"({"lrm_status":{"pve1":{"mode":"active","results":{}}},"manager_status":{"service_status":{"vm:100":{"node":"pve1"}}}})"},
        Case{"/cluster/ha/rules: a rule with a guest that is seen",
             R"([{"rule":"a","resources":"vm:100,ct:105"},{"rule":"b","resources":"vm:105"}])",
             R"([{"resources":"vm:100","rule":"a"}])"},
        Case{"/cluster/ha/rules/{rule}", R"({"rule":"b","resources":"vm:105,ct:106"})", "hidden"},
        Case{
            "/cluster/backup",
            R"([{"id":"j1","vmid":"100,105"},{"id":"j2","vmid":"105,106"},{"id":"j3","vmid":"105"},{"id":"j4","all":1,"exclude":"105"},{"id":"j5","all":1,"exclude":"105,200"}])",
            R"([{"id":"j1","vmid":"100"},{"all":1,"id":"j4"},{"all":1,"exclude":"200","id":"j5"}])"},
        Case{
            "/cluster/backup/{id}/included_volumes",
            R"({"children":[{"id":100,"type":"qemu","name":"web","children":[{"id":"100:scsi0","name":"local:100/vm-100-disk-0.qcow2"}]},{"id":105,"type":"lxc","name":"dark","children":[{"id":"105:rootfs","name":"fast:105/vm-105-disk-0.raw"}]}]})",
            R"({"children":[{"children":[{"id":"100:scsi0","name":"local:100/vm-100-disk-0.qcow2"}],"id":100,"name":"web","type":"qemu"}]})"},
        Case{
            "/pools/{poolid}",
            R"({"comment":"c","members":[{"id":"qemu/105","vmid":105,"name":"dark"},{"id":"storage/pve1/local","type":"storage"},{"id":"qemu/100","vmid":100}]})",
            R"({"comment":"c","members":[{"id":"storage/pve1/local","type":"storage"},{"id":"qemu/100","vmid":100}]})"},
        Case{
            "/nodes/{node}/storage/{storage}/content",
            R"([{"volid":"local:iso/debian-12.iso"},{"volid":"local:105/vm-105-disk-0.qcow2","vmid":105},{"volid":"local:backup/vzdump-lxc-105-2026_01_01-00_00_00.tar.zst"},{"volid":"pbs:backup/ct/200/2026-01-01T00:00:00Z","vmid":"200"}])",
            R"([{"volid":"local:iso/debian-12.iso"},{"vmid":"200","volid":"pbs:backup/ct/200/2026-01-01T00:00:00Z"}])"},
        Case{
            "a linked clone of a hidden template",
            R"([{"volid":"local:105/base-105-disk-0.qcow2/100/vm-100-disk-0.qcow2","vmid":100,"parent":"../105/base-105-disk-0.qcow2"}])",
            R"([{"parent":"../105/base-?-disk-0.qcow2","vmid":100,"volid":"local:?/base-?-disk-0.qcow2/100/vm-100-disk-0.qcow2"}])"},
        Case{
            "a configuration with a volume of a hidden guest",
            R"({"scsi0":"lvm:base-105-disk-0/vm-100-disk-0,size=8G","scsi1":"nas:105/vm-105-disk-1.qcow2","net0":"virtio=BC:24:11:00:01:05,bridge=vmbr105","description":"was vm-105-disk-0"})",
            R"({"description":"was vm-105-disk-0","net0":"virtio=BC:24:11:00:01:05,bridge=vmbr105","scsi0":"lvm:base-?-disk-0/vm-100-disk-0,size=8G","scsi1":"nas:?/vm-?-disk-1.qcow2"})"},
        Case{
            "/access/acl",
            R"([{"path":"/vms/105","roleid":"A"},{"path":"/vms/100","roleid":"A"},{"path":"/vms"},{"path":"/"}])",
            R"([{"path":"/vms/100","roleid":"A"},{"path":"/vms"},{"path":"/"}])"},
        Case{"/access/permissions", R"({"/vms/105":{"VM.Audit":1},"/vms/200":{"VM.Audit":1},"/":{}})",
             R"({"/":{},"/vms/200":{"VM.Audit":1}})"},
        Case{"/cluster/replication", R"([{"id":"105-0","guest":105},{"id":"100-0","guest":100}])",
             R"([{"guest":100,"id":"100-0"}])"},
        Case{
            "/nodes/{node}/sdn/zones/{zone}/bridges",
            R"([{"name":"vmbr0","ports":[{"name":"eno1"},{"index":"net0","vmid":"105","name":"tap105i0"}]}])",
            R"([{"name":"vmbr0","ports":[{"name":"eno1"}]}])"},
        Case{
            "/nodes/{node}/qemu/{vmid}/migrate",
            R"({"dependent-ha-resources":["vm:105","vm:200"],"not_allowed_nodes":{"pve2":{"blocking-ha-resources":[{"sid":"vm:105","cause":"x"}]}}})",
            R"({"dependent-ha-resources":["vm:200"],"not_allowed_nodes":{"pve2":{"blocking-ha-resources":[]}}})"},
        Case{
            "tasks of hidden guests, of two guests and of none",
            R"([{"upid":"UPID:pve1:00000001:00000002:6B02B844:qmstart:105:root@pam:","id":"105"},{"upid":"UPID:pve1:00000001:00000002:6B02B844:qmmove:100-scsi0>105-scsi0:root@pam:"},{"upid":"UPID:pve1:00000001:00000002:6B02B844:vzdump::root@pam:"},{"upid":"UPID:pve1:00000001:00000002:6B02B844:imgdel:200@local:root@pam:"}])",
            R"([{"upid":"UPID:pve1:00000001:00000002:6B02B844:imgdel:200@local:root@pam:"}])"},
        Case{
            "no guest at all",
            R"({"uptime":105,"data":[["vm:",105]],"id":"105","url":"https://pve1:8006/x","pci":"0000:00:02.0"})",
            R"({"data":[["vm:",105]],"id":"105","pci":"0000:00:02.0","uptime":105,"url":"https://pve1:8006/x"})"}));

TEST(Cut, HidesAWholeAnswerAboutAHiddenGuest) {
  EXPECT_EQ(rest(R"({"vmid":105,"status":"running"})"), "hidden");
  EXPECT_EQ(rest(R"({"sid":"ct:105","state":"started"})"), "hidden");
  EXPECT_EQ(rest(R"("a text")"), R"("a text")");
  EXPECT_EQ(rest("null"), "null");
}

TEST(GuestNames, AreFoundInIdsOfTasks) {
  EXPECT_THAT(engine::guests_of_task("105"), ElementsAre(105));
  EXPECT_THAT(engine::guests_of_task("9395@local"), ElementsAre(9395));
  EXPECT_THAT(engine::guests_of_task("9320-scsi0>9321-scsi0"), ElementsAre(9320, 9321));
  for (const auto* other : {"", "pvestatd", "12", "105abc", "osd.105"})
    EXPECT_THAT(engine::guests_of_task(other), IsEmpty()) << other;
}

TEST(GuestNames, AreTypedOrNotNames) {
  for (const auto* name : {"qemu/105", "lxc/105", "vm:105", "ct:105", "service:vm:105", "/vms/105"})
    EXPECT_EQ(engine::typed_guest(name), 105) << name;
  for (const auto* other :
       {"105", "105 (web)", "node/105", "151:pve1", "/vms", "/vms/", "/vms/x", "105-0", ""})
    EXPECT_EQ(engine::typed_guest(other), std::nullopt) << other;
}

}  // namespace
