// A prompt as a row of data: the instructions that an experienced administrator would give, and the facts to
// read first. catalog/ declares the rows, prompt/ runs them.
#pragma once

#include <cstdint>
#include <string_view>

#include "tool/completes.h"
#include "tool/inplace_vector.h"

namespace tool {

struct PromptArgument {
  std::string_view name;
  std::string_view title;
  std::string_view description;
  Completes completes = Completes::None;
  /// Makes the argument optional: the instructions show this text if the argument is not given. Empty: the
  /// argument is required.
  std::string_view absent{};
  constexpr bool required() const { return absent.empty(); }
};

struct FactArgument {
  std::string_view name;   ///< the tool's
  std::string_view value;  ///< "hour", "{node}", "node={node} status=running"
  /// If a placeholder of `value` has no value, omit this argument instead of the whole fact. If two arguments
  /// have the same name, the last one that is not omitted applies.
  bool if_given = false;
};

struct FactCall {
  std::string_view tool{};  ///< the tool of a read; empty: no call
  InplaceVector<FactArgument, 5> arguments{};
};

/// A call whose result the prompt embeds. Placeholders in its arguments are the prompt's arguments, {guest}
/// (the guest's number), and {node}: if the prompt has no argument of that name, the node of the prompt's
/// guest, or each node in turn. {storage} is each storage that can hold backups, with {node} a node that has
/// it: any node for a shared storage, each node for a local one. A fact is omitted if one of its placeholders
/// has no value.
struct Fact {
  /// The kind of guest that the fact applies to.
  enum class Of : std::uint8_t { Any, Vm, Container };
  /// What the fact is repeated for, unless the prompt's argument selects one.
  enum class Each : std::uint8_t { Once, Node, BackupStorage };

  std::string_view what;  ///< a heading: "Node status"
  FactCall call;
  /// The call to use if the caller may not use the first tool.
  FactCall instead{};
  Of of = Of::Any;
  Each each = Each::Once;
  /// The server offers the prompt only to callers that may read this fact.
  bool essential = false;
  /// If the node is offline, read the fact from another node.
  bool other_node_if_offline = false;
};

struct Prompt {
  std::string_view name;
  std::string_view title;
  std::string_view description;
  InplaceVector<PromptArgument, 3> arguments{};
  /// Lines of text; {argument} is replaced by its value.
  std::string_view instructions;
  InplaceVector<Fact, 18> facts{};
};

}  // namespace tool
