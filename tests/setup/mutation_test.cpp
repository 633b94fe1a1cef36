// Sample files with bytes changed at random: an edit is refused, or only its entry differs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/json.h"
#include "setup/clients.h"
#include "setup/json_edit.h"
#include "setup/samples.h"
#include "setup/toml_text.h"

namespace {

using setup::Client;
using setup::Format;

std::optional<base::JsonObject> tree_of(const Client& client, std::string_view text) {
  const auto tree = client.format == Format::Toml ? setup::read_toml(text)
                                                  : setup::json_object_of(text, setup::Comments::Kept);
  return tree ? std::optional(*tree) : std::nullopt;
}

/// Without the server, and without an object of servers that is empty then.
base::JsonObject others_of(const Client& client, base::JsonObject tree, std::string_view name) {
  auto* servers = tree.if_contains(client.servers);
  if (servers == nullptr) return tree;
  servers->as_object().erase(name);
  if (servers->as_object().empty()) tree.erase(client.servers);
  return tree;
}

std::string mutated(std::string text, std::mt19937& random) {
  static constexpr std::string_view kPieces[] = {"{",
                                                 "}",
                                                 "[",
                                                 "]",
                                                 ",",
                                                 ":",
                                                 "\"",
                                                 "\\",
                                                 "/",
                                                 "*",
                                                 "//",
                                                 "/*",
                                                 "*/",
                                                 "\n",
                                                 "\r\n",
                                                 " ",
                                                 "\t",
                                                 "=",
                                                 ".",
                                                 "#",
                                                 "'",
                                                 "\"\"\"",
                                                 "'''",
                                                 "[[",
                                                 "]]",
                                                 "\"pve\": {}",
                                                 "\"pve\": 1,",
                                                 "pve = { command = \"x\" }\n",
                                                 "[mcp_servers.pve]\n",
                                                 "\"mcpServers\": {",
                                                 "\"servers\": {",
                                                 "mcp_servers",
                                                 "1",
                                                 "e",
                                                 "\xC3\xA4",
                                                 "\xFF",
                                                 "\xEF\xBB\xBF"};
  const auto below = [&](std::size_t size) {
    return std::uniform_int_distribution<std::size_t>(0, size - 1)(random);
  };
  for (auto changes = 1 + below(2); changes > 0; --changes) {
    const auto at = below(text.size() + 1);
    switch (below(3)) {
      case 0:
        text.insert(at, kPieces[below(std::size(kPieces))]);
        break;
      case 1:
        text.erase(at, 1 + below(8));
        break;
      default: {
        const auto from = below(text.size() + 1);
        text.insert(at, text.substr(from, 1 + below(40)));
      }
    }
  }
  return text;
}

/// True when the edit was made.
bool check(const Client& client, const std::string& text, const setup::Server& server) {
  const auto edited = setup::with_server(client, text, server);
  if (!edited) {
    EXPECT_FALSE(edited.error().empty());
    return false;
  }
  const auto before = tree_of(client, text);
  const auto after = tree_of(client, *edited);
  EXPECT_TRUE(before && after) << *edited;
  if (!before || !after) return false;
  EXPECT_EQ(others_of(client, *before, server.name), others_of(client, *after, server.name)) << *edited;
  EXPECT_EQ(setup::has_server(client, *edited, server.name)->command, server.command) << *edited;
  EXPECT_EQ(setup::with_server(client, *edited, server), edited);
  const auto removed = setup::without_server(client, *edited, server.name);
  if (!setup::has_server(client, text, server.name)) {
    EXPECT_EQ(removed.value_or(removed ? "" : removed.error()), text) << *edited;
  } else if (removed) {
    EXPECT_EQ(others_of(client, tree_of(client, *removed).value_or(base::JsonObject{}), server.name),
              others_of(client, *before, server.name));
  }
  return true;
}

TEST(Mutations, AnEditIsRefusedOrChangesOneEntry) {
  std::mt19937 random(20260101);
  std::size_t made = 0;
  std::size_t refused = 0;
  for (const auto& client : setup::clients()) {
    for (const auto& sample : samples::of(client)) {
      const auto servers = samples::servers_for(client);
      const auto base = setup::with_server(client, sample.text, servers.back()).value();
      for (int round = 0; round < 60; ++round) {
        const auto text = mutated(round % 2 == 0 ? sample.text : base, random);
        SCOPED_TRACE(std::string(client.id) + ":\n" + text);
        ++(check(client, text, servers[static_cast<std::size_t>(round) % servers.size()]) ? made : refused);
        if (testing::Test::HasFailure()) return;
      }
    }
  }
  EXPECT_GT(made, 2000U);
  EXPECT_GT(refused, 2000U);
}

}  // namespace
