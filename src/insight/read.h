// Functions that the reports of the category `insight` share: reading the cluster's inventory, formatting
// amounts and lists, and collecting what could not be read.
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

/// Returns a size such as "1.5 GiB".
std::string size_text(double bytes);
/// Returns a percentage such as "87%"; "?" if `whole` is 0.
std::string share_text(double part, double whole);
/// Returns a list such as "100, 101, 102 and 497 more".
std::string listed(const std::vector<std::string>& items, std::size_t most = 5);
/// Returns "1 guest", "2 guests".
std::string counted(std::size_t count, std::string_view noun);
/// Returns the words between PVE's separators: comma, semicolon, blank.
std::vector<std::string> words(std::string_view text);

using pve::Guest;
using pve::Inventory;
using pve::Node;
using pve::NodeStorage;

/// Returns the user and API token of a task, "root@pam!mcp", which PVE writes in two members once the task
/// has ended.
std::string user_of(const base::JsonObject& task);
/// Returns whether `status` is the end of a task that failed.
bool failed(std::string_view status);

/// Returns HA's name of the guest: "vm:100" or "ct:200".
std::string sid(const Guest& guest);
/// Returns the GET of `what` below the guest: "config", "snapshot".
tool::Read of_guest(const Guest& guest, std::string_view what, base::JsonObject arguments = {});

/// Reads the inventory. The error is the sentence for the model, since there is no report without it.
std::expected<pve::InventoryPtr, std::string> read_inventory(tool::Sources& sources);

/// Returns the guest that a text means, with its present name. The error says what to give instead.
std::expected<Guest, std::string> the_guest(tool::Sources& sources, const Inventory& inventory,
                                            std::string_view given);

/// Collects what a report could not read, by reason.
class Gaps {
 public:
  void add(std::string what, const tool::ReadFailure& why);
  /// Notes it if PVE may have left out some of `what`, and returns whether it may.
  bool note_if_incomplete(tool::Sources& sources, std::string what, const tool::ListRights& rights);
  void offline(const Inventory& inventory);
  bool empty() const { return unanswered_.empty() && forbidden_.empty() && incomplete_lists_.empty(); }
  /// Adds the members `unanswered`, `not_permitted` and, if a remedy is known, `remedy`.
  void put(base::JsonObject& report) const;

 private:
  using ByReason = std::map<std::string, std::vector<std::string>>;
  ByReason unanswered_;
  ByReason forbidden_;
  ByReason incomplete_lists_;
  std::vector<std::string> grants_, cautions_;
};

/// Adds as many of `rows` as fit into `bytes`, with texts shortened, and the number of omitted rows as
/// `<key>_left_out`. Adds nothing if there are no rows.
void put_rows(base::JsonObject& report, std::string_view key, const base::JsonArray& rows, std::size_t bytes);

}  // namespace insight
