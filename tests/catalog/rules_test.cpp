// Rules for all rows.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <span>
#include <string>

#include "base/plural.h"
#include "base/text.h"
#include "catalog/support.h"
#include "engine/row/row.h"
#include "engine/row/schema.h"
#include "tool/rules.h"
#include "view/kind.h"

namespace catalog_test {
namespace {

template <class Check>
void for_each_tool(Check check) {
  for (const auto& category : catalog::categories()) {
    for (const auto& tool : category.tools) {
      SCOPED_TRACE(tool.name);
      check(tool, category);
    }
  }
}

std::string_view first_sentence(std::string_view text) { return text.substr(0, text.find(". ")); }

std::size_t word_count(std::string_view text) { return base::split(text, ' ').size(); }

TEST(Rules, NoRowHasAFault) {
  for_each_tool([](const tool::Tool& tool, const auto&) { EXPECT_EQ(tool::fault(tool), ""); });
}

namespace fs = std::filesystem;

/// Returns the words of a line that may be names of tools; file names of include lines are not.
std::vector<std::string> names_in(const std::string& line) {
  static const std::regex name(R"(\bpve_[a-z0-9_]+)");
  if (line.find("pve_") == std::string::npos || line.starts_with("#include")) return {};
  std::vector<std::string> found;
  for (std::sregex_iterator at(line.begin(), line.end(), name), end; at != end; ++at)
    found.push_back(at->str());
  return found;
}

/// Returns the sources and the documents.
std::vector<fs::path> texts() {
  const fs::path root = PROJECT_SOURCE_DIR;
  std::vector<fs::path> files;
  for (const auto* folder : {"src", "docs"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      const auto type = entry.path().extension();
      if (type == ".h" || type == ".cpp" || type == ".md") files.push_back(entry.path());
    }
  }
  for (const auto& entry : fs::directory_iterator(root)) {
    if (entry.path().extension() == ".md") files.push_back(entry.path());
  }
  return files;
}

TEST(Rules, EveryToolThatATextNamesExists) {
  std::size_t checked = 0;
  for (const auto& file : texts()) {
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
      for (const auto& name : names_in(line)) {
        EXPECT_NE(find(name), nullptr) << name << " in " << file;
        ++checked;
      }
    }
  }
  EXPECT_GT(checked, 200U);
}

/// Returns the file of a category's rows: "src/catalog/network_plus.cpp" for network-plus.
fs::path rows_of(std::string_view category) {
  std::string stem(category);
  std::ranges::replace(stem, '-', '_');
  return fs::path(PROJECT_SOURCE_DIR) / "src/catalog" / (stem + ".cpp");
}

// A row must not name another tool, since the caller may not have that tool: remedies check it with MayUse.
TEST(Rules, RowsNameNoOtherTool) {
  for (const auto& category : catalog::categories()) {
    if (category.tools.empty()) continue;
    std::ifstream in(rows_of(category.name));
    ASSERT_TRUE(in.is_open()) << category.name;
    for (std::string line; std::getline(in, line);) {
      if (line.find(".name = \"") != std::string::npos) continue;
      EXPECT_TRUE(names_in(line).empty()) << line << " in " << category.name;
    }
  }
}

bool is_privilege(std::string_view text) {
  static const std::regex form(R"([A-Z][A-Za-z]+\.[A-Z][A-Za-z.]+)");
  return std::regex_match(text.begin(), text.end(), form);
}

void expect_privileges(std::span<const tool::Right> rights) {
  for (const auto& right : rights) {
    EXPECT_TRUE(right.path.starts_with('/')) << right.path;
    EXPECT_FALSE(right.any_of.empty());
    for (const auto privilege : right.any_of) EXPECT_TRUE(is_privilege(privilege)) << privilege;
  }
}

TEST(Rules, ListRightsNamePrivilegesAndArgumentsOfTheirRow) {
  std::size_t sights = 0;
  const auto check = [&](const tool::ListRights& sight) {
    ++sights;
    EXPECT_FALSE(sight.all.empty());
    expect_privileges(sight.all);
    expect_privileges(sight.instead);
  };
  for_each_tool([&](const tool::Tool& tool, const auto&) {
    if (tool.view.list_rights != nullptr) check(*tool.view.list_rights);
    for (const auto& [argument, value, sight] : tool.view.list_rights_for) {
      const auto name = argument;
      EXPECT_TRUE(std::ranges::any_of(tool.params, [&](const auto& param) { return param.name == name; }))
          << name;
      EXPECT_FALSE(value.empty());
      if (sight != nullptr) check(*sight);
    }
  });
  EXPECT_GT(sights, 10U);
}

TEST(Rules, NamesAndTitlesAreUnique) {
  std::set<std::string_view> names;
  std::set<std::string_view> titles;
  for_each_tool([&](const tool::Tool& tool, const auto&) {
    EXPECT_TRUE(names.insert(tool.name).second);
    EXPECT_TRUE(titles.insert(tool.title).second) << tool.title;
    EXPECT_GE(word_count(tool.title), 2U) << tool.title;
    EXPECT_LE(word_count(tool.title), 4U) << tool.title;
  });
}

TEST(Rules, FirstSentencesCarryTheMeaning) {
  std::set<std::string_view> sentences;
  for_each_tool([&](const tool::Tool& tool, const auto&) {
    const auto sentence = first_sentence(tool.description);
    EXPECT_TRUE(std::isupper(static_cast<unsigned char>(sentence.front()))) << sentence;
    EXPECT_LE(sentence.size(), 90U) << sentence;
    EXPECT_GE(word_count(sentence), 3U) << sentence;
    EXPECT_TRUE(sentences.insert(sentence).second) << sentence;
  });
}

TEST(Rules, CommonParametersHaveNoDescription) {
  for_each_tool([](const tool::Tool& tool, const auto&) {
    for (const auto& param : tool.params) {
      const bool shared = param.name == "node" || param.name == "vmid" || param.name == "upid" ||
                          param.name == "digest" || param.name == "snapname";
      // The vmid of a backup is a list of guests.
      if (shared && tool.call.path.find("{" + std::string(param.name) + "}") != std::string_view::npos) {
        EXPECT_EQ(param.description, "") << param.name;
      }
      EXPECT_LE(param.description.size(), 60U) << param.name;
      EXPECT_FALSE(param.description.ends_with('.')) << param.name;
    }
  });
}

TEST(Rules, EveryEndpointAndParameterExistsInPve) {
  const facts::Facts facts;
  for_each_tool([&](const tool::Tool& tool, const tool::Category& category) {
    // A report has its own parameters and makes its own reads.
    if (tool.report != nullptr || tool.door != tool::Door::None) return;
    const engine::Row row(tool, category.name, facts, engine::Confirm::Changes);
    ASSERT_NE(row.endpoint(), nullptr);
    for (const auto& field : row.fields()) {
      if (field.for_server) {
        EXPECT_EQ(row.endpoint()->parameter(field.wire), nullptr) << field.name << " is PVE's";
        continue;
      }
      const bool translated = tool.prepare != nullptr && field.param->type != tool::Type::FromFacts;
      const bool spread = field.in_path && !field.param->values.empty();
      EXPECT_TRUE(field.fact != nullptr || translated || spread) << field.name;
    }
    for (const auto& fact : row.endpoint()->parameters) {
      const bool given =
          std::ranges::find(row.fields(), fact.name, &engine::Field::wire) != row.fields().end();
      EXPECT_TRUE(!fact.required || given) << "PVE requires " << fact.name;
    }
  });
}

TEST(Rules, EnumerationsAreNoWiderThanPves) {
  const facts::Facts facts;
  for_each_tool([&](const tool::Tool& tool, const tool::Category& category) {
    const engine::Row row(tool, category.name, facts);
    for (const auto& field : row.fields()) {
      if (field.for_server || field.param->values.empty() || field.fact == nullptr ||
          field.fact->values.empty())
        continue;
      for (const auto value : field.values) {
        EXPECT_NE(std::ranges::find(field.fact->values, value), field.fact->values.end())
            << field.name << " " << value;
      }
    }
  });
}

TEST(Rules, TheServiceCommandIsFourEndpoints) {
  const facts::Facts facts;
  for (const std::string command : {"start", "stop", "restart", "reload"}) {
    EXPECT_NE(facts.find(base::Method::Post, "/nodes/{node}/services/{service}/" + command), nullptr);
  }
}

TEST(Rules, CallsThatRemoveSomethingAreDestructive) {
  std::size_t puts = 0;
  for_each_tool([&](const tool::Tool& tool, const tool::Category&) {
    using enum tool::Action;
    const auto action = tool.about.action;
    const bool is_put = tool.call.method == base::Method::Put;
    puts += is_put ? 1U : 0U;
    const bool ends = action == Stop || action == Reset || action == Shutdown || action == Reboot ||
                      action == RollBack || tool.about.subject == tool::Subject::Service;
    const bool takes = tool.call.method == base::Method::Delete || (is_put && !tool.about.only_adds) ||
                       (ends && tool.call.method == base::Method::Post);
    EXPECT_TRUE(!takes || tool.effect == tool::Effect::Destructive);
  });
  EXPECT_GT(puts, 5U);
}

TEST(Rules, ConfigurationChangesTakeDigestAndDelete) {
  const facts::Facts facts;
  for_each_tool([&](const tool::Tool& tool, const tool::Category& category) {
    if (tool.call.method != base::Method::Put) return;
    const engine::Row row(tool, category.name, facts);
    for (const auto* name : {"digest", "delete"}) {
      if (row.endpoint()->parameter(name) == nullptr) continue;
      const auto& fields = row.fields();
      EXPECT_NE(std::ranges::find(fields, name, &engine::Field::wire), fields.end()) << name;
    }
  });
}

TEST(Rules, VerbsNameOnlyRequiredArguments) {
  const facts::Facts facts;
  for_each_tool([&](const tool::Tool& tool, const tool::Category& category) {
    const engine::Row row(tool, category.name, facts);
    const auto verbs = std::string(tool.doing) + std::string(tool.done);
    const bool ok = tool::placeholders_all(verbs, [&](std::string_view placeholder) {
      if (placeholder == "was" || placeholder == "were") return true;
      return std::ranges::any_of(row.fields(), [&](const engine::Field& field) {
        return field.name == tool::placeholder_name(placeholder) &&
               (field.required || (field.wire == "node" && row.finds_node()));
      });
    });
    EXPECT_TRUE(ok) << verbs;
  });
}

TEST(Rules, AChangeOfAGuestSaysWhichGuest) {
  std::size_t checked = 0;
  for_each_tool([&](const tool::Tool& tool, const tool::Category&) {
    if (tool.effect == tool::Effect::None || tool.call.path.find("/{vmid}") == std::string_view::npos) return;
    for (const auto text : {tool.doing, tool.done}) {
      EXPECT_NE(text.find("{vmid}"), std::string_view::npos);
      EXPECT_NE(text.find("{node}"), std::string_view::npos);
    }
    ++checked;
  });
  EXPECT_GT(checked, 20U);
}

/// Returns why an MCP host may refuse the schema; empty if none does. Several hosts have their own schema
/// parser, and refuse the whole list for one tool that it does not understand.
std::string unportable(const base::Json& schema) {
  const auto* const members = schema.if_object();
  if (members == nullptr) return "no object: " + base::write_json(schema);
  for (const auto* const keyword : {"anyOf", "oneOf", "allOf", "not", "$ref", "$defs", "const"}) {
    if (members->contains(keyword)) return std::string(keyword) + " in " + base::write_json(schema);
  }
  const auto* const type = members->if_contains("type");
  if (type == nullptr || !type->is_string())
    return "a type that is not one word: " + base::write_json(schema);
  if (const auto* const values = members->if_contains("enum")) {
    const auto is_text = [](const base::Json& value) { return value.is_string(); };
    if (*type != "string" || !std::ranges::all_of(values->as_array(), is_text))
      return "an enumeration of other than strings: " + base::write_json(schema);
  }
  if (*type == "array") {
    const auto* const items = members->if_contains("items");
    return items == nullptr ? "no items: " + base::write_json(schema) : unportable(*items);
  }
  const auto* const properties = members->if_contains("properties");
  if (properties == nullptr) return {};
  for (const auto& property : properties->as_object()) {
    if (auto why = unportable(property.value()); !why.empty())
      return std::string(property.key()) + ": " + why;
  }
  return {};
}

TEST(Rules, EveryHostAcceptsEverySchema) {
  const facts::Facts facts;
  for_each_tool([&](const tool::Tool& tool, const tool::Category& category) {
    const auto input = engine::input_schema(engine::Row(tool, category.name, facts));
    EXPECT_EQ(unportable(input), "");
    EXPECT_EQ(input.at("type"), "object");
    EXPECT_EQ(unportable(engine::output_schema(tool)), "");
  });
  for (const auto* const bad : {R"({"type":["integer","string"]})", R"({"type":"array"})", R"({})",
                                R"({"type":"integer","enum":[1]})", R"({"type":"object","$ref":"#"})",
                                R"({"type":"object","properties":{"a":{"anyOf":[]}}})"})
    EXPECT_NE(unportable(base::parse_json(bad).value()), "") << bad;
}

TEST(Rules, AGuestIsAStringAndANewNumberAnInteger) {
  const facts::Facts facts;
  std::size_t guests = 0;
  for_each_tool([&](const tool::Tool& tool, const tool::Category& category) {
    const engine::Row row(tool, category.name, facts);
    const auto schema = engine::input_schema(row);
    for (const auto& field : row.fields()) {
      const auto& type = schema.at("properties").at(field.name).at("type");
      EXPECT_TRUE(!(field.guest || field.guests) || type == "string") << field.name;
      guests += field.guest ? 1U : 0U;
      const bool makes = field.wire == "newid" ||
                         (field.wire == "vmid" && tool.call.path.ends_with("/qemu")) ||
                         (field.wire == "vmid" && tool.call.path.ends_with("/lxc"));
      EXPECT_TRUE(!makes || type == "integer") << field.name;
    }
  });
  EXPECT_GT(guests, 30U);
}

TEST(Rules, ReportsDeclareTheTypesOfTheirParameters) {
  for_each_tool([&](const tool::Tool& tool, const tool::Category&) {
    if (tool.report == nullptr) return;
    EXPECT_TRUE(tool.view.ordered);
    EXPECT_NE(tool.view.quoted, "*") << "a report is in the server's own words";
    for (const auto& param : tool.params) {
      EXPECT_NE(param.type, tool::Type::FromFacts) << param.name;
      EXPECT_NE(param.need, tool::Need::FromFacts) << param.name;
    }
  });
}

TEST(Rules, EveryNounHasASingular) {
  // A list by hand, so that a person reads each new noun once.
  const std::set<std::string> known = {
      "ACL entry",  "HA resource", "IP set", "VM",      "alias",
      "backup job", "container",   "entry",  "group",   "guest without a backup job",
      "interface",  "node",        "pool",   "realm",   "replication job",
      "resource",   "role",        "rule",   "service", "snapshot",
      "storage",    "task",        "user",   "volume"};
  for_each_tool([&](const tool::Tool& tool, const auto&) {
    if (!tool.view.noun.empty()) {
      EXPECT_TRUE(known.contains(base::singular(tool.view.noun))) << base::singular(tool.view.noun);
    }
  });
}

TEST(Rules, PairedColumnsUseTheLimitOfTheFilter) {
  for_each_tool([](const tool::Tool& tool, const auto&) {
    for (std::size_t i = 0; i < tool.view.columns.size(); ++i) {
      const auto [label, key, whole] = tool.view.columns[i];
      if (!whole.empty()) {
        EXPECT_EQ(view::limit_of(key), whole) << label;
      }
    }
  });
}

TEST(Rules, ColumnsNamedLikeTimesAreTimes) {
  for_each_tool([](const tool::Tool& tool, const auto&) {
    for (std::size_t i = 0; i < tool.view.columns.size(); ++i) {
      const auto key = tool.view.columns[i].key;
      const bool sounds = key.ends_with("time") || key.starts_with("next") || key.starts_with("last_") ||
                          key == "expire" || key == "timestamp";
      const auto kind = view::kind_of(key);
      if (sounds) {
        EXPECT_TRUE(view::is_time(kind) || kind == view::Kind::Seconds) << key;
      }
    }
  });
}

TEST(Rules, TimeParametersHaveOneDescription) {
  for_each_tool([](const tool::Tool& tool, const auto&) {
    for (const auto& param : tool.params) {
      if (param.name == "since") {
        EXPECT_NE(param.description.find("age (2h)"), std::string_view::npos);
      }
      if (param.name == "since" || param.name == "until") {
        EXPECT_NE(tool.prepare, nullptr) << "reads ages";
      }
    }
  });
}

}  // namespace
}  // namespace catalog_test
