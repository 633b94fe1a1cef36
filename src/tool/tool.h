// A tool as a row of data. catalog/ declares the rows, engine/ runs them, tests check rules over all of them.
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
#include "tool/list_rights.h"

namespace pve {
struct Guest;
struct Inventory;
}  // namespace pve

namespace tool {

/// What a caller may do. Each tier includes the one before.
enum class Tier : std::uint8_t { ReadOnly, ReadExecute, Full };

inline constexpr std::array<std::string_view, 3> kTierNames = {"read-only", "read-execute", "full"};

constexpr std::string_view name(Tier tier) { return kTierNames[static_cast<std::size_t>(tier)]; }

constexpr std::optional<Tier> tier_named(std::string_view text) {
  for (std::size_t i = 0; i < kTierNames.size(); ++i) {
    if (kTierNames[i] == text) return static_cast<Tier>(i);
  }
  return std::nullopt;
}

/// The source of a parameter's type, enumeration and range. A row sets it only for parameters that PVE does
/// not have and that prepare() translates.
enum class Type : std::uint8_t { FromFacts, String, Integer, Boolean, Object };

/// Whether the model must give the parameter. FromFacts: as PVE says, unless the contract of the original
/// server differs.
enum class Need : std::uint8_t { FromFacts, Required, Optional };

struct Param {
  std::string_view name;           ///< as the model writes it
  std::string_view description{};  ///< empty if the name or the server's instructions explain it
  std::string_view wire{};         ///< PVE's name if it differs
  /// The allowed values, if PVE allows more or has no enumeration; refers to a constant array.
  std::span<const std::string_view> values{};
  Need need = Need::FromFacts;
  Type type = Type::FromFacts;
  /// tools/list shows only the type; the server still checks enumeration and range.
  bool terse = false;
};

/// The parameters of a row. Holds them by value: g++ 12 cannot keep a nested initializer list in a constant.
class Params {
 public:
  static constexpr std::size_t kCapacity = 32;

  constexpr Params() = default;
  // Implicit, so that rows can give a list in braces. A row with more than kCapacity does not compile.
  constexpr Params(std::initializer_list<Param> items) {  // NOLINT(google-explicit-constructor)
    for (const auto& item : items) items_[count_++] = item;
  }
  /// Does nothing once there are kCapacity.
  constexpr void add(const Param& item) {
    if (count_ < kCapacity) items_[count_++] = item;
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

/// What a change does, for MCP's annotations. A GET has Effect::None.
enum class Effect : std::uint8_t {
  None,         ///< changes nothing
  Additive,     ///< creates or starts something and loses nothing that exists
  Destructive,  ///< may end or overwrite something that exists
};

/// Parameters that the server adds to a row and does not send to PVE. A set.
enum Offer : std::uint8_t {
  kNoOffer = 0,
  kWait = 1,     ///< "wait": seconds to wait for the end of task {upid} before the read
  kSelect = 2,   ///< "fields" and "filter": which columns and rows of a list
  kPage = 4,     ///< "limit" and "cursor", if PVE itself has no pages
  kChart = 8,    ///< "chart": an image of the statistics
  kFields = 16,  ///< "fields" alone: the members to show of a View::brief object
  /// "dry_run" and "confirm", for changes that can ask for a confirmation. Rows do not set it: it follows
  /// from what the call can destroy and from PVE_CONFIRM.
  kConfirm = 32,
};

/// What a tool does with the calls that others describe: the rows of all categories and the endpoints of PVE.
enum class Door : std::uint8_t {
  None,
  Search,    ///< finds them by words
  Describe,  ///< explains one
  Read,      ///< runs one that changes nothing
  Change,    ///< runs one that changes something and destroys nothing for good
  Destroy,   ///< runs one that destroys something for good
};

/// How the server shows the answer of a read.
struct View {
  enum class Kind : std::uint8_t {
    Object,      ///< "key: value" lines
    Table,       ///< a counted header and a row for each item
    Log,         ///< PVE's [{n,t}]: the last lines first
    Statistics,  ///< PVE's RRD points: now, average, maximum, trend
    Any,         ///< as the answer is: an object, a table or a log
  };
  Kind kind = Kind::Object;
  /// For a Table: what the items are, in the plural: "VMs".
  std::string_view noun{};
  /// For a Table: the columns; empty: the members that the items have. For an Object: the members to show
  /// first.
  Columns columns{};
  /// The order of items (Table) or members (Object) has a meaning, so the server does not sort them.
  bool ordered = false;
  /// The privileges that make the list complete; nullptr: the list is always complete.
  const ListRights* list_rights = nullptr;
  /// The same by the value of an argument. Without a match here, `list_rights` applies.
  std::span<const ListRightsFor> list_rights_for{};
  /// For an Object: show only the members of `columns` unless "fields" asks for others.
  bool brief = false;
  /// For a Table: an item whose first column has this value is not counted.
  std::string_view uncounted{};
  /// The members that may hold a text which others wrote, with blanks between them: a long one stands in
  /// marked lines (view/free_text.h). "*": all, as in PVE's answers. A report is in the server's own words,
  /// and names the exceptions.
  std::string_view quoted = "*";
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

/// Returns the sentence that advises the commands of ReadFailure::grants.
inline std::string to_grant(const std::vector<std::string>& commands) {
  std::string text;
  for (const auto& command : commands) text += (text.empty() ? "On a node as root: " : " && ") + command;
  return text.empty() ? text : text + ".";
}

/// What a hook may ask of the cluster. The engine implements it.
class Context {
 public:
  Context() = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  virtual ~Context() = default;
  /// Returns `data` of a GET of the row's own object. `path` is a template; the call's arguments fill its
  /// placeholders.
  virtual std::expected<base::Json, ReadFailure> get(std::string_view path) = 0;
  /// Returns the staged changes of such a GET, as the diff that PVE sends beside its data; empty if there are
  /// none.
  virtual std::expected<std::string, ReadFailure> staged(std::string_view path) = 0;
  /// Epoch seconds.
  virtual std::int64_t now() const = 0;
};

/// Turns the checked arguments into PVE's parameters where data cannot: defaults that depend on other
/// arguments, names that PVE dropped, values that an update must repeat. Works on PVE's wire names. May read,
/// must not write. The error is a sentence for the model.
using Prepare = std::expected<void, std::string> (*)(Context& context, base::JsonObject& arguments);

/// Corrects PVE's answer and adds what it lacks; may read. Returns a sentence for the end of the answer, or
/// "".
using Revise = std::string (*)(Context& context, base::Json& data);

/// One GET of a report.
struct Read {
  std::string_view path;         ///< template: "/nodes/{node}/status"
  base::JsonObject arguments{};  ///< those that the template does not name go to the query
};

/// What a report may ask of the cluster. The engine implements it; pve/inventory.h declares the inventory.
class Sources {
 public:
  using Got = std::expected<base::Json, ReadFailure>;

  Sources() = default;
  Sources(const Sources&) = delete;
  Sources& operator=(const Sources&) = delete;
  virtual ~Sources() = default;
  /// PVE gives up on a dead node after three to ten seconds.
  static constexpr std::chrono::seconds kLongest{15};
  /// Returns `data` of each read, in order. Runs several reads at the same time. A read without an answer
  /// within kLongest gives ReadFailure.
  std::vector<Got> get(const std::vector<Read>& reads) { return get_within(reads, kLongest); }
  /// As get(); a read that takes longer than `longest` is a ReadFailure.
  virtual std::vector<Got> get_within(const std::vector<Read>& reads, std::chrono::seconds longest) = 0;
  /// Reads the cluster's nodes, guests and storages now.
  virtual std::expected<std::shared_ptr<const pve::Inventory>, ReadFailure> inventory() = 0;
  /// Returns the guest that a text means: a number, its present name, or "100 (web01)". The error is a
  /// sentence that begins with a lower-case letter.
  virtual std::expected<pve::Guest, std::string> guest(std::string_view text) = 0;
  /// Why a list may lack items: PVE leaves out what the token may not see and answers with status 200.
  /// Returns nullopt if the token sees all of it. The error is not `forbidden` if PVE does not say what the
  /// token may see.
  virtual std::optional<ReadFailure> why_incomplete(const ListRights& rights) = 0;
  /// Epoch seconds.
  virtual std::int64_t now() const = 0;
  /// The findings that the administrator has chosen to ignore: "CODE" or "CODE:object", with * and ? as
  /// wildcards.
  virtual std::span<const std::string> ignored_findings() const = 0;
};

/// Answers one question from several endpoints. `arguments` are checked. Members of the result keep their
/// order and become "key: value" lines; lists of objects become tables; values keep PVE's names and numbers.
/// The error is a sentence for the model.
using Report = std::expected<base::JsonObject, std::string> (*)(Sources& sources,
                                                                const base::JsonObject& arguments);

struct Tool {
  std::string_view name;
  std::string_view title;
  std::string_view description;
  Tier tier;
  Effect effect;
  Endpoint call;
  /// What the tool is about. Rows do not set it.
  About about = tool::about(call.method, call.path);
  Params params{};
  /// The tool starts a task that loads its node, so only a few may run there at once.
  bool heavy = false;
  /// PVE answers with the UPID of a task.
  bool starts_task = false;
  std::uint8_t offers = kNoOffer;
  View view{};
  /// What a change is doing: "Starting VM {vmid} on {node}". No full stop. {name} is an argument's value;
  /// {name+ing} and {name+ed} are forms of an argument that is a verb.
  std::string_view doing{};
  /// What a change has done: "VM {vmid} on {node} {was} started". {was} and {were} become nothing after
  /// success and "was not" or "were not" after a failure; text after a semicolon is shown only after success.
  /// No full stop.
  std::string_view done{};
  Prepare prepare = nullptr;
  /// Only for reads, and for changes that start no task.
  Revise revise = nullptr;
  /// Replaces the call; the row then has no path.
  Report report = nullptr;
  /// A list of one node. If the call gives no {node}, the server reads it from every node that is online.
  bool every_node = false;
  /// A read that accepts all parameters of its endpoint, not only `params`. A change always does.
  bool open = false;
  /// Not None: the tool makes no call of its own, and has no path.
  Door door = Door::None;
};

struct Category {
  std::string_view name;   ///< the value in PVE_CATEGORIES
  std::string_view title;  ///< for people
  std::span<const Tool> tools;
  /// The category is on only if PVE_CATEGORIES names it.
  bool opt_in = false;
};

}  // namespace tool
