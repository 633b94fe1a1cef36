// The checks before a message is read: paths, methods, hosts and origins, the caller, Accept and
// Content-Type.
#include "transport/http/fixture.h"

namespace test {
namespace {

using testing::HasSubstr;

const std::string kPing = R"({"jsonrpc":"2.0","id":1,"method":"ping"})";

class HttpFrontTest : public HttpTest {};

TEST_F(HttpFrontTest, Paths) {
  start();
  for (const auto* const path : {"/", "/mcp//", "/MCP", "/mcp/x", "/healthy", "/.well-known/nothing"}) {
    const auto answer = visit("POST", path, common(), kPing);
    EXPECT_EQ(answer.status, 404U) << path;
    EXPECT_EQ(answer.code(), 404) << path;
  }
  const auto list = modern("tools/list", "1");
  for (const auto* const path : {"/mcp?a=b", "/mcp/", "/mcp/?a=b"})
    EXPECT_EQ(visit("POST", path, modern_headers("tools/list"), list).status, 200U) << path;
}

TEST_F(HttpFrontTest, ASlashBehindThePathIsTheSameEndpoint) {
  start();
  const auto begun = visit("POST", "/mcp/", common(), hello("2025-11-25"));
  EXPECT_EQ(begun.status, 200U);
  const auto session = in_session(begun.header("Mcp-Session-Id"));
  const std::string ready = R"({"jsonrpc":"2.0","method":"notifications/initialized"})";
  EXPECT_EQ(visit("POST", "/mcp", session, ready).status, 202U);
  EXPECT_EQ(visit("POST", "/mcp/", session, kPing).body, R"({"jsonrpc":"2.0","id":1,"result":{}})");
  Visitor reader(http->port());
  reader.send("GET", "/mcp/", session);
  EXPECT_TRUE(reader.head().is_stream());
  EXPECT_EQ(visit("DELETE", "/mcp/", session).status, 200U);
  EXPECT_EQ(visit("POST", "/mcp", session, kPing).status, 404U);
}

/// A JSON-RPC error with this code and, as JSON, this id; "" for none.
void expect_error(const Answer& answer, std::int64_t code, std::string_view id) {
  ASSERT_TRUE(answer.is_json()) << answer.body;
  const auto body = json(answer.body).as_object();
  EXPECT_EQ(body.at("jsonrpc"), "2.0");
  EXPECT_EQ(answer.code(), code) << answer.body;
  EXPECT_FALSE(body.at("error").at("message").as_string().empty());
  const auto* const given = body.if_contains("id");
  EXPECT_EQ(given != nullptr ? base::write_json(*given) : "", id) << answer.body;
  EXPECT_EQ(body.size(), id.empty() ? 2U : 3U) << answer.body;
}

TEST_F(HttpFrontTest, ARefusalIsAJsonRpcErrorWithTheIdOfItsRequest) {
  HttpOptions options;
  options.max_body = 200'000;
  start(options);
  const auto session = open_session();
  const net::Headers evil{{"Host", "evil.example"}};
  const std::string id = R"("a\"b")";
  const auto asked = R"({"jsonrpc":"2.0","id":)" + id + R"(,"method":"ping"})";
  expect_error(post(plus(common(), evil), asked), 403, id);
  expect_error(post(plus(common(), {{"Origin", "https://evil.example"}}), asked), 403, id);
  expect_error(visit("POST", "/", common(), asked), 404, id);
  expect_error(visit("PUT", "/mcp", common(), asked), 405, id);
  expect_error(post({{"Content-Type", "text/plain"}}, asked), 415, id);
  expect_error(post({{"Content-Type", "application/json"}, {"Accept", "text/html"}}, asked), 406, id);
  expect_error(post(common(), asked), -32600, id);
  expect_error(post(in_session(session, "2099-01-01"), asked), -32600, id);
  // No slot is free.
  expect_error(visit("GET", "/", {}), 404, "");
  expect_error(visit("GET", "/mcp", in_session(session, "2099-01-01")), -32600, "");
  expect_error(visit("DELETE", "/mcp", modern_headers("x")), 405, "");
  expect_error(visit("POST", "/", common(), "no JSON"), 404, "");
  expect_error(visit("POST", "/", common(), R"({"jsonrpc":"2.0","method":"notifications/x"})"), 404, "");
  expect_error(visit("POST", "/", common(), "[" + kPing + "]"), 404, "");
  expect_error(visit("POST", "/", common(), kPing + std::string(100'000, ' ')), 404, "");
  // Bytes that are not an HTTP request.
  expect_error(post(common(), kPing + std::string(200'000, ' ')), 413, "");
  expect_error(visit("POST", "/mcp", plus(common(), {{"Transfer-Encoding", "gzip"}})), 501, "");
  expect_error(visit("POST", "/mcp", plus(common(), {{"Padding", std::string(20'000, 'x')}})), 431, "");
  expect_error(visit("POST", "/mcp", plus(common(), {{"Host", "a"}, {"Host", "b"}})), -32600, "");
}

TEST_F(HttpFrontTest, Health) {
  auto options = named_callers();
  start(options);
  // Anybody, from anywhere: a load balancer has neither our name nor a token.
  const auto answer = visit("GET", "/health", {{"Host", "10.0.0.1"}});
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(answer.body, R"({"status":"ok"})");
  EXPECT_EQ(answer.header("Cache-Control"), "no-store");
  Visitor head(http->port());
  head.send("HEAD", "/health", {{"Connection", "close"}});
  EXPECT_EQ(head.head().status, 200U);
  EXPECT_TRUE(head.closed());
  EXPECT_EQ(visit("POST", "/health", common(), kPing).status, 404U);
}

TEST_F(HttpFrontTest, MethodsNotAllowed) {
  start();
  for (const auto* const verb : {"PUT", "PATCH", "HEAD", "OPTIONS", "TRACE", "BREW"}) {
    Visitor visitor(http->port());
    visitor.send(verb, "/mcp", common());
    const auto answer = visitor.head();
    EXPECT_EQ(answer.status, 405U) << verb;
    EXPECT_EQ(answer.header("Allow"), "POST, GET, DELETE") << verb;
  }
  for (const auto* const verb : {"GET", "DELETE"}) {
    const auto answer = visit(verb, "/mcp", modern_headers("x"));
    EXPECT_EQ(answer.status, 405U) << verb;
    EXPECT_EQ(answer.header("Allow"), "POST") << verb;
  }
}

TEST_F(HttpFrontTest, MediaTypes) {
  HttpOptions options;
  options.max_body = 1000;
  start(options);
  const auto body = modern("tools/list", "1");
  const net::Headers names{{"MCP-Protocol-Version", "2026-07-28"}, {"Mcp-Method", "tools/list"}};
  const auto with = [&](const net::Headers& headers) { return post(plus(names, headers), body).status; };
  const std::pair<std::string, std::string> json{"Content-Type", "application/json"};
  EXPECT_EQ(with({}), 415U);
  EXPECT_EQ(with({{"Content-Type", "text/plain"}}), 415U);
  EXPECT_EQ(with({json}), 200U);
  EXPECT_EQ(with({json, {"Accept", "application/json"}}), 200U);
  EXPECT_EQ(with({json, {"Accept", "text/*"}}), 200U);
  EXPECT_EQ(with({json, {"Accept", "text/html"}}), 406U);
  EXPECT_EQ(with({json, {"Accept", "application/json;q=0"}}), 406U);
  EXPECT_EQ(visit("GET", "/mcp", {{"Accept", "application/json"}}).status, 406U);
  EXPECT_EQ(post(plus(names, {json}), body + std::string(1000, ' ')).status, 413U);
  // A stream that the client would not read is not begun.
  auto listen = names;
  listen[1].second = "subscriptions/listen";
  EXPECT_EQ(post(plus(listen, {json, {"Accept", "application/json"}}),
                 modern("subscriptions/listen", "1", R"("notifications":{})"))
                .status,
            406U);
}

TEST_F(HttpFrontTest, HostsAndOrigins) {
  HttpOptions options;
  options.hosts = {"pve.example"};
  options.origins = {"https://app.example"};
  start(options);
  const auto body = modern("tools/list", "1");
  struct Row {
    unsigned status;
    std::string host;
    std::string origin;
  };
  for (const auto& row :
       {Row{200, "pve.example:3000", ""}, Row{200, "127.0.0.1", "https://app.example"},
        Row{200, "localhost", "http://localhost:6274"}, Row{200, "localhost", "https://pve.example"},
        Row{403, "evil.example", ""}, Row{403, "localhost", "https://evil.example"},
        Row{403, "localhost", "null"}, Row{403, "evil.example", "https://app.example"}}) {
    auto headers = plus(modern_headers("tools/list"), {{"Host", row.host}});
    if (!row.origin.empty()) headers.emplace_back("Origin", row.origin);
    const auto answer = post(headers, body);
    EXPECT_EQ(answer.status, row.status) << row.host << " " << row.origin;
    EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), row.status == 200 ? row.origin : "");
  }
}

TEST_F(HttpFrontTest, Preflight) {
  auto options = named_callers();
  options.origins = {"https://app.example"};
  start(options);
  // Before any token: a browser sends none here.
  const auto fine = visit("OPTIONS", "/mcp", {{"Origin", "https://app.example"}});
  EXPECT_EQ(fine.status, 204U);
  EXPECT_EQ(fine.header("Access-Control-Allow-Origin"), "https://app.example");
  EXPECT_EQ(fine.header("Access-Control-Allow-Methods"), "POST, GET, DELETE");
  for (const auto* const name : {"Authorization", "Content-Type", "Mcp-Session-Id", "MCP-Protocol-Version",
                                 "Mcp-Method", "Mcp-Name", "Last-Event-ID"})
    EXPECT_THAT(fine.header("Access-Control-Allow-Headers"), HasSubstr(name));
  const auto refused = visit("OPTIONS", "/mcp", {{"Origin", "https://evil.example"}});
  EXPECT_EQ(refused.status, 403U);
  EXPECT_EQ(refused.header("Access-Control-Allow-Origin"), "");
  // A page has to be able to read why it was refused, and its session.
  const auto unknown = post(plus(common(), {{"Origin", "https://app.example"}}), kPing);
  EXPECT_EQ(unknown.status, 401U);
  EXPECT_EQ(unknown.header("Access-Control-Allow-Origin"), "https://app.example");
  EXPECT_THAT(unknown.header("Access-Control-Expose-Headers"), HasSubstr("Mcp-Session-Id"));
}

TEST_F(HttpFrontTest, Documents) {
  auto options = named_callers();
  options.documents = {{"/.well-known/oauth-protected-resource", R"({"a":1})"},
                       {"/.well-known/oauth-protected-resource/mcp", R"({"b":2})"}};
  start(options);
  const auto root = visit("GET", "/.well-known/oauth-protected-resource", {});
  EXPECT_EQ(root.status, 200U);
  EXPECT_EQ(root.body, R"({"a":1})");
  EXPECT_EQ(root.header("Access-Control-Allow-Origin"), "*");
  EXPECT_TRUE(root.is_json());
  EXPECT_EQ(visit("GET", "/.well-known/oauth-protected-resource/mcp?x", {}).body, R"({"b":2})");
  EXPECT_EQ(visit("GET", "/.well-known/oauth-protected-resource/mcp/", {}).body, R"({"b":2})");
  EXPECT_EQ(visit("POST", "/.well-known/oauth-protected-resource", common(), kPing).status, 405U);
  // An OAuth client in a browser, wherever its page is from.
  const net::Headers page{{"Origin", "https://elsewhere.example"}, {"Access-Control-Request-Method", "GET"}};
  const auto preflight = visit("OPTIONS", "/.well-known/oauth-protected-resource/mcp", page);
  EXPECT_EQ(preflight.status, 204U);
  EXPECT_EQ(preflight.header("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(preflight.header("Access-Control-Allow-Headers"), "MCP-Protocol-Version");
  EXPECT_EQ(visit("GET", "/.well-known/oauth-protected-resource", page).body, R"({"a":1})");
  EXPECT_EQ(visit("OPTIONS", "/mcp", page).status, 403U);
  EXPECT_EQ(visit("GET", "/.well-known/oauth-protected-resource", {{"Host", "evil.example"}}).status, 403U);
}

TEST_F(HttpFrontTest, AuthenticationComesFirst) {
  start(named_callers());
  for (const auto* const verb : {"POST", "GET", "DELETE"}) {
    const auto answer = visit(verb, "/mcp", {}, verb == std::string("POST") ? "no JSON" : "");
    EXPECT_EQ(answer.status, 401U) << verb;
    EXPECT_EQ(answer.header("WWW-Authenticate"), "Bearer realm=\"test\"");
    EXPECT_EQ(answer.body, R"({"jsonrpc":"2.0","error":{"code":401,"message":"Who are you?"}})");
  }
  expect_error(post(common(), kPing), 401, "1");
  EXPECT_EQ(post(plus(modern_headers("tools/list"), caller("alice")), modern("tools/list", "1")).status,
            200U);
}

TEST_F(HttpFrontTest, WithoutTheAuthorizationServerTheAnswerIs503) {
  HttpOptions options;
  options.authenticate = [](const net::Headers&, const std::stop_token&) {
    return std::unexpected(transport::Refusal{503, "", "It is away."});
  };
  start(options);
  const auto answer = post(common(), kPing);
  EXPECT_EQ(answer.status, 503U);
  expect_error(answer, 503, "1");
  EXPECT_NE(answer.header("Retry-After"), "");
  EXPECT_EQ(answer.header("WWW-Authenticate"), "");
}

TEST_F(HttpFrontTest, ADisconnectEndsTheAuthentication) {
  Gate asked;
  Gate left;
  HttpOptions options;
  options.authenticate = [&](const net::Headers&, const std::stop_token& stop_asked) {
    Gate never;
    asked.release();
    never.acquire(stop_asked);
    left.release();
    return std::unexpected(transport::Refusal{401, "", "Too late."});
  };
  start(options);
  Visitor visitor(http->port());
  visitor.send("POST", "/mcp", common(), kPing);
  asked.acquire();
  visitor.close();
  left.acquire();
}

TEST_F(HttpFrontTest, TooBusy) {
  HttpOptions options;
  options.workers = 1;
  options.queue = 0;
  start(options);
  Visitor visitor(http->port());
  visitor.send("POST", "/mcp", modern_headers("tools/call", "block"), modern_call("block", "1"));
  tools.entered.acquire();
  const auto answer = post(modern_headers("tools/list"), modern("tools/list", "1"));
  EXPECT_EQ(answer.status, 503U);
  expect_error(answer, 503, "1");
  EXPECT_EQ(answer.header("Retry-After"), "1");
  EXPECT_EQ(visit("GET", "/health", {}).status, 200U);
  tools.release.release();
  EXPECT_EQ(visitor.answer().status, 200U);
}

TEST_F(HttpFrontTest, TheTraceReachesTheLog) {
  start(named_callers());
  const std::string trace = "0af7651916cd43dd8448eb211c80319c";
  const auto headers = plus(plus(modern_headers("tools/call", "echo"), caller("alice")),
                            {{"traceparent", "00-" + trace + "-b7ad6b7169203331-01"}});
  testing::internal::CaptureStderr();
  EXPECT_EQ(post(headers, modern_call("echo", "7")).status, 200U);
  auto logged = testing::internal::GetCapturedStderr();
  EXPECT_THAT(logged, HasSubstr("alice, trace " + trace));
  EXPECT_THAT(logged, HasSubstr("request 7: tools/call echo"));
  // The trace in the message takes precedence over the header; an invalid one is ignored.
  auto body = modern_call("echo", "7");
  body.insert(body.find("\"io.model"),
              "\"traceparent\":\"00-11111111111111111111111111111111-b7ad6b7169203331-01\",");
  testing::internal::CaptureStderr();
  EXPECT_EQ(post(headers, body).status, 200U);
  EXPECT_EQ(
      post(plus(plus(modern_headers("tools/call", "echo"), caller("alice")), {{"traceparent", "rubbish"}}),
           modern_call("echo", "8"))
          .status,
      200U);
  logged = testing::internal::GetCapturedStderr();
  EXPECT_THAT(logged, HasSubstr("trace 11111111111111111111111111111111"));
  EXPECT_THAT(logged, testing::Not(HasSubstr("rubbish")));
}

TEST_F(HttpFrontTest, TheLogHasTheOutcomeOfACall) {
  start(named_callers());
  testing::internal::CaptureStderr();
  for (const std::string_view tool : {"fails", "echo"})
    post(plus(modern_headers("tools/call", tool), caller("alice")), modern_call(tool, "7"));
  const auto logged = testing::internal::GetCapturedStderr();
  EXPECT_THAT(logged, HasSubstr("[alice] request 7: tools/call fails: isError, "));
  EXPECT_THAT(logged, HasSubstr("[alice] request 7: tools/call echo, "));
}

}  // namespace
}  // namespace test
