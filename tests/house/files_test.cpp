// Texts and constructs that no file of the repository may have.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>
#include <string>
#include <vector>

#include "house/tree.h"

namespace {

using testing::HasSubstr;
using testing::Not;

// Generated or recorded data may be long and may speak of anything.
bool is_data(const std::filesystem::path& path) {
  const auto extension = path.extension().string();
  return extension == ".json" || extension == ".jsonl" || extension == ".txt" || extension == ".tsv";
}

TEST(Files, AreShortEnoughToRead) {
  for (const auto& path : house::own_files()) {
    if (is_data(path)) continue;
    EXPECT_LE(house::lines(house::read(path)).size(), 1000U) << path;
  }
  for (const auto& path : house::files_below("src", {".h", ".cpp"})) {
    EXPECT_LE(house::lines(house::read(path)).size(), 450U) << path;
  }
}

TEST(Files, OfTestsAreNamedSo) {
  std::size_t checked = 0;
  for (const auto& path : house::files_below("tests", {".cpp"})) {
    if (path.string().find("node_modules") != std::string::npos) continue;
    const auto text = house::read(path);
    if (text.find("\nTEST") == std::string::npos) continue;
    EXPECT_TRUE(path.filename().string().ends_with("_test.cpp")) << path;
    ++checked;
  }
  EXPECT_GT(checked, 150U);
}

TEST(Files, NameNoMachine) {
  // Pieced together, so that this file does not find itself.
  const std::vector<std::string> forbidden = {
      std::string("/wo") + "rk/",     std::string("/ro") + "ot/",  std::string("registry.") + "npmjs",
      std::string("deb.") + "debian", std::string("/tmp/") + "b-", std::string("security.") + "debian.",
      std::string("npmjs.") + "org",
  };
  for (const auto& path : house::own_files()) {
    const auto text = house::read(path);
    for (const auto& word : forbidden) {
      if (text.find(word) != std::string::npos) ADD_FAILURE() << path << " has " << word;
    }
  }
}

TEST(Files, TheLockFileNamesNoHost) {
  const auto text = house::read(house::root() / "tests/clients/package-lock.json");
  ASSERT_FALSE(text.empty());
  EXPECT_THAT(text, Not(HasSubstr("\"resolved\"")));
  EXPECT_THAT(text, HasSubstr("\"integrity\""));
}

TEST(Sources, NamesSayWhatAThingIs) {
  const std::regex vague(R"((class|struct|namespace)\s+\w*(Manager|Helper|Util|Utils|Impl)\b)");
  const std::regex vague_file(R"(.*(manager|helper|util|utils|impl|misc|common)\.(h|cpp))");
  for (const auto* folder : {"src", "tests", "bench"}) {
    for (const auto& path : house::files_below(folder, {".h", ".cpp"})) {
      if (path.string().find("node_modules") != std::string::npos) continue;
      EXPECT_FALSE(std::regex_match(path.filename().string(), vague_file)) << path;
      for (const auto& line : house::lines(house::read(path))) {
        const bool declares = line.find("class ") != std::string::npos ||
                              line.find("struct ") != std::string::npos ||
                              line.find("namespace ") != std::string::npos;
        EXPECT_FALSE(declares && std::regex_search(line, vague)) << path << ": " << line;
      }
    }
  }
}

TEST(Sources, HeadersAreGuardedAndSayWhatTheyAreFor) {
  for (const auto& path : house::files_below("src", {".h"})) {
    const auto text = house::read(path);
    EXPECT_TRUE(text.starts_with("// ")) << path;
    EXPECT_THAT(text, HasSubstr("#pragma once")) << path;
    EXPECT_THAT(text, Not(HasSubstr("\nusing namespace "))) << path;
  }
}

TEST(Sources, StdoutBelongsToTheProtocol) {
  const std::regex writes(R"(std::(cout|puts|printf)|\bputs\(|[^f]printf\(|fmt::print\()");
  for (const auto& path : house::files_below("src", {".h", ".cpp"})) {
    for (const auto& line : house::lines(house::read(path))) {
      const bool may = line.find("cout") != std::string::npos || line.find("put") != std::string::npos ||
                       line.find("print") != std::string::npos;
      EXPECT_FALSE(may && std::regex_search(line, writes)) << path << ": " << line;
    }
  }
}

// g++ 12.2 destroys temporaries of a co_await expression twice when they are aggregates, closures with
// captures, initializer lists or the results of ?:. All of these are named before the co_await.
bool is_risky_await(const std::string& statement) {
  const auto at = statement.find("co_await");
  if (at == std::string::npos) return false;
  const auto operand = statement.substr(at);
  const auto closure = std::regex_search(operand, std::regex(R"(\[[&=\w][^\]]*\]\s*(\(|\{))"));
  return closure || operand.find('{') != std::string::npos || operand.find(" ? ") != std::string::npos ||
         operand.find("co_await", 8) != std::string::npos;
}

TEST(Sources, NothingRiskyIsAwaited) {
  EXPECT_TRUE(is_risky_await("co_await f(Options{1});"));
  EXPECT_TRUE(is_risky_await("co_await f([&] { return 1; });"));
  EXPECT_TRUE(is_risky_await("x = co_await (a ? b : c);"));
  EXPECT_TRUE(is_risky_await("x = co_await f() + co_await g();"));
  EXPECT_FALSE(is_risky_await("x = co_await f(options);"));
  for (const auto& path : house::files_below("src", {".h", ".cpp"})) {
    const auto text = house::read(path);
    for (std::size_t at = text.find("co_await"); at != std::string::npos;
         at = text.find("co_await", at + 8)) {
      const auto begin = text.rfind(';', at) + 1;
      auto statement = text.substr(begin, text.find(';', at) + 1 - begin);
      statement.erase(0, statement.find("co_await") == std::string::npos ? 0 : at - begin);
      EXPECT_FALSE(is_risky_await(statement)) << path << ": " << statement;
    }
  }
}

bool names_a_tool(const std::string& line) {
  static const std::regex name(R"(\bpve_[a-z0-9_]+)");
  return line.find("pve_") != std::string::npos && !line.starts_with("#include") &&
         std::regex_search(line, name);
}

// A text that names a tool asks engine/words/remedies.h, which knows who may call it. The simulator has a
// guest whose notes try to make the reader call one.
TEST(Sources, OnlyTheCatalogueNamesTools) {
  EXPECT_TRUE(names_a_tool("  text += \"pve_who_did tells\";"));
  EXPECT_FALSE(names_a_tool("#include \"engine/pve_words.h\""));
  EXPECT_FALSE(names_a_tool("extern const char mcp_pve_facts_begin[];"));
  std::size_t checked = 0;
  for (const auto& path : house::files_below("src", {".h", ".cpp"})) {
    if (path.parent_path().filename() == "catalog" || path.filename() == "world_guests.cpp") continue;
    for (const auto& line : house::lines(house::read(path)))
      EXPECT_FALSE(names_a_tool(line)) << path << ": " << line;
    ++checked;
  }
  EXPECT_GT(checked, 300U);
}

TEST(Sources, CoroutinesLiveInNetOnly) {
  for (const auto& path : house::files_below("src", {".h", ".cpp"})) {
    if (path.parent_path().filename() == "net") continue;
    EXPECT_THAT(house::read(path), Not(HasSubstr("co_await"))) << path;
  }
}

// A translation unit with Asio and Beast costs 20 s: outside of net no file includes them, not even through a
// header of net.
// Two classes of one name make the linker take the functions of either for both, without a word.
TEST(Sources, ATypeOfANamespaceIsDefinedInOneHeader) {
  static const std::regex kLine(
      R"(^(?:namespace ([\w:]+) \{|(?:struct|class|enum class) (\w+)(?: final)?(?: :[^{;]*)?\s*\{.*)$)");
  std::map<std::string, std::string, std::less<>> where;
  for (const auto& path : house::files_below("src", {".h"})) {
    std::string space;
    const auto text = house::read(path);
    for (const auto& line : house::lines(text)) {
      std::smatch match;
      if (!std::regex_match(line, match, kLine)) continue;
      if (match[1].matched) space = match[1];
      // base::Library has one form for a static build, and one for the others.
      if (!match[2].matched || path.filename() == "library.h") continue;
      const auto [at, is_new] = where.try_emplace(space + "::" + match[2].str(), path.string());
      EXPECT_TRUE(is_new) << at->first << " is in " << at->second << " and in " << path;
    }
  }
  EXPECT_GT(where.size(), 200U);
}

// Its classes have the same names with other macros, and the linker takes either. Its parser is not safe for
// any text; base::parse_toml() is.
TEST(Sources, TomlIsIncludedAndParsedInOnePlace) {
  for (const auto* folder : {"src", "tests"}) {
    for (const auto& path : house::files_below(folder, {".h", ".cpp"})) {
      if (path.parent_path().filename() == "base" && path.filename() == "toml.h") continue;
      EXPECT_THAT(house::read(path), Not(HasSubstr("#include <toml"
                                                   "++")))
          << path;
      if (path.parent_path().filename() == "base" && path.filename() == "toml.cpp") continue;
      EXPECT_THAT(house::read(path), Not(HasSubstr("toml::par"
                                                   "se(")))
          << path;
    }
  }
}

TEST(Sources, AsioStaysInNet) {
  std::vector<std::string> heavy;
  for (const auto& path : house::files_below("src/net", {".h"})) {
    const auto text = house::read(path);
    const bool has = text.find("#include <boost/asio") != std::string::npos ||
                     text.find("#include <boost/beast") != std::string::npos;
    if (has) heavy.push_back("\"net/" + path.filename().string() + "\"");
  }
  for (const auto& path : house::files_below("src", {".h", ".cpp"})) {
    const auto text = house::read(path);
    if (path.parent_path().filename() == "net") continue;
    for (const auto* library : {"#include <boost/asio", "#include <boost/beast"}) {
      EXPECT_THAT(text, Not(HasSubstr(library))) << path;
    }
    for (const auto& header : heavy) EXPECT_THAT(text, Not(HasSubstr(header))) << path;
  }
}

/// A question about a path: one that is taken apart, or compared with a text. What a call is about is typed
/// (tool/about.h). Where a backup's file is on a node is no path of PVE's API.
bool asks_about_a_path(const std::string& line) {
  static const std::regex question(
      R"(call(\(\))?\.path\.(find|contains|starts_with|ends_with|substr))"
      R"(|(find|contains|starts_with|ends_with|compare)\("/?(qemu|lxc|vzdump|status|snapshot|\{[a-z]+\})/?")"
      R"(|(find|contains|starts_with|ends_with|compare)\("/(?!var/)[a-z{])"
      R"(|[=!]= ?"/[a-z{]|"/[a-z{][^"]*" ?[=!]=)");
  const bool may = line.find("\"") != std::string::npos || line.find("path.") != std::string::npos;
  return may && std::regex_search(line, question);
}

/// A part of a path stands alone only where it is compared or put together. A whole one begins as PVE's do;
/// /vms and /sdn are paths of its access control, /var and /mnt folders of a node.
bool has_part_of_a_path(const std::string& line) {
  static const std::regex part(
      R"("/(?!(access|cluster|nodes|pools|storage|version|vms|sdn|var/lib|mnt/pve)\b)[a-z{])");
  return line.find("\"/") != std::string::npos && std::regex_search(line, part);
}

TEST(Sources, OnlyAboutLooksIntoAPath) {
  EXPECT_TRUE(asks_about_a_path(R"(if (about.action == "/config") return;)"));
  EXPECT_TRUE(asks_about_a_path(R"(return path.ends_with("/rules");)"));
  EXPECT_TRUE(asks_about_a_path(R"(return row.tool().call.path.starts_with(x);)"));
  EXPECT_FALSE(asks_about_a_path(R"(if (lack.path == "/") return;)")) << "the root of the access control";
  EXPECT_TRUE(has_part_of_a_path(R"(Telling{base::Method::Post, "/status/start", started},)"));
  EXPECT_TRUE(has_part_of_a_path(R"(constexpr std::string_view kPosition = "/{pos}";)"));
  EXPECT_FALSE(has_part_of_a_path(R"(look("/nodes/{node}/tasks");)"));
  std::size_t read = 0;
  for (const auto* folder : {"src/change", "src/engine", "src/guard"}) {
    for (const auto& path : house::files_below(folder, {".h", ".cpp"})) {
      for (const auto& line : house::lines(house::read(path))) {
        const auto code = line.substr(0, line.find("//"));
        EXPECT_FALSE(asks_about_a_path(code) || has_part_of_a_path(code)) << path << ": " << line;
      }
      ++read;
    }
  }
  EXPECT_GT(read, 100U);
}

/// True for code that sends a change, or the request of a row, which may be one.
bool sends_a_change(const std::string& code) {
  static const std::regex change(R"(call\(\{(base::)?Method::(Post|Put|Delete)|\bfetch\(work)");
  return std::regex_search(code, change);
}

TEST(Sources, OnlyRecordSendsChanges) {
  EXPECT_TRUE(sends_a_change("auto answer = client.call({base::Method::Delete, path, {}}, stop);"));
  EXPECT_TRUE(sends_a_change("auto answer = fetch(work, ready, *wanted);"));
  EXPECT_FALSE(sends_a_change("auto answer = client.call({base::Method::Get, path, {}}, stop);"));
  for (const auto* folder : {"src/engine", "src/hooks", "src/insight", "src/prompt", "src/resource"}) {
    for (const auto& path : house::files_below(folder, {".cpp"})) {
      if (path.filename() == "record.cpp") continue;
      for (const auto& line : house::lines(house::read(path)))
        EXPECT_FALSE(sends_a_change(line)) << path << ": " << line;
    }
  }
}

TEST(Sources, EachBoostMacroComesFromTheBuild) {
  for (const auto& path : house::files_below("src", {".h", ".cpp"})) {
    for (const auto& line : house::lines(house::read(path))) {
      EXPECT_FALSE(line.starts_with("#define BOOST_")) << path << ": " << line;
    }
  }
}

}  // namespace
