// What a newcomer copies from the documents works: links, one-click installations, examples.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/base64.h"
#include "base/json.h"
#include "base/json_read.h"
#include "base/text.h"
#include "cli/known.h"
#include "config/settings.h"
#include "config/table.h"
#include "docs/documents.h"
#include "guard/terms.h"
#include "net/certificate.h"

namespace {

namespace fs = std::filesystem;
using docs_test::documents;
using docs_test::path_of;
using docs_test::read;
using testing::ElementsAre;
using testing::HasSubstr;

struct Prose {
  std::string text;                 ///< without blocks of code
  std::vector<std::string> blocks;  ///< of code
};

Prose prose_of(const std::string& markdown) {
  Prose prose;
  bool code = false;
  for (const auto line : base::split(markdown, '\n')) {
    if (base::trim(line).starts_with("```")) {
      code = !code;
      if (code) prose.blocks.emplace_back();
    } else if (code) {
      prose.blocks.back().append(line).append("\n");
    } else {
      prose.text.append(line).append("\n");
    }
  }
  return prose;
}

/// The name that a heading has in a link: "PVE's certificate" is "pves-certificate".
std::string anchor_of(std::string_view heading) {
  std::string anchor;
  for (const char c : heading) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '-' || c == '_') anchor += static_cast<char>(std::tolower(byte));
    if (c == ' ') anchor += '-';
  }
  return anchor;
}

std::set<std::string> anchors_of(const fs::path& path) {
  const auto prose = prose_of(read(path));
  std::set<std::string> anchors;
  for (const auto line : base::split(prose.text, '\n')) {
    const auto level = line.find_first_not_of('#');
    if (level == 0 || level == std::string_view::npos || line[level] != ' ') continue;
    anchors.insert(anchor_of(line.substr(level + 1)));
  }
  return anchors;
}

/// The targets of the links in a text, such as "install/local.md#npx".
std::vector<std::string> links_of(const std::string& text) {
  static const std::regex link(R"(\]\(([^)\s]+)\))");
  std::vector<std::string> targets;
  for (std::sregex_iterator at(text.begin(), text.end(), link), end; at != end; ++at)
    targets.push_back(at->str(1));
  return targets;
}

TEST(Links, AHeadingHasTheNameThatItsLinksUse) {
  EXPECT_EQ(anchor_of("PVE's certificate"), "pves-certificate");
  EXPECT_EQ(anchor_of("Compared with pvesh, qm and pct"), "compared-with-pvesh-qm-and-pct");
}

TEST(Links, LeadToFilesAndHeadingsThatExist) {
  std::size_t seen = 0;
  for (const auto& file : documents()) {
    const auto prose = prose_of(read(path_of(file)));
    for (const auto& target : links_of(prose.text)) {
      if (target.find("://") != std::string::npos) continue;
      ++seen;
      const auto hash = target.find('#');
      const auto name = target.substr(0, hash);
      const auto path = name.empty() ? path_of(file) : path_of(file).parent_path() / name;
      ASSERT_TRUE(fs::exists(path)) << file << " links to " << target;
      if (hash == std::string::npos) continue;
      EXPECT_TRUE(anchors_of(path).contains(target.substr(hash + 1))) << file << " links to " << target;
    }
  }
  EXPECT_GT(seen, 80U);
}

/// The value of a parameter, not the first one, of the link in the file that begins so, without its encoding
/// as a URL.
std::string parameter(const std::string& file, std::string_view begin, const std::string& name) {
  const auto text = read(path_of(file));
  for (const auto& link : links_of(text)) {
    if (!link.starts_with(begin)) continue;
    for (const auto part : base::split(link, '&')) {
      if (part.starts_with(name + "=")) return base::percent_decode(part.substr(name.size() + 1));
    }
  }
  ADD_FAILURE() << file << " has no link to " << begin << " with " << name;
  return {};
}

/// The entry of a one-click installation starts the package of npm, may only read, and sets only settings.
void check_entry(const std::string& text) {
  const auto entry = base::parse_json(text);
  ASSERT_TRUE(entry) << entry.error() << "\n" << text;
  EXPECT_EQ(base::raw_text(*entry, "command"), "npx");
  EXPECT_EQ(base::write_json(entry->at("args")), R"(["-y","mcp-pve"])");
  const auto* variables = base::object(*entry, "env");
  ASSERT_NE(variables, nullptr);
  EXPECT_EQ(base::raw_text(*variables, "PVE_ACCESS_TIER"), "read-only");
  for (const auto& variable : *variables) {
    const auto is_it = [&](const config::Setting& row) { return row.variable == variable.key(); };
    EXPECT_TRUE(std::ranges::any_of(config::table(), is_it)) << variable.key();
  }
}

TEST(OneClick, OfCursorStartsAServerThatOnlyReads) {
  const auto decoded =
      base::from_base64(parameter("docs/install/cursor.md", "https://cursor.com/en/install-mcp?", "config"));
  ASSERT_TRUE(decoded);
  check_entry(*decoded);
}

TEST(OneClick, OfVsCodeStartsAServerThatOnlyReadsAndAsksForEachValue) {
  const std::string begin = "https://insiders.vscode.dev/redirect/mcp/install?";
  const auto config = parameter("docs/install/vscode.md", begin, "config");
  check_entry(config);
  const auto inputs = base::parse_json(parameter("docs/install/vscode.md", begin, "inputs"));
  ASSERT_TRUE(inputs) << inputs.error();
  std::size_t passwords = 0;
  for (const auto& input : base::objects(*inputs)) {
    EXPECT_EQ(base::raw_text(input, "type"), "promptString");
    EXPECT_THAT(config, HasSubstr(fmt::format("${{input:{}}}", base::raw_text(input, "id"))));
    passwords += base::flag(input, "password") ? 1U : 0U;
  }
  EXPECT_EQ(passwords, 1U);
}

TEST(Examples, ThatNameAnApiTokenMayOnlyRead) {
  std::size_t seen = 0;
  for (const auto& file : documents()) {
    if (file != "README.md" && !file.starts_with("docs/install/")) continue;
    const auto prose = prose_of(read(path_of(file)));
    for (const auto& block : prose.blocks) {
      if (block.find("PVE_TOKEN_ID") == std::string::npos) continue;
      ++seen;
      EXPECT_TRUE(std::regex_search(block, std::regex(R"(PVE_ACCESS_TIER["' ]*[=:]["' ]*read-only)")))
          << file << "\n"
          << block;
    }
  }
  EXPECT_GE(seen, 7U);
}

TEST(Examples, OfJsonAreJson) {
  std::size_t seen = 0;
  for (const auto& file : documents()) {
    if (!file.starts_with("docs/install/")) continue;
    const auto prose = prose_of(read(path_of(file)));
    for (const auto& block : prose.blocks) {
      if (!block.starts_with('{')) continue;
      ++seen;
      const auto parsed = base::parse_json(block);
      EXPECT_TRUE(parsed) << file << ": " << (parsed ? "" : parsed.error()) << "\n" << block;
    }
  }
  EXPECT_GE(seen, 12U);
}

TEST(Examples, TheSettingsFileIsAccepted) {
  // The file names two files beside it, which must be there: the secret, and PVE's CA.
  const auto folder = fs::path(testing::TempDir()) / "mcp-pve-example";
  fs::remove_all(folder);
  fs::create_directories(folder);
  fs::copy_file(path_of("docs/examples/config.toml"), folder / "config.toml");
  std::ofstream(folder / "pve.secret") << "00000000-0000-4000-8000-000000000000\n";
  const std::vector<std::string> names{"PVE"};
  const auto authority = net::make_certificate(names);
  ASSERT_TRUE(authority) << authority.error();
  std::ofstream(folder / "pve-root-ca.pem") << authority->certificate_pem;
  for (const auto* name : {"config.toml", "pve.secret"})
    fs::permissions(folder / name, fs::perms::owner_read | fs::perms::owner_write);

  const auto variable = "PVE_CONFIG=" + (folder / "config.toml").string();
  const std::array<std::string_view, 1> environment{variable};
  const auto settings = config::load({{}, environment}, cli::known());
  ASSERT_TRUE(settings) << settings.error();
  EXPECT_EQ(settings->tier, "read-only");
  EXPECT_EQ(settings->cluster.base_url, "https://pve.example.com:8006");
  EXPECT_EQ(settings->cluster.token_id, "mcp@pve!pve");
  EXPECT_EQ(settings->cluster.token_secret_file, (folder / "pve.secret").string());
  EXPECT_EQ(settings->cluster.ca_file, (folder / "pve-root-ca.pem").string());
  EXPECT_EQ(config::missing(*settings), std::nullopt);
  EXPECT_TRUE(guard::Terms::parse(settings->protect, guard::protect_kinds()));
  fs::remove_all(folder);
}

}  // namespace
