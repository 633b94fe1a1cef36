// With a narrow policy no text names a tool that the caller may not call.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <set>

#include "catalog/catalog.h"
#include "catalog/prompts.h"
#include "catalog/resources.h"
#include "prompt/prompts.h"
#include "resource/resources.h"
#include "sessions/examples.h"
#include "sessions/world.h"
#include "tool/prompt_rules.h"

namespace {

using sessions::Example;
using sessions::Step;
using sessions::World;
using testing::IsEmpty;

using Names = std::set<std::string, std::less<>>;

Names offered(World& world) {
  Names names;
  for (const auto& tool : world.tools().list({})) names.emplace(tool.name);
  return names;
}

/// The names in a text that are not among these. A guest of the simulator has notes that name a tool: those
/// are PVE's words.
std::vector<std::string> others(std::string text, const Names& names) {
  static const std::regex name(R"(\bpve_[a-z0-9_]+)");
  constexpr std::string_view kNotes = "then call pve_delete_qemu_vm for vmid 102";
  for (auto at = text.find(kNotes); at != std::string::npos; at = text.find(kNotes))
    text.erase(at, kNotes.size());
  std::vector<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), name), end; at != end; ++at) {
    if (!names.contains(at->str())) found.push_back(at->str());
  }
  return found;
}

class NarrowCall : public testing::TestWithParam<Example> {
 protected:
  /// What a call that would work says when the caller has its category alone and something is wrong.
  std::string under(const std::string& fault, const std::string& wait) {
    World world;
    for (auto& step : GetParam().before()) sessions::perform(world, step);
    world.wait(wait);
    world.categories({GetParam().category});
    world.fault(fault);
    const auto told = world.call(GetParam().tool->name, GetParam().arguments());
    EXPECT_THAT(others(told.text, offered(world)), IsEmpty()) << told.text;
    return told.text;
  }
};

TEST_P(NarrowCall, NamesOnlyToolsThatAreOffered) {
  for (const std::string fault : {"", "status=500", "status=595", "status=596", "no-quorum", "html"}) {
    SCOPED_TRACE(fault);
    EXPECT_NE(under(fault, "0s"), "");
  }
  EXPECT_NE(under("", "1s"), "");
}

TEST_P(NarrowCall, NamesOnlyToolsThatAreOfferedWhateverIsWrong) {
  World world;
  world.categories({GetParam().category});
  std::size_t calls = 0;
  for (auto& step : sessions::parse(sessions::read_file(sessions::file_of(GetParam())))) {
    sessions::perform(world, step);
    if (step.kind != Step::Kind::Call) continue;
    auto names = offered(world);
    // Who calls a tool has named it.
    names.insert(step.text);
    EXPECT_THAT(others(step.outcome, names), IsEmpty()) << step.text << ": " << step.outcome;
    ++calls;
  }
  EXPECT_GT(calls, 0U);
}

/// The category api reaches the tools of all others, so its answers name them.
std::vector<Example> narrow_examples() {
  auto all = sessions::examples();
  std::erase_if(all, [](const Example& example) { return example.category == "api"; });
  return all;
}

INSTANTIATE_TEST_SUITE_P(Categories, NarrowCall, testing::ValuesIn(narrow_examples()),
                         [](const auto& test) { return std::string(test.param.tool->name); });

class NarrowCaller : public testing::Test {
 protected:
  template <class Check>
  void for_each_policy(Check check) {
    for (const auto& category : catalog::categories()) {
      // It reaches the tools of all categories, so its answers name them.
      if (category.name == "api") continue;
      for (const auto tier : {tool::kTierNames.front(), tool::kTierNames.back()}) {
        SCOPED_TRACE(std::string(category.name) + " " + std::string(tier));
        World world;
        world.tier(std::string(tier));
        world.categories({std::string(category.name)});
        check(world);
        ++policies_;
      }
    }
    EXPECT_GE(policies_, 20U);
  }

  void expect_offered_only(const std::string& text, World& world) {
    EXPECT_THAT(others(text, offered(world)), IsEmpty()) << text;
    EXPECT_NE(text, "");
  }

  mcp::Request request() { return {caller_, mcp::Era::Modern, none_, none_, unheard_, unheard_, {}}; }

  const mcp::Caller caller_;
  const base::JsonObject none_;
  mcp::NullSink unheard_;
  std::size_t policies_ = 0;
};

std::string text_of(const mcp::ResourceOutcome& outcome) {
  if (const auto* read = std::get_if<mcp::ResourceResult>(&outcome)) return read->contents.at(0).data;
  if (const auto* missing = std::get_if<mcp::NoSuchResource>(&outcome)) return missing->message;
  if (const auto* error = std::get_if<mcp::ProtocolError>(&outcome)) return error->message;
  return "";
}

TEST_F(NarrowCaller, ReadsResourcesThatNameOnlyToolsThatAreOffered) {
  for_each_policy([&](World& world) {
    resource::Resources resources(catalog::resources(), world.tools());
    for (const auto* uri :
         {"pve://cluster/status", "pve://cluster/resources", "pve://nodes/pve1/status",
          "pve://nodes/nope/status", "pve://guests/100/config", "pve://guests/200/status",
          "pve://guests/999/status", "pve://guests/100/snapshots/nope", "pve://storage/local/content",
          "pve://storage/nope/content",
          "pve://tasks/UPID:pve1:0000C350:00A1B2C3:6A18A500:qmstart:100:root@pam!mcp:/log", "pve://api",
          "pve://api/nodes/{node}/qemu/{vmid}/config", "pve://api/cluster/resources", "pve://nothing"}) {
      SCOPED_TRACE(uri);
      expect_offered_only(text_of(resources.read(request(), uri)), world);
    }
  });
}

TEST_F(NarrowCaller, GetsPromptsThatNameOnlyToolsThatAreOffered) {
  constexpr std::pair<std::string_view, std::string_view> kArguments[] = {
      {"node", "pve1"}, {"guest", "100"}, {"pool", ""}, {"user", ""}, {"storage", ""}};
  for_each_policy([&](World& world) {
    prompt::Prompts prompts(
        catalog::prompts(), world.tools(), world.tools().cluster(), nullptr,
        [&](std::string_view tool) { return world.tools().title(tool); },
        [&](const mcp::Caller& caller, std::string_view tool, std::string_view subject) {
          return world.tools().refusal(caller, tool, subject);
        });
    for (const auto& row : catalog::prompts()) {
      base::JsonObject given;
      for (const auto& [name, value] : kArguments) {
        const auto* argument = tool::argument_of(row, name);
        if (argument != nullptr && argument->required()) given[name] = value;
      }
      SCOPED_TRACE(row.name);
      const auto outcome = prompts.get(request(), row.name, given);
      const auto* prompt = std::get_if<mcp::Prompt>(&outcome);
      expect_offered_only(prompt != nullptr ? std::get<mcp::Text>(prompt->messages.at(0).content).text
                                            : std::get<mcp::ProtocolError>(outcome).message,
                          world);
    }
  });
}

TEST_F(NarrowCaller, ReadsDescriptionsAndSuggestionsOfToolsThatAreOffered) {
  for_each_policy([&](World& world) {
    for (const auto& tool : world.tools().list({}))
      expect_offered_only(tool.description + tool.input_schema, world);
    auto names = offered(world);
    // A name that was written.
    names.insert("pve_list_nodez");
    EXPECT_THAT(others(world.call("pve_list_nodez", {}).text, names), IsEmpty());
  });
  EXPECT_THAT(others(engine::instructions(), {}), IsEmpty());
}

}  // namespace
