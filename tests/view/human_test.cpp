#include "view/human.h"

#include <gtest/gtest.h>

namespace {

struct Case {
  std::string_view key;
  std::string_view json;
  std::string_view text;
};

TEST(Human, FormatsValuesByTheirNames) {
  for (const auto& [key, json, text] : std::initializer_list<Case>{
           {"mem", "1610612736", "1.5 GiB"},
           {"mem", "0", "0"},
           {"mem", "\"2147483648\"", "2 GiB"},
           {"maxdisk", "107374182400", "100 GiB"},
           {"size", "1099511627776", "1 TiB"},
           {"size", "339", "339 B"},
           {"netin", "59847", "58 KiB"},
           {"disk", "0", "0"},
           {"swap", "512", "512"},  // a setting in MiB
           {"memory", "\"8192\"", "8192"},
           {"cpu", "0.4237", "42%"},
           {"cpu", "0.0042", "0.4%"},
           {"cpu", "0", "0%"},
           {"cpu", "\"x86-64-v2-AES\"", "x86-64-v2-AES"},
           {"uptime", "41", "41s"},
           {"uptime", "7199", "119m"},
           {"uptime", "90000", "25h"},
           {"uptime", "3542400", "41d"},
           {"uptime", "0", "0"},
           {"starttime", "1780000000", "2026-05-28 20:26:40"},
           {"ctime", "1780000000", "2026-05-28 20:26"},
           {"duration", "0", "0s"},
           {"expire", "0", "never"},
           {"balloon", "\"65536\"", "65536"},  // MiB of a configuration
           {"balloon", "201326592", "192 MiB"},
           {"freemem", "107167744", "102 MiB"},
           {"content", "\"vztmpl,backup,iso\"", "backup,iso,vztmpl"},
           {"description", "\"one\\ntwo\\n\"", "one\\ntwo"},
           {"prune-backups", "{\"keep-last\":\"3\",\"keep-daily\":7}", "keep-daily=7,keep-last=3"},
           {"ctime", "99999999999999", "99999999999999"},
           {"ctime", "-5", "-5"},
           {"ctime", "1e300", "1e+300"},
           {"name", "\"a\\nb\\u001b[31m|c\"", "a\\nb\xEF\xBF\xBD[31m|c"},
           {"mem", "1e400", ""},
           {"x", "{\"b\":1,\"a\":2}", "a=2,b=1"},
           {"x", "null", ""},
           {"x", "0.12345678", "0.1235"},
           {"mem", "\"abc\"", "abc"},
       }) {
    const auto value = base::parse_json(json);
    ASSERT_TRUE(value) << json;
    EXPECT_EQ(view::human(key, *value), text) << key << " " << json;
  }
}

TEST(Human, FormatsPairsInTheUnitOfTheLimit) {
  const auto pair = [](double used, double limit) { return view::human_pair("mem", used, "maxmem", limit); };
  EXPECT_EQ(pair(536870912, 4294967296), "0.5/4 GiB");
  EXPECT_EQ(pair(0, 4294967296), "0/4 GiB");
  EXPECT_EQ(pair(5, 0), "5 B/0");
  EXPECT_EQ(view::human_pair("a", 1, "b", 2), "1/2");
}

}  // namespace
