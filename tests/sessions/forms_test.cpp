// Every tool in each form of its result: the same facts, within the budget, as its outputSchema says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/schema.h"
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

TEST_P(EveryForm, KeepsItsBudget) {
  for (const auto output : {Output::Text, Output::Json, Output::Structured}) {
    SCOPED_TRACE(engine::kOutputNames[static_cast<std::size_t>(output)]);
    const auto all = told(output, 2000);
    EXPECT_LE(all.text.size(), 2400U);
    EXPECT_LE(base::write_json(all.structured.value_or(nullptr)).size(), 2600U);
  }
}

INSTANTIATE_TEST_SUITE_P(Tools, EveryForm, testing::ValuesIn(sessions::examples()),
                         [](const auto& test) { return std::string(test.param.tool->name); });

}  // namespace
