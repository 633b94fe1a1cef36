// The engine recognizes whole sentences of PVE, and no text that only contains one.
#include "engine/words/pve_words.h"

#include <gtest/gtest.h>

namespace {

constexpr engine::Sentence kStorage{"storage '", "' does not exist"};
constexpr engine::Sentence kNode{"hostname lookup '", "' failed - ", true};

TEST(PveWords, FindANameInAWholeSentence) {
  EXPECT_EQ(engine::name_in("storage 'nas' does not exist", kStorage), "nas");
  EXPECT_EQ(engine::name_in("delete storage failed: storage 'nas' does not exist", kStorage), "nas");
  EXPECT_EQ(engine::name_in("400 Parameter verification failed.\nid: storage 'nas' does not exist", kStorage),
            "nas");
  EXPECT_EQ(engine::name_in("hostname lookup 'pve9' failed - failed to get address info for: pve9", kNode),
            "pve9");
  EXPECT_EQ(engine::name_in("no such user ('a@pve')", {"no such user ('", "')"}), "a@pve");
}

TEST(PveWords, IgnoreASentenceInsideAnother) {
  for (const std::string_view text :
       {"volume 'local:iso/x storage 'nas' does not exist' does not exist",
        "storage 'nas' does not exist.iso,media=cdrom does not exist", "x: storage 'nas' does not exist",
        "'a' failed: storage 'nas' does not exist", "local:x failed: storage 'nas' does not exist",
        "a failed: b failed: storage 'nas' does not exist", "storage 'n'as' does not exist",
        "storage '' does not exist", "storage 'n\nas' does not exist", "storage 'nas' does not exist\nmore",
        "storage 'nas", "storage '", "400 Parameter verification failed.\na: b: storage 'nas' does not exist",
        "400 Parameter verification failed.\na b: storage 'nas' does not exist",
        " storage 'nas' does not exist", ""}) {
    EXPECT_FALSE(engine::name_in(text, kStorage)) << text;
  }
  EXPECT_FALSE(engine::name_in("storage '" + std::string(201, 'x') + "' does not exist", kStorage));
}

TEST(PveWords, FindALockInAWholeSentence) {
  const auto lock = engine::lock_in("VM is locked (snapshot-delete)");
  ASSERT_TRUE(lock);
  EXPECT_EQ(lock->kind, "snapshot-delete");
  EXPECT_FALSE(lock->container);
  EXPECT_TRUE(engine::lock_in("CT is locked (backup)")->container);
  for (const std::string_view text :
       {"bridge=x is locked (backup)", "the VM is locked (backup)", "VM is locked (backup) and more",
        "VM is locked ()", "VM is locked (a b)", "VM is locked (x) (y)", "VM is locked (", "VM is locked"}) {
    EXPECT_FALSE(engine::lock_in(text)) << text;
  }
}

TEST(PveWords, FindADenialInAWholeSentence) {
  const auto denial = engine::denial_in("Permission check failed (/vms/100, VM.PowerMgmt|VM.Audit)");
  ASSERT_TRUE(denial);
  EXPECT_EQ(denial->path, "/vms/100");
  EXPECT_EQ(denial->privilege, "VM.PowerMgmt");
  EXPECT_TRUE(denial->one_of_several);
  EXPECT_FALSE(engine::denial_in("Permission check failed (/, Sys.Audit)")->one_of_several);
  for (const std::string_view text :
       {"volume 'local:backup/Permission check failed (/, Permissions.Modify).vma.zst' does not exist",
        "volume local:Permission check failed (/, Permissions.Modify)",
        "Permission check failed (/, Permissions.Modify) and more", "Permission check failed",
        "Permission check failed (/vms/1;reboot, VM.Audit)", "Permission check failed (/, VM.Audit;reboot)",
        "Permission check failed (/, 'VM.Audit')", "Permission check failed (/vms/100)",
        "Permission check failed (/, )", "Permission check failed (vms, VM.Audit)",
        "Permission check failed (/, VM.Audit) (/, Sys.Modify)",
        "Permission check failed (mount point type bind is only allowed for root@pam)"}) {
    EXPECT_FALSE(engine::denial_in(text)) << text;
  }
}

TEST(PveWords, FindWordsThatTheCallContained) {
  const auto values = base::parse_json(R"j({"a":1,"b":[{"c":"x is locked (backup)"}],"d":null})j");
  EXPECT_TRUE(engine::repeats(*values, "is locked ("));
  EXPECT_FALSE(engine::repeats(*values, "is unlocked ("));
}

}  // namespace
