// Tables of calls that PVE refuses, with PVE's texts.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

#include "simulator/support.h"

namespace simulator {

struct Refusal {
  base::Method method = base::Method::Get;
  std::string path;
  Form form;
  unsigned status = 500;
  /// The reason phrase, or with `key` the text of that parameter's error.
  std::string text;
  std::string key = {};
};

inline void expect_refused(Demo& demo, std::initializer_list<Refusal> table) {
  for (const auto& row : table) {
    SCOPED_TRACE(std::string(base::name(row.method)) + " " + row.path + " -> " + row.text);
    const auto got = demo.call(row.method, row.path, row.form);
    EXPECT_EQ(got.status, row.status) << got.text;
    if (row.key.empty()) {
      EXPECT_EQ(got.reason, row.text);
    } else {
      EXPECT_EQ(got.error(row.key), row.text) << got.text;
    }
  }
}

/// A copy of the list, so that it outlives the answer in a loop.
inline base::JsonArray rows(const Got& got) {
  return got.data().is_array() ? got.data().get_array() : base::JsonArray();
}

/// The row of a list whose member `key` is `value`; nullptr if there is none.
inline const base::JsonObject* row_with(const base::Json& list, std::string_view key,
                                        std::string_view value) {
  for (const auto& row : list.as_array()) {
    const auto* const found = row.as_object().if_contains(key);
    if (found != nullptr && found->is_string() && found->get_string() == value) return &row.as_object();
  }
  return nullptr;
}

}  // namespace simulator
