// What the tools of the category api can call: the tools of all categories and the endpoints of PVE.
#pragma once

#include <expected>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

#include "base/json.h"
#include "engine/door/endpoint_row.h"
#include "engine/row/row.h"

namespace engine {

struct CallTarget {
  const Row* row = nullptr;
  /// The catalog's row whose rights the call needs; nullptr: no tool makes the call.
  const Row* origin = nullptr;
  tool::Demand demand{};
  /// Of a target that was written with values: {"node": "pve1"} of "GET /nodes/pve1/status".
  base::JsonObject in_path{};
  /// A second category whose right the call needs; empty: none. Calls about many guests need those of both
  /// kinds.
  std::string_view also{};
  /// The row of an endpoint that the facts lack; nobody else keeps it.
  std::shared_ptr<const EndpointRow> own{};

  /// True if the facts lack the endpoint, so nothing but the rules about paths was checked.
  bool is_unknown() const { return row->endpoint() == nullptr; }
};

/// The target that a tool of the catalog is.
CallTarget target_of(const Row& row);

/// Safe from many threads. Refers to the rows and the facts, which must outlive it.
class Targets {
 public:
  Targets(std::span<const Row> rows, const facts::Facts& facts, Confirm confirm);

  /// Finds a target as a caller writes it: the name of a tool, or METHOD and path, a template or with values.
  /// The error is a clause for the caller. The rows of known endpoints live as long as this.
  std::expected<CallTarget, std::string> find(std::string_view written);
  /// The target of an endpoint of the facts.
  CallTarget of(base::Method method, std::string_view path);
  /// The catalog's rows that may be targets.
  std::span<const Row> rows() const { return rows_; }

 private:
  std::expected<CallTarget, std::string> tool_named(std::string_view name) const;
  std::expected<CallTarget, std::string> endpoint(base::Method method, std::string_view path);
  const Row* origin_of(base::Method method, std::string_view path) const;
  std::string_view category_of(base::Method method, std::string_view path, const Row* origin) const;
  std::string no_such(base::Method method, std::string_view path) const;

  std::span<const Row> rows_;
  const facts::Facts& facts_;
  Confirm confirm_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<EndpointRow>, std::less<>> endpoints_;
};

}  // namespace engine
