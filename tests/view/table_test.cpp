#include "view/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "view/filter.h"
#include "view/log.h"

namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr tool::View kView{
    .kind = tool::View::Kind::Table, .noun = "VMs", .columns = "vmid name status mem/maxmem lock tags"};

base::JsonArray array(std::string_view text) { return base::parse_json(text)->as_array(); }

const auto kTwo = array(
    R"([{"vmid":101,"name":"db","status":"stopped","maxmem":4294967296,"mem":0,"pid":7},)"
    R"({"vmid":100,"name":"web|1\n","status":"running","maxmem":8589934592,"mem":4294967296,"tags":"prod;web"}])");

std::string text(const base::JsonArray& items, view::Selection own = {}, view::TableOptions options = {}) {
  const auto shown = view::show_table(kView, items, own, options);
  return shown ? shown->text : "error: " + shown.error();
}

view::Selection with_filter(std::string filter) {
  view::Selection own;
  own.filter = std::move(filter);
  return own;
}

TEST(Table, HasACountAHeaderAndRows) {
  view::TableOptions options;
  options.sorted = true;
  EXPECT_EQ(text(kTwo, {}, options),
            "2 VMs: 1 running, 1 stopped\n"
            "vmid|name|status|mem/maxmem|tags\n"
            "100|web\\|1|running|4/8 GiB|prod;web\n"
            "101|db|stopped|0/4 GiB|");
  EXPECT_EQ(text({}), "No VMs.");
  EXPECT_THAT(text(array(R"([{"vmid":1}])")), StartsWith("1 VM\n"));
}

TEST(Table, AcceptsAnyKeyWhenEmpty) {
  EXPECT_EQ(text({}, with_filter("content=*backup*")), "0 of 0 VMs match.");
  EXPECT_THAT(text(kTwo, with_filter("content=*backup*")), HasSubstr("no item has \"content\""));
  EXPECT_THAT(text({}, with_filter("mem>lots")), HasSubstr("cannot be compared"));
}

TEST(Table, ShowsTheRequestedFields) {
  view::Selection own;
  own.fields = "name, pid";
  EXPECT_THAT(text(kTwo, own), HasSubstr("name|pid\ndb|7"));
  own.fields = "*";
  EXPECT_THAT(text(kTwo, own), HasSubstr("maxmem|mem|name|pid|status|tags|vmid"));
  own.fields = "nam";
  EXPECT_THAT(text(kTwo, own),
              AllOf(StartsWith("error: fields: no field \"nam\""), HasSubstr("maxmem, mem, name")));
}

TEST(Table, ContinuesAtTheCursor) {
  base::JsonArray many;
  for (int i = 0; i < 25; ++i) many.emplace_back(base::JsonObject{{"vmid", 100 + i}});
  view::TableOptions options;
  options.pages = true;
  view::Selection own;
  own.limit = 10;
  EXPECT_THAT(text(many, own, options),
              AllOf(HasSubstr("\n109\n15 more: continue with cursor=10"), Not(HasSubstr("110"))));
  own.cursor = 20;
  EXPECT_THAT(text(many, own, options), AllOf(EndsWith("\n124"), HasSubstr("vmid\n120\n")));
  own.cursor = 99;
  EXPECT_THAT(text(many, own, options), StartsWith("25 VMs"));
}

TEST(Table, ContinuesAtPvesStart) {
  view::TableOptions options;
  options.total = 812;
  options.start = 50;
  EXPECT_THAT(text(kTwo, {}, options),
              AllOf(StartsWith("2 of 812 VMs"), EndsWith("760 more: continue with start=52")));
}

TEST(Table, EndsAtAWholeRowWithinTheBudget) {
  base::JsonArray many;
  for (int i = 0; i < 1000; ++i) many.emplace_back(base::JsonObject{{"vmid", 100 + i}, {"name", "guest"}});
  view::TableOptions options;
  options.budget = 3000;
  options.pages = true;
  auto own = with_filter("name=guest");
  const auto cut = text(many, own, options);
  EXPECT_LE(cut.size(), 3000U);
  EXPECT_THAT(
      cut, AllOf(StartsWith("1000 of 1000 VMs match."), HasSubstr("|guest\n"), HasSubstr("continue with")));
  // The pages together return every row once.
  std::size_t rows = 0;
  for (own.cursor = 0; own.cursor < 1000;) {
    const auto shown = view::show_table(kView, many, own, options);
    const auto count = shown->structured.at("items").as_array().size();
    ASSERT_GT(count, 0U);
    rows += count;
    own.cursor += count;
  }
  EXPECT_EQ(rows, 1000U);
}

TEST(Table, SummarizesALongList) {
  base::JsonArray many;
  for (int i = 0; i < 5000; ++i) {
    many.emplace_back(base::JsonObject{{"vmid", 100 + i},
                                       {"status", i % 4 == 0 ? "stopped" : "running"},
                                       {"maxmem", 1073741824},
                                       {"mem", 536870912}});
  }
  view::TableOptions options;
  options.selects = options.pages = true;
  const auto shown = text(many, {}, options);
  EXPECT_LE(shown.size(), 1000U);
  EXPECT_THAT(
      shown, AllOf(StartsWith("5000 VMs, too many to list:"), HasSubstr("status: running 3750, stopped 1250"),
                   HasSubstr("mem: 2.4 TiB of 4.9 TiB"), HasSubstr("filter (such as status=stopped)")));
}

TEST(Table, HasTheSameDataInTextAndStructure) {
  const auto shown = view::show_table(kView, kTwo, with_filter("vmid=100"), {});
  ASSERT_TRUE(shown);
  EXPECT_EQ(base::write_json(base::Json(shown->structured)),
            R"({"count":1,"items":[{"vmid":100,"name":"web|1\n","status":"running","mem":4294967296,)"
            R"("maxmem":8589934592,"tags":"prod;web"}],"headline":"1 of 2 VMs match."})");
  view::Selection one;
  one.limit = 1;
  view::TableOptions pages;
  pages.pages = true;
  const auto part = view::show_table(kView, kTwo, one, pages);
  ASSERT_TRUE(part);
  EXPECT_THAT(part->text, testing::EndsWith("\n1 more: continue with cursor=1"));
  EXPECT_EQ(part->structured.at("next"), "1 more: continue with cursor=1");
}

TEST(Table, ShowsItemsThatAreNotObjects) {
  const auto shown = view::show_table({}, array(R"(["a",1])"), {}, {});
  EXPECT_EQ(shown->text, "2 items\nvalue\na\n1");
}

TEST(Table, CutsARowThatIsTooLongAndContinues) {
  const std::string longer(900, 'x');
  base::JsonArray items;
  for (int i = 0; i < 3; ++i)
    items.emplace_back(base::JsonObject{{"vmid", i}, {"name", longer}, {"tags", longer}, {"lock", longer}});
  for (const bool raw : {false, true}) {
    view::TableOptions options;
    options.budget = 2000;
    options.pages = true;
    options.raw = raw;
    auto own = with_filter("vmid>=0");
    own.cursor = 1;
    const auto cut = text(items, own, options);
    EXPECT_LE(cut.size(), 2000U);
    EXPECT_THAT(cut, AnyOf(HasSubstr("cursor=2"), HasSubstr(R"("cursor":"2")"))) << raw;
  }
}

TEST(Table, OffersACursorOnlyToToolsThatHaveOne) {
  const base::JsonArray many(1000, base::JsonObject{{"name", "guest"}});
  view::TableOptions options;
  options.budget = 2000;
  options.raw = true;
  EXPECT_THAT(text(many, {}, options), AllOf(HasSubstr("left_out"), Not(HasSubstr("cursor"))));
}

TEST(Table, SortsMixedTypes) {
  view::TableOptions options;
  options.sorted = true;
  EXPECT_EQ(
      text(
          array(
              R"([{"vmid":"9"},{"vmid":10},{"vmid":9},{"vmid":null,"name":"x"},{"vmid":"10"},{"vmid":1e300}])"),
          {}, options),
      "6 VMs\nvmid|name\n|x\n9|\n10|\n1e+300|\n10|\n9|");
}

TEST(Filter, MatchesItemsThatMatchAllTerms) {
  struct Case {
    std::string_view filter;
    std::vector<std::int64_t> vmids;
  };
  for (const auto& [filter, vmids] : std::initializer_list<Case>{
           {"", {101, 100}},       {"status=running", {100}}, {"status!=running", {101}},
           {"STATUS=x", {}},       {"name=d*", {101}},        {"name=*b*", {101, 100}},
           {"tags=web", {100}},    {"tags=PROD", {100}},      {"mem>1G", {100}},
           {"mem>=4GiB", {100}},   {"mem<1", {101}},          {"maxmem<=4294967296", {101}},
           {"mem>40%", {100}},     {"mem>60%", {}},           {"mem<10%", {101}},
           {"web", {100}},         {"WEB running", {100}},    {"web stopped", {}},
           {"lock=0", {101, 100}}, {"pid>5", {101}},          {"pid<5", {100}},
       }) {
    const auto parsed =
        view::Filter::parse(filter, {"status", "name", "tags", "mem", "maxmem", "lock", "pid"});
    if (filter == "STATUS=x") {
      EXPECT_FALSE(parsed);
      continue;
    }
    ASSERT_TRUE(parsed) << filter << parsed.error();
    std::vector<std::int64_t> found;
    for (const auto& item : kTwo) {
      if (parsed->matches(item.get_object())) found.push_back(item.get_object().at("vmid").get_int64());
    }
    EXPECT_EQ(found, vmids) << filter;
  }
}

TEST(Filter, NamesTheWrongTerm) {
  EXPECT_THAT(view::Filter::parse("nam=x", {"name", "vmid"}).error(),
              HasSubstr("no item has \"nam\"; the items have name, vmid"));
  EXPECT_THAT(view::Filter::parse("mem>much", {"mem"}).error(),
              HasSubstr("mem is a number of bytes, so write mem>4G or mem>80% (of maxmem)"));
  EXPECT_THAT(view::Filter::parse("uptime>5%", {"uptime"}).error(), HasSubstr("uptime is a duration"));
  EXPECT_TRUE(view::Filter::parse("uptime>20d", {"uptime"}));
  const auto minutes = view::Filter::parse("uptime<30m", {"uptime"});
  EXPECT_TRUE(minutes->matches({{"uptime", 1799}}));
  EXPECT_FALSE(minutes->matches({{"uptime", 1801}})) << "minutes, not MiB";
  for (const auto* text : {"name~web", "tags=a OR tags=b", "!web", "(a)", "a|b"})
    EXPECT_FALSE(view::Filter::parse(text, {"name", "tags"})) << text;
  std::string many;
  for (int i = 0; i < 30; ++i) many += "x ";
  EXPECT_FALSE(view::Filter::parse(many, {}));
}

// 2026-11-29 12:00:00 UTC.
constexpr std::int64_t kNow = 1'795'953'600;

const auto kTimes =
    array(R"([{"vmid":1,"ctime":1795262400,"expire":1796040000,"next-run":0},)"  // 8 days ago; tomorrow
          R"({"vmid":2,"ctime":1795867200,"expire":0},)"                         // yesterday at 12:00; never
          R"({"vmid":3,"expire":1798545600}])");                                 // no ctime; in 30 days

std::string matching(std::string_view filter, const base::JsonArray& items) {
  view::Items objects;
  std::vector<std::string> keys;
  for (const auto& item : items) {
    objects.push_back(&item.get_object());
    for (const auto& member : item.get_object()) keys.emplace_back(member.key());
  }
  const auto parsed = view::Filter::parse(filter, keys, objects, kNow);
  if (!parsed) return parsed.error();
  std::string found;
  for (const auto* item : objects) {
    if (parsed->matches(*item)) found += std::to_string(item->at("vmid").to_number<int>()) + " ";
  }
  return found + parsed->limits(objects);
}

TEST(Filter, ComparesAgesAndSkipsItemsWithoutATime) {
  EXPECT_EQ(matching("ctime>7d", kTimes), "1 ctime before 2026-11-22 12:00:00 UTC (1 without ctime)");
  EXPECT_EQ(matching("ctime<7d", kTimes), "2 ctime after 2026-11-22 12:00:00 UTC (1 without ctime)");
  EXPECT_EQ(matching("ctime<=1d", kTimes), "2 ctime at or after 2026-11-28 12:00:00 UTC (1 without ctime)");
}

TEST(Filter, ComparesFutureTimesAndSkipsNever) {
  EXPECT_EQ(matching("expire<7d", kTimes), "1 expire before 2026-12-06 12:00:00 UTC (1 without expire)");
  EXPECT_EQ(matching("expire>7d", kTimes), "3 expire after 2026-12-06 12:00:00 UTC (1 without expire)");
  EXPECT_EQ(matching("expire=never", kTimes), "2 ");
}

TEST(Filter, TreatsALaterDateAsGreater) {
  EXPECT_EQ(matching("ctime>2026-11-28", kTimes), "2 ctime after 2026-11-28 00:00:00 UTC (1 without ctime)");
  EXPECT_EQ(matching("ctime>2026-11-28 13:00", kTimes),
            "ctime after 2026-11-28 13:00:00 UTC (1 without ctime)");
  EXPECT_EQ(matching("ctime>2026-11-28 12:30 +01:00 vmid=2", kTimes),
            "2 ctime after 2026-11-28 11:30:00 UTC (1 without ctime)");
  EXPECT_EQ(matching("ctime<2026-11-28T12:00:00Z", kTimes),
            "1 ctime before 2026-11-28 12:00:00 UTC (1 without ctime)");
  EXPECT_EQ(matching("ctime=2026-11-28", kTimes), "2 ");
  EXPECT_EQ(matching("ctime>1795262401", kTimes), "2 ctime after 2026-11-21 12:00:01 UTC (1 without ctime)");
}

TEST(Filter, RefusesAMeaninglessComparisonAndNamesAValidOne) {
  const auto items = array(
      R"([{"vmid":1,"name":"a","status":"running","cpu":0.5,"mem":5,"maxmem":10,"size":4,"uptime":3,"disk":0,)"
      R"("maxdisk":9,"ctime":1795262400,"template":0,"used":1,"odd":"x","plain":7}])");
  for (const auto& [filter, remedy] : std::vector<std::pair<std::string_view, std::string_view>>{
           {"ctime>7", "so write ctime>7d (older than 7 days)"},
           {"ctime>4G", "so write ctime>7d (older than 7 days)"},
           {"ctime>2026-13-01", "ctime>2026-11-28 10:00"},
           {"mem>3d", "mem>80% (of maxmem)"},
           {"size>50%", "size is a number of bytes without a limit, so write size>4G"},
           {"used>50%", "none of these items has total"},
           {"disk>50%", "PVE does not know how full"},
           {"uptime>4G", "uptime is a duration, so write uptime>3d"},
           {"cpu>50", "cpu is a fraction, so write cpu>80%"},
           {"cpu>4G", "cpu is a fraction"},
           {"vmid>4G", "vmid is a number, so write vmid>2"},
           {"status>5", "status is text, so write status=value"},
           {"odd>5", "odd is text"},
           {"plain>5%", "plain is a number, so write plain>2"},
           {"template>0", "template is 0 or 1, so write template=1"},
       })
    EXPECT_THAT(matching(filter, items), HasSubstr(remedy)) << filter;
}

TEST(Filter, RepeatsTheLimitInTheHeader) {
  EXPECT_THAT(text(kTwo, with_filter("mem>40%")), StartsWith("1 of 2 VMs match mem > 40% of maxmem.\n"));
  EXPECT_THAT(text(kTwo, with_filter("maxmem>4g status=running")),
              StartsWith("1 of 2 VMs match maxmem > 4 GiB.\n"));
  EXPECT_THAT(text(kTwo, with_filter("status=running")), StartsWith("1 of 2 VMs match.\n"));
}

TEST(Filter, ComparesUnitsAndFlagsForEquality) {
  const auto items = array(R"([{"vmid":1,"mem":4294967296,"template":1,"uptime":259200},)"
                           R"({"vmid":2,"mem":1,"template":false}])");
  EXPECT_EQ(matching("mem=4G", items), "1 ");
  EXPECT_EQ(matching("template=true", items), "1 ");
  EXPECT_EQ(matching("template=no", items), "2 ");
  EXPECT_EQ(matching("uptime=3d", items), "1 ");
}

TEST(Table, DoesNotCountUncountedItems) {
  constexpr tool::View kSnapshots{.kind = tool::View::Kind::Table,
                                  .noun = "snapshots",
                                  .columns = "name parent",
                                  .ordered = true,
                                  .uncounted = "current"};
  const auto shown = [&](std::string_view items) {
    return view::show_table(kSnapshots, array(items), {}, {})->text;
  };
  EXPECT_EQ(shown(R"([{"name":"current","digest":"x"}])"), "No snapshots.");
  EXPECT_EQ(shown(R"([{"name":"a"},{"name":"current","parent":"a"}])"),
            "1 snapshot\nname|parent\na|\ncurrent|a");
}

TEST(Table, SortsEqualRowsByTheNextColumns) {
  view::TableOptions options;
  options.sorted = true;
  const auto one =
      array(R"([{"status":"b","name":"y"},{"name":"x","status":"a"},{"name":"x","status":"b"}])");
  const auto two =
      array(R"([{"name":"x","status":"b"},{"name":"x","status":"a"},{"status":"b","name":"y"}])");
  EXPECT_EQ(text(one, {}, options), text(two, {}, options));
}

TEST(Table, CountsNoSentencesInTheHeader) {
  EXPECT_THAT(text(array(R"([{"vmid":1,"status":"OK"},{"vmid":2,"status":"OK"},)"
                         R"({"vmid":3,"status":"pve1 active, Sun Nov 29"}])")),
              StartsWith("3 VMs: 2 OK, 1 other\n"));
  EXPECT_THAT(
      text(array(R"([{"vmid":1,"status":"OK"},{"vmid":2,"status":"a b"},{"vmid":3,"status":"a c"}])")),
      StartsWith("3 VMs\n"));
}

base::JsonArray log_of(int lines, int complaint_every) {
  base::JsonArray log;
  for (int i = 1; i <= lines; ++i) {
    const bool complaint = complaint_every != 0 && i % complaint_every == 0;
    log.emplace_back(
        base::JsonObject{{"n", i}, {"t", (complaint ? "ERROR number " : "line ") + std::to_string(i)}});
  }
  return log;
}

TEST(Log, ShowsTheLastLinesFirst) {
  EXPECT_EQ(view::show_log(log_of(2, 0), {}), "2 lines, newest first\n| 2 line 2\n| 1 line 1");
  const auto text = view::show_log(log_of(800, 0), {});
  EXPECT_THAT(text, AllOf(StartsWith("800 lines; 40 shown, newest first\n| 800 line 800\n| 799"),
                          HasSubstr("\n| 761 line"), Not(HasSubstr("\n| 760 line")),
                          EndsWith("\nUse start and limit to read others")));
  EXPECT_EQ(view::show_log({}, {}), "No lines.");
}

TEST(Log, NeverOmitsErrors) {
  const auto text = view::show_log(log_of(3000, 100), {});
  EXPECT_THAT(text, StartsWith("3000 lines, 30 with errors or warnings (!); "));
  for (int i = 100; i <= 3000; i += 100) EXPECT_THAT(text, HasSubstr("! ERROR number " + std::to_string(i)));
  view::LogOptions small;
  small.budget = 2000;
  const auto tight = view::show_log(log_of(3000, 2), small);
  EXPECT_LE(tight.size(), 2000U);
  EXPECT_THAT(tight, AllOf(HasSubstr("1500 with errors or warnings (!)"),
                           HasSubstr("left out, for their size"), HasSubstr("3000! ERROR")));
}

TEST(Log, ShowsRequestedLinesInOrder) {
  view::LogOptions options;
  options.in_order = true;
  options.total = 900;
  EXPECT_EQ(view::show_log(log_of(2, 0), options), "2 of 900 lines\n| 1 line 1\n| 2 line 2");
}

TEST(Log, ShowsTheNewestLinesOfALimit) {
  view::LogOptions options;
  options.total = 1228;
  options.usual = 50;
  const auto text = view::show_log(log_of(50, 0), options);
  EXPECT_THAT(text, AllOf(StartsWith("1228 lines; 50 shown, newest first\n| 50 line 50\n"),
                          HasSubstr("\n| 1 line 1\n"), HasSubstr("1178 older lines not read")));
}

TEST(Log, CountsUnreadLines) {
  view::LogOptions options;
  options.total = 9000;
  EXPECT_THAT(view::show_log(log_of(5000, 0), options), HasSubstr("4000 older lines not read"));
}

}  // namespace
