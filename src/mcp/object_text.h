// Writes one JSON object straight into a string: results are rendered without a tree in between.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"

namespace mcp {

class ObjectText {
 public:
  explicit ObjectText(std::string& out) : out_(out) { out_ += '{'; }

  /// The caller appends the value.
  std::string& key(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    base::write_json_string(name, out_);
    out_ += ':';
    return out_;
  }
  void text(std::string_view name, std::string_view value) { base::write_json_string(value, key(name)); }
  void boolean(std::string_view name, bool value) { key(name) += value ? "true" : "false"; }
  void raw(std::string_view name, std::string_view json) { key(name) += json; }
  void json(std::string_view name, const base::Json& value) { key(name) += base::write_json(value); }
  void close() { out_ += '}'; }

 private:
  std::string& out_;
  bool first_ = true;
};

}  // namespace mcp
