// Configured objects of one kind (backup jobs, HA resources, pools, …) as data. A Store says where the
// objects are, how PVE shows them and how PVE refuses calls; five handlers list, read, create, update and
// delete them.
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

/// The text of a refusal. "{id}" stands for the call's parameter of that name.
struct StoreText {
  std::string_view text;
  std::string_view parameter = {};  ///< the parameter with the error (400); empty: a 500
};

enum class Step : std::uint8_t { Create, Update };

/// The answers that show a member.
enum class Shown : std::uint8_t { Nowhere, InLists, Everywhere };

/// Functions may be nullptr and texts empty. An Answer from `prepare`, `apply` or `release` is a refusal;
/// these must not have changed the state then.
template <typename T>
struct Store {
  std::string_view key;  ///< the parameter that names an object, and its name in answers
  Shown key_in = Shown::Everywhere;
  std::expected<Named<T>*, Answer> (*objects)(Call&) = nullptr;

  StoreText missing = {};               ///< of GET
  StoreText missing_for_update = {};    ///< empty: as `missing`
  StoreText missing_for_delete = {};    ///< empty: as `missing`
  bool deletes_missing = false;         ///< PVE accepts DELETE of an object that does not exist
  StoreText exists = {};                ///< of POST
  std::string_view create_failed = {};  ///< before the 500 of `apply`
  std::string_view update_failed = {};  ///< before a 500 about digest and options, and that of `apply`
  std::string_view delete_failed = {};  ///< before the 500 of `release`

  std::string (*digest)(const Named<T>&) = nullptr;
  Shown digest_in = Shown::Everywhere;

  /// The id by which the state keeps the object; nullptr: the parameter `key`, unchanged.
  std::expected<std::string, Answer> (*identify)(Call&) = nullptr;
  /// Whether the caller sees the object in a list.
  bool (*sees)(const Call&, const std::string& id, const T&) = nullptr;
  /// The object without its key.
  base::JsonObject (*row)(const Call&, const std::string& id, const T&) = nullptr;
  /// Turns the row into that of a list.
  void (*listed)(const Call&, const std::string& id, const T&, base::JsonObject& row) = nullptr;
  /// The whole answer to GET; nullptr: the row.
  Answer (*read)(Call&, const std::string& id, T&) = nullptr;
  /// PVE's checks before it looks the object up. May set parameters.
  std::optional<Answer> (*prepare)(Call&, Step) = nullptr;
  /// Changes a copy of the object as the call asks. Nullptr if no call creates or changes objects.
  std::optional<Answer> (*apply)(Call&, const std::string& id, T&, Step) = nullptr;
  /// PVE's checks before a deletion.
  std::optional<Answer> (*release)(const Call&, const std::string& id, const T&) = nullptr;
  /// Run after a change, and after a deletion.
  void (*settle)(Call&, const std::string& id) = nullptr;
  void (*clear)(Call&, const std::string& id, T& gone) = nullptr;
  /// The data of the answer to POST and PUT; nullptr: null.
  base::Json (*result)(Call&, const std::string& id, T&, Step) = nullptr;
};

/// For `objects`: a member of the state.
template <auto Member>
auto all_of(Call& call) -> std::expected<std::remove_reference_t<decltype(call.state.*Member)>*, Answer> {
  return &(call.state.*Member);
}

/// The lines as JSON, those of the blank-separated `numbers` as numbers.
base::JsonObject section_json(const Config& section, std::string_view numbers = {});
/// SHA-1 over all sections of a file.
std::string file_digest(const Named<Config>& sections);

Answer refusal(const Call& call, const StoreText& text);
/// The refusal with `text`, or with `otherwise` if that is empty.
Answer refusal(const Call& call, const StoreText& text, const StoreText& otherwise);
/// The refusal; if it is a 500, with `prefix` before its text.
Answer prefixed(std::string_view prefix, Answer refusal);

struct Option {
  bool required = false;  ///< must be given on creation, cannot be deleted
  bool fixed = false;     ///< cannot be changed
};

/// Finds `name` among blank-separated options, where `name!` is required and fixed, `name+` required, `name*`
/// fixed. Nullopt if it is not among them.
std::optional<Option> option_of(std::string_view options, std::string_view name);
bool holds_word(std::string_view words, std::string_view word);
/// PVE's refusal if the section lacks a required option.
std::optional<Answer> missing_option(std::string_view options, const Config& section);
/// PVE's refusal if one of `keys` cannot be deleted while the call sets `changes`.
std::optional<Answer> undeletable(std::string_view options, const std::vector<std::string>& keys,
                                  const Config& changes);
/// Sets and deletes the options that the call names, or refuses, as PVE's SectionConfig does. `key` is the
/// parameter with the object's id; parameters in `secrets` do not become part of the section.
std::optional<Answer> apply_options(const Call& call, std::string_view key, std::string_view options,
                                    std::string_view secrets, Config& section, Step step);

}  // namespace simulator
