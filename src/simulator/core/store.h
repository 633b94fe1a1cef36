// Configured objects of one kind (backup jobs, HA resources, pools, …) as data: a row says where they are,
// what PVE says about them and which lines they have; five handlers list, read, create, update and delete
// them. What data cannot say is a function of the row.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "simulator/core/call.h"

namespace simulator {

/// What PVE says; "{id}" stands for the call's parameter of that name.
struct StoreText {
  std::string_view text;
  std::string_view parameter = {};  ///< whose error it is (400); empty: the call's (500)
};

enum class Step : std::uint8_t { Create, Update };

/// Which answers show something.
enum class Shown : std::uint8_t { Nowhere, InLists, Everywhere };

/// Functions may be nullptr, texts and word lists empty. An answer that a function gives is a refusal, and
/// then nothing has changed.
template <typename T>
struct Store {
  std::string_view key;  ///< the parameter that names an object, and its name in answers
  Shown key_in = Shown::Everywhere;
  std::expected<Named<T>*, Answer> (*objects)(Call&) = nullptr;

  StoreText missing;                    ///< of GET
  StoreText missing_for_update = {};    ///< empty: as `missing`
  StoreText missing_for_delete = {};    ///< empty: as `missing`
  bool deletes_missing = false;         ///< DELETE of an object that is not there changes nothing and is fine
  StoreText exists = {};                ///< of POST
  std::string_view create_failed = {};  ///< before the 500 of `apply`
  std::string_view update_failed = {};  ///< before a 500 about digest and options, and that of `apply`
  std::string_view delete_failed = {};  ///< before the 500 of `release`

  std::string (*digest)(const Named<T>&) = nullptr;
  Shown digest_in = Shown::Everywhere;

  /// The name by which the object is kept; nullptr: the parameter `key` as it is.
  std::expected<std::string, Answer> (*identify)(Call&) = nullptr;
  /// May the caller see it in a list?
  bool (*sees)(const Call&, const std::string& id, const T&) = nullptr;
  /// The object without its key.
  base::JsonObject (*row)(const Call&, const std::string& id, const T&) = nullptr;
  /// Makes the row what a list shows.
  void (*listed)(const Call&, const std::string& id, const T&, base::JsonObject& row) = nullptr;
  /// The whole answer to GET, where it is not the row.
  Answer (*read)(Call&, const std::string& id, T&) = nullptr;
  /// What PVE checks before it looks at the objects; may set parameters.
  std::optional<Answer> (*prepare)(Call&, Step) = nullptr;
  /// Gives a copy of the object what the call says; nullptr: no call creates or changes one.
  std::optional<Answer> (*apply)(Call&, const std::string& id, T&, Step) = nullptr;
  /// May it go?
  std::optional<Answer> (*release)(const Call&, const std::string& id, const T&) = nullptr;
  /// After a change, and after a deletion.
  void (*settle)(Call&, const std::string& id) = nullptr;
  void (*clear)(Call&, const std::string& id, T& gone) = nullptr;
  /// What POST and PUT give; nullptr: nothing.
  base::Json (*result)(Call&, const std::string& id, T&, Step) = nullptr;
};

/// `objects` that are a member of the state.
template <auto Member>
auto all_of(Call& call) -> std::expected<std::remove_reference_t<decltype(call.state.*Member)>*, Answer> {
  return &(call.state.*Member);
}

/// The lines as JSON, those of the blank-separated `numbers` as numbers.
base::JsonObject section_json(const Config& section, std::string_view numbers = {});
/// SHA-1 over all sections of a file.
std::string file_digest(const Named<Config>& sections);

Answer refusal(const Call& call, const StoreText& text);
/// `text`, or `otherwise` where that is empty.
Answer refusal(const Call& call, const StoreText& text, const StoreText& otherwise);
/// The refusal with `prefix` before its text, when it is a 500.
Answer prefixed(std::string_view prefix, Answer refusal);

struct Option {
  bool required = false;  ///< must be given on creation, cannot be deleted
  bool fixed = false;     ///< cannot be changed
};

/// Of blank-separated words: `name!` is required and fixed, `name+` required, `name*` fixed. Nothing when
/// `name` is none of them.
std::optional<Option> option_of(std::string_view options, std::string_view name);
bool holds_word(std::string_view words, std::string_view word);
/// The options without a value that a creation must give: PVE's refusal.
std::optional<Answer> missing_option(std::string_view options, const Config& section);
/// Why one of `keys` cannot be deleted while `changes` are set.
std::optional<Answer> undeletable(std::string_view options, const std::vector<std::string>& keys,
                                  const Config& changes);
/// As PVE's SectionConfig: sets and deletes the `options` that the call names, or refuses as PVE does.
std::optional<Answer> apply_options(const Call& call, std::string_view key, std::string_view options,
                                    std::string_view secrets, Config& section, Step step);

}  // namespace simulator
