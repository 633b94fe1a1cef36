#include "pve/client.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "base/log.h"
#include "base/text.h"
#include "support/scripted_pve.h"

namespace {

using namespace std::chrono_literals;
using base::Method;
using net::Failure;
using pve::Error;

constexpr std::string_view kSecret = "12345678-aaaa-bbbb-cccc-1234567890ab";

pve::Credentials token() { return {"auditor@pve!mcp", std::string(kSecret), {}}; }

struct Fixture {
  test::ScriptedPve http;
  std::vector<std::string> rejections;
  pve::Client client;

  explicit Fixture(pve::Credentials credentials = token())
      : client(http, std::move(credentials),
               {"https://pve:8006", 40s, [this](const std::string& text) { rejections.push_back(text); }}) {
    http.answer("*", "null");
  }

  Error error(const pve::Call& call) {
    auto answer = client.call(call, {});
    EXPECT_FALSE(answer);
    return answer ? Error{} : answer.error();
  }
};

std::string header(const net::Request& request, std::string_view name) {
  return std::string(net::find_header(request.headers, name).value_or("-"));
}

// ---- requests

TEST(Request, ReadsGoIntoTheQuery) {
  for (const auto method : {Method::Get, Method::Delete}) {
    Fixture setup;
    ASSERT_TRUE(setup.client.call({method, "/nodes/pve1/tasks", {{"limit", "5"}, {"since", "a b"}}}, {}));
    const auto request = setup.http.requests().at(0).request;
    EXPECT_EQ(request.target, "/api2/json/nodes/pve1/tasks?limit=5&since=a%20b");
    EXPECT_EQ(request.body, "");
    EXPECT_EQ(request.method, method);
    EXPECT_EQ(header(request, "Content-Type"), "-");
    EXPECT_EQ(header(request, "Authorization"), "PVEAPIToken=auditor@pve!mcp=" + std::string(kSecret));
  }
}

TEST(Request, WritesGoIntoTheBody) {
  for (const auto method : {Method::Post, Method::Put}) {
    Fixture setup;
    ASSERT_TRUE(setup.client.call({method, "/pools", {{"poolid", "a"}, {"poolid", "b"}}}, {}));
    const auto request = setup.http.requests().at(0).request;
    EXPECT_EQ(request.target, "/api2/json/pools");
    EXPECT_EQ(request.body, "poolid=a&poolid=b");
    EXPECT_EQ(header(request, "Content-Type"), "application/x-www-form-urlencoded");
  }
}

// PVE splits at '&' and ';' and throws away what follows a second '='.
TEST(Request, EveryByteOfAValueArrives) {
  std::string every;
  for (int c = 1; c < 256; ++c) every += static_cast<char>(c);
  for (const std::string& value : {std::string("virtio,bridge=vmbr0;a&b+c%d"),
                                   std::string("\xC3\xBC\xE2\x82\xAC"), every, std::string("a\0b", 3)}) {
    Fixture setup;
    ASSERT_TRUE(setup.client.call({Method::Post, "/x", {{"net0", value}, {"a=b", "c"}}}, {}));
    const auto body = setup.http.requests().at(0).request.body;
    EXPECT_EQ(body.find(';'), std::string::npos);
    const auto pairs = base::split(body, '&');
    ASSERT_EQ(pairs.size(), 2U);
    const auto sides = base::split(pairs[0], '=');
    ASSERT_EQ(sides.size(), 2U);
    EXPECT_EQ(base::percent_decode(sides[1], true), value);
    EXPECT_EQ(pairs[1], "a%3Db=c");
  }
}

// ---- answers

TEST(Answer, Envelope) {
  Fixture setup;
  setup.http.answer("GET /a", net::Response{200, "OK", {}, R"({"total":415,"data":[{"n":1}]})"},
                    net::Response{200, "OK", {}, R"({"total":"7","data":null,"changes":"--- a\n+++ b\n"})"},
                    "{}");
  const auto list = setup.client.call({Method::Get, "/a", {}}, {});
  ASSERT_TRUE(list);
  EXPECT_EQ(list->total, 415);
  EXPECT_EQ(base::write_json(list->data), R"([{"n":1}])");
  EXPECT_FALSE(list->changes);
  const auto changes = setup.client.call({Method::Get, "/a", {}}, {});
  EXPECT_EQ(changes->total, 7);
  EXPECT_EQ(changes->changes, "--- a\n+++ b\n");
  EXPECT_TRUE(changes->data.is_null());
  EXPECT_FALSE(setup.client.call({Method::Get, "/a", {}}, {})->total);
}

struct Real {
  const char* name;
  unsigned status;
  std::string_view reason;
  std::string_view body;
  Error::Kind kind;
  std::string_view message;
  std::string_view explained;  ///< a part of explain(), which knows no remedy
};

class RealError : public testing::TestWithParam<Real> {};

TEST_P(RealError, IsReadAndExplained) {
  const auto& row = GetParam();
  Fixture setup;
  setup.http.refuse("PUT /x", row.status, std::string(row.reason), std::string(row.body));
  const auto error = setup.error({Method::Put, "/x", {}});
  EXPECT_EQ(error.kind, row.kind);
  EXPECT_EQ(error.status, row.status);
  if (row.kind != Error::Kind::Rejected) {
    EXPECT_EQ(error.message, row.message);
  }
  const auto text = pve::explain(error, "PUT /x", "https://pve:8006");
  EXPECT_NE(text.find(row.explained), std::string::npos) << text;
  if (row.kind == Error::Kind::Refused) {
    EXPECT_TRUE(text.starts_with(row.message)) << text;
    EXPECT_NE(text.find("status " + std::to_string(row.status)), std::string::npos) << text;
    EXPECT_NE(text.find("PUT /x"), std::string::npos) << text;
  }
}

// Recorded on PVE 9.2.11, except where noted.
INSTANTIATE_TEST_SUITE_P(
    Table, RealError,
    testing::Values(
        Real{
            "parameters", 400, "Parameter verification failed.",
            R"({"errors":{"vmid":"type check ('integer') failed - got 'abc'","node":"no\nsuch"},"data":null,"message":"Parameter verification failed.\n"})",
            Error::Kind::Refused, "Parameter verification failed.",
            "\n  node: no\nsuch\n  vmid: type check ('integer') failed - got 'abc'\n"},
        Real{"noticket", 401, "No ticket", "", Error::Kind::Rejected, "", "auditor@pve!mcp"},
        Real{"token", 401, "Authentication failed!", "", Error::Kind::Rejected, "", "PVE_TOKEN_SECRET"},
        Real{"password", 401, "authentication failure",
             R"({"data":null,"message":"authentication failure\n"})", Error::Kind::Refused,
             "authentication failure", "status 401"},
        Real{"privilege", 403, "Permission check failed (/nodes/pve1, Sys.Syslog)",
             R"({"data":null,"message":"Permission check failed (/nodes/pve1, Sys.Syslog)\n"})",
             Error::Kind::Refused, "Permission check failed (/nodes/pve1, Sys.Syslog)", "status "},
        Real{"rootonly", 403, "Permission check failed (user != root@pam)",
             R"({"data":null,"message":"Permission check failed (user != root@pam)\n"})",
             Error::Kind::Refused, "Permission check failed (user != root@pam)", "status "},
        Real{"notoken", 403,
             "Permission check failed (URI '/access/password' not available with API token, need proper "
             "ticket.",
             R"({"data":null})", Error::Kind::Refused,
             "Permission check failed (URI '/access/password' not available with API token, need proper "
             "ticket.",
             "status "},
        Real{"dead", 595, "No route to host", "", Error::Kind::Refused, "No route to host", "status "},
        Real{"daemon", 595, "Connection refused", "", Error::Kind::Refused, "Connection refused", "status "},
        Real{"pipe", 596, "Broken pipe", "", Error::Kind::Refused, "Broken pipe", "status "},
        Real{"hang", 596, "Connection timed out", "", Error::Kind::Refused, "Connection timed out",
             "status "},
        Real{"redirections", 599, "Too many redirections", "", Error::Kind::Refused, "Too many redirections",
             "status "},
        Real{"quorum", 500, "cluster not ready - no quorum?",
             R"({"message":"cluster not ready - no quorum?\n","data":null})", Error::Kind::Refused,
             "cluster not ready - no quorum?", "status "},
        Real{"locked", 500, "VM is locked (backup)", R"({"message":"VM is locked (backup)\n","data":null})",
             Error::Kind::Refused, "VM is locked (backup)", "status "},
        Real{
            "elsewhere", 500, "Configuration file 'nodes/pve2/qemu-server/120.conf' does not exist",
            R"({"message":"Configuration file 'nodes/pve2/qemu-server/120.conf' does not exist\n","data":null})",
            Error::Kind::Refused, "Configuration file 'nodes/pve2/qemu-server/120.conf' does not exist",
            "status "},
        Real{"before84", 500, "VM is locked (backup)", R"({"data":null})", Error::Kind::Refused,
             "VM is locked (backup)", "status "},
        Real{
            "digest", 500, "detected modified configuration - file changed by other user? Try again.",
            R"({"data":null,"message":"detected modified configuration - file changed by other user? Try again.\n"})",
            Error::Kind::Refused, "detected modified configuration - file changed by other user? Try again.",
            "status "},
        Real{"unknown", 501, "Method 'GET /nope' not implemented",
             R"({"data":null,"message":"Method 'GET /nope' not implemented"})", Error::Kind::Refused,
             "Method 'GET /nope' not implemented", "status "},
        Real{"join", 424, "node is not in a cluster, no join info available!",
             R"({"data":null,"message":"node is not in a cluster, no join info available!"})",
             Error::Kind::Refused, "node is not in a cluster, no join info available!", "status 424"},
        Real{"pmxcfs", 500,
             "RPCEnvironment init request failed: Unable to load access control list: Connection refused", "",
             Error::Kind::Refused,
             "RPCEnvironment init request failed: Unable to load access control list: Connection refused",
             "status "},
        Real{
            "lines", 500, "Error: GET to https://acme.example/directory",
            R"({"data":null,"message":"Error: GET to https://acme.example/directory\nCan't connect\n\nlast\n\n"})",
            Error::Kind::Refused, "Error: GET to https://acme.example/directory\nCan't connect\nlast",
            "last ("},
        Real{"escapes", 500, "x", R"({"data":null,"message":"a\u001b[31mb\u0000c\u202ed"})",
             Error::Kind::Refused,
             "a\xEF\xBF\xBD[31mb\xEF\xBF\xBD"
             "c\xEF\xBF\xBD"
             "d",
             "status 500"},
        Real{"silent", 500, "", "", Error::Kind::Refused, "PVE gave no reason", "status 500"}),
    [](const auto& row) { return row.param.name; });

TEST(Answer, ForeignAnswersAreMalformed) {
  struct Row {
    unsigned status;
    std::string_view reason;
    std::string_view body;
    net::Headers headers;
    std::string_view words;
  };
  const net::Headers html = {{"Content-Type", "text/html"}, {"Server", "nginx"}};
  for (const auto& row : {Row{200, "OK", "<html><body>Login\x1b[2J</body></html>", html, "it is a web page"},
                          Row{200, "OK", "{\"data\":[1,2", {}, "broken"}, Row{200, "OK", "", {}, "empty"},
                          Row{200, "OK", "[1]", {}, "no 'data'"}, Row{200, "OK", "{}", {}, "no 'data'"},
                          Row{200, "OK", "plain words", {}, "plain words"},
                          Row{301,
                              "Moved Permanently",
                              "",
                              {{"Location", "https://pve:8006/"}},
                              "redirect to 'https://pve:8006/'"},
                          Row{502, "Bad Gateway", "<!DOCTYPE html><p>nginx", {}, "502 Bad Gateway"},
                          Row{401, "Unauthorized", "<html>Sign in</html>", html, "401 Unauthorized"}}) {
    Fixture setup;
    setup.http.answer("GET /nodes",
                      net::Response{row.status, std::string(row.reason), row.headers, std::string(row.body)});
    const auto error = setup.error({Method::Get, "/nodes", {}});
    EXPECT_EQ(error.kind, Error::Kind::Malformed) << row.body;
    EXPECT_NE(error.message.find(row.words), std::string::npos) << error.message;
    EXPECT_FALSE(base::has_control(error.message)) << error.message;
    const auto text = pve::explain(error, "GET /nodes", "https://pve:8006");
    EXPECT_NE(text.find("PVE_BASE_URL"), std::string::npos) << text;
    EXPECT_TRUE(setup.rejections.empty());
  }
}

TEST(Answer, AForeign401DoesNotRejectTheCredentials) {
  Fixture setup;
  setup.http.answer("GET /nodes",
                    net::Response{401, "Unauthorized", {{"WWW-Authenticate", "Basic realm=x"}}, ""});
  EXPECT_EQ(setup.error({Method::Get, "/nodes", {}}).kind, Error::Kind::Refused);
  EXPECT_TRUE(setup.rejections.empty());
}

// ---- repeating

TEST(Repeat, OnlyRequestsThatCannotHappenTwice) {
  struct Row {
    Method method;
    Failure::Kind kind;
    bool nothing_sent;
    bool repeated;
  };
  for (const auto& row : {Row{Method::Get, Failure::Kind::Closed, false, true},
                          Row{Method::Get, Failure::Kind::Closed, true, true},
                          Row{Method::Post, Failure::Kind::Closed, true, true},
                          Row{Method::Put, Failure::Kind::Tls, true, true},
                          Row{Method::Post, Failure::Kind::Closed, false, false},
                          Row{Method::Put, Failure::Kind::Closed, false, false},
                          Row{Method::Delete, Failure::Kind::Closed, false, false},
                          Row{Method::Get, Failure::Kind::Timeout, false, false},
                          Row{Method::Get, Failure::Kind::Refused, true, false},
                          Row{Method::Get, Failure::Kind::Certificate, true, false},
                          Row{Method::Get, Failure::Kind::Cancelled, true, false}}) {
    Fixture setup;
    const auto route = std::string(base::name(row.method)) + " /x";
    setup.http.answer(route, test::pve_failure(row.kind, row.nothing_sent), "null");
    const bool fine = setup.client.call({row.method, "/x", {}}, {}).has_value();
    EXPECT_EQ(setup.http.requests().size(), row.repeated ? 2U : 1U)
        << base::name(row.method) << static_cast<int>(row.kind);
    EXPECT_EQ(fine, row.repeated);
  }
}

TEST(Repeat, OnceAndWithinTheTime) {
  Fixture setup;
  setup.http.fail("GET /x", Failure::Kind::Closed);
  EXPECT_EQ(setup.error({Method::Get, "/x", {}}).kind, Error::Kind::Connection);
  const auto requests = setup.http.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_LE(requests[1].options.timeout, requests[0].options.timeout);
}

TEST(Repeat, NotAfterAStop) {
  Fixture setup;
  std::stop_source stop;
  setup.http.answer("GET /x", [&](const test::Asked&) {
    stop.request_stop();
    return test::pve_failure(Failure::Kind::Closed);
  });
  EXPECT_FALSE(setup.client.call({Method::Get, "/x", {}}, stop.get_token()));
  EXPECT_EQ(setup.http.requests().size(), 1U);
}

TEST(Repeat, ErrorsAreNot) {
  Fixture setup;
  setup.http.refuse("GET /x", 500, "x", "");
  setup.error({Method::Get, "/x", {}});
  EXPECT_EQ(setup.http.requests().size(), 1U);
}

// ---- credentials

TEST(Rejection, IsFinalAndReportedOnce) {
  Fixture setup;
  setup.http.refuse("*", 401, "Authentication failed!", "");
  EXPECT_EQ(setup.error({Method::Get, "/a", {}}).kind, Error::Kind::Rejected);
  EXPECT_EQ(setup.error({Method::Post, "/b", {}}).kind, Error::Kind::Rejected);
  EXPECT_EQ(setup.http.requests().size(), 1U);
  ASSERT_EQ(setup.rejections.size(), 1U);
  EXPECT_NE(setup.rejections[0].find("auditor@pve!mcp"), std::string::npos);
  EXPECT_NE(setup.rejections[0].find("https://pve:8006"), std::string::npos);
  EXPECT_EQ(setup.rejections[0].find(kSecret), std::string::npos);
}

struct SecretFile {
  std::string path = testing::TempDir() + "mcp-pve-secret-" + std::to_string(::getpid());
  explicit SecretFile(std::string_view text) { write(text); }
  ~SecretFile() { std::remove(path.c_str()); }
  void write(std::string_view text, mode_t mode = 0600) const {
    std::ofstream(path) << text;
    ::chmod(path.c_str(), mode);
  }
  pve::Credentials credentials() const { return {"root@pam!t", "", path}; }
};

TEST(SecretFile, IsReadOnceAndTrimmed) {
  const SecretFile file("first-secret\n");
  Fixture setup(file.credentials());
  ASSERT_TRUE(setup.client.call({Method::Get, "/a", {}}, {}));
  file.write("second-secret");
  ASSERT_TRUE(setup.client.call({Method::Get, "/a", {}}, {}));
  for (const auto& asked : setup.http.requests())
    EXPECT_EQ(header(asked.request, "Authorization"), "PVEAPIToken=root@pam!t=first-secret");
}

TEST(SecretFile, AChangedOneIsTriedOnce) {
  const SecretFile file("first-secret");
  Fixture setup(file.credentials());
  ASSERT_TRUE(setup.client.call({Method::Get, "/a", {}}, {}));
  file.write("second-secret\n");
  setup.http.answer("POST /a", net::Response{401, "Authentication failed!", {}, ""}, "null");
  ASSERT_TRUE(setup.client.call({Method::Post, "/a", {{"x", "y"}}}, {}));
  const auto requests = setup.http.requests();
  ASSERT_EQ(requests.size(), 3U);
  EXPECT_EQ(header(requests[2].request, "Authorization"), "PVEAPIToken=root@pam!t=second-secret");
  EXPECT_EQ(requests[2].request.body, "x=y");
  EXPECT_TRUE(setup.rejections.empty());
  file.write("third-secret");
  setup.http.refuse("GET /a", 401, "Authentication failed!", "");
  EXPECT_EQ(setup.error({Method::Get, "/a", {}}).kind, Error::Kind::Rejected);
  EXPECT_EQ(setup.http.requests().size(), 5U);
  EXPECT_EQ(setup.rejections.size(), 1U);
}

TEST(SecretFile, AnUnchangedOneIsNot) {
  const SecretFile file("only-secret");
  Fixture setup(file.credentials());
  setup.http.refuse("GET /a", 401, "No ticket", "");
  EXPECT_EQ(setup.error({Method::Get, "/a", {}}).kind, Error::Kind::Rejected);
  EXPECT_EQ(setup.http.requests().size(), 1U);
}

TEST(SecretFile, IsRefusedOnceOthersCanReadIt) {
  const SecretFile file("first-secret");
  auto credentials = file.credentials();
  credentials.secret_source = "--token-secret-file";
  Fixture setup(credentials);
  file.write("first-secret", 0644);
  EXPECT_EQ(setup.error({Method::Get, "/a", {}}).message,
            "the secret file '" + file.path +
                "' is refused: other users can read the file; run \"chmod 600 " + file.path +
                "\" (--token-secret-file)");
  file.write("first-secret");
  EXPECT_TRUE(setup.client.call({Method::Get, "/a", {}}, {}));
}

TEST(SecretFile, UnusableOnesAreNamedAndTriedAgain) {
  const SecretFile file("");
  Fixture setup(file.credentials());
  for (const auto* text : {"", "two words", "two\nlines", "\x01"}) {
    file.write(text);
    const auto error = setup.error({Method::Get, "/a", {}});
    EXPECT_EQ(error.kind, Error::Kind::Connection);
    const auto words = pve::explain(error, "GET /a", "https://pve:8006");
    EXPECT_NE(words.find(file.path), std::string::npos) << words;
    EXPECT_NE(words.find("PVE_TOKEN_SECRET_FILE"), std::string::npos) << words;
  }
  EXPECT_TRUE(setup.http.requests().empty());
  file.write("good");
  EXPECT_TRUE(setup.client.call({Method::Get, "/a", {}}, {}));
  Fixture missing({"root@pam!t", "", "/nonexistent/secret"});
  EXPECT_NE(missing.error({Method::Get, "/a", {}}).message.find("/nonexistent/secret"), std::string::npos);
}

TEST(SecretCommand, RunsForTheFirstRequestAndWhenPveRejectsTheSecret) {
  int runs = 0;
  pve::Credentials credentials{.token_id = "root@pam!t", .secret = {}, .secret_file = {}};
  credentials.secret_command = [&]() -> std::expected<std::string, std::string> {
    if (++runs == 1) return std::unexpected("the command of PVE_TOKEN_COMMAND exited with 1");
    return runs == 2 ? "first-secret" : "second-secret";
  };
  Fixture setup(credentials);
  EXPECT_EQ(runs, 0);
  EXPECT_EQ(setup.error({Method::Get, "/a", {}}).message, "the command of PVE_TOKEN_COMMAND exited with 1");
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(setup.client.call({Method::Get, "/a", {}}, {}));
  EXPECT_EQ(runs, 2);
  setup.http.answer("POST /a", net::Response{401, "Authentication failed!", {}, ""}, "null");
  ASSERT_TRUE(setup.client.call({Method::Post, "/a", {}}, {}));
  EXPECT_EQ(runs, 3);
  EXPECT_EQ(header(setup.http.requests().back().request, "Authorization"),
            "PVEAPIToken=root@pam!t=second-secret");
  EXPECT_TRUE(setup.rejections.empty());
}

TEST(SecretText, NeverComesBack) {
  Fixture setup;
  const std::string secret(kSecret);
  setup.http.refuse("GET /a", 500, "bad header " + secret, "");
  EXPECT_EQ(setup.error({Method::Get, "/a", {}}).message, "bad header ***");
  setup.http.refuse(
      "GET /a", 400, "Parameter verification failed.",
      R"({"data":null,"message":"x )" + secret + R"(","errors":{"a":")" + secret + secret + R"("}})");
  const auto error = setup.error({Method::Get, "/a", {}});
  EXPECT_EQ(error.message, "x ***");
  EXPECT_EQ(error.errors.at(0).second, "******");
  setup.http.answer("GET /a", net::Response{200, "OK", {}, "echo " + secret});
  EXPECT_EQ(setup.error({Method::Get, "/a", {}}).message.find(secret), std::string::npos);
}

TEST(DebugLog, ShowsNamesAndNoValues) {
  base::log_debug(true);
  testing::internal::CaptureStderr();
  {
    Fixture setup;
    setup.http.refuse("POST /access/users", 500, "bad " + std::string(kSecret), "");
    setup.error({Method::Post, "/access/users", {{"userid", "a@pve"}, {"password", "geheim-123"}}});
  }
  const std::string log = testing::internal::GetCapturedStderr();
  base::log_debug(false);
  EXPECT_NE(log.find("POST /access/users [userid password]: 500"), std::string::npos) << log;
  EXPECT_EQ(log.find("geheim"), std::string::npos) << log;
  EXPECT_EQ(log.find(kSecret), std::string::npos) << log;
}

// ---- explanations of failures

TEST(Explain, EveryFailureHasItsRemedy) {
  struct Row {
    Failure::Kind kind;
    std::string_view words;
  };
  for (const auto& row :
       {Row{Failure::Kind::Dns, "PVE_BASE_URL"}, Row{Failure::Kind::Refused, "8006"},
        Row{Failure::Kind::Unreachable, "network"}, Row{Failure::Kind::ConnectTimeout, "firewall"},
        Row{Failure::Kind::Certificate, "PVE_FINGERPRINT=AA:BB"}, Row{Failure::Kind::Tls, "HTTPS"},
        Row{Failure::Kind::Timeout, "PVE_TIMEOUT"}, Row{Failure::Kind::Closed, "pveproxy"},
        Row{Failure::Kind::Protocol, "https://pve:8006"}, Row{Failure::Kind::Proxy, "NO_PROXY"},
        Row{Failure::Kind::Cancelled, "cancelled"}}) {
    Error error;
    error.kind = row.kind == Failure::Kind::Cancelled ? Error::Kind::Cancelled : Error::Kind::Connection;
    error.failure = Failure{row.kind, "the detail", true, "AA:BB"};
    const auto text = pve::explain(error, "POST /x", "https://pve:8006");
    EXPECT_NE(text.find(row.words), std::string::npos) << text;
    EXPECT_EQ(text.find("may have carried"), std::string::npos) << text;
    if (row.kind != Failure::Kind::Cancelled) {
      EXPECT_NE(text.find("the detail"), std::string::npos) << text;
    }
    error.failure->nothing_sent = false;
    EXPECT_NE(pve::explain(error, "POST /x", "https://pve:8006").find("may have carried"), std::string::npos);
    EXPECT_EQ(pve::explain(error, "GET /x", "https://pve:8006").find("may have carried"), std::string::npos);
  }
}

TEST(Explain, OnlyAChangeMayHaveBeenCarriedOut) {
  for (const unsigned status : {596U, 597U, 598U, 599U}) {
    Error error;
    error.status = status;
    error.message = "Broken pipe";
    EXPECT_NE(pve::explain(error, "POST /x", "").find("check before you repeat"), std::string::npos);
    const auto read = pve::explain(error, "GET /x", "");
    EXPECT_EQ(read.find("carried out"), std::string::npos) << read;
  }
}

TEST(Explain, SomeDetailsNeedAnotherRemedy) {
  Error error;
  error.kind = Error::Kind::Connection;
  error.failure = Failure{Failure::Kind::Tls, "the CA file '/x' cannot be used: no such file", true, {}};
  EXPECT_NE(pve::explain(error, "GET /x", "https://pve:8006").find("PVE_CA_FILE"), std::string::npos);
  error.failure = Failure{Failure::Kind::Certificate, "it is for another host (x)", true, "AA:BB"};
  EXPECT_NE(pve::explain(error, "GET /x", "https://pve:8006").find("a name that the certificate lists"),
            std::string::npos);
}

TEST(Client, ManyThreadsAndOneRejection) {
  Fixture setup;
  setup.http.refuse("GET /a", 401, "Authentication failed!", "");
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 16; ++i)
      threads.emplace_back([&] { EXPECT_FALSE(setup.client.call({Method::Get, "/a", {}}, {})); });
  }
  EXPECT_EQ(setup.rejections.size(), 1U);
}

}  // namespace
