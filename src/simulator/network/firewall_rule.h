// Rules of the firewall: PVE's verification and the edits by position.
#pragma once

#include <expected>
#include <optional>
#include <string_view>
#include <vector>

#include "simulator/core/call.h"

namespace simulator {

/// The firewall of a rule. It decides to what the rule may refer, and which types it may have.
struct RuleScope {
  /// "cluster", "host", "vm", "ct", "vnet", "group".
  std::string_view name = "cluster";
  const Firewall* cluster = nullptr;
  const Firewall* own = nullptr;  ///< of the guest; nullptr: none
};

/// PVE's 400 about the first error in the rule, else nullopt. Sets the rule's `ipversion`, and its macro in
/// PVE's spelling.
std::optional<Answer> verify_rule(Config& rule, const RuleScope& scope);

Answer list_rules(const std::vector<Config>& rules, const RuleScope& scope);
Answer read_rule(const std::vector<Config>& rules, const RuleScope& scope, const Parameters& parameters);
/// Adds the rule at position 0. As in PVE, `pos` and `digest` do not count and `enable` defaults to 0.
Answer create_rule(std::vector<Config>& rules, const RuleScope& scope, const Parameters& parameters);
Answer update_rule(std::vector<Config>& rules, const RuleScope& scope, const Call& call);
Answer delete_rule(std::vector<Config>& rules, const RuleScope& scope, const Call& call);

/// PVE's digest of a list of sections, over their `key:value` lines in order.
std::string list_digest(const std::vector<Config>& list);
/// 4 or 6 for an address, a range, a network or a list of these; 0 for a name. The error is PVE's text.
std::expected<int, std::string> address_version(std::string_view text);
/// The 500 unless the entry of an IP set is one address or network, or an alias that the scope knows.
std::optional<Answer> check_entry(std::string_view entry, const RuleScope& scope);
/// "192.0.2.77/24" as "192.0.2.0/24"; any other text as it is.
std::string without_host_bits(std::string_view network);

}  // namespace simulator
