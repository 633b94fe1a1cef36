#include "simulator/refusals.h"
#include "simulator/shape.h"

namespace simulator {
namespace {

using enum base::Method;

constexpr const char* kNode = "/nodes/pve1/storage";

TEST(SimulatedStorage, ListsAndFiltersByType) {
  Demo demo;
  const auto all = demo.get("/storage");
  ASSERT_EQ(all.status, 200U);
  EXPECT_NE(row_with(all.data(), "storage", "local"), nullptr);
  const auto some = demo.get("/storage", {{"type", "nfs"}});
  ASSERT_EQ(some.data().as_array().size(), 1U);
  EXPECT_EQ(some.data().at(0).at("storage"), "nas");
  EXPECT_EQ(some.data().at(0).at("shared"), 1);
  EXPECT_EQ(demo.get("/storage", {{"type", "floppy"}}).status, 400U);
}

TEST(SimulatedStorage, CreatesReadsChangesAndRemoves) {
  Demo demo;
  const auto made = demo.post(
      "/storage", {{"storage", "scratch"}, {"type", "dir"}, {"path", "/srv"}, {"content", "iso,backup"}});
  ASSERT_EQ(made.status, 200U) << made.text;
  EXPECT_EQ(made.data().at("storage"), "scratch");
  EXPECT_EQ(made.data().at("type"), "dir");
  EXPECT_EQ(demo.put("/storage/scratch", {{"content", "iso"}, {"disable", "1"}}).status, 200U);
  auto config = demo.get("/storage/scratch");
  EXPECT_EQ(config.data().at("content"), "iso");
  EXPECT_EQ(config.data().at("disable"), 1);
  EXPECT_EQ(demo.put("/storage/scratch", {{"delete", "disable"}}).status, 200U);
  config = demo.get("/storage/scratch");
  EXPECT_FALSE(config.data().as_object().contains("disable"));
  EXPECT_EQ(demo.del("/storage/scratch").status, 200U);
  EXPECT_EQ(demo.get("/storage/scratch").reason, "storage 'scratch' does not exist");
}

TEST(SimulatedStorage, EachTypeRequiresItsOwnOptions) {
  Demo demo;
  expect_refused(demo, {
                           {Post,
                            "/storage",
                            {{"storage", "aa"}, {"type", "dir"}},
                            500,
                            "missing value for required option 'path'"},
                           {Post,
                            "/storage",
                            {{"storage", "aa"}, {"type", "nfs"}, {"server", "192.0.2.9"}},
                            500,
                            "missing value for required option 'export'"},
                           {Post,
                            "/storage",
                            {{"storage", "aa"}, {"type", "cifs"}, {"server", "192.0.2.9"}},
                            500,
                            "missing value for required option 'share'"},
                           {Post,
                            "/storage",
                            {{"storage", "aa"}, {"type", "pbs"}, {"server", "192.0.2.9"}},
                            500,
                            "missing value for required option 'datastore'"},
                           {Post,
                            "/storage",
                            {{"storage", "aa"}, {"type", "lvmthin"}, {"vgname", "pve"}},
                            500,
                            "missing value for required option 'thinpool'"},
                           {Post,
                            "/storage",
                            {{"storage", "aa"}, {"type", "iscsi"}, {"portal", "192.0.2.9"}},
                            500,
                            "missing value for required option 'target'"},
                           {Post,
                            "/storage",
                            {{"storage", "aa"}, {"type", "cephfs"}, {"server", "192.0.2.9"}},
                            500,
                            "unexpected property 'server'"},
                           {Post,
                            "/storage",
                            {{"storage", "aa"}, {"type", "lvm"}, {"vgname", "v"}, {"content", "iso"}},
                            500,
                            "storage does not support content type 'none'"},
                       });
}

TEST(SimulatedStorage, RefusesWithPvesWords) {
  Demo demo;
  expect_refused(
      demo,
      {
          {Post,
           "/storage",
           {{"storage", "local"}, {"type", "dir"}, {"path", "/x"}},
           500,
           "create storage failed: storage ID 'local' already defined"},
          {Post,
           "/storage",
           {{"storage", "q"}, {"type", "dir"}, {"path", "/x"}},
           400,
           "invalid format - storage ID 'q' cannot be shorter than 2 characters\n",
           "storage"},
          {Post,
           "/storage",
           {{"storage", "far"}, {"type", "nfs"}, {"server", "nas.invalid"}, {"export", "/x"}},
           500,
           "create storage failed: storage 'far' is not online"},
          {Get, "/storage/nope", {}, 500, "storage 'nope' does not exist"},
          {Put,
           "/storage/nope",
           {{"content", "iso"}},
           500,
           "update storage failed: storage 'nope' does not exist"},
          {Put,
           "/storage/local",
           {{"delete", "path"}},
           500,
           "update storage failed: unable to delete required option 'path'"},
          {Put,
           "/storage/local",
           {{"delete", "server"}},
           500,
           "update storage failed: no such option 'server'"},
          {Put,
           "/storage/nas",
           {{"server", "192.0.2.1"}},
           500,
           "update storage failed: can't change value of fixed parameter 'server'"},
          {Put,
           "/storage/local",
           {{"content", "iso"}, {"delete", "content"}},
           500,
           "update storage failed: cannot set and delete property 'content' at the same time!"},
          {Put,
           "/storage/local",
           {{"content", "iso"}, {"digest", "0123456789012345678901234567890123456789"}},
           500,
           "update storage failed: detected modified configuration - file changed by other user? Try again."},
          {Put,
           "/storage/local",
           {{"path", "/y"}},
           400,
           "property is not defined in schema and the schema does not allow additional properties",
           "path"},
          {Delete, "/storage/nope", {}, 500, "delete storage failed: storage 'nope' does not exist"},
          {Get, std::string(kNode) + "/nope/status", {}, 400, "No such storage.", "storage"},
          {Get, std::string(kNode) + "/nope/content", {}, 500, "storage 'nope' does not exist"},
          {Get,
           std::string(kNode) + "/local/content",
           {{"content", "junk"}},
           400,
           "invalid format - invalid content type 'junk'\n",
           "content"},
      });
}

TEST(SimulatedStorage, AcceptsTheDigestThatItShows) {
  Demo demo;
  const auto digest = std::string(demo.get("/storage/local").data().at("digest").as_string());
  EXPECT_EQ(demo.put("/storage/local", {{"content", "iso"}, {"digest", digest}}).status, 200U);
  EXPECT_EQ(demo.put("/storage/local", {{"content", "iso,backup"}, {"digest", digest}}).status, 500U);
}

TEST(SimulatedStorage, SecretsAreNeverShown) {
  Demo demo;
  const auto made = demo.post("/storage", {{"storage", "share"},
                                           {"type", "cifs"},
                                           {"server", "192.0.2.9"},
                                           {"share", "pve"},
                                           {"username", "backup"},
                                           {"password", "hunter2"}});
  ASSERT_EQ(made.status, 200U) << made.text;
  EXPECT_EQ(demo.get("/storage/share").text.find("hunter2"), std::string::npos);
  const auto server = demo.post("/storage", {{"storage", "off-site"},
                                             {"type", "pbs"},
                                             {"server", "192.0.2.61"},
                                             {"datastore", "main"},
                                             {"encryption-key", "autogen"}});
  ASSERT_EQ(server.status, 200U) << server.text;
  EXPECT_TRUE(server.data().at("config").as_object().contains("encryption-key"));
  EXPECT_EQ(demo.get("/storage/off-site").text.find("kdf"), std::string::npos);
}

TEST(SimulatedStorage, ShowsTheUsageOnANode) {
  Demo demo;
  const auto all = demo.get(kNode);
  ASSERT_EQ(all.status, 200U);
  for (const auto& row : all.data().as_array()) {
    EXPECT_EQ(row.at("used").to_number<std::int64_t>() + row.at("avail").to_number<std::int64_t>(),
              row.at("total").to_number<std::int64_t>());
    EXPECT_GT(row.at("used_fraction").as_double(), 0);
  }
  const auto backups = demo.get(kNode, {{"content", "backup"}});
  EXPECT_NE(row_with(backups.data(), "storage", "pbs"), nullptr);
  EXPECT_EQ(row_with(backups.data(), "storage", "local-lvm"), nullptr);
  ASSERT_EQ(demo.put("/storage/local-lvm", {{"disable", "1"}}).status, 200U);
  const auto off = demo.get(std::string(kNode) + "/local-lvm/status");
  EXPECT_EQ(off.data().at("enabled"), 0);
  EXPECT_EQ(off.data().at("active"), 0);
  EXPECT_EQ(off.data().at("total"), 0);
}

TEST(SimulatedStorage, ListsContentByKindAndGuest) {
  Demo demo;
  const auto isos = demo.get(std::string(kNode) + "/local/content", {{"content", "iso"}});
  ASSERT_FALSE(isos.data().as_array().empty());
  for (const auto& row : isos.data().as_array()) EXPECT_EQ(row.at("content"), "iso");
  const auto disks = demo.get(std::string(kNode) + "/local-lvm/content", {{"vmid", "100"}});
  ASSERT_FALSE(disks.data().as_array().empty());
  for (const auto& row : disks.data().as_array()) EXPECT_EQ(row.at("vmid"), 100);
}

TEST(SimulatedStorage, RemovesAVolumeByTask) {
  Demo demo(1);
  const auto isos = demo.get(std::string(kNode) + "/local/content", {{"content", "iso"}});
  const std::string volid(isos.data().at(0).at("volid").as_string());
  const auto path = std::string(kNode) + "/local/content/" + volid;
  const auto info = demo.get(path);
  ASSERT_EQ(info.status, 200U) << info.text;
  EXPECT_EQ(info.data().at("format"), "raw");
  const auto upid = demo.del(path).upid();
  EXPECT_EQ(upid.find("UPID:pve1:"), 0U) << upid;
  EXPECT_NE(upid.find(":imgdel:local:"), std::string::npos) << upid;
  EXPECT_EQ(demo.finish(upid), "OK");
  EXPECT_EQ(demo.log(upid).front(), "Removed volume '" + volid + "'");
  EXPECT_EQ(demo.get(path).reason, "volume_size_info on '" + volid + "' failed - no format");
}

TEST(SimulatedStorage, DeletesAMissingVolumeButNotAProtectedOne) {
  Demo demo;
  const auto gone = demo.del(std::string(kNode) + "/local/content/local:iso/none.iso");
  EXPECT_EQ(demo.finish(gone.upid()), "OK");
  EXPECT_EQ(demo.log(gone.upid()).front(), "disk image '/var/lib/vz/template/iso/none.iso' does not exist");
  const auto backups = demo.get(std::string(kNode) + "/nas/content", {{"content", "backup"}});
  ASSERT_FALSE(backups.data().as_array().empty());
  const std::string volid(backups.data().at(0).at("volid").as_string());
  const auto path = std::string(kNode) + "/nas/content/" + volid;
  ASSERT_EQ(demo.put(path, {{"protected", "1"}, {"notes", "keep\nthis"}}).status, 200U);
  EXPECT_EQ(demo.get(path).data().at("notes"), "keep\nthis");
  const auto kept = demo.del(path);
  EXPECT_EQ(demo.finish(kept.upid()),
            "cannot remove protected volume '" + volid.substr(volid.find(':') + 1) + "' on 'nas'");
  ASSERT_EQ(demo.put(path, {{"protected", "0"}}).status, 200U);
  EXPECT_TRUE(demo.del(path, {{"delay", "5"}}).data().is_null());
  EXPECT_NE(demo.get(path).status, 200U);
  EXPECT_EQ(demo.get(std::string(kNode) + "/local/content/junk").reason,
            "unable to parse directory volume name 'junk'");
}

TEST(SimulatedStorage, PrunesByRetention) {
  Demo demo;
  const std::string path = std::string(kNode) + "/pbs/prunebackups";
  const auto keep_one = demo.get(path, {{"prune-backups", "keep-last=1"}, {"vmid", "100"}});
  ASSERT_EQ(keep_one.status, 200U) << keep_one.text;
  unsigned kept = 0;
  for (const auto& row : keep_one.data().as_array()) kept += row.at("mark") == "keep" ? 1 : 0;
  EXPECT_EQ(kept, 1U);
  const auto all = demo.get(path);
  for (const auto& row : all.data().as_array()) EXPECT_EQ(row.at("mark"), "keep");
}

TEST(SimulatedStorage, FiltersListsByPrivileges) {
  Demo demo;
  demo.as_limited();
  EXPECT_TRUE(demo.get("/storage").data().as_array().empty());
  EXPECT_TRUE(demo.get(kNode).data().as_array().empty());
  EXPECT_EQ(demo.get(std::string(kNode) + "/local/status").reason,
            "Permission check failed (/storage/local, Datastore.Audit|Datastore.AllocateSpace)");
  demo.as_auditor();
  EXPECT_FALSE(demo.get("/storage").data().as_array().empty());
  EXPECT_EQ(demo.get("/storage/local").reason,
            "Permission check failed (/storage/local, Datastore.Allocate)");
  for (const auto& row : rows(demo.get(std::string(kNode) + "/local-lvm/content"))) {
    EXPECT_EQ(row.at("content"), "iso") << "an auditor does not see disks";
  }
  EXPECT_EQ(demo.del(std::string(kNode) + "/local/content/local:iso/none.iso").reason,
            "Permission check failed (/storage/local, Datastore.Allocate)");
}

TEST(SimulatedStorage, HasTheRecordedShape) {
  Demo demo;
  const std::string file = "storage.jsonl";
  // The recorded node did not have all storage types of the demo, which have options of their own.
  const Allowed config{
      .missing = {},
      .extra = {"[].datastore", "[].export", "[].fingerprint", "[].krbd", "[].options", "[].pool",
                "[].server", "[].shared", "[].thinpool", "[].username", "[].vgname"},
      .type = {}};
  expect_same_shape(demo.get("/storage", {{"type", "dir"}}).data(), recorded(file, "GET", "/storage"));
  auto all = config;
  all.missing = {"[].path"};  // block storages have none
  expect_same_shape(demo.get("/storage").data(), recorded(file, "GET", "/storage"), all);
  expect_same_shape(demo.get("/storage/local").data(), recorded(file, "GET", "/storage/*"));
  expect_same_shape(demo.get(kNode).data(), recorded(file, "GET", "/nodes/*/storage"));
  expect_same_shape(demo.get(std::string(kNode) + "/local/status").data(),
                    recorded(file, "GET", "/nodes/*/storage/*/status"));
  expect_same_shape(demo.get(std::string(kNode) + "/local").data(),
                    recorded(file, "GET", "/nodes/*/storage/*"));
  // The recorded storage also had disks with `vmid`.
  expect_same_shape(demo.get(std::string(kNode) + "/local/content").data(),
                    recorded(file, "GET", "/nodes/*/storage/*/content"));
  expect_same_shape(demo.get(std::string(kNode) + "/nas/content", {{"content", "backup"}}).data(),
                    recorded(file, "GET", "/nodes/*/storage/*/content"));
  expect_same_shape(demo.get(std::string(kNode) + "/nas/prunebackups").data(),
                    recorded(file, "GET", "/nodes/*/storage/*/prunebackups"));
}

}  // namespace
}  // namespace simulator
