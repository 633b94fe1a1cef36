// What the documents say of settings, tools and prompts comes from the rows: it stands between markers, and
// UPDATE_GOLDEN=1 rewrites it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/listing.h"
#include "catalog/prompts.h"
#include "cli/known.h"
#include "config/table.h"
#include "docs/documents.h"
#include "insight/findings.h"
#include "pve/fingerprint.h"

namespace {

namespace fs = std::filesystem;
using docs_test::documents;
using docs_test::path_of;
using docs_test::read;

std::vector<tool::Category> usual() {
  std::vector<tool::Category> some;
  for (const auto& category : catalog::categories()) {
    if (!category.opt_in) some.push_back(category);
  }
  return some;
}

std::size_t count(tool::Tier tier) {
  std::size_t tools = 0;
  for (const auto& category : usual()) {
    for (const auto& tool : category.tools) tools += tool.tier <= tier ? 1U : 0U;
  }
  return tools;
}

std::string offer() {
  return fmt::format("{} tools in {} categories", count(tool::Tier::Full), usual().size());
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
    if (category.tools.empty()) continue;
    out += fmt::format(
        "<details>\n<summary>{} (<code>{}</code>, {} tools)</summary>\n\n{}| tool | what it does | tier "
        "|\n|---|---|---|\n",
        category.title, category.name, category.tools.size(),
        category.opt_in
            ? fmt::format("Off by default. To add it, set `PVE_CATEGORIES=all,{}`.\n\n", category.name)
            : std::string());
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

std::string with_commas(std::size_t number) {
  auto text = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3)
    text.insert(static_cast<std::size_t>(at), ",");
  return text;
}

/// A row of the table of bytes: the entries of tools/list, or with `whole` all of {"tools":[...]}.
std::string bytes_row(std::string_view what, const std::vector<tool::Category>& categories, bool whole) {
  static const facts::Facts facts;
  std::vector<mcp::ToolDescription> tools;
  for (const auto& category : categories) {
    for (auto& tool : catalog_test::described(category, facts)) tools.push_back(std::move(tool));
  }
  std::string row = fmt::format("| {} | {} |", what, tools.size());
  for (const auto revision : {mcp::Revision::R2026_07_28, mcp::Revision::R2025_11_25}) {
    const auto text = catalog_test::entries(tools, revision);
    row += fmt::format(" {} |", with_commas((whole ? "{\"tools\":[" + text + "]}" : text).size()));
  }
  return row + "\n";
}

std::string listing() {
  std::string out = fmt::format("| category | tools | bytes for {} | bytes for {} |\n|---|--:|--:|--:|\n",
                                mcp::name(mcp::Revision::R2026_07_28), mcp::name(mcp::Revision::R2025_11_25));
  for (const auto& category : catalog::categories()) {
    out += bytes_row(fmt::format("`{}`{}", category.name, category.opt_in ? ", off by default" : ""),
                     {category}, false);
  }
  out += bytes_row("all tools that are on by default", usual(), true);
  const auto all = catalog::categories();
  return out + bytes_row("the whole list, every category named", {all.begin(), all.end()}, true);
}

std::string findings() {
  std::string out = "| code | severity | looked at | what it means | what to do |\n|---|---|---|---|---|\n";
  for (const auto& kind : insight::kFindingKinds)
    out += fmt::format("| `{}` | {} | {} | {} | {} |\n", kind.code,
                       insight::kSeverityNames[static_cast<std::size_t>(kind.severity)], kind.area, kind.what,
                       kind.remedy);
  return out;
}

/// The first sentences of an answer, as a cell of a table.
std::string cell(std::string text) {
  constexpr std::size_t kMost = 260;
  if (text.size() > kMost) text = text.substr(0, text.rfind(' ', kMost)) + " …";
  return std::regex_replace(text, std::regex(R"([|<>*_])"), R"(\$&)");
}

/// The attempts in tests/sessions/attacks, each with the setting that holds, the call and its answer.
std::string attacks() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(TEST_SOURCE_DIR "/sessions/attacks"))
    files.push_back(entry.path());
  std::ranges::sort(files);
  std::string out;
  for (const auto& file : files) {
    out += fmt::format("## {}\n\n| Attempt | Setting | Call | What stops it |\n|---|---|---|---|\n",
                       file.stem().string());
    std::ifstream in(file);
    std::string attempt, setting, call, answer;
    bool answered = true;
    for (std::string line; std::getline(in, line);) {
      if (line.starts_with("# ")) {
        attempt = line.substr(2);
      } else if (line.starts_with("call ")) {
        call = line.substr(5);
        answer.clear();
        answered = false;
      } else if (line.starts_with("  ")) {
        answer += (answer.empty() ? "" : " ") + line.substr(2);
        // The list behind a colon is part of the sentence.
        if (answered || line.ends_with(':')) continue;
        out += fmt::format("| {} | {} | `{}` | {} |\n", attempt, setting.empty() ? "–" : "`" + setting + "`",
                           call, cell(answer));
        answered = true;
      } else if (line != "error" && line != "ok" && !line.starts_with("advance") &&
                 !line.starts_with("decide")) {
        // Behind "freeze" stands the server's sentence, which the last column shows.
        setting = line.find(' ') == std::string::npos ? "" : line.starts_with("freeze ") ? "freeze" : line;
      }
    }
    out += "\n";
  }
  return out;
}

struct Part {
  std::string_view file;
  std::string_view name;  ///< of its markers
  std::string text;
};

/// What a part that stands on lines of its own has between its markers.
std::string block(const std::string& text) { return "\n" + text; }

std::vector<Part> parts() {
  return {{"README.md", "offer", offer()},
          {"README.md", "tiers", block(tiers())},
          {"docs/settings.md", "settings", block(config::markdown(cli::known()))},
          {"docs/tools.md", "tools", block(tools())},
          {"docs/prompts.md", "prompts", block(prompts())},
          {"docs/findings.md", "findings", block(findings())},
          {"docs/security-tests.md", "attacks", block(attacks())},
          {"docs/tokens.md", "listing", block(listing())}};
}

/// Parts that a measurement writes, and its program.
const std::map<std::string, std::string> kMeasured = {{"docs/tokens.md tokens", "bench/tokens"}};

/// The text with what stands between the markers replaced; a failure when a marker is missing or stands
/// twice.
std::string put(const std::string& text, const Part& part) {
  const auto begin = fmt::format("<!-- {}: begin -->", part.name);
  const auto end = fmt::format("<!-- {}: end -->", part.name);
  const auto from = text.find(begin);
  const auto to = text.find(end);
  if (from == std::string::npos || to == std::string::npos || to < from || from != text.rfind(begin) ||
      to != text.rfind(end)) {
    ADD_FAILURE() << part.file << " needs the markers of " << part.name << " once each";
    return text;
  }
  return text.substr(0, from + begin.size()) + part.text + text.substr(to);
}

TEST(Documents, TheServiceHasAStateFolder) {
  const auto text = read(path_of("docs/install/http-service.md"));
  // Without it a DynamicUser has no folder, so freeze, approve and the audit cannot reach the service.
  EXPECT_NE(text.find("DynamicUser=yes\nStateDirectory=mcp-pve\nStateDirectoryMode=0700\n"),
            std::string::npos);
}

TEST(Documents, TellHowToCompareAFingerprint) {
  const auto text = std::regex_replace(read(path_of("docs/certificate.md")), std::regex("\n"), " ");
  EXPECT_NE(text.find(pve::kCompareFingerprint), std::string::npos) << pve::kCompareFingerprint;
}

TEST(Documents, NoFingerprintToPinWithoutHowToCompareIt) {
  std::size_t places = 0;
  for (const auto& entry : fs::recursive_directory_iterator(path_of("src"))) {
    // The simulator's own certificate is new at each start, and it prints it itself.
    if (!entry.is_regular_file() || entry.path().filename() == "simulate.cpp") continue;
    const auto text = read(entry.path());
    if (text.find("PVE_FINGERPRINT=") == std::string::npos) continue;
    ++places;
    EXPECT_NE(text.find("kCompareFingerprint"), std::string::npos) << entry.path();
  }
  EXPECT_GE(places, 2U);
}

TEST(Documents, MatchTheRows) {
  std::map<std::string, std::string> wanted;
  for (const auto& part : parts()) {
    const std::string file(part.file);
    if (!wanted.contains(file)) wanted[file] = read(path_of(file));
    wanted[file] = put(wanted[file], part);
  }
  ASSERT_FALSE(wanted.empty());
  for (const auto& [file, text] : wanted) {
    if (std::getenv("UPDATE_GOLDEN") != nullptr) {
      std::ofstream(path_of(file), std::ios::binary) << text;
    } else {
      EXPECT_EQ(read(path_of(file)), text) << "UPDATE_GOLDEN=1 rewrites " << file;
    }
  }
}

TEST(Documents, EveryMarkerHasAGenerator) {
  std::set<std::string> known;
  for (const auto& part : parts()) known.insert(fmt::format("{} {}", part.file, part.name));
  for (const auto& [name, program] : kMeasured) known.insert(name);
  std::set<std::string> found;
  const std::regex marker("<!-- ([a-z]+): begin -->");
  for (const auto& file : documents()) {
    const auto text = read(path_of(file));
    for (std::sregex_iterator at(text.begin(), text.end(), marker), end; at != end; ++at)
      found.insert(file + " " + at->str(1));
  }
  EXPECT_EQ(found, known);
}

}  // namespace
