// Every tool in each form of its result: the same facts, within the budget, as its outputSchema says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/json_read.h"
#include "base/text.h"
#include "engine/row/schema.h"
#include "sessions/examples.h"
#include "sessions/world.h"
#include "view/human.h"

namespace {

using engine::Output;
using sessions::Example;
using testing::HasSubstr;

class EveryForm : public testing::TestWithParam<Example> {
 protected:
  sessions::Told told(Output output, std::size_t max_result = 24'000) {
    sessions::World world;
    for (auto step : GetParam().before()) sessions::perform(world, step);
    world.style({output, max_result});
    return world.call(GetParam().tool->name, GetParam().arguments());
  }
};

/// What the outputSchema requires is there, with its type.
void expect_to_fit(const base::JsonObject& schema, const base::Json& value) {
  ASSERT_TRUE(value.is_object());
  if (!schema.contains("required")) return;
  for (const auto& name : schema.at("required").as_array()) {
    const auto* member = value.get_object().if_contains(name.as_string());
    ASSERT_NE(member, nullptr) << name;
    const auto type = schema.at("properties").at(name.as_string()).at("type").as_string();
    EXPECT_TRUE((type == "string" && member->is_string()) || (type == "integer" && member->is_int64()) ||
                (type == "array" && member->is_array()))
        << name;
  }
}

TEST_P(EveryForm, HasTheSameFacts) {
  const auto text = told(Output::Text);
  const auto both = told(Output::Structured);
  EXPECT_FALSE(text.is_error) << text.text;
  EXPECT_EQ(text.text, both.text);
  ASSERT_TRUE(both.structured);
  expect_to_fit(engine::output_schema(*GetParam().tool), *both.structured);
  if (GetParam().tool->view.kind != tool::View::Kind::Table) return;
  for (const auto& item : both.structured->at("items").as_array()) {
    for (const auto& member : item.as_object()) {
      // One of a pair is told in the unit of the other.
      if (member.value().is_structured() || member.value().is_number()) continue;
      auto cell = view::human(member.key(), member.value());
      EXPECT_THAT(text.text, HasSubstr(cell.substr(0, cell.find('|')))) << member.key();
    }
  }
}

TEST_P(EveryForm, JsonIsJson) {
  // A change is told in a sentence.
  if (GetParam().tool->effect != tool::Effect::None) return;
  const auto json = told(Output::Json);
  EXPECT_TRUE(base::parse_json(json.text)) << json.text;
}

TEST_P(EveryForm, SaysOfAChangeThatTheClusterIsSimulated) {
  sessions::World world;
  for (auto step : GetParam().before()) sessions::perform(world, step);
  world.style({.output = Output::Structured, .simulated = true});
  const auto both = world.call(GetParam().tool->name, GetParam().arguments());
  const bool changes = GetParam().tool->effect != tool::Effect::None;
  EXPECT_EQ(both.text.ends_with("\n(simulated cluster)"), changes) << both.text;
  ASSERT_TRUE(both.structured);
  EXPECT_EQ(both.structured->as_object().contains("simulated"), changes);
}

TEST_P(EveryForm, KeepsItsBudget) {
  for (const auto output : {Output::Text, Output::Json, Output::Structured}) {
    SCOPED_TRACE(engine::kOutputNames[static_cast<std::size_t>(output)]);
    const auto all = told(output, 2000);
    EXPECT_LE(all.text.size(), 2400U);
    EXPECT_LE(base::write_json(all.structured.value_or(nullptr)).size(), 2600U);
  }
}

/// Every text in a value, at every depth, one a line.
void add_texts(const base::Json& value, std::string& out) {
  if (const auto* text = value.if_string()) {
    out.append(std::string_view(*text)).append("\n");
  } else if (const auto* array = value.if_array()) {
    for (const auto& item : *array) add_texts(item, out);
  } else if (const auto* object = value.if_object()) {
    for (const auto& member : *object) add_texts(member.value(), out);
  }
}

/// "mem/maxmem: 3.8/8 GiB" of an object that has both.
bool is_member(std::string_view line, const base::JsonObject& object) {
  const auto colon = line.find(": ");
  if (colon == std::string_view::npos && !line.ends_with(':')) return false;
  const auto parts = base::split(line.substr(0, std::min(colon, line.size() - 1)), '/');
  const auto has = [&](std::string_view holder, std::string_view part) {
    const auto* inner = object.if_contains(holder);
    return inner != nullptr && inner->is_object() && inner->get_object().contains(part);
  };
  // The structure names the lists for which it has no room.
  const auto left_out = base::list(object, "left_out");
  return std::ranges::all_of(parts, [&](const auto part) {
    return object.contains(part) || has("summary", part) || has("data", part) ||
           std::ranges::any_of(left_out,
                               [&](const base::Json& name) { return base::raw_text(name) == part; });
  });
}

/// A line that counts members which the structure still has.
bool counts_the_cut(std::string_view line, const sessions::Told& told) {
  const auto missing = std::ranges::count_if(told.structured->as_object(), [&](const auto& member) {
    return ("\n" + told.text).find("\n" + std::string(member.key()) + ": ") == std::string::npos;
  });
  return missing > 0 && line.starts_with(std::to_string(missing) + " more members left out: ");
}

/// The lines of the text that a host does not show when it shows the structure alone. Rows and members are
/// compared elsewhere.
std::vector<std::string> only_in_text(const sessions::Told& told) {
  std::string texts;
  add_texts(*told.structured, texts);
  const auto& object = told.structured->as_object();
  const auto* items = object.if_contains("items");
  std::vector<std::string> lost;
  for (const auto line : base::split(told.text, '\n')) {
    const bool row =
        line.find('|') != std::string_view::npos || line.starts_with("  ") ||
        (items != nullptr && !items->as_array().empty() && line.find(' ') == std::string_view::npos);
    if (!row && !is_member(line, object) && !counts_the_cut(line, told) &&
        texts.find(line) == std::string::npos)
      lost.emplace_back(line);
  }
  return lost;
}

struct Trouble {
  std::string user;
  std::string fault;
};

class EveryFormInTrouble : public EveryForm {
 protected:
  static sessions::Told told(const Trouble& trouble, std::size_t max_result) {
    sessions::World world;
    for (auto step : GetParam().before()) sessions::perform(world, step);
    world.style({Output::Structured, max_result});
    world.as(trouble.user);
    world.fault(trouble.fault);
    return world.call(GetParam().tool->name, GetParam().arguments());
  }
};

/// Cautions, what is not seen, and what to do next: hosts show the model one of the two forms.
TEST_P(EveryFormInTrouble, SaysTheSameInBoth) {
  if (GetParam().tool->view.kind == tool::View::Kind::Statistics) return;
  for (const auto& trouble : {Trouble{"root", ""}, Trouble{"auditor@pve", ""}, Trouble{"operator@pve", ""},
                              Trouble{"root", "offline=pve3"}, Trouble{"auditor@pve", "offline=pve2"}}) {
    for (const std::size_t max_result : {24'000U, 2'000U}) {
      SCOPED_TRACE(trouble.user + " " + trouble.fault + " " + std::to_string(max_result));
      const auto both = told(trouble, max_result);
      if (both.is_error) continue;
      ASSERT_TRUE(both.structured);
      EXPECT_THAT(only_in_text(both), testing::IsEmpty()) << both.text << "\n"
                                                          << base::write_json(*both.structured);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Tools, EveryFormInTrouble, testing::ValuesIn(sessions::examples()),
                         [](const auto& test) { return std::string(test.param.tool->name); });

INSTANTIATE_TEST_SUITE_P(Tools, EveryForm, testing::ValuesIn(sessions::examples()),
                         [](const auto& test) { return std::string(test.param.tool->name); });

}  // namespace
