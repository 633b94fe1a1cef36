// A row of the catalog, together with PVE's facts about its parameters.
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

/// A parameter that a call may have. The views refer to the row and to the facts.
struct Field {
  std::string_view name;                   ///< as the model writes it
  std::string_view wire;                   ///< as PVE reads it
  const tool::Param* param = nullptr;      ///< nullptr: the row does not list it
  const facts::Parameter* fact = nullptr;  ///< nullptr: PVE does not have it, so prepare() translates it
  facts::Type type = facts::Type::String;
  bool required = false;
  bool in_path = false;
  bool guest = false;   ///< the guest that the row is about: its number, or its name if no other guest has it
  bool guests = false;  ///< a list of guests
  bool for_server = false;  ///< this server evaluates it (server_arguments.h); PVE never gets it
  std::span<const std::string_view>
      values;  ///< the enumeration that applies: the row's if it has one, else PVE's

  bool marked(facts::Mark mark) const { return fact != nullptr && (fact->marks & mark) != 0; }
};

/// A checked argument. The value has the type of the field.
struct Argument {
  Field field;
  base::Json value;
};

/// The arguments of one call, each field at most once.
using Arguments = std::vector<Argument>;

/// Refers to the tool and to the facts, which must outlive it. Constant after construction.
class Row {
 public:
  /// Lists the parameters of a confirmation where a call may ask for one.
  Row(const tool::Tool& tool, std::string_view category, const facts::Facts& facts,
      Confirm confirm = Confirm::Never);

  const tool::Tool& tool() const { return *tool_; }
  const tool::About& about() const { return tool_->about; }
  std::string_view category() const { return category_; }
  /// nullptr if the facts do not have the endpoint. A newer PVE may have it.
  const facts::Endpoint* endpoint() const { return endpoint_; }
  const std::vector<Field>& fields() const { return fields_; }
  /// True if the tool also accepts the parameters that PVE has at its endpoint and the row does not list: a
  /// write, and a read that says so.
  bool open() const {
    if (tool_->door != tool::Door::None) return false;
    return tool_->open || tool_->call.method != base::Method::Get;
  }
  /// The tool that makes the same call for the other kind of guest; nullptr if there is none.
  const tool::Tool* sibling() const { return sibling_; }
  void set_sibling(const tool::Tool* sibling) { sibling_ = sibling; }
  /// The newest version of PVE that the row's facts know.
  facts::Version newest() const { return newest_; }
  /// True if another argument tells on which node the row's object is.
  bool finds_node() const { return about().locator != tool::Locator::None; }
  /// True if PVE has many parameters here that the row does not list and that a token may pass: a family
  /// (net0, net1, …), or at least five.
  bool has_more() const;

  /// A parameter by the name that the model uses: one of the row, or, for a write, one of PVE's.
  std::optional<Field> field(std::string_view name) const;
  /// A parameter by PVE's name, whether the row lists it or not. Also finds those that only older versions of
  /// PVE have, unless the newest one has the name too.
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
