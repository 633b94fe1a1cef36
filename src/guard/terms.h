// Which guests, storages and users a setting means:
// "vmid:100-199,tag:web,pool:prod,node:pve1,name:db-*,!vmid:150"; and which other objects a scope allows:
// "allow:storage".
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace guard {

/// What terms ask of a guest: its state in PVE at this moment.
struct GuestTraits {
  std::int64_t vmid = 0;
  std::string node{};
  std::string name{};  ///< or hostname
  std::vector<std::string> tags{};
  std::vector<std::string> pools{};  ///< the pool that holds it, "prod/web"
};

/// What is changed that is no guest. A scope names the kinds that it allows: "allow:storage".
enum class Kind : std::uint8_t { Node, Storage, Network, Firewall, Access, Pool, Cluster, Backup, Ha };

/// In the order of Kind.
inline constexpr std::array<std::string_view, 9> kKindNames = {
    "node", "storage", "network", "firewall", "access", "pool", "cluster", "backup", "ha"};

/// What must be read of a guest, beside its number, before terms can judge it.
struct Wanted {
  bool configuration = false;
  bool node = false;
  std::vector<std::string> pools{};  ///< the ids that terms name, without those below

  bool any_pool() const { return !pools.empty(); }
  Wanted& operator|=(const Wanted& other);
};

/// A guest is meant by any term, unless one with "!" means it too; where all terms have a "!", by none of
/// them. Names, tags and users may hold * and ?; letters count alike in both cases. "pool:prod" means the
/// pools below it too.
class Terms {
 public:
  /// None: means nothing.
  Terms() = default;

  /// The error is a clause about one term: "\"tags:web\" has an unknown kind; valid kinds are …". `kinds` are
  /// those that the setting takes.
  static std::expected<Terms, std::string> parse(std::span<const std::string> terms,
                                                 std::span<const std::string_view> kinds);

  bool empty() const { return terms_.empty(); }
  Wanted wanted() const;

  bool mean(const GuestTraits& guest) const;
  bool mean_storage(std::string_view storage) const;
  bool mean_user(std::string_view userid) const;
  bool mean_guests() const;
  bool mean_storages() const;
  bool mean_users() const;
  /// Whether a term "allow:KIND" names the kind.
  bool allow(Kind kind) const;

 private:
  enum class Trait : std::uint8_t { Vmid, Tag, Pool, Node, Name, Storage, User, Allow };
  struct Term {
    Trait trait = Trait::Vmid;
    bool excludes = false;
    std::string value{};
    std::int64_t first = 0, last = 0;  ///< of Vmid
    Kind kind = Kind::Node;            ///< of Allow
  };

  static std::expected<Term, std::string> parse_one(std::string_view text,
                                                    std::span<const std::string_view> kinds);
  static std::optional<std::string> read_numbers(std::string_view text, Term& term);
  static std::optional<std::string> read_kind(std::string_view text, Term& term);
  static bool is_of_guest(Trait trait) { return trait < Trait::Storage; }
  static bool fits(const Term& term, const GuestTraits& guest);
  bool mean_text(Trait trait, std::string_view text) const;

  std::vector<Term> terms_;
};

/// The kinds of terms that PVE_PROTECT takes.
std::span<const std::string_view> protect_kinds();
/// Those that PVE_SCOPE takes.
std::span<const std::string_view> scope_kinds();

}  // namespace guard
