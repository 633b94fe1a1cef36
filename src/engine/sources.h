// Many reads at once, for a report.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/cluster.h"
#include "tool/tool.h"

namespace engine {

/// Reads of one call; they end when the call is stopped.
class ParallelReads final : public tool::Sources {
 public:
  ParallelReads(Cluster& cluster, std::stop_token stop) : cluster_(cluster), stop_(std::move(stop)) {}

  std::vector<Got> get(const std::vector<tool::Read>& reads) override;
  std::expected<pve::InventoryPtr, tool::Unseen> inventory() override;
  std::expected<pve::Guest, std::string> guest(std::string_view text) override;
  std::optional<tool::Unseen> thinned(const tool::Sight& sight) override;
  std::int64_t now() const override;

 private:
  Got read(const tool::Read& read, const std::stop_token& stop);

  Cluster& cluster_;
  std::stop_token stop_;
};

}  // namespace engine
