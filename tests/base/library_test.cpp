#include "base/library.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

namespace {

TEST(Library, GivesItsFunctions) {
  base::Library library("libsqlite3.so.0");
  ASSERT_TRUE(library.loaded());
  const auto version = MCP_PVE_FUNCTION(library, sqlite3_libversion_number);
  ASSERT_NE(version, nullptr);
  EXPECT_GT(version(), 3'000'000);
  EXPECT_TRUE(library.complete());
}

TEST(Library, SaysThatAFunctionIsMissing) {
  base::Library library("libsqlite3.so.0");
  EXPECT_EQ(library.function<int (*)()>("sqlite3_no_such_function"), nullptr);
  EXPECT_FALSE(library.complete());
  EXPECT_NE(MCP_PVE_FUNCTION(library, sqlite3_libversion), nullptr);
  EXPECT_FALSE(library.complete()) << "what was missing stays missing";
}

TEST(Library, MayBeMissing) {
  base::Library library("libno-such-library.so.1");
  EXPECT_FALSE(library.loaded());
  EXPECT_EQ(MCP_PVE_FUNCTION(library, sqlite3_libversion), nullptr);
  EXPECT_FALSE(library.complete());
}

}  // namespace
