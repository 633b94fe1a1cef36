// What holds for every client, every sample file and every server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "setup/clients.h"
#include "setup/json_edit.h"
#include "setup/samples.h"
#include "setup/toml_text.h"

namespace {

using setup::Client;
using setup::Format;
using setup::Server;

/// Calls `rule` with each client, each of its samples and each server, and says which fails.
template <class Rule>
void for_all(const Rule& rule) {
  std::size_t checked = 0;
  for (const auto& client : setup::clients()) {
    for (const auto& sample : samples::of(client)) {
      for (const auto& server : samples::servers_for(client)) {
        SCOPED_TRACE(std::string(client.id) + ", " + sample.name + ", " + server.name + ":\n" + sample.text);
        rule(client, sample.text, server);
        ++checked;
      }
    }
  }
  EXPECT_GT(checked, 250U);
}

/// Every line of `text` in the same order in `longer`: nothing was taken away but a comma added.
bool keeps_all_but_commas(std::string_view text, std::string_view longer) {
  std::size_t at = 0;
  for (const char c : longer) {
    if (at < text.size() && c == text[at]) ++at;
  }
  return at == text.size();
}

TEST(EditRules, TheServerIsThereAfterwards) {
  for_all([](const Client& client, const std::string& text, const Server& server) {
    const auto edited = setup::with_server(client, text, server);
    ASSERT_TRUE(edited) << edited.error();
    const auto found = setup::has_server(client, *edited, server.name);
    ASSERT_TRUE(found) << *edited;
    EXPECT_EQ(*found, server) << *edited;
    EXPECT_TRUE(keeps_all_but_commas(text, *edited)) << *edited;
  });
}

TEST(EditRules, AddingTheSameTwiceChangesNothing) {
  for_all([](const Client& client, const std::string& text, const Server& server) {
    const auto once = setup::with_server(client, text, server);
    ASSERT_TRUE(once) << once.error();
    const auto twice = setup::with_server(client, *once, server);
    ASSERT_TRUE(twice) << twice.error();
    EXPECT_EQ(*twice, *once);
  });
}

TEST(EditRules, RemovingGivesBackTheBytes) {
  for_all([](const Client& client, const std::string& text, const Server& server) {
    const auto edited = setup::with_server(client, text, server);
    ASSERT_TRUE(edited) << edited.error();
    const auto removed = setup::without_server(client, *edited, server.name);
    ASSERT_TRUE(removed) << removed.error();
    EXPECT_EQ(*removed, text) << *edited;
  });
}

TEST(EditRules, TwoServersGoInEitherOrder) {
  for_all([](const Client& client, const std::string& text, const Server& server) {
    auto other = samples::local();
    other.name = "second";
    const auto one = setup::with_server(client, text, server);
    ASSERT_TRUE(one) << one.error();
    const auto both = setup::with_server(client, *one, other);
    ASSERT_TRUE(both) << both.error();
    const auto back = setup::without_server(client, *both, other.name);
    ASSERT_TRUE(back) << back.error();
    EXPECT_EQ(*back, *one);
    const auto second = setup::without_server(client, *both, server.name);
    ASSERT_TRUE(second) << second.error();
    EXPECT_FALSE(setup::has_server(client, *second, server.name));
    EXPECT_EQ(setup::has_server(client, *second, other.name), other);
    const auto none = setup::without_server(client, *second, other.name);
    ASSERT_TRUE(none) << none.error();
    EXPECT_FALSE(setup::has_server(client, *none, other.name));
  });
}

TEST(EditRules, LocalAndRemoteReplaceEachOther) {
  for_all([](const Client& client, const std::string& text, const Server& server) {
    if (client.url.empty()) return;
    auto other = server.url.empty() ? samples::remote() : samples::local();
    other.name = server.name;
    const auto first = setup::with_server(client, text, server);
    ASSERT_TRUE(first) << first.error();
    const auto second = setup::with_server(client, *first, other);
    ASSERT_TRUE(second) << second.error();
    EXPECT_EQ(setup::has_server(client, *second, other.name), other) << *second;
    const auto again = setup::with_server(client, *second, server);
    ASSERT_TRUE(again) << again.error();
    EXPECT_EQ(setup::has_server(client, *again, server.name), server) << *again;
    const auto removed = setup::without_server(client, *again, server.name);
    ASSERT_TRUE(removed) << removed.error();
    EXPECT_EQ(*removed, text);
  });
}

TEST(EditRules, RemovingWhatIsNotThereChangesNothing) {
  for_all([](const Client& client, const std::string& text, const Server&) {
    const auto removed = setup::without_server(client, text, "pve-other");
    ASSERT_TRUE(removed) << removed.error();
    EXPECT_EQ(*removed, text);
    EXPECT_FALSE(setup::has_server(client, text, "pve-other"));
  });
}

TEST(EditRules, OneKindOfLineEnd) {
  for_all([](const Client& client, const std::string& text, const Server& server) {
    const auto edited = setup::with_server(client, text, server);
    ASSERT_TRUE(edited) << edited.error();
    const auto breaks = std::ranges::count(*edited, '\n');
    EXPECT_EQ(std::ranges::count(*edited, '\r'), text.find('\r') == std::string::npos ? 0 : breaks);
  });
}

TEST(EditRules, OnlyClientsWithAUrlTakeARemoteServer) {
  for (const auto& client : setup::clients()) {
    const auto edited = setup::with_server(client, "", samples::remote());
    EXPECT_EQ(edited.has_value(), !client.url.empty()) << client.id;
    EXPECT_EQ(edited ? "" : edited.error(), client.no_remote);
  }
}

}  // namespace
