// What a prompt is: a row of data, like a tool. Instructions of an experienced admin, and the facts he would
// look at first. catalog/ declares the rows, engine/ runs them.
#pragma once

#include <cstdint>
#include <string_view>

#include "tool/completes.h"
#include "tool/few.h"

namespace tool {

struct PromptArgument {
  std::string_view name;
  std::string_view title;
  std::string_view description;
  Completes completes = Completes::None;
  /// Of an optional argument: what stands at its place in the instructions when it is not given. Empty:
  /// required.
  std::string_view absent{};
  constexpr bool required() const { return absent.empty(); }
};

struct FactArgument {
  std::string_view name;   ///< the tool's
  std::string_view value;  ///< "hour", "{node}", "node={node} status=running"
  /// With a place that has no value it is the argument that is left out, not the fact. Of two of one name the
  /// last that is not left out counts.
  bool if_given = false;
};

struct FactCall {
  std::string_view tool{};  ///< of a read; empty: none
  Few<FactArgument, 5> arguments{};
};

/// A call whose result is embedded. The places in braces of its arguments are the prompt's arguments, and
/// {node}: without an argument of that name the node of the prompt's guest, or each node. {storage} likewise
/// is each storage with backups, {node} being one that has it: of a shared one any, of another each.
/// {guest} is the guest's number. A fact with a place that has no value is left out.
struct Fact {
  /// Which guests it is for.
  enum class Of : std::uint8_t { Any, Vm, Container };
  /// For what it is repeated, unless the prompt's argument names the one that is wanted.
  enum class Each : std::uint8_t { Once, Node, BackupStorage };

  std::string_view what;  ///< a heading: "Node status"
  FactCall call;
  /// Where the caller may not use the first tool.
  FactCall instead{};
  Of of = Of::Any;
  Each each = Each::Once;
  /// Without it the prompt makes no sense, and is not offered.
  bool essential = false;
  /// Of a node that is offline another one's is read instead.
  bool elsewhere = false;
};

struct Prompt {
  std::string_view name;
  std::string_view title;
  std::string_view description;
  Few<PromptArgument, 3> arguments{};
  /// Lines; {argument} stands for a value.
  std::string_view instructions;
  Few<Fact, 18> facts{};
};

}  // namespace tool
