// The README's tables are made from the rows of the settings and the catalog: UPDATE_GOLDEN=1 rewrites them.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "catalog/catalog.h"
#include "catalog/prompts.h"
#include "config/table.h"

namespace {

const std::string kFile = std::string(PROJECT_SOURCE_DIR) + "/README.md";

std::string read() {
  std::ifstream in(kFile);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::size_t count(tool::Tier tier) {
  std::size_t tools = 0;
  for (const auto& category : catalog::categories()) {
    if (category.opt_in) continue;
    for (const auto& tool : category.tools) tools += tool.tier <= tier ? 1U : 0U;
  }
  return tools;
}

std::string tiers() {
  return fmt::format(
      "| tier | tools | what it allows |\n|---|---|---|\n"
      "| `read-only` | {} | list, get, status and logs: nothing changes |\n"
      "| `read-execute` | {} | and power actions, migration, backup runs, services, stopping tasks |\n"
      "| `full` (default) | {} | and creating, changing, deleting |\n",
      count(tool::Tier::ReadOnly), count(tool::Tier::ReadExecute), count(tool::Tier::Full));
}

std::string tools() {
  std::string out;
  for (const auto& category : catalog::categories()) {
    out += fmt::format(
        "<details>\n<summary>{} (<code>{}</code>, {} tools)</summary>\n\n{}| tool | what it does | tier "
        "|\n|---|---|---|\n",
        category.title, category.name, category.tools.size(),
        category.opt_in ? "Off unless `PVE_CATEGORIES` names it, beside the others that are wanted.\n\n"
                        : "");
    for (const auto& tool : category.tools)
      out += fmt::format("| `{}` | {} | {} |\n", tool.name, tool.description, tool::name(tool.tier));
    out += "\n</details>\n\n";
  }
  return out;
}

std::string prompts() {
  std::string out = "| prompt | arguments | what it is for |\n|---|---|---|\n";
  for (const auto& prompt : catalog::prompts()) {
    std::string arguments;
    for (const auto& argument : prompt.arguments)
      arguments += fmt::format("{}`{}`{}", arguments.empty() ? "" : ", ", argument.name,
                               argument.required() ? "" : " (optional)");
    out += fmt::format("| `{}` | {} | {} |\n", prompt.name, arguments.empty() ? "–" : arguments,
                       prompt.description);
  }
  return out;
}

// The text with what stands between the markers replaced; a failure when a marker is missing.
std::string put(const std::string& text, const std::string& name, const std::string& table) {
  const std::string begin = fmt::format("<!-- {}: begin -->\n", name);
  const std::string end = fmt::format("<!-- {}: end -->", name);
  const auto from = text.find(begin);
  const auto to = text.find(end);
  if (from == std::string::npos || to == std::string::npos || to < from) {
    ADD_FAILURE() << "README.md lacks the markers of " << name;
    return text;
  }
  return text.substr(0, from + begin.size()) + table + text.substr(to);
}

TEST(Readme, TablesAreThoseOfTheRows) {
  const std::string present = read();
  std::string wanted = put(present, "tiers", tiers());
  wanted = put(wanted, "settings", config::markdown());
  wanted = put(wanted, "tools", tools());
  wanted = put(wanted, "prompts", prompts());
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream(kFile) << wanted;
  } else {
    EXPECT_EQ(present, wanted) << "UPDATE_GOLDEN=1 rewrites the tables";
  }
}

}  // namespace
