// What the reports of the category `insight` share: the cluster's inventory, how amounts and lists are
// written, and what could not be read.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "pve/inventory.h"
#include "tool/rights.h"
#include "tool/tool.h"

namespace insight {

/// "1.5 GiB"
std::string size_text(double bytes);
/// "87%"; "?" of nothing.
std::string share_text(double part, double whole);
/// "100, 101, 102 and 497 more"
std::string listed(const std::vector<std::string>& items, std::size_t most = 5);
/// "1 guest", "2 guests"
std::string counted(std::size_t count, std::string_view noun);
/// The words between PVE's separators: comma, semicolon, blank.
std::vector<std::string> words(std::string_view text);

using pve::Guest;
using pve::Inventory;
using pve::Node;
using pve::NodeStorage;

/// "root@pam!mcp" of a task, which PVE writes in two members once it has ended.
std::string user_of(const base::JsonObject& task);
/// Whether that is how a task ends that failed.
bool failed(std::string_view status);

/// "vm:100" or "ct:200", as HA says it.
std::string sid(const Guest& guest);
/// The GET of `what` below the guest: "config", "snapshot".
tool::Read of_guest(const Guest& guest, std::string_view what, base::JsonObject arguments = {});

/// The error is the sentence for the model: without this read there is no report.
std::expected<pve::InventoryPtr, std::string> read_inventory(tool::Sources& sources);

/// The guest that a text means, with the name that it has now. The error says what to give instead.
std::expected<Guest, std::string> the_guest(tool::Sources& sources, const Inventory& inventory,
                                            std::string_view given);

/// What a report could not read, by reason.
class Gaps {
 public:
  void add(std::string what, const tool::ReadFailure& why);
  /// Notes it where PVE may have left out some of `what`, and says whether it may.
  bool thinned(tool::Sources& sources, std::string what, const tool::Sight& sight);
  void offline(const Inventory& inventory);
  bool empty() const { return unanswered_.empty() && forbidden_.empty() && thinned_.empty(); }
  /// As the members `unanswered`, `not_permitted` and, where one is known, `remedy`.
  void put(base::JsonObject& report) const;

 private:
  using ByReason = std::map<std::string, std::vector<std::string>>;
  ByReason unanswered_;
  ByReason forbidden_;
  ByReason thinned_;
  std::vector<std::string> grants_, cautions_;
};

/// Adds as many of `rows` as fit into `bytes`, texts made short, and says in `<key>_left_out` how many did
/// not. Nothing is added where there are none.
void put_rows(base::JsonObject& report, std::string_view key, const base::JsonArray& rows, std::size_t bytes);

}  // namespace insight
