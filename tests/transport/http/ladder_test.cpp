// The checks before a request of revision 2026-07-28 is run, in their order, and how errors show as a status.
#include "transport/http/fixture.h"

namespace test {
namespace {

using testing::HasSubstr;

constexpr std::string_view kMeta =
    R"("_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}})";

std::string body(std::string_view method, std::string_view params) {
  return R"({"jsonrpc":"2.0","id":7,"method":")" + std::string(method) + R"(","params":{)" +
         std::string(params) + "}}";
}
std::string sound(std::string_view method, std::string_view params = "") {
  return body(method, std::string(params) + (params.empty() ? "" : ",") + std::string(kMeta));
}

struct Row {
  std::string_view what;
  unsigned status;
  std::int64_t code;
  net::Headers headers;
  std::string body;
};

/// A tool with an argument of each kind that a header may repeat.
class Routed final : public mcp::Tools {
 public:
  std::vector<mcp::ToolDescription> list(const mcp::Caller& /*caller*/) override { return {}; }
  mcp::Outcome call(const mcp::Call& /*call*/) override { return text_result("fine"); }
  std::vector<mcp::HeaderArgument> header_arguments(std::string_view tool) override {
    if (tool != "routed") return {};
    return {{"node", "Node"}, {"vmid", "Vmid"}, {"force", "Force"}};
  }
};

class HttpLadderTest : public HttpTest {
 protected:
  void expect(const std::vector<Row>& rows) const {
    for (const auto& row : rows) {
      SCOPED_TRACE(row.what);
      const auto answer = post(plus(common(), row.headers), row.body);
      EXPECT_EQ(answer.status, row.status) << answer.body;
      EXPECT_EQ(answer.code(), row.code) << answer.body;
      EXPECT_EQ(answer.header("Mcp-Session-Id"), "");
      EXPECT_TRUE(row.code == 0 || answer.is_json());
    }
  }
};

const std::pair<std::string, std::string> kVersion{"MCP-Protocol-Version", "2026-07-28"};
const std::pair<std::string, std::string> kList{"Mcp-Method", "tools/list"};
const std::pair<std::string, std::string> kCall{"Mcp-Method", "tools/call"};

TEST_F(HttpLadderTest, EnvelopeAndVersion) {
  start();
  const std::string none = body("tools/list", "");
  const auto meta = [](std::string_view members) {
    return body("tools/list", R"("_meta":{)" + std::string(members) + "}");
  };
  constexpr std::string_view kClaim = R"("io.modelcontextprotocol/protocolVersion":"2026-07-28")";
  constexpr std::string_view kNone = R"("io.modelcontextprotocol/clientCapabilities":{})";
  const auto with = [&](std::string_view more) {
    return meta(std::string(kClaim) + "," + std::string(kNone) + "," + std::string(more));
  };
  const std::string old =
      meta(R"("io.modelcontextprotocol/protocolVersion":"2099-01-01",)" + std::string(kNone));
  expect({
      {"fine", 200, 0, {kVersion, kList}, sound("tools/list")},
      {"a header without a claim", 400, -32602, {kVersion, kList}, none},
      {"no capabilities", 400, -32602, {kVersion, kList}, meta(kClaim)},
      {"capabilities of another type",
       400,
       -32602,
       {kVersion, kList},
       meta(std::string(kClaim) + R"(,"io.modelcontextprotocol/clientCapabilities":[])")},
      {"no version", 400, -32602, {kVersion, kList}, meta(kNone)},
      {"a version that is not a string",
       400,
       -32602,
       {kVersion, kList},
       meta(R"("io.modelcontextprotocol/protocolVersion":1,)" + std::string(kNone))},
      {"a client without version",
       400,
       -32602,
       {kVersion, kList},
       with(R"("io.modelcontextprotocol/clientInfo":{"name":"c"})")},
      {"an unknown log level",
       400,
       -32602,
       {kVersion, kList},
       with(R"("io.modelcontextprotocol/logLevel":"loud")")},
      {"a bad progress token", 400, -32602, {kVersion, kList}, with(R"("progressToken":1.5)")},
      {"the envelope comes before the headers", 400, -32602, {{"Mcp-Method", "x"}}, meta(kClaim)},
      {"a version not spoken here", 400, -32022, {{"MCP-Protocol-Version", "2099-01-01"}, kList}, old},
      {"the same without a header", 400, -32022, {}, old},
      {"headers that disagree come before the version", 400, -32020, {kVersion, kList}, old},
      {"the version comes before headers that are missing", 400, -32022, {kList}, old},
      {"a legacy version claimed",
       400,
       -32022,
       {},
       meta(R"("io.modelcontextprotocol/protocolVersion":"2025-11-25",)" + std::string(kNone))},
  });
  const auto refused = post(common(), old);
  EXPECT_THAT(refused.body, HasSubstr(R"("requested":"2099-01-01")"));
  EXPECT_THAT(refused.body, HasSubstr(R"("supported":["2026-07-28"])"));
  EXPECT_THAT(refused.body, HasSubstr(R"("id":7)"));
}

TEST_F(HttpLadderTest, HeadersAgainstTheBody) {
  start();
  const auto echo = sound("tools/call", R"("name":"echo","arguments":{})");
  const auto cafe = sound("prompts/get", R"("name":"café")");
  const std::pair<std::string, std::string> get{"Mcp-Method", "prompts/get"};
  expect({
      {"fine", 200, 0, {kVersion, kCall, {"Mcp-Name", "echo"}}, echo},
      {"blanks around", 200, 0, {kVersion, kCall, {"Mcp-Name", "  echo\t"}}, echo},
      {"names in any case", 200, 0, {kVersion, {"MCP-METHOD", "tools/call"}, {"mcp-name", "echo"}}, echo},
      {"encoded", 200, 0, {kVersion, kCall, {"Mcp-Name", "=?base64?ZWNobw==?="}}, echo},
      // An unknown prompt, which is for the method to say.
      {"encoded because it must be", 200, -32602, {kVersion, get, {"Mcp-Name", "=?base64?Y2Fmw6k=?="}}, cafe},
      {"bare though it must be encoded", 400, -32020, {kVersion, get, {"Mcp-Name", "café"}}, cafe},
      {"badly encoded", 400, -32020, {kVersion, kCall, {"Mcp-Name", "=?base64?ZWNob?="}}, echo},
      {"encoded bytes that are not UTF-8",
       400,
       -32020,
       {kVersion, kCall, {"Mcp-Name", "=?base64?/w==?="}},
       echo},
      {"markers in upper case", 400, -32020, {kVersion, kCall, {"Mcp-Name", "=?BASE64?ZWNobw==?="}}, echo},
      {"another version",
       400,
       -32020,
       {{"MCP-Protocol-Version", "2025-11-25"}, kCall, {"Mcp-Name", "echo"}},
       echo},
      {"another method", 400, -32020, {kVersion, kList, {"Mcp-Name", "echo"}}, echo},
      {"a method in another case",
       400,
       -32020,
       {kVersion, {"Mcp-Method", "Tools/Call"}, {"Mcp-Name", "echo"}},
       echo},
      {"an encoded method",
       400,
       -32020,
       {kVersion, {"Mcp-Method", "=?base64?dG9vbHMvbGlzdA==?="}},
       sound("tools/list")},
      {"an encoded version",
       400,
       -32020,
       {{"MCP-Protocol-Version", "=?base64?MjAyNi0wNy0yOA==?="}, kList},
       sound("tools/list")},
      {"a method that no header can say", 400, -32020, {kVersion, {"Mcp-Method", "café"}}, sound("café")},
      {"another name", 400, -32020, {kVersion, kCall, {"Mcp-Name", "Echo"}}, echo},
      {"an empty name", 400, -32020, {kVersion, kCall, {"Mcp-Name", ""}}, echo},
      {"no version", 400, -32020, {kCall, {"Mcp-Name", "echo"}}, echo},
      {"no method", 400, -32020, {kVersion, {"Mcp-Name", "echo"}}, echo},
      {"no name", 400, -32020, {kVersion, kCall}, echo},
      {"two versions", 400, -32020, {kVersion, kVersion, kCall, {"Mcp-Name", "echo"}}, echo},
      {"two methods", 400, -32020, {kVersion, kCall, kCall, {"Mcp-Name", "echo"}}, echo},
      {"two names", 400, -32020, {kVersion, kCall, {"Mcp-Name", "echo"}, {"Mcp-Name", "echo"}}, echo},
      {"the uri of a resource",
       200,
       0,
       {kVersion, {"Mcp-Method", "resources/read"}, {"Mcp-Name", "pve://a"}},
       sound("resources/read", R"("uri":"pve://a")")},
      {"another uri",
       400,
       -32020,
       {kVersion, {"Mcp-Method", "resources/read"}, {"Mcp-Name", "pve://b"}},
       sound("resources/read", R"("uri":"pve://a")")},
      {"no name of a task",
       400,
       -32020,
       {kVersion, {"Mcp-Method", "tasks/get"}},
       sound("tasks/get", R"("taskId":"t")")},
      // What the body lacks is for the method to say.
      {"no name in the body", 200, -32602, {kVersion, kCall}, sound("tools/call")},
      {"Mcp-Session-Id is ignored", 200, 0, {kVersion, kList, {"Mcp-Session-Id", "x"}}, sound("tools/list")},
  });
}

TEST_F(HttpLadderTest, Methods) {
  start();
  const auto row = [](std::string_view method, unsigned status, std::int64_t code) {
    return Row{method, status, code, {kVersion, {"Mcp-Method", std::string(method)}}, sound(method)};
  };
  expect({row("server/discover", 200, 0), row("nothing", 404, -32601), row("initialize", 404, -32601),
          row("ping", 404, -32601), row("logging/setLevel", 404, -32601),
          row("resources/subscribe", 404, -32601), row("tasks/result", 404, -32601)});
  expect({
      {"the headers come before the method", 400, -32020, {kVersion}, sound("nothing")},
      {"initialize of the legacy era under a modern header",
       400,
       -32020,
       {kVersion, {"Mcp-Method", "initialize"}},
       hello("2025-11-25")},
      {"an unreadable one", 400, -32700, {kVersion, kList}, R"({"jsonrpc":)"},
      {"no UTF-8", 400, -32700, {kVersion, kList}, "{\"a\":\"\xff\"}"},
      {"no message", 400, -32600, {kVersion, kList}, R"({"id":1})"},
      {"a bad id", 400, -32600, {kVersion, kList}, R"({"jsonrpc":"2.0","id":{},"method":"x"})"},
      {"a batch with a claim", 400, -32600, {}, "[" + sound("tools/list") + "]"},
      {"an answer", 400, -32600, {kVersion}, R"({"jsonrpc":"2.0","id":1,"result":{}})"},
      {"an answer that is an error",
       400,
       -32600,
       {kVersion},
       R"({"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"m"}})"},
      {"a notification",
       202,
       0,
       {kVersion},
       R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}})"},
      {"a notification that claims",
       202,
       0,
       {},
       R"({"jsonrpc":"2.0","method":"notifications/x","params":{)" + std::string(kMeta) + "}}"},
  });
}

TEST_F(HttpLadderTest, ArgumentsInHeaders) {
  Routed routed;
  const mcp::Server with_routed{{routed}, kInfo, seal, clock};
  HttpOptions options;
  options.port = 0;
  options.unwind = kForever;
  http = HttpServer::start(with_routed, options).value();
  const auto with = [](std::string_view arguments) {
    return sound("tools/call", R"("name":"routed","arguments":{)" + std::string(arguments) + "}");
  };
  const auto row = [&](std::string_view what, unsigned status, std::string_view arguments,
                       const net::Headers& headers) {
    return Row{what, status, status == 200 ? 0 : -32020,
               plus({kVersion, kCall, {"Mcp-Name", "routed"}}, headers), with(arguments)};
  };
  const std::string all_three = R"("node":"pvé","vmid":100,"force":true)";
  const net::Headers right{
      {"Mcp-Param-Node", "=?base64?cHbDqQ==?="}, {"mcp-param-vmid", "100"}, {"Mcp-Param-Force", "true"}};
  expect({
      row("right", 200, all_three, right),
      row("none", 200, "", {}),
      row("null counts as absent", 200, R"("node":null)", {}),
      row("numbers compare as numbers", 200, R"("vmid":100)", {{"Mcp-Param-Vmid", "100.0"}}),
      row("in either writing", 200, R"("vmid":1e2)", {{"Mcp-Param-Vmid", "100"}}),
      row("exactly", 400, R"("vmid":9007199254740993)", {{"Mcp-Param-Vmid", "9007199254740992"}}),
      row("no number's writing", 400, R"("vmid":100)", {{"Mcp-Param-Vmid", "0100"}}),
      row("with blanks inside", 400, R"("vmid":100)", {{"Mcp-Param-Vmid", "1 00"}}),
      row("another number", 400, R"("vmid":100)", {{"Mcp-Param-Vmid", "101"}}),
      row("no number", 400, R"("vmid":100)", {{"Mcp-Param-Vmid", "100x"}}),
      row("an empty number", 400, R"("vmid":100)", {{"Mcp-Param-Vmid", ""}}),
      row("an endless number", 400, R"("vmid":100)", {{"Mcp-Param-Vmid", std::string(500, '9')}}),
      row("an argument that is an object", 400, R"("node":{})", {{"Mcp-Param-Node", "{}"}}),
      row("another truth", 400, R"("force":true)", {{"Mcp-Param-Force", "True"}}),
      row("missing", 400, R"("node":"a")", {}),
      row("without its argument", 400, "", {{"Mcp-Param-Node", "a"}}),
      row("badly encoded", 400, R"("node":"a")", {{"Mcp-Param-Node", "=?base64?*?="}}),
      row("bare though it must be encoded", 400, R"("node":"é")", {{"Mcp-Param-Node", "é"}}),
      row("encoded because it must be", 200, R"("node":"é")", {{"Mcp-Param-Node", "=?base64?w6k=?="}}),
      row("twice", 400, R"("node":"a")", {{"Mcp-Param-Node", "a"}, {"Mcp-Param-Node", "a"}}),
      row("one that no argument has", 200, "", {{"Mcp-Param-Other", "a"}}),
  });
  http.reset();
}

TEST_F(HttpLadderTest, ErrorsOfTheMethodAreInBand) {
  start();
  const auto call = [&](std::string_view tool) {
    return post(modern_headers("tools/call", tool), modern_call(tool, "7"));
  };
  EXPECT_EQ(call("nothing").status, 200U);
  EXPECT_EQ(call("nothing").code(), -32602);
  EXPECT_EQ(call("throws").status, 200U);
  EXPECT_EQ(call("throws").code(), -32603);
  EXPECT_EQ(call("fails").status, 200U);
  EXPECT_EQ(call("fails").code(), 0);
  // Needs a form, which this client did not declare.
  const auto ask = call("ask");
  EXPECT_EQ(ask.status, 400U);
  EXPECT_EQ(ask.code(), -32021);
  EXPECT_THAT(ask.body, HasSubstr(R"("requiredCapabilities":{"elicitation")"));
}

TEST_F(HttpLadderTest, InsufficientScopeIsAChallenge) {
  tools.more["scope"] = [](const mcp::Call&) { return mcp::InsufficientScope{{"a", "b"}, "more scope"}; };
  HttpOptions options;
  options.scope_challenge = [](const std::vector<std::string>& scopes) {
    return "Bearer error=\"insufficient_scope\", scope=\"" + scopes.at(0) + " " + scopes.at(1) + "\"";
  };
  start(options);
  const auto session = open_session();
  for (const auto& answer : {post(modern_headers("tools/call", "scope"), modern_call("scope", "7")),
                             post(in_session(session), legacy_call("scope", "7"))}) {
    EXPECT_EQ(answer.status, 403U);
    EXPECT_EQ(answer.header("WWW-Authenticate"), "Bearer error=\"insufficient_scope\", scope=\"a b\"");
    EXPECT_EQ(answer.code(), 403);
  }
}

}  // namespace
}  // namespace test
