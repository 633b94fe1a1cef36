#include "simulator/exchanges.h"

namespace simulator {
namespace {

using enum base::Method;

const std::string kBase = "/cluster/notifications/";
const std::string kGotify = kBase + "endpoints/gotify";
const std::string kSendmail = kBase + "endpoints/sendmail";
const std::string kWebhook = kBase + "endpoints/webhook";
const std::string kMatchers = kBase + "matchers";

TEST(SimulatedNotifications, HaveWhatPveShips) {
  Demo demo;
  expect_exchanges(
      demo,
      {
          {Get, kSendmail, {}, R"([{"name":"mail-to-root","mailto-user":["root@pam"],"origin":"builtin"}])"},
          {Get, kMatchers, {}, R"([{"name":"default-matcher","mode":"all","target":["mail-to-root"]}])"},
          {Get,
           kBase + "targets",
           {},
           R"([{"name":"mail-to-root","type":"sendmail","origin":"builtin","disable":null}])"},
          {Get, kGotify, {}, "[]"},
          {Get, kBase + "matcher-fields", {}, R"([{"name":"type"},{"name":"hostname"},{"name":"job-id"}])"},
      });
  EXPECT_GE(demo.get(kBase + "matcher-field-values").data().as_array().size(), 8U);
}

TEST(SimulatedNotifications, KeepEndpointsAndMatchers) {
  Demo demo;
  expect_exchanges(
      demo,
      {
          {Post, kGotify, {{"name", "push"}, {"server", "https://g.example.com"}, {"token", "secret"}}},
          {Get,
           kGotify + "/push",
           {},
           R"({"name":"push","server":"https://g.example.com","origin":"user-created"})"},
          {Put, kGotify + "/push", {{"comment", "phones"}, {"disable", "1"}}},
          {Get, kGotify, {}, R"([{"name":"push","comment":"phones","disable":1}])"},
          {Put, kGotify + "/push", {{"delete", "comment"}}},
          {Post, kMatchers, {{"name", "nights"}, {"target", "push"}, {"match-severity", "error,warning"}}},
          {Get,
           kMatchers + "/nights",
           {},
           R"({"mode":"all","target":["push"],"match-severity":["error,warning"]})"},
          {Delete, kGotify + "/push", {}, "", 400, "cannot delete 'push', referenced by: nights"},
          {Post, kBase + "targets/push/test"},
          {Delete, kMatchers + "/nights"},
          {Delete, kGotify + "/push"},
          {Get, kBase + "targets", {}, R"([{"name":"mail-to-root"}])"},
      });
  EXPECT_EQ(demo.get(kGotify + "/push").status, 404U);
}

TEST(SimulatedNotifications, NeverShowASecret) {
  Demo demo;
  ASSERT_EQ(demo.post(kWebhook, {{"name", "hook"},
                                 {"method", "post"},
                                 {"url", "https://h.example.com/x"},
                                 {"secret", "name=key,value=c2VjcmV0"}})
                .status,
            200U);
  const auto shown = demo.get(kWebhook + "/hook");
  EXPECT_EQ(shown.data().at("secret").at(0), "name=key");
  EXPECT_EQ(shown.data().at("digest").as_string().size(), 64U);
  ASSERT_EQ(demo.post(kGotify, {{"name", "push"}, {"server", "https://g"}, {"token", "tokentext"}}).status,
            200U);
  EXPECT_EQ(demo.get(kGotify + "/push").text.find("tokentext"), std::string::npos);
}

TEST(SimulatedNotifications, ABuiltInComesBackWhenItIsDeleted) {
  Demo demo;
  const auto path = kMatchers + "/default-matcher";
  expect_exchanges(demo, {
                             {Put, path, {{"comment", "ours"}}},
                             {Get, path, {}, R"({"comment":"ours","origin":"modified-builtin"})"},
                             {Delete, path},
                             {Get, path, {}, R"({"comment":"Route all notifications to mail-to-root"})"},
                         });
}

TEST(SimulatedNotifications, RefuseWithPvesWords) {
  Demo demo;
  expect_exchanges(
      demo,
      {
          {Get, kMatchers + "/nope", {}, "", 404, "matcher 'nope' not found"},
          {Get, kGotify + "/nope", {}, "", 404, "no such endpoint 'nope'"},
          {Get, kGotify + "/mail-to-root", {}, "", 404, "no such endpoint 'mail-to-root'"},
          {Post,
           kSendmail,
           {{"name", "mail-to-root"}, {"mailto", "a@example.com"}},
           "",
           400,
           "Cannot create 'mail-to-root', an entity with the same name already exists"},
          {Post,
           kSendmail,
           {{"name", "mail"}},
           "",
           400,
           "must at least provide one recipient, either in mailto or in mailto-user"},
          {Post, kMatchers, {{"name", "bad"}, {"target", "nope"}}, "", 404, "endpoint 'nope' does not exist"},
          {Post, kBase + "targets/nope/test", {}, "", 404, "endpoint 'nope' does not exist"},
          {Post, kGotify, {{"name", "push"}}, "", 400, "property is missing and it is not optional", "token"},
      });
  demo.as_auditor();
  EXPECT_EQ(demo.del(kMatchers + "/default-matcher").status, 403U);
}

}  // namespace
}  // namespace simulator
