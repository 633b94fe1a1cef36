// A row for an endpoint of PVE, so that the engine runs its calls like those of a tool.
#pragma once

#include <string>
#include <string_view>

#include "base/method.h"
#include "engine/row/row.h"
#include "tool/demand.h"

namespace engine {

/// Owns the texts that its tool refers to, so it does not move.
class EndpointRow {
 public:
  /// `origin`: the catalog's row for the same endpoint, whose tier, sentences and corrections the call keeps;
  /// or nullptr. `path` is a template. Refers to the origin and to the facts.
  EndpointRow(base::Method method, std::string_view path, const Row* origin, std::string_view category,
              const facts::Facts& facts, Confirm confirm);
  EndpointRow(const EndpointRow&) = delete;
  EndpointRow& operator=(const EndpointRow&) = delete;

  const Row& row() const { return row_; }
  const Row* origin() const { return origin_; }
  const tool::Demand& demand() const { return demand_; }

 private:
  tool::Tool made(base::Method method, const Row* origin, const facts::Facts& facts) const;

  const Row* origin_;
  tool::Demand demand_;
  std::string path_, name_, title_, doing_, done_;
  tool::Tool tool_;
  Row row_;
};

}  // namespace engine
