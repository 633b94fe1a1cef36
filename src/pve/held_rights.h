// GET /access/permissions, read without becoming JSON.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pve {

/// PVE lists each guest of a pool, most of them with the same rights: of 20,000 the text has 9 MB, its JSON
/// 45 and this 2.
struct HeldRights {
  /// Whether each privilege is passed on to what is below the path.
  using Rights = std::map<std::string, bool, std::less<>>;

  HeldRights() = default;
  HeldRights(HeldRights&&) = default;
  HeldRights(const HeldRights&) = delete;
  HeldRights& operator=(const HeldRights&) = delete;

  std::set<Rights> kinds;
  std::vector<std::pair<std::string, const Rights*>> paths;  ///< into `kinds`
};

/// `body` is the whole answer, {"data":{path:{privilege:1}}}. Returns nothing for any other text.
std::optional<HeldRights> read_held_rights(std::string_view body);

}  // namespace pve
