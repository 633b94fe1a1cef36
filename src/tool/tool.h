// What a tool is: a row of data. catalog/ declares the rows, engine/ runs them, tests hold rules over all of
// them.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <expected>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/method.h"
#include "tool/about.h"
#include "tool/columns.h"
#include "tool/sight.h"

namespace pve {
struct Guest;
struct Inventory;
}  // namespace pve

namespace tool {

/// What a caller may do; each tier contains the one before.
enum class Tier : std::uint8_t { ReadOnly, ReadExecute, Full };

inline constexpr std::array<std::string_view, 3> kTierNames = {"read-only", "read-execute", "full"};

constexpr std::string_view name(Tier tier) { return kTierNames[static_cast<std::size_t>(tier)]; }

constexpr std::optional<Tier> tier_named(std::string_view text) {
  for (std::size_t i = 0; i < kTierNames.size(); ++i) {
    if (kTierNames[i] == text) return static_cast<Tier>(i);
  }
  return std::nullopt;
}

/// Where a parameter's type, enumeration and range come from. Rows say it only for parameters that PVE does
/// not have and prepare() translates.
enum class Type : std::uint8_t { FromFacts, String, Integer, Boolean };

/// Whether the model must give it; PVE's own word unless the contract differs.
enum class Need : std::uint8_t { FromFacts, Required, Optional };

struct Param {
  std::string_view name;           ///< as the model writes it
  std::string_view description{};  ///< empty where the name says all, or the server's instructions do
  std::string_view wire{};         ///< PVE's name where it differs
  /// An enumeration, narrower than PVE's or absent there; a constant array.
  std::span<const std::string_view> values{};
  Need need = Need::FromFacts;
  Type type = Type::FromFacts;
  /// Listed by its type alone; enumeration and range are checked all the same.
  bool terse = false;
};

/// The parameters of a row. Holds them by value: g++ 12 cannot keep a nested initializer list in a constant.
class Params {
 public:
  static constexpr std::size_t kCapacity = 32;

  constexpr Params() = default;
  // Rows read as lists; a row with more than kCapacity does not compile.
  constexpr Params(std::initializer_list<Param> items) {  // NOLINT(google-explicit-constructor)
    for (const auto& item : items) items_[count_++] = item;
  }
  constexpr const Param* begin() const { return items_.data(); }
  constexpr const Param* end() const { return items_.data() + count_; }
  constexpr std::size_t size() const { return count_; }

 private:
  std::array<Param, kCapacity> items_{};
  std::size_t count_ = 0;
};

struct Endpoint {
  base::Method method;
  std::string_view path;  ///< template in PVE's words: "/nodes/{node}/qemu/{vmid}/config"
};

/// What a change does, for the annotations. A GET has Effect::None.
enum class Effect : std::uint8_t {
  None,         ///< changes nothing
  Additive,     ///< makes something new or starts something; nothing existing is lost
  Destructive,  ///< may end or overwrite something that exists
};

/// Parameters that the server itself adds to a row; PVE never sees them. A set.
enum Offer : std::uint8_t {
  kNoOffer = 0,
  kWait = 1,     ///< "wait": of a read about the task {upid}, seconds to wait for its end first
  kSelect = 2,   ///< "fields" and "filter": which columns and rows of a list
  kPage = 4,     ///< "limit" and "cursor", where PVE itself has no pages
  kChart = 8,    ///< "chart": a picture of the statistics
  kFields = 16,  ///< "fields" alone: which members of an object that shows only some (View::brief)
  /// "dry_run" and "confirm", of a change that can ask for a confirmation. No row says so itself: it follows
  /// from what the call can destroy and from PVE_CONFIRM.
  kConfirm = 32,
};

/// How the answer of a read is shown.
struct View {
  enum class Kind : std::uint8_t {
    Object,      ///< "key: value" lines
    Table,       ///< a counted header and a row for each item
    Log,         ///< PVE's [{n,t}]: the last lines first
    Statistics,  ///< PVE's RRD points: now, average, maximum, trend
  };
  Kind kind = Kind::Object;
  /// Of a Table, in the plural: "VMs".
  std::string_view noun{};
  /// Of a Table its columns; empty: what the items have. Of an Object the members that come first.
  Columns columns{};
  /// The order of items (Table) or members (Object) means something; else they are sorted.
  bool ordered = false;
  /// nullptr: PVE leaves nothing out of the list in silence.
  const Sight* seen_with = nullptr;
  /// Where that depends on an argument. What is not named here goes by `seen_with`.
  std::span<const SightFor> seen_for{};
  /// Of an Object: only the members that `columns` names are shown unless "fields" asks for others.
  bool brief = false;
  /// Of a Table: an item with this value of the first column is no item of its own and is not counted.
  std::string_view uncounted{};
};

/// Why a read of a hook or of a report gave nothing, or why the list that it gave may lack items.
struct ReadFailure {
  std::string sentence;    ///< for the model
  bool forbidden = false;  ///< PVE denies the read to the token; the change itself may be allowed
  unsigned status = 0;     ///< HTTP status of PVE's refusal; 0: PVE did not refuse
  /// Commands that root runs on a node so that the token may read it; empty if they are not known.
  std::vector<std::string> grants{};
  std::string caution{};  ///< what these commands would allow besides the read
};

/// The sentence that advises the commands of ReadFailure::grants.
inline std::string to_grant(const std::vector<std::string>& commands) {
  std::string text;
  for (const auto& command : commands) text += (text.empty() ? "On a node as root: " : " && ") + command;
  return text.empty() ? text : text + ".";
}

/// What a row's prepare() may ask of the cluster it is about to change. Implemented by the engine.
class Context {
 public:
  Context() = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  virtual ~Context() = default;
  /// `data` of a GET of the row's own object: `path` is a template whose placeholders are filled from the
  /// arguments.
  virtual std::expected<base::Json, ReadFailure> get(std::string_view path) = 0;
  /// What such a GET says is staged and not yet in force, as the diff that PVE sends beside its data; empty
  /// where nothing is.
  virtual std::expected<std::string, ReadFailure> staged(std::string_view path) = 0;
  /// Epoch seconds.
  virtual std::int64_t now() const = 0;
};

/// Turns the checked arguments into what PVE wants, for what data cannot say: defaults that depend on other
/// arguments, names that PVE dropped, values that an update must repeat. Works on PVE's wire names and may
/// read, never write. The error is the sentence for the model.
using Prepare = std::expected<void, std::string> (*)(Context& context, base::JsonObject& arguments);

/// Puts right what PVE's answer says wrongly or leaves out, with reads if need be. Gives a sentence to end
/// the answer with, or nothing.
using Revise = std::string (*)(Context& context, base::Json& data);

/// One GET of a report.
struct Read {
  std::string_view path;         ///< template: "/nodes/{node}/status"
  base::JsonObject arguments{};  ///< fill the template, the others go to the query
};

/// What a report may ask of the cluster. Implemented by the engine; pve/inventory.h has the rows.
class Sources {
 public:
  using Got = std::expected<base::Json, ReadFailure>;

  Sources() = default;
  Sources(const Sources&) = delete;
  Sources& operator=(const Sources&) = delete;
  virtual ~Sources() = default;
  /// PVE gives up on a dead node after three to ten seconds.
  static constexpr std::chrono::seconds kLongest{15};
  /// `data` of each read, in their order. Reads several at the same time; a read that takes longer than
  /// kLongest is a ReadFailure.
  std::vector<Got> get(const std::vector<Read>& reads) { return get_within(reads, kLongest); }
  /// As get(); a read that takes longer than `longest` is a ReadFailure.
  virtual std::vector<Got> get_within(const std::vector<Read>& reads, std::chrono::seconds longest) = 0;
  /// What the cluster has and where, asked for now.
  virtual std::expected<std::shared_ptr<const pve::Inventory>, ReadFailure> inventory() = 0;
  /// The guest that a text means: a number, a name as the configurations have it now, or "100 (web01)". The
  /// error is a sentence that begins small.
  virtual std::expected<pve::Guest, std::string> guest(std::string_view text) = 0;
  /// Why a list may lack items: PVE leaves out what the token may not see and answers with status 200.
  /// Returns nullopt if the token sees all of it. The error is not `forbidden` if PVE does not say what the
  /// token may see.
  virtual std::optional<ReadFailure> why_incomplete(const Sight& sight) = 0;
  /// Epoch seconds.
  virtual std::int64_t now() const = 0;
  /// What the administrator does not want to hear of: "CODE" or "CODE:object" with * and ? for any.
  virtual std::span<const std::string> ignored_findings() const = 0;
};

/// Answers one question from several endpoints. Works on the checked arguments. Members keep their order and
/// become "key: value" lines, lists of objects become tables; values keep PVE's names and numbers. The error
/// is the sentence for the model.
using Report = std::expected<base::JsonObject, std::string> (*)(Sources& sources,
                                                                const base::JsonObject& arguments);

struct Tool {
  std::string_view name;
  std::string_view title;
  std::string_view description;
  Tier tier;
  Effect effect;
  Endpoint call;
  /// What it is about. Rows do not name it.
  About about = tool::about(call.method, call.path);
  Params params{};
  /// Starts a task that loads its node: at most a few run there at once.
  bool heavy = false;
  /// PVE answers with the UPID of a task.
  bool starts_task = false;
  std::uint8_t offers = kNoOffer;
  View view{};
  /// What a change does, while it does it: "Starting VM {vmid} on {node}". No full stop. {name} stands for an
  /// argument, {name+ing} and {name+ed} for a verb that an argument is.
  std::string_view doing{};
  /// What it has done: "VM {vmid} on {node} {was} started". {was}, or {were}, is nothing where it has and
  /// "was not" where it has not; what follows a semicolon is said only where it has. No full stop.
  std::string_view done{};
  Prepare prepare = nullptr;
  /// Of a read, or of a change that needs no task.
  Revise revise = nullptr;
  /// Instead of a call: the row has no path then.
  Report report = nullptr;
  /// A list of one node that, where no {node} is given, is read from every node that is online.
  bool every_node = false;
};

struct Category {
  std::string_view name;   ///< as in PVE_CATEGORIES
  std::string_view title;  ///< for people
  std::span<const Tool> tools;
  /// Only where it is named in PVE_CATEGORIES.
  bool opt_in = false;
};

}  // namespace tool
