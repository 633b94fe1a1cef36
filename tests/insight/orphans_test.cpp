// Tests the report on unused volumes and snapshots, also from incomplete and denied answers.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "insight/fake_sources.h"
#include "insight/reports.h"

namespace insight_test {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Orphans, AreVolumesThatNoConfigurationNames) {
  TwoNodes sources;
  const auto text = told(insight::find_orphans(sources, {}));
  EXPECT_THAT(text, HasSubstr("2 orphaned images (5.9 KiB), 0 unused disks, 1 orphaned backup (500 B)"));
  EXPECT_THAT(text, HasSubstr("vm-100-disk-7"));
  EXPECT_THAT(text, HasSubstr("vm-300-disk-0"));
  EXPECT_THAT(text, Not(HasSubstr("vm-100-disk-0")));
  EXPECT_THAT(text, Not(HasSubstr("vm-200-disk-0")));
  EXPECT_THAT(text, Not(HasSubstr("incomplete")));
  EXPECT_EQ(std::ranges::count(sources.asked, "/nodes/b/storage/nfs/content"), 0) << "a shared storage once";
}

TEST(Orphans, ExcludeVolumesOfAGuestThatCouldNotBeRead) {
  TwoNodes sources;
  sources.refuse("/nodes/a/qemu/100/config", "Permission check failed", true);
  const auto text = told(insight::find_orphans(sources, {}));
  EXPECT_THAT(text, HasSubstr("incomplete: 0 orphaned images"));
  EXPECT_THAT(text, Not(HasSubstr("disk-7"))) << "the guest may use it";
  EXPECT_THAT(text, Not(HasSubstr("vm-300-disk-0"))) << "so may it use another's on a shared storage";
  EXPECT_THAT(text, HasSubstr("\"not_permitted\":\"100 (Permission check failed)\""));
}

TEST(Orphans, ExcludeVolumesOfAnInvisibleGuest) {
  TwoNodes sources;
  sources.refuse("/cluster/nextid?300", "VM 300 already exists");
  const auto text = told(insight::find_orphans(sources, {}));
  EXPECT_THAT(text, HasSubstr("0 orphaned backups"));
  EXPECT_THAT(text, Not(HasSubstr("vm-300-disk-0")));
  EXPECT_THAT(text, HasSubstr("some guests are not visible to this API token"));
}

TEST(Orphans, ExcludeDisksThatOnlyASnapshotNames) {
  TwoNodes sources;
  sources.answer("/nodes/a/qemu/100/config", R"({"scsi0":"nfs:100/vm-100-disk-0.qcow2","parent":"s"})");
  sources.answer("/nodes/a/qemu/100/snapshot", R"([{"name":"s","snaptime":1700000000},{"name":"current"}])");
  sources.answer("/nodes/a/qemu/100/snapshot/s/config", R"({"scsi1":"nfs:100/vm-100-disk-7.qcow2,size=1G"})");
  auto text = told(insight::find_orphans(sources, {}));
  EXPECT_THAT(text, Not(HasSubstr("disk-7")));
  EXPECT_THAT(text, HasSubstr(R"("snapshot":"s")"));
  sources.refuse("/nodes/a/qemu/100/snapshot/s/config", "No route to host");
  text = told(insight::find_orphans(sources, {}));
  EXPECT_THAT(text, Not(HasSubstr("disk-7"))) << "what could not be read may name it";
  EXPECT_THAT(text, HasSubstr("1 volume not checked"));
}

TEST(Orphans, ExcludeVolumesOfALockedGuest) {
  TwoNodes sources;
  sources.answer("/cluster/resources",
                 fmt::format("[{}]", std::string(kTwoNodes).replace(kTwoNodes.find("\"one\""), 5,
                                                                    R"("one","lock":"clone")")));
  EXPECT_THAT(told(insight::find_orphans(sources, {})), Not(HasSubstr("disk-7")));
}

TEST(Orphans, IncludeACopyOnAnotherNodeUnlessReplicated) {
  TwoNodes sources;
  sources.answer("/nodes/a/storage/zfs/content",
                 R"([{"volid":"zfs:vm-200-disk-0","vmid":200,"content":"images","size":1000}])");
  EXPECT_THAT(told(insight::find_orphans(sources, {})), HasSubstr("its guest is on b"));
  sources.answer("/cluster/replication", R"([{"guest":200,"target":"a"}])");
  EXPECT_THAT(told(insight::find_orphans(sources, {})), Not(HasSubstr("its guest is on b")));
  sources.refuse("/cluster/replication", "no", true);
  EXPECT_THAT(told(insight::find_orphans(sources, {})), Not(HasSubstr("its guest is on b")));
}

TEST(Orphans, ExcludeDisksThatASecondStorageShows) {
  TwoNodes sources(
      R"(,{"type":"storage","storage":"nfs2","node":"a","status":"available","content":"images","shared":1,"disk":1,"maxdisk":100})");
  sources.answer("/nodes/a/storage/nfs2/content",
                 R"([{"volid":"nfs2:100/vm-100-disk-0.qcow2","vmid":100,"content":"images","size":1000}])");
  EXPECT_THAT(told(insight::find_orphans(sources, {})), Not(HasSubstr("nfs2:")));
}

TEST(Orphans, NameAStorageThatCouldNotBeRead) {
  TwoNodes sources;
  sources.refuse("/nodes/b/storage/zfs/content", "No route to host");
  const auto text = told(insight::find_orphans(sources, {}));
  EXPECT_THAT(text, HasSubstr("storages not read: zfs on b"));
  EXPECT_THAT(text, HasSubstr("zfs on b (No route to host)"));
}

}  // namespace
}  // namespace insight_test
