// Rules of the firewall: PVE's verification and the edits by position.
#pragma once

#include <expected>
#include <optional>
#include <string_view>
#include <vector>

#include "simulator/core/call.h"

namespace simulator {

/// Where a rule lives: what it may refer to, and which types it may have.
struct RuleScope {
  /// "cluster", "host", "vm", "ct", "group".
  std::string_view name = "cluster";
  const Firewall* cluster = nullptr;
  const Firewall* own = nullptr;  ///< of the guest; nullptr: none
};

/// The 400 of the first thing that is wrong with the rule; sets its `ipversion` and the macro's spelling.
std::optional<Answer> verify_rule(Config& rule, const RuleScope& scope);

Answer list_rules(const std::vector<Config>& rules, const RuleScope& scope);
Answer read_rule(const std::vector<Config>& rules, const RuleScope& scope, const Parameters& parameters);
/// At position 0; `pos` and `digest` are ignored and `enable` defaults to 0, as in PVE.
Answer create_rule(std::vector<Config>& rules, const RuleScope& scope, const Parameters& parameters);
Answer update_rule(std::vector<Config>& rules, const RuleScope& scope, const Call& call);
Answer delete_rule(std::vector<Config>& rules, const RuleScope& scope, const Call& call);

/// PVE's digest of a list of sections: over `key:value` lines in order.
std::string list_digest(const std::vector<Config>& list);
/// An address, range, network, list of them; 4 or 6, 0 when it is a name, or the error.
std::expected<int, std::string> address_version(std::string_view text);
/// The 500 unless the entry of an IP set is one address or network, or an alias that the scope knows.
std::optional<Answer> check_entry(std::string_view entry, const RuleScope& scope);
/// "192.0.2.77/24" as "192.0.2.0/24"; any other text as it is.
std::string without_host_bits(std::string_view network);

}  // namespace simulator
