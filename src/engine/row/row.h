// A row of the catalog together with what the facts say of its parameters.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "engine/row/confirm.h"
#include "facts/facts.h"
#include "tool/tool.h"

namespace engine {

/// One parameter that a call may carry. Views point into the row and the facts.
struct Field {
  std::string_view name;                   ///< as the model writes it
  std::string_view wire;                   ///< as PVE reads it
  const tool::Param* param = nullptr;      ///< nullptr: not listed in the row
  const facts::Parameter* fact = nullptr;  ///< nullptr: PVE has none, prepare() translates
  facts::Type type = facts::Type::String;
  bool required = false;
  bool in_path = false;
  bool guest = false;       ///< the guest that the row is about: its number or its unique name
  bool guests = false;      ///< several of them
  bool for_server = false;  ///< this server evaluates it (server_arguments.h); PVE never gets it
  std::span<const std::string_view> values;  ///< the enumeration in force: the row's, else PVE's

  bool marked(facts::Mark mark) const { return fact != nullptr && (fact->marks & mark) != 0; }
};

/// A checked argument: whose it is, and the value in the field's own type.
struct Argument {
  Field field;
  base::Json value;
};

/// Those of one call, each field once.
using Arguments = std::vector<Argument>;

/// Refers to the tool and the facts; both outlive it. Constant after construction.
class Row {
 public:
  /// Lists the parameters of a confirmation where a call may ask for one.
  Row(const tool::Tool& tool, std::string_view category, const facts::Facts& facts,
      Confirm confirm = Confirm::Never);

  const tool::Tool& tool() const { return *tool_; }
  const tool::About& about() const { return tool_->about; }
  std::string_view category() const { return category_; }
  /// nullptr when PVE's facts do not have it (a newer PVE may).
  const facts::Endpoint* endpoint() const { return endpoint_; }
  const std::vector<Field>& fields() const { return fields_; }
  /// A write also takes what PVE's own schema has at its endpoint.
  bool open() const { return tool_->call.method != base::Method::Get; }
  /// The tool that does the same for the other kind of guest; nullptr when there is none.
  const tool::Tool* sibling() const { return sibling_; }
  void set_sibling(const tool::Tool* sibling) { sibling_ = sibling; }
  /// The newest version of PVE that the row's facts know.
  facts::Version newest() const { return newest_; }
  /// True when another argument says on which node the row's object is.
  bool finds_node() const { return about().locator != tool::Locator::None; }
  /// True when PVE's schema has many such parameters that the row does not list and a token may give: a
  /// family (net0, net1, …), or at least five.
  bool has_more() const;

  /// A parameter of the row by the model's name, or, for a write, one of PVE's own by PVE's name.
  std::optional<Field> field(std::string_view name) const;
  /// By PVE's name, listed or not; what only older versions take is found too, after what the newest takes.
  std::optional<Field> field_on_wire(std::string_view wire) const;

 private:
  Field listed(const tool::Param& param) const;
  Field unlisted(std::string_view wire, const facts::Parameter& fact) const;

  const tool::Tool* tool_;
  std::string_view category_;
  const tool::Tool* sibling_ = nullptr;
  const facts::Endpoint* endpoint_;
  facts::Version newest_;
  std::vector<Field> fields_;
};

}  // namespace engine
