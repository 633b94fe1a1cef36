// Phrases that must not come back: CONTRIBUTING.md's style sheet says how to write instead.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "house/tree.h"

namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// The folders whose sentences have been rewritten, below src/ and tests/. Add a folder when its sentences
/// are.
const std::vector<std::string_view> kFolders = {
    "auth",  "base",     "catalog", "change",    "chart",   "cli",  "config",    "engine",
    "facts", "guard",    "hooks",   "insight",   "jsonrpc", "mcp",  "net",       "prompt",
    "pve",   "resource", "seam",    "simulator", "state",   "tool", "transport", "view"};

struct Phrase {
  std::string_view words;    ///< in lower case
  std::string_view instead;  ///< what to write
  std::string_view not_after = {};
  std::string_view not_before = {};
};

/// For what a person or a model reads: every string literal.
const std::vector<Phrase> kInLiterals = {
    {"goes on by itself", "\"continues in the background\""},
    {"carries it out by itself", "\"will carry it out\""},
    {" is no ", "\"is not a ...\"", "there", "longer"},
    {" are no ", "\"are not ...\"", "there", "longer"},
    {" is none", "\"is not a ...\", or \"no ... exists\"", "there"},
    {" are none", "\"no ... exists\"", "there"},
    {" is not of the form ", "\"must have the form\""},
    {" of ours", "\"of this server\""},
    {" of yours", "\"your\""},
    {"does not fit", "\"does not match\", \"is invalid\"", {}, " into"},
    {"do not fit", "\"do not match\"", {}, " into"},
    {"who has ", "name the caller, the user or the client"},
    {"whoever", "name the caller, the user or the client"},
    {"it goes without", "an imperative: \"To skip the look-up, pass ...\""},
    {"would go without", "\"does not use\""},
    {"there is no way to", "\"... is unreachable\""},
    {"cannot begin", "\"could not be set up\""},
    {"be let in", "\"is refused\", \"is accepted\""},
    {"themselves in", "say which right they would get"},
    {"has the word", "\"PVE decides\""},
    {"cannot be had", "\"cannot be fetched\""},
    {"calls it ok", "\"PVE reports success\""},
    {"with status and use", "\"with status and resource usage\""},
    {"history of use", "\"usage history\""},
    {"a text of ", "\"text, 1 to 40 characters\""},
    {"is left aside", "\"is skipped\""},
    {"stand between", "name the firewall or the proxy"},
    {"have to prove who they are", "\"must authenticate\""},
    {"must prove who they are", "\"must authenticate\""},
    {"left calls behind", "\"ended while calls were still running\""},
    {"has not begun", "say what is not running yet"},
    {"were had", "\"were read\""},
    {"valid ones", "name them: \"valid faults\""},
    {"unless said", "\"unless given\""},
    {"the same with --", "\"run the commands with --...\""},
    {"this token", "\"this API token\" or \"this bearer token\""},
    {"nowhere below", "\"has no ... below ...\""},
    {"would also allow", "\"also allow ...\""},
    {"there no name is known", "\"the name of ... is not known\""},
    {"have become another guest", "\"another guest may have got this number\""},
    {"if that is meant", "\"If you want this change, ask an administrator to ...\""},
    {"if it is meant", "\"If you need it, ask an administrator to ...\""},
    {"the privilege as well", "\"also lacks the privilege\""},
    {"may stand first", "\"you can write ... first\""},
    {"since before", "\"from an earlier change\""},
    {" asks first", "who asks whom: \"the server asks the user before ...\""},
    {" asks, and", "\"asks whether ...\""},
    {"counts alone", "\"the server ignores ...\""},
    {"this can tell of", "\"this text can name ...\""},
    {"no longer named here", "say where the name is missing"},
    {"it could no longer reach", "\"the server would then lose access to ...\""},
};

/// For what a contributor reads: every comment.
const std::vector<Phrase> kInComments = {
    {"goes on by itself", "\"continues\""},
    {" of ours", "\"of this server\""},
    {"who has ", "name the caller, the user or the client"},
    {"whoever", "name the caller, the user or the client"},
    {"what is no ", "say what the value is"},
    {"has the word", "\"PVE decides\""},
    {"holds nobody", "say what does not wait"},
    {"hinders nobody", "say what does not fail"},
    {"serves nobody", "say what slows down"},
    {"nobody wants", "say who does not need it"},
    {"without a thought", "say why it is safe"},
    {"nobody knows", "say what is not known"},
    {"nobody looked", "say what was not read"},
    {"nobody can", "say what is not possible"},
    {"nobody tells", "say what is not told, and to whom"},
    {"who was cancelled", "\"a cancelled request ...\""},
    {"has learnt nothing", "say what the failure does not show"},
    {"in silence", "\"without an error\""},
    {"puts right", "\"corrects\""},
    {"for the sake of", "\"to ...\", \"because of\""},
    {"the word for it", "\"PVE's name for it\""},
    {"no word of", "say where the value comes from"},
    {"believed are", "\"trusts only ...\""},
    {"comes to be", "\"is created\""},
    {"what was asked for", "name the call or the caller: \"as requested\""},
    {"who may do what", "name the rights"},
    {"stands in the way", "say what prevents it"},
    {"words go to", "\"adds the output to ...\""},
    {"may it go", "say what is deleted"},
    {"goes without saying", "say what is omitted"},
    {"nobody asked", "say what was not read"},
    {"speaks of", "\"contains\", \"names\""},
    {"of what is none", "say what the value is"},
    {"in vain", "say what is sent and when"},
    {"so does a ", "repeat the verb"},
    {"freezes too", "\"... also refuses every change\""},
    {"once more without complaint", "\"accepts a second ...\""},
    {"what is not there is", "\"a missing object\""},
    {"needs the word", "name the parameter"},
};

/// For readers of documents: every paragraph of Markdown.
const std::vector<Phrase> kInDocuments = [] {
  std::vector<Phrase> all = kInLiterals;
  all.insert(all.end(), kInComments.begin(), kInComments.end());
  return all;
}();

struct Token {
  bool comment = false;
  std::size_t begin = 0, end = 0;  ///< in the source
  std::string text;
};

std::size_t end_of_quoted(std::string_view source, std::size_t at) {
  const char quote = source[at++];
  while (at < source.size() && source[at] != quote) at += source[at] == '\\' ? 2U : 1U;
  return std::min(at + 1, source.size());
}

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// Literals and comments of C++ as they stand in the source.
std::vector<Token> tokens_of(std::string_view source) {
  std::vector<Token> found;
  const auto add = [&](bool comment, std::size_t begin, std::size_t end, std::size_t quotes) {
    found.push_back(
        {comment, begin, end, std::string(source.substr(begin + quotes, end - begin - 2 * quotes))});
  };
  for (std::size_t at = 0; at < source.size();) {
    auto end = at + 1;
    if (source.substr(at).starts_with("//")) {
      end = std::min(source.find('\n', at), source.size());
      add(true, at, end, 0);
    } else if (source.substr(at).starts_with("R\"") && (at == 0 || !is_word(source[at - 1]))) {
      const auto open = source.find('(', at);
      const auto close = ")" + std::string(source.substr(at + 2, open - at - 2)) + "\"";
      end = std::min(source.find(close, open) + close.size(), source.size());
      add(false, at, end, 0);
    } else if (source[at] == '"') {
      end = end_of_quoted(source, at);
      add(false, at, end, 1);
    } else if (source[at] == '\'' && (at == 0 || !is_word(source[at - 1]))) {
      end = end_of_quoted(source, at);
    }
    at = end;
  }
  return found;
}

/// Whole sentences: neighbours of one kind with only blanks between are one text. Blanks and the marks of
/// comments become one blank.
std::vector<std::string> texts_of(std::string_view source, bool comments) {
  std::vector<std::string> texts;
  std::size_t last = std::string_view::npos;
  for (const auto& token : tokens_of(source)) {
    const bool joined =
        last != std::string_view::npos &&
        source.substr(last, token.begin - last).find_first_not_of(" \n") == std::string_view::npos;
    last = token.comment == comments ? token.end : std::string_view::npos;
    if (token.comment != comments) continue;
    if (!joined) texts.emplace_back();
    const auto text = token.comment
                          ? token.text.substr(std::min(token.text.find_first_not_of("/<"), token.text.size()))
                          : token.text;
    for (const char c : text) {
      const bool blank = c == ' ' || c == '\n';
      if (!blank || !texts.back().ends_with(' ')) texts.back() += blank ? ' ' : c;
    }
  }
  return texts;
}

/// Paragraphs of Markdown, each on one line, without the rows of "| not | but |", the counter-examples of the
/// style sheet.
std::vector<std::string> paragraphs_of(const std::string& markdown) {
  std::vector<std::string> texts(1);
  bool counter_examples = false;
  for (const auto& line : house::lines(markdown)) {
    counter_examples = line == "| not | but |" || (counter_examples && line.starts_with('|'));
    if (counter_examples) continue;
    if (line.empty()) {
      texts.emplace_back();
    } else {
      texts.back() +=
          (texts.back().empty() ? "" : " ") + line.substr(std::min(line.find_first_not_of(' '), line.size()));
    }
  }
  return texts;
}

/// The phrases that a text has, each with what to write instead.
std::vector<std::string> refused(std::string_view text, const std::vector<Phrase>& phrases) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  std::vector<std::string> found;
  for (const auto& phrase : phrases) {
    for (auto at = lower.find(phrase.words); at != std::string::npos; at = lower.find(phrase.words, at + 1)) {
      const auto before = std::string_view(lower).substr(0, at);
      const auto after = std::string_view(lower).substr(at + phrase.words.size());
      const bool allowed = (!phrase.not_after.empty() && before.ends_with(phrase.not_after)) ||
                           (!phrase.not_before.empty() && after.starts_with(phrase.not_before));
      if (allowed) continue;
      found.push_back("\"" + std::string(phrase.words) + "\"; write " + std::string(phrase.instead));
      break;
    }
  }
  return found;
}

void check(const std::filesystem::path& path, const std::vector<std::string>& texts,
           const std::vector<Phrase>& phrases) {
  for (const auto& text : texts) {
    for (const auto& phrase : refused(text, phrases))
      ADD_FAILURE() << path << " has " << phrase << ": " << text;
  }
}

void check_source(const std::filesystem::path& path) {
  const auto source = house::read(path);
  check(path, texts_of(source, false), kInLiterals);
  check(path, texts_of(source, true), kInComments);
}

TEST(Phrases, TheTestSeesABadPhrase) {
  EXPECT_THAT(refused("The task Goes on by itself.", kInLiterals),
              ElementsAre("\"goes on by itself\"; write \"continues in the background\""));
  EXPECT_THAT(refused("\"x\" is no setting", kInLiterals), testing::SizeIs(1));
  EXPECT_THAT(refused("There is no guest 140; it is no longer locked.", kInLiterals), IsEmpty());
  EXPECT_THAT(refused("The rest does not fit into PVE_MAX_RESULT.", kInLiterals), IsEmpty());
  EXPECT_THAT(refused("a limit of ours", kInComments), testing::SizeIs(1));
}

TEST(Phrases, TheTestReadsWholeSentences) {
  const std::string source =
      "f(\"one \"\n  \"two \\\" // three\", '\"');\n/// four\n/// five\nint x;  // six\n";
  EXPECT_THAT(texts_of(source, false), ElementsAre("one two \\\" // three"));
  EXPECT_THAT(texts_of(source, true), ElementsAre(" four five", " six"));
  EXPECT_THAT(texts_of("//\nint x;\n", true), ElementsAre(""));
  EXPECT_THAT(texts_of("a = R\"x(one\n  \"two\")x\";", false), ElementsAre("R\"x(one \"two\")x\""));
}

TEST(Phrases, TheTestReadsParagraphsWithoutCounterExamples) {
  EXPECT_THAT(paragraphs_of("one\n  two\n\n| not | but |\n|---|---|\n| bad | good |\n\n| a | b |"),
              ElementsAre("one two", "", "| a | b |"));
}

TEST(Phrases, DoNotComeBackInSources) {
  const auto root = house::root();
  for (const auto folder : kFolders) {
    for (const std::string below : {"src/", "tests/"}) {
      if (const auto name = below + std::string(folder); std::filesystem::is_directory(root / name))
        for (const auto& path : house::files_below(name, {".h", ".cpp"})) check_source(path);
    }
  }
  for (const auto& path : house::files_below("bench", {".h", ".cpp"})) check_source(path);
  check_source(root / "src/main.cpp");
}

TEST(Phrases, DoNotComeBackInDocuments) {
  auto paths = house::files_below("docs", {".md"});
  for (const auto* name : {"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"})
    paths.push_back(house::root() / name);
  for (const auto& path : paths) check(path, paragraphs_of(house::read(path)), kInDocuments);
}

TEST(Phrases, DoNotComeBackInSessions) {
  for (const auto& path : house::files_below("tests/sessions", {".session"})) {
    std::vector<std::string> texts;
    for (auto& line : house::lines(house::read(path))) {
      if (line.starts_with("# ")) texts.push_back(std::move(line));
    }
    check(path, texts, kInDocuments);
  }
}

}  // namespace
