// Tables of calls and their answers, in the order in which a caller makes them.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

#include "simulator/support.h"

namespace simulator {

struct Exchange {
  base::Method method = base::Method::Get;
  std::string path;
  Form form = {};
  /// JSON that the data of the answer holds. An object may have more members, a list may not have more items.
  std::string data = "null";
  /// Of an answer that is a refusal: its status and the reason phrase, or with `key` that parameter's error.
  unsigned status = 200;
  std::string text = {};
  std::string key = {};
};

/// Whether `whole` holds `part`.
inline bool holds(const base::Json& whole, const base::Json& part) {
  if (part.is_object()) {
    if (!whole.is_object()) return false;
    for (const auto& [name, value] : part.get_object()) {
      const auto* const member = whole.get_object().if_contains(name);
      if (member == nullptr || !holds(*member, value)) return false;
    }
    return true;
  }
  if (part.is_array()) {
    if (!whole.is_array() || whole.get_array().size() != part.get_array().size()) return false;
    for (std::size_t i = 0; i < part.get_array().size(); ++i) {
      if (!holds(whole.get_array()[i], part.get_array()[i])) return false;
    }
    return true;
  }
  return whole == part;
}

inline void expect_exchanges(Demo& demo, std::initializer_list<Exchange> table) {
  std::size_t number = 0;
  for (const auto& row : table) {
    SCOPED_TRACE(std::to_string(++number) + ": " + std::string(base::name(row.method)) + " " + row.path);
    const auto got = demo.call(row.method, row.path, row.form);
    EXPECT_EQ(got.status, row.status) << got.text;
    if (row.status != 200) {
      EXPECT_EQ(row.key.empty() ? got.reason : got.error(row.key), row.text) << got.text;
      continue;
    }
    const auto wanted = base::parse_json(row.data);
    ASSERT_TRUE(wanted) << row.data;
    EXPECT_TRUE(holds(got.data(), *wanted)) << "expected " << row.data << "\nbut got  " << got.text;
  }
}

}  // namespace simulator
