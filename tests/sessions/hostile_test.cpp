// Every tool and every parameter with hostile values: the request that leaves has the row's shape, judged as
// PVE does it, after decoding its path once, or the call is refused and nothing leaves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "catalog/catalog.h"
#include "engine/row/row.h"
#include "sessions/examples.h"
#include "sessions/world.h"
#include "support/scripted_pve.h"

namespace {

using sessions::Example;
using testing::HasSubstr;

const std::vector<std::string>& hostile() {
  static const std::vector<std::string> values = {
      "",
      ".",
      "..",
      "../x",
      "a/b",
      "x@pve/token/t",
      "a?b=c",
      "a#b",
      "%2F",
      "%2e%2e",
      "%2e%2e%2f",
      "..%2f..",
      "%252f",
      "a\\b",
      "a\nb",
      "a\r\nHost: x",
      "a\tb",
      "a b",
      "a;b",
      "a&skiplock=1",
      "a=b",
      "a+b",
      "a%00b",
      "a%",
      "{node}",
      "\x7f",
      "\xC3\xA4",
      "\xE2\x80\xAE\x61",
      "//",
      "/",
      "..;/",
      "a,b=c",
      "100/../1",
      "pve1/..",
      std::string("a\0b", 3),
      "\xff",
      "root@pam!x",
      "$(id)",
      "' OR 1=1",
      "-1",
  };
  return values;
}

using Form = std::vector<std::pair<std::string, std::string>>;

std::string form_decoded(std::string_view text) {
  std::string spaced(text);
  std::ranges::replace(spaced, '+', ' ');
  return base::percent_decode(spaced);
}

Form form_of(std::string_view text) {
  Form form;
  if (text.empty()) return form;
  for (const auto pair : base::split(text, '&')) {
    const auto equals = std::min(pair.find('='), pair.size());
    form.emplace_back(form_decoded(pair.substr(0, equals)),
                      form_decoded(pair.substr(std::min(equals + 1, pair.size()))));
  }
  return form;
}

/// Judges what left the engine for one call of one row.
struct Judge {
  const engine::Row& row;
  const base::JsonObject& given;
  std::string name;
  std::string value;

  void request(const net::Request& request) const {
    for (const char c : request.target) ASSERT_TRUE(c > ' ' && c < '\x7f') << request.target;
    const auto question = std::min(request.target.find('?'), request.target.size());
    const auto decoded = base::percent_decode(std::string_view(request.target).substr(0, question));
    ASSERT_TRUE(decoded.starts_with("/api2/json/")) << decoded;
    // Where a guest is, looked up by the number or the name that was given.
    if (request.target == "/api2/json/cluster/resources") return;
    // What the token may see, to tell an empty list from a forbidden one.
    if (request.target == "/api2/json/access/permissions") return;
    // Whom a grant would go to, and which roles it would use.
    for (const auto* target : {"/api2/json/access/roles", "/api2/json/access/users/root@pam/token/t"}) {
      if (request.target == target && row.tool().call.path != decoded.substr(10)) return;
    }
    // Which PVE it is, where not every version has what was given.
    if (request.target == "/api2/json/version") return;
    if (row.tool().report != nullptr) return report(request, std::string_view(decoded).substr(10));
    if (is_own(request)) {
      path(std::string_view(decoded).substr(10), row.tool().call.path);
      form(
          form_of(request.method == base::Method::Get || request.method == base::Method::Delete
                      ? std::string_view(request.target).substr(std::min(question + 1, request.target.size()))
                      : std::string_view(request.body)));
    } else {
      // A hook's look at the object: any endpoint that exists, but no path of the value's making.
      const auto route = sessions::facts().route(request.method, decoded.substr(10));
      ASSERT_TRUE(route) << decoded;
      EXPECT_EQ(request.method, base::Method::Get);
      path(std::string_view(decoded).substr(10), route->endpoint->path);
    }
  }

  /// A row that looks further once it has its answer sends other reads too, which the value gives no shape.
  bool is_own(const net::Request& request) const {
    if (request.method != row.tool().call.method) return false;
    if (row.tool().revise == nullptr || request.method != base::Method::Get) return true;
    const auto path = std::string_view(request.target).substr(0, request.target.find('?'));
    return base::split(path.substr(std::min<std::size_t>(10, path.size())), '/').size() ==
           base::split(row.tool().call.path, '/').size();
  }

  /// Reads of endpoints that exist, whatever the value.
  static void report(const net::Request& request, std::string_view decoded) {
    EXPECT_EQ(request.method, base::Method::Get);
    EXPECT_TRUE(sessions::facts().route(request.method, decoded)) << decoded;
  }

  /// Each variable is exactly the argument, each other segment exactly the row's.
  void path(std::string_view decoded, std::string_view expected) const {
    const auto segments = base::split(decoded, '/');
    const auto wanted = base::split(expected, '/');
    ASSERT_EQ(segments.size(), wanted.size()) << decoded;
    for (std::size_t i = 0; i < segments.size(); ++i) {
      EXPECT_NE(segments[i], "..");
      EXPECT_FALSE(base::has_control(segments[i]));
      if (!wanted[i].starts_with('{')) {
        EXPECT_EQ(segments[i], wanted[i]);
      } else if (const auto field = row.field_on_wire(wanted[i].substr(1, wanted[i].size() - 2))) {
        const auto* argument = given.if_contains(field->name);
        ASSERT_NE(argument, nullptr) << decoded;
        EXPECT_EQ(segments[i],
                  argument->is_string() ? std::string(argument->get_string()) : base::write_json(*argument));
      }
    }
  }

  /// No parameter of the value's making, and the value unharmed where it travels.
  void form(const Form& sent) const {
    bool arrived = false;
    for (const auto& [key, text] : sent) {
      const auto field = row.field_on_wire(key);
      ASSERT_TRUE(field) << key;
      arrived = arrived || text == value;
    }
    const auto field = row.field(name);
    if (field && (field->in_path || field->for_server)) return;
    if (row.tool().prepare == nullptr && field && field->type == facts::Type::String) {
      EXPECT_TRUE(arrived) << "the value was lost or changed on its way";
    }
  }
};

class EveryParameter : public testing::TestWithParam<Example> {
 protected:
  EveryParameter() : row_(*GetParam().tool, GetParam().category, sessions::facts()) {
    pve_.answer("*", "{}");
  }

  /// What the row lists and what PVE takes besides, a family by one of its members.
  std::set<std::string> names() const {
    std::set<std::string> all;
    for (const auto& field : row_.fields()) all.emplace(field.name);
    if (!row_.open() || row_.endpoint() == nullptr) return all;
    for (const auto& fact : row_.endpoint()->parameters)
      all.insert(std::string(fact.name) + (fact.indexed ? "0" : ""));
    return all;
  }

  void judge(const std::string& name, const std::string& value) {
    auto given = example_;
    given[name] = value;
    pve_.clear_asked();
    const auto told = sessions::call(toolbox_, GetParam().tool->name, given);
    EXPECT_EQ(told.text.find("topsecret"), std::string::npos);
    const auto sent = pve_.requests();
    if (sent.empty()) {
      EXPECT_TRUE(told.is_error);
      EXPECT_THAT(told.text, HasSubstr(name));
      EXPECT_TRUE(std::ranges::none_of(told.text, [](char c) { return c >= 0 && c < ' ' && c != '\n'; }))
          << told.text;
      ++refused_;
      return;
    }
    const Judge judge{row_, given, name, value};
    for (const auto& asked : sent) judge.request(asked.request);
    if (row_.tool().revise != nullptr && !told.is_error) {
      EXPECT_TRUE(std::ranges::any_of(sent, [&](const auto& asked) { return judge.is_own(asked.request); }));
    }
    ++sent_;
  }

  engine::Row row_;
  const base::JsonObject example_ = GetParam().arguments();
  test::ScriptedPve pve_;
  base::ManualClock clock_;
  pve::Client client_{pve_, {"root@pam!t", "topsecret", ""}, {"simulated", std::chrono::seconds(1), {}}};
  engine::Toolbox toolbox_{catalog::categories(), {}, {client_, sessions::facts(), clock_}};
  int refused_ = 0;
  int sent_ = 0;
};

TEST_P(EveryParameter, KeepsTheRequestsShape) {
  for (const auto& name : names()) {
    for (const auto& value : hostile()) {
      SCOPED_TRACE(name + " = " + base::printable(value));
      judge(name, value);
      if (HasFatalFailure()) return;
    }
  }
  if (!names().empty()) {
    EXPECT_GT(refused_, 0);
  }
}

INSTANTIATE_TEST_SUITE_P(Hostile, EveryParameter, testing::ValuesIn(sessions::asking_examples()),
                         [](const auto& test) { return std::string(test.param.tool->name); });

}  // namespace
