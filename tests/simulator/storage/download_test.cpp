#include "simulator/exchanges.h"

namespace simulator {
namespace {

using enum base::Method;

const std::string kLocal = "/nodes/pve1/storage/local";

TEST(SimulatedDownloads, FetchAFileOnce) {
  Demo demo;
  const Form iso{{"content", "iso"}, {"filename", "new.iso"}, {"url", "https://example.com/new.iso"}};
  const auto upid = demo.post(kLocal + "/download-url", iso).upid();
  EXPECT_EQ(demo.finish(upid), "OK");
  EXPECT_EQ(demo.log(upid).front(),
            "downloading https://example.com/new.iso to /var/lib/vz/template/iso/new.iso");
  EXPECT_EQ(demo.get(kLocal + "/content/local%3Aiso%2Fnew.iso").status, 200U);
  EXPECT_EQ(demo.finish(demo.post(kLocal + "/download-url", iso).upid()),
            "refusing to override existing file '/var/lib/vz/template/iso/new.iso'");
  const Form here{{"content", "iso"}, {"filename", "../x.iso"}, {"url", "http://127.0.0.1:9/x.iso"}};
  EXPECT_EQ(demo.finish(demo.post(kLocal + "/download-url", here).upid()),
            "download failed: Connecting to 127.0.0.1:9... failed: Connection refused.");
}

TEST(SimulatedDownloads, RefuseWithPvesWords) {
  Demo demo;
  const std::string url = "https://example.com/a";
  expect_exchanges(
      demo,
      {
          {Post,
           kLocal + "/download-url",
           {{"content", "iso"}, {"filename", "a.exe"}, {"url", url}},
           "",
           400,
           "wrong file extension",
           "filename"},
          {Post,
           kLocal + "/download-url",
           {{"content", "iso"}, {"filename", "a.iso"}, {"url", url}, {"checksum", "00"}},
           "",
           400,
           "missing property required by 'checksum'",
           "checksum-algorithm"},
          {Post,
           "/nodes/pve1/storage/local-lvm/download-url",
           {{"content", "iso"}, {"filename", "a.iso"}, {"url", url}},
           "",
           500,
           "storage 'local-lvm' is not configured for content-type 'iso'"},
          {Get,
           "/nodes/pve1/query-url-metadata",
           {{"url", "http://nosuch.invalid/a.iso"}},
           "",
           500,
           "invalid server response: '500 Can't connect to nosuch.invalid:80 (Temporary failure in name "
           "resolution)'"},
          {Get,
           "/nodes/pve1/query-url-metadata",
           {{"url", "https://example.com/a.iso"}},
           R"({"filename":"a.iso","mimetype":"application/x-iso9660-image"})"},
          {Post,
           kLocal + "/content/local%3Aiso%2Fa.iso",
           {{"target", "local:iso/b.iso"}},
           "",
           403,
           "Permission check failed (user != root@pam)"},
      });
}

TEST(SimulatedDownloads, VolumesAreAllocated) {
  Demo demo;
  const Form volume{{"vmid", "105"}, {"filename", "vm-105-disk-7"}, {"size", "1G"}};
  EXPECT_EQ(demo.post("/nodes/pve1/storage/local-lvm/content", volume).upid(), "local-lvm:vm-105-disk-7");
  EXPECT_EQ(demo.post("/nodes/pve1/storage/local-lvm/content", volume).status, 500U);
}

}  // namespace
}  // namespace simulator
