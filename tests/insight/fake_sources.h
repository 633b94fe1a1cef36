// Sources with scripted answers, for the reports.
#pragma once

#include <fmt/format.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "insight/reports.h"
#include "pve/inventory.h"
#include "tool/tool.h"

namespace insight_test {

class FakeSources : public tool::Sources {
 public:
  static constexpr std::int64_t kNow = 1'800'000'000;

  FakeSources& answer(const std::string& path, std::string_view json) {
    answers[path] = base::parse_json(json).value();
    return *this;
  }
  FakeSources& refuse(const std::string& path, std::string sentence, bool forbidden = false) {
    refusals[path] = {std::move(sentence), forbidden, forbidden ? 403U : 595U};
    return *this;
  }

  std::vector<Got> get_within(const std::vector<tool::Read>& reads, std::chrono::seconds) override {
    std::vector<Got> got;
    for (const auto& read : reads) got.push_back(one(read));
    return got;
  }
  std::expected<pve::InventoryPtr, tool::ReadFailure> inventory() override {
    const auto data = one({"/cluster/resources"});
    if (!data) return std::unexpected(data.error());
    return std::make_shared<const pve::Inventory>(pve::inventory_of(*data).value_or(pve::Inventory{}));
  }
  /// Finds the guest by the names in the same list.
  std::expected<pve::Guest, std::string> guest(std::string_view text) override {
    const auto list = inventory();
    for (const auto& guest : list ? (*list)->guests : std::vector<pve::Guest>{}) {
      if (std::to_string(guest.vmid) == text || guest.name == text) return guest;
    }
    return std::unexpected("no guest is named " + std::string(text) + ".");
  }
  std::optional<tool::ReadFailure> why_incomplete(const tool::ListRights& rights) override {
    const auto lack = lacking.find(&rights);
    return lack == lacking.end() ? std::nullopt : std::optional(lack->second);
  }
  FakeSources& lack(const tool::ListRights& rights, std::string sentence) {
    lacking[&rights] = {std::move(sentence), true, 0, {"pveum grant"}, "Beware."};
    return *this;
  }
  std::int64_t now() const override { return kNow; }
  std::span<const std::string> ignored_findings() const override { return ignored; }

  std::map<std::string, base::Json> answers;
  std::map<std::string, tool::ReadFailure> refusals;
  std::map<const tool::ListRights*, tool::ReadFailure> lacking;
  std::vector<std::string> asked;
  std::vector<std::string> ignored;

 private:
  Got one(const tool::Read& read) {
    std::string path(read.path);
    for (const auto& argument : read.arguments) {
      const auto name = "{" + std::string(std::string_view(argument.key())) + "}";
      const auto* text = argument.value().if_string();
      const auto value =
          text == nullptr ? base::write_json(argument.value()) : std::string(std::string_view(*text));
      if (const auto at = path.find(name); at != std::string::npos) path.replace(at, name.size(), value);
    }
    if (path == "/cluster/nextid") path += "?" + base::write_json(read.arguments.at("vmid"));
    asked.push_back(path);
    for (const auto& key : {path, std::string("*")}) {
      if (const auto no = refusals.find(key); no != refusals.end()) return std::unexpected(no->second);
      if (const auto found = answers.find(key); found != answers.end()) return found->second;
    }
    return std::unexpected(tool::ReadFailure{"not found", false, 500});
  }
};

inline std::string told(const insight::Reported& report) {
  return report ? base::write_json(base::Json(*report)) : "refused: " + report.error();
}

inline constexpr std::string_view kTwoNodes = R"(
  {"type":"node","node":"a","status":"online","maxmem":100000000000,"mem":10000000000},
  {"type":"node","node":"b","status":"online","maxmem":100000000000,"mem":90000000000},
  {"type":"storage","storage":"nfs","node":"a","status":"available","content":"images,backup","shared":1,"disk":1,"maxdisk":100},
  {"type":"storage","storage":"nfs","node":"b","status":"available","content":"images,backup","shared":1,"disk":1,"maxdisk":100},
  {"type":"storage","storage":"zfs","node":"a","status":"available","content":"images","shared":0,"disk":1,"maxdisk":50},
  {"type":"storage","storage":"zfs","node":"b","status":"available","content":"images","shared":0,"disk":1,"maxdisk":60},
  {"type":"qemu","vmid":100,"node":"a","name":"one","status":"running","maxmem":4000000000},
  {"type":"qemu","vmid":200,"node":"b","name":"two","status":"running","maxmem":8000000000})";

inline void fill(FakeSources& sources, std::string_view more) {
  sources.answer("/cluster/resources", fmt::format("[{}{}]", kTwoNodes, more));
  sources.answer("/nodes/a/qemu/100/config", R"({"scsi0":"nfs:100/vm-100-disk-0.qcow2,size=8G"})");
  sources.answer("/nodes/b/qemu/200/config", R"({"scsi0":"zfs:vm-200-disk-0,size=8G"})");
  sources.answer("/nodes/a/storage/nfs/content",
                 R"([{"volid":"nfs:100/vm-100-disk-0.qcow2","vmid":100,"content":"images","size":1000},
                     {"volid":"nfs:100/vm-100-disk-7.qcow2","vmid":100,"content":"images","size":2000},
                     {"volid":"nfs:300/vm-300-disk-0.raw","vmid":300,"content":"images","size":4000},
                     {"volid":"nfs:backup/vzdump-qemu-300-x.vma","vmid":300,"content":"backup","size":500}])");
  sources.answer("/nodes/a/storage/zfs/content", "[]");
  sources.answer("/nodes/b/storage/zfs/content",
                 R"([{"volid":"zfs:vm-200-disk-0","vmid":200,"content":"images","size":1000}])");
  sources.answer("/cluster/replication", "[]");
  sources.answer("/cluster/nextid?300", R"("300")");
}

struct TwoNodes : FakeSources {
  explicit TwoNodes(std::string_view more = "") { fill(*this, more); }
};

}  // namespace insight_test
