// PVE's own endpoints as data: which exist, what parameters they take, who may call them. Made by
// script/facts from the API schemas of PVE 8.0 to 9.2 and embedded in the binary; marks.cpp adds what they do
// not say. Everything is as the newest of these versions has it; what others have or lack carries its
// versions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/method.h"
#include "facts/version.h"

namespace facts {

/// PVE has no parameter of the type Object; a tool of this server can have one.
enum class Type : std::uint8_t { String, Integer, Number, Boolean, Array, Object };

inline constexpr std::array<std::string_view, 6> kTypeNames = {"string",  "integer", "number",
                                                               "boolean", "array",   "object"};

/// PVE's name and JSON Schema's.
constexpr std::string_view name(Type type) { return kTypeNames[static_cast<std::size_t>(type)]; }

/// What the schema does not say about a parameter; a set.
enum Mark : std::uint8_t {
  kNoMark = 0,
  kSecret = 1,    ///< a password or key: never in a log, an error or a result
  kRootOnly = 2,  ///< PVE wants the user root@pam itself, which an API token never is
  kFullTier = 4,  ///< needs the tier `full`, whatever the tool's own tier
};

/// A value of an enumeration that not every version has.
struct DatedValue {
  std::string_view value;
  Lifetime lifetime;
};

class Forms;  // facts/forms.h

struct Parameter {
  std::string_view name;  ///< of a family without the index: "net" for net[n]
  Type type = Type::String;
  bool required = false;
  bool indexed = false;     ///< a family: net0, net1, …
  std::uint16_t count = 0;  ///< members of the family (net0 to net31: 32); 0: not known
  std::optional<double> minimum;
  std::optional<double> maximum;
  std::optional<std::uint32_t> min_length;
  std::optional<std::uint32_t> max_length;
  std::vector<std::string_view> values;  ///< the enumeration; empty: none. Of an Array: for each item
  std::vector<DatedValue> dated_values;  ///< those of `values` that are new, and those that are gone
  std::string_view pattern;              ///< Perl regular expression, anchored at both ends by PVE
  std::string_view format;               ///< PVE's format name ("pve-vmid", "pve-node-list"); empty: none
  std::string_view form;         ///< which property string it is ("qemu.net"); empty: none of the schema
  const Forms* forms = nullptr;  ///< where members_of() looks; nullptr: the parameter of no Facts
  std::string_view needs;        ///< the parameter without which PVE refuses this one; empty: none
  std::string_view default_value;
  std::uint8_t marks = kNoMark;
  Lifetime lifetime;  ///< within its endpoint's
};

struct Endpoint {
  base::Method method = base::Method::Get;
  std::string_view path;  ///< template: "/nodes/{node}/qemu/{vmid}/config"
  std::vector<Parameter> parameters;
  std::vector<Parameter> former;  ///< those that only older versions take
  Lifetime lifetime;
  /// The schema's permission check as compact JSON ({"check":["perm","/vms/{vmid}",["VM.Audit"]]}); empty:
  /// root only.
  std::string_view permissions;
  bool allow_token = true;
  bool additional = false;   ///< takes parameters that the schema does not name
  bool starts_task = false;  ///< may answer with the UPID of a task

  /// By the name as it travels: "net0" finds the family "net". Nothing when PVE has no such parameter here.
  const Parameter* parameter(std::string_view name) const;
  /// As parameter(), of `former`.
  const Parameter* former_parameter(std::string_view name) const;
};

/// One of all endpoints, without its parameters.
struct Listed {
  base::Method method;
  std::string_view path;
  Lifetime lifetime;
};

/// The path's variables of a routed call, decoded: {"node","pve1"}.
using PathValues = std::vector<std::pair<std::string_view, std::string>>;

struct Route {
  const Endpoint* endpoint = nullptr;
  PathValues values;
};

/// Parses an endpoint the first time it is asked for. Safe from many threads; what it returns lives as long
/// as it.
class Facts {
 public:
  /// The facts in this binary.
  Facts();
  /// Facts in the same text form (format: docs/architecture.md); `text` must outlive this object.
  explicit Facts(std::string_view text);
  ~Facts();
  Facts(const Facts&) = delete;
  Facts& operator=(const Facts&) = delete;

  /// The newest PVE version that these facts know.
  Version version() const;
  /// Every endpoint of every version, by path and method. Parses none.
  std::vector<Listed> list() const;
  /// By method and path template; nullptr when PVE has no such endpoint: the newest version, or `as_of`.
  const Endpoint* find(base::Method method, std::string_view path, std::optional<Version> as_of = {}) const;
  /// By method and concrete path, decoded once as PVE does ("/nodes/pve1/qemu/100/config"). A literal segment
  /// wins over a variable.
  std::optional<Route> route(base::Method method, std::string_view path,
                             std::optional<Version> as_of = {}) const;

 private:
  struct Index;
  std::unique_ptr<Index> index_;
};

/// The enumeration as that version has it.
std::vector<std::string_view> values_of(const Parameter& parameter, Version version);

/// Why `value` does not fit, in PVE's words ("value must have a minimum value of 100"); nothing when it fits.
/// `value` is in the form in which it travels (text; a boolean is "0" or "1"); of an Array, one item. Formats
/// and patterns are judged only where PVE's verdict is certain.
std::optional<std::string> misfit(const Parameter& parameter, std::string_view value);

/// True for a name under which PVE keeps or returns a secret wherever it occurs ("cipassword").
bool secret_name(std::string_view name);

/// True for a name under which the endpoint of this path template returns a secret.
bool secret_at(std::string_view path, std::string_view name);

/// The JSON Schema of the parameter: type, enum, minimum, maximum; nothing that is only true of the wire.
base::JsonObject json_schema(const Parameter& parameter);

}  // namespace facts
