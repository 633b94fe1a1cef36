// Makes many reads at the same time, for a report.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/cluster/cluster.h"
#include "tool/tool.h"

namespace engine {

/// The reads of one call. They end when the call is cancelled.
class ParallelReads final : public tool::Sources {
 public:
  ParallelReads(Cluster& cluster, std::stop_token stop) : cluster_(cluster), stop_(std::move(stop)) {}

  std::vector<Got> get_within(const std::vector<tool::Read>& reads, std::chrono::seconds longest) override;
  std::expected<pve::InventoryPtr, tool::ReadFailure> inventory() override;
  std::expected<pve::Guest, std::string> guest(std::string_view text) override;
  std::optional<tool::ReadFailure> why_incomplete(const tool::ListRights& rights) override;
  std::int64_t now() const override;
  std::span<const std::string> ignored_findings() const override;

 private:
  Got read(const tool::Read& read, const std::stop_token& stop);

  Cluster& cluster_;
  std::stop_token stop_;
};

}  // namespace engine
