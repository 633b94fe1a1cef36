// Which guests, storages and users a setting means:
// "vmid:100-199,tag:web,pool:prod,node:pve1,name:db-*,!vmid:150".
#pragma once

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
  /// Whether a guest can be judged by its number and node alone.
  bool asks_configuration() const;
  bool asks_pools() const;
  /// The ids of the pools that a term names, without those below.
  std::vector<std::string> pools() const;

  bool mean(const GuestTraits& guest) const;
  bool mean_storage(std::string_view storage) const;
  bool mean_user(std::string_view userid) const;
  bool mean_guests() const;

 private:
  enum class Kind : std::uint8_t { Vmid, Tag, Pool, Node, Name, Storage, User };
  struct Term {
    Kind kind = Kind::Vmid;
    bool excludes = false;
    std::string value{};
    std::int64_t first = 0, last = 0;  ///< of Vmid
  };

  static std::expected<Term, std::string> parse_one(std::string_view text,
                                                    std::span<const std::string_view> kinds);
  static bool is_of_guest(Kind kind) { return kind != Kind::Storage && kind != Kind::User; }
  static bool fits(const Term& term, const GuestTraits& guest);
  bool mean_text(Kind kind, std::string_view text) const;

  std::vector<Term> terms_;
};

/// The kinds of PVE_PROTECT.
std::span<const std::string_view> protect_kinds();

}  // namespace guard
