// Every endpoint that changes something is judged, once, by rows that name what PVE has; and the list of them
// in docs/irreversible.md, which UPDATE_GOLDEN=1 rewrites.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "facts/irreversible.h"

namespace {

using base::Method;

const facts::Facts& all() {
  static const facts::Facts kFacts;
  return kFacts;
}

std::vector<facts::Listed> endpoints(facts::Methods methods) {
  auto list = all().list();
  std::erase_if(list, [&](const auto& endpoint) { return !facts::covers(methods, endpoint.method); });
  return list;
}

constexpr facts::Methods kEvery = facts::kPost | facts::kPut | facts::kDelete;

std::string text(const facts::Listed& endpoint) {
  return std::string(base::name(endpoint.method)) + " " + std::string(endpoint.path);
}

// As the last version that had it.
const facts::Endpoint* parsed(const facts::Listed& endpoint) {
  return all().find(endpoint.method, endpoint.path, endpoint.lifetime.until);
}

bool takes(const facts::Endpoint& endpoint, std::string_view name) {
  return endpoint.parameter(name) != nullptr || endpoint.former_parameter(name) != nullptr;
}

TEST(Judgement, EveryChangeIsEitherRiskyOrHarmless) {
  const auto changes = endpoints(kEvery);
  EXPECT_EQ(endpoints(facts::kDelete).size(), 76U);
  EXPECT_EQ(endpoints(facts::kPost | facts::kPut).size(), 252U);
  for (const auto& endpoint : changes) {
    const bool risky = !facts::risks(endpoint.method, endpoint.path).empty();
    const bool harmless = !facts::harmless(endpoint.method, endpoint.path).empty();
    EXPECT_NE(risky, harmless) << text(endpoint) << (risky ? " is in both lists" : " is in neither list");
  }
}

TEST(Judgement, EveryRowIsAboutAnEndpointOfPve) {
  const auto changes = endpoints(kEvery);
  const auto has = [&](Method method, const auto& matches) {
    return std::ranges::any_of(
        changes, [&](const auto& endpoint) { return endpoint.method == method && matches(endpoint.path); });
  };
  ASSERT_FALSE(facts::risks().empty());
  ASSERT_FALSE(facts::harmless().empty());
  for (const auto method : {Method::Post, Method::Put, Method::Delete}) {
    for (const auto& risk : facts::risks()) {
      if (!facts::covers(risk.methods, method)) continue;
      EXPECT_TRUE(has(method, [&](auto path) { return path == risk.path; }))
          << base::name(method) << " " << risk.path;
    }
    for (const auto& row : facts::harmless()) {
      if (!facts::covers(row.methods, method) || row.is_family()) continue;
      EXPECT_TRUE(has(method, [&](auto path) { return path == row.path; }))
          << base::name(method) << " " << row.path;
    }
  }
}

TEST(Judgement, EveryRowHasAnEffect) {
  const auto changes = endpoints(kEvery);
  for (const auto& row : facts::harmless()) {
    std::size_t only = 0;  // endpoints that it alone is about
    for (const auto& endpoint : changes) {
      const auto about = [&](const auto& other) {
        return facts::covers(other.methods, endpoint.method) && other.holds(endpoint.path);
      };
      only += about(row) && std::ranges::count_if(facts::harmless(), about) == 1 ? 1U : 0U;
    }
    EXPECT_GE(only, row.is_family() ? 2U : 1U) << row.path;
  }
}

TEST(Judgement, EveryParameterOfARowExists) {
  std::size_t named = 0;
  for (const auto& listed : endpoints(kEvery)) {
    const auto* endpoint = parsed(listed);
    ASSERT_NE(endpoint, nullptr) << text(listed);
    for (const auto& risk : facts::risks(listed.method, listed.path)) {
      for (const auto name : {risk.parameter, risk.beside.with, risk.beside.without}) {
        if (name.empty()) continue;
        ++named;
        EXPECT_TRUE(takes(*endpoint, name)) << text(listed) << " " << name;
      }
    }
  }
  EXPECT_GT(named, 40U);
}

TEST(Judgement, ARowFitsTheTypeOfItsParameter) {
  std::size_t flags = 0;
  for (const auto& listed : endpoints(kEvery)) {
    for (const auto& risk : facts::risks(listed.method, listed.path)) {
      const auto* parameter = parsed(listed)->parameter(risk.parameter);
      if (parameter == nullptr) continue;
      const bool flag = parameter->type == facts::Type::Boolean;
      EXPECT_EQ(flag, risk.when == facts::When::Given || risk.when == facts::When::Missing)
          << text(listed) << " " << risk.parameter;
      flags += flag ? 1U : 0U;
      if (risk.when == facts::When::Equals) {
        EXPECT_TRUE(std::ranges::count(parameter->values, risk.beside.value)) << text(listed);
      }
    }
  }
  EXPECT_GT(flags, 20U);
}

TEST(Judgement, WhatDecidesCanBeRead) {
  std::size_t reads = 0;
  for (const auto& risk : facts::risks()) {
    if (risk.beside.decided_by.empty()) continue;
    ++reads;
    EXPECT_NE(all().find(Method::Get, risk.beside.decided_by), nullptr) << risk.beside.decided_by;
  }
  EXPECT_GT(reads, 10U);
}

std::string ways(const facts::Listed& endpoint) {
  std::string out;
  for (const auto& risk : facts::risks(endpoint.method, endpoint.path)) {
    out += (out.empty() ? "" : "<br>") + facts::condition(risk) + ": " + std::string(risk.what);
  }
  return out;
}

std::string mark(const facts::Listed& endpoint) {
  const auto risks = facts::risks(endpoint.method, endpoint.path);
  const auto any = [&](facts::When when) { return std::ranges::count(risks, when, &facts::Risk::when) > 0; };
  if (risks.empty()) return "harmless";
  if (any(facts::When::Always)) return "**irreversible**";
  return any(facts::When::Perhaps) ? "perhaps" : "**irreversible** if";
}

std::string judged(std::span<const facts::Listed> list) {
  std::string out = "| endpoint | mark | what is lost, or why nothing is |\n|---|---|---|\n";
  for (const auto& endpoint : list) {
    const auto lost = ways(endpoint);
    out += "| `" + text(endpoint) + "` | " + mark(endpoint) + " | " +
           (lost.empty() ? std::string(facts::harmless(endpoint.method, endpoint.path)) : lost) + " |\n";
  }
  return out;
}

std::string excused(std::span<const facts::Listed> list) {
  std::string out = "| endpoint | why nothing is lost |\n|---|---|\n";
  for (const auto& endpoint : list) {
    out += "| `" + text(endpoint) + "` | " + std::string(facts::harmless(endpoint.method, endpoint.path)) +
           " |\n";
  }
  return out;
}

constexpr std::string_view kIntroduction =
    "# What cannot be undone\n\n"
    "A call is irreversible if it destroys something that cannot be recovered: the content of guests, disks, "
    "volumes,\n"
    "backups and snapshots, or a key or secret of which PVE has the only copy. A call is harmless if "
    "everything "
    "that it\n"
    "removes can be made again from what PVE shows. `src/facts/irreversible.h` decides by endpoint, "
    "parameter "
    "and value;\n"
    "this page is made from its rows. A flag counts only if it is true, or if PVE's default makes it "
    "true.\n\n";

std::string page() {
  const auto deletes = endpoints(facts::kDelete);
  const auto writes = endpoints(facts::kPost | facts::kPut);
  std::vector<facts::Listed> risky;
  std::vector<facts::Listed> harmless;
  for (const auto& endpoint : writes) {
    (facts::risks(endpoint.method, endpoint.path).empty() ? harmless : risky).push_back(endpoint);
  }
  const auto lossy = std::ranges::count_if(
      deletes, [](const auto& endpoint) { return !facts::risks(endpoint.method, endpoint.path).empty(); });
  const auto rest = static_cast<std::ptrdiff_t>(deletes.size()) - lossy;
  return std::string(kIntroduction) + "## DELETE: " + std::to_string(lossy) + " irreversible, " +
         std::to_string(rest) + " harmless\n\n" + judged(deletes) +
         "\n## POST and PUT: " + std::to_string(risky.size()) + " can be irreversible\n\n" + judged(risky) +
         "\n## POST and PUT: " + std::to_string(harmless.size()) + " are harmless\n\n" + excused(harmless);
}

TEST(Judgement, ThePageMatchesTheRows) {
  const std::string file = std::string(PROJECT_SOURCE_DIR) + "/docs/irreversible.md";
  const auto wanted = page();
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream(file) << wanted;
    return;
  }
  std::stringstream present;
  present << std::ifstream(file).rdbuf();
  EXPECT_EQ(present.str(), wanted) << "UPDATE_GOLDEN=1 rewrites the page";
}

}  // namespace
