#include "config/http.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <filesystem>
#include <fstream>

namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::array<std::string_view, 1> kWords = {"full"};
constexpr std::string_view kKey = "0123456789abcdef0123456789abcdef";

using Texts = std::vector<std::string>;

std::expected<config::Settings, std::string> load(std::vector<config::Flag> flags, Texts variables = {}) {
  variables.emplace_back("XDG_CONFIG_HOME=/nonexistent");
  const std::vector<std::string_view> environment(variables.begin(), variables.end());
  return config::load({flags, environment}, {kWords, kWords, kWords, kWords, kWords, kWords, kWords});
}

std::string error(std::vector<config::Flag> flags, Texts variables = {}) {
  const auto settings = load(std::move(flags), std::move(variables));
  return settings ? "no error" : settings.error();
}

std::string file(std::string_view text, mode_t mode = 0600) {
  const std::string path = testing::TempDir() + "http-" + std::to_string(::getpid()) + "-" +
                           std::to_string(mode) + "-" + std::to_string(text.size());
  std::ofstream(path) << text;
  ::chmod(path.c_str(), mode);
  return path;
}

const std::string kPemCertificate = "-----BEGIN CERTIFICATE-----\n";
const std::string kPemKey = "-----BEGIN EC PRIVATE KEY-----\n";

TEST(Http, IsOffUnlessAsked) {
  const auto settings = load({});
  ASSERT_TRUE(settings) << settings.error();
  EXPECT_FALSE(settings->http.listen);
  EXPECT_EQ(config::http_refusal(*settings), std::nullopt);
}

TEST(Http, ReadsEverySetting) {
  const auto settings =
      load({}, {"PVE_HTTP=0.0.0.0:8080", "PVE_HTTP_TOKENS=/etc/tokens.toml",
                "PVE_HTTP_ISSUER=https://id.example.com/realms/x/",
                "PVE_HTTP_JWKS=https://id.example.com/keys", "PVE_HTTP_URL=https://mcp.example.com/mcp",
                "PVE_HTTP_NO_AUTH=no", "PVE_HTTP_CERTIFICATE=" + file(kPemCertificate),
                "PVE_HTTP_KEY=" + file(kPemKey), "PVE_HTTP_HOSTS=Mcp.Example.com, 192.0.2.1:8080",
                "PVE_HTTP_ORIGINS=https://App.example.com,vscode-webview://abc",
                "PVE_STATE_KEY=" + std::string(kKey)});
  ASSERT_TRUE(settings) << settings.error();
  const auto& http = settings->http;
  EXPECT_EQ(http.listen->address, "0.0.0.0");
  EXPECT_EQ(http.listen->port, 8080);
  EXPECT_EQ(http.tokens, "/etc/tokens.toml");
  EXPECT_EQ(http.issuer, "https://id.example.com/realms/x/") << "not a byte is changed";
  EXPECT_EQ(http.jwks, "https://id.example.com/keys");
  EXPECT_EQ(http.url, "https://mcp.example.com/mcp");
  EXPECT_FALSE(http.no_auth);
  EXPECT_EQ(http.certificate, file(kPemCertificate));
  EXPECT_EQ(http.key, file(kPemKey));
  EXPECT_THAT(http.hosts, ElementsAre("mcp.example.com", "192.0.2.1:8080"));
  EXPECT_THAT(http.origins, ElementsAre("https://app.example.com", "vscode-webview://abc"));
  EXPECT_EQ(settings->state_key, kKey);
  EXPECT_THAT(settings->warnings, IsEmpty());
}

TEST(Http, AFlagWithoutHttpStopsTheStart) {
  EXPECT_THAT(error({{"--http-tokens", "/f"}}),
              HasSubstr("--http-tokens applies to the HTTP endpoint only; add --http"));
  EXPECT_THAT(error({{"--http-no-auth", "true"}}),
              HasSubstr("--http-no-auth applies to the HTTP endpoint only"));
  EXPECT_EQ(error({}, {"PVE_HTTP_TOKENS=/f"}), "no error") << "the same environment serves runs on stdin";
  EXPECT_EQ(error({{"--http-tokens", "/f"}}, {"PVE_HTTP=127.0.0.1:1"}), "no error");
}

TEST(Http, RefusesSettingsThatContradictEachOther) {
  const config::Flag http{"--http", "127.0.0.1:8080"};
  EXPECT_THAT(error({http, {"--http-certificate", "/c"}}), HasSubstr("without PVE_HTTP_KEY (--http-key)"));
  EXPECT_THAT(error({http, {"--http-key", "/k"}}),
              HasSubstr("without PVE_HTTP_CERTIFICATE (--http-certificate)"));
  EXPECT_THAT(error({http, {"--http-jwks", "https://a/k"}}), HasSubstr("--http-issuer"));
  EXPECT_THAT(error({http, {"--http-no-auth", "true"}, {"--http-tokens", "/f"}}),
              HasSubstr("PVE_HTTP_NO_AUTH (--http-no-auth) is set together with PVE_HTTP_TOKENS"));
  EXPECT_THAT(error({http, {"--http-no-auth", "true"}, {"--http-issuer", "https://a"}}),
              HasSubstr("together with PVE_HTTP_ISSUER"));
}

TEST(Http, RefusesAWildcardAudience) {
  const config::Flag http{"--http", "127.0.0.1:8080"};
  const config::Flag issuer{"--http-issuer", "https://a"};
  const auto settings = load({http, issuer, {"--http-audiences", "api://Pve, 0oa1b2c3"}});
  ASSERT_TRUE(settings) << settings.error();
  EXPECT_THAT(settings->http.audiences, ElementsAre("api://Pve", "0oa1b2c3"));
  for (const auto* bad : {"*", "api://*", "a b", "a\"b"})
    EXPECT_THAT(error({http, issuer, {"--http-audiences", bad}}), HasSubstr("not a pattern")) << bad;
  EXPECT_THAT(error({http, {"--http-audiences", "a"}}),
              HasSubstr("PVE_HTTP_AUDIENCES (--http-audiences) is set without PVE_HTTP_ISSUER"));
}

TEST(Http, AnIssuerNeedsHttpsUnlessItIsLocal) {
  const auto told = [](const char* url) {
    return error({{"--http", "127.0.0.1:1"}, {"--http-issuer", url}});
  };
  for (const auto* good : {"https://id.example.com", "HTTPS://id.example.com/x/", "http://127.0.0.1:9000/api",
                           "http://localhost:1", "http://[::1]:8080/x"})
    EXPECT_EQ(told(good), "no error") << good;
  for (const auto* clear : {"http://id.example.com", "http://127.0.0.1.example.com",
                            "http://localhost.example.com:80", "http://[::2]:80"})
    EXPECT_THAT(told(clear), HasSubstr("must begin with https://")) << clear;
  for (const auto* none : {"id.example.com", "https://", "ftp://id.example.com", "https://a b",
                           "https://a\"b", "https://a/#x", "https://user:pass@id.example.com"})
    EXPECT_THAT(told(none), HasSubstr("must be a URL")) << none;
  EXPECT_THAT(told("https://user:pass@id.example.com"), Not(HasSubstr("pass")));
}

TEST(Http, RefusesWhatIsNone) {
  const config::Flag http{"--http", "127.0.0.1:8080"};
  EXPECT_THAT(error({{"--http", "pve.example.com:80"}}), HasSubstr("must be localhost or an IP address"));
  EXPECT_THAT(error({http, {"--http-url", "https://a/mcp?x=1"}}), HasSubstr("no query"));
  for (const auto* bad : {"*", "a b", "https://a", "a/b"})
    EXPECT_THAT(error({http, {"--http-hosts", bad}}), HasSubstr("name of a host")) << bad;
  for (const auto* bad : {"*", "null", "app.example.com", "https://a/b", "https://*"})
    EXPECT_THAT(error({http, {"--http-origins", bad}}), HasSubstr("must be an origin")) << bad;
}

struct Case {
  const char* listen;
  bool no_auth;
  const char* tokens;
  const char* issuer;
  bool simulate;
  const char* refusal;  // a part of it; "" when it may be served
};

TEST(Http, RefusesAnUnprotectedEndpoint) {
  const std::vector<Case> cases = {
      {"127.0.0.1:1", false, "", "", false, "Every program on this machine could use the cluster"},
      {"[::1]:1", false, "", "", false, "--http-no-auth"},
      {"127.0.0.1:1", true, "", "", false, ""},
      {"127.0.0.1:1", false, "/f", "", false, ""},
      {"127.0.0.1:1", false, "", "https://i", false, ""},
      {"127.0.0.1:1", false, "", "", true, ""},
      {"0.0.0.0:1", false, "", "", false, "Other machines can reach 0.0.0.0:1"},
      {"0.0.0.0:1", true, "", "", false, "mcp-pve token NAME"},
      {"[::]:1", true, "", "", true, "Other machines can reach [::]:1"},
      {"192.0.2.1:1", false, "", "", true, "Other machines"},
      {"0.0.0.0:1", false, "/f", "", false, ""},
      {"0.0.0.0:1", false, "", "https://i", false, "--http-url"},
      {"192.0.2.1:1", false, "", "https://i", false, ""},
  };
  for (const auto& [listen, no_auth, tokens, issuer, simulate, refusal] : cases) {
    config::Settings settings;
    settings.http.listen = *config::parse_listen("--http", listen, std::nullopt);
    settings.http.no_auth = no_auth;
    settings.http.tokens = tokens;
    settings.http.issuer = issuer;
    settings.simulate = simulate;
    const auto told = config::http_refusal(settings).value_or("");
    EXPECT_THAT(told, HasSubstr(refusal)) << listen << no_auth << tokens << issuer << simulate;
    EXPECT_EQ(told.empty(), std::string_view(refusal).empty()) << told;
  }
}

TEST(Http, WarnsOfUnencryptedTokens) {
  const auto warnings = [](std::vector<config::Flag> more) {
    more.insert(more.begin(), {{"--http", "192.0.2.1:80"}, {"--http-tokens", "/f"}});
    return load(std::move(more))->warnings;
  };
  EXPECT_THAT(warnings({}), ElementsAre(HasSubstr("unencrypted")));
  EXPECT_THAT(warnings({{"--http-url", "https://mcp.example.com/mcp"}}), IsEmpty());
  EXPECT_THAT(warnings({{"--http-certificate", file(kPemCertificate)}, {"--http-key", file(kPemKey)}}),
              IsEmpty());
}

TEST(Http, AWrongPathOfACertificateStopsTheStart) {
  const auto told = [](const std::string& certificate, const std::string& key) {
    return error({{"--http", "127.0.0.1:1"}, {"--http-certificate", certificate}, {"--http-key", key}});
  };
  EXPECT_EQ(told("/no/such", file(kPemKey)),
            "--http-certificate is \"/no/such\", but there is no such file.");
  EXPECT_THAT(told(file("host\n"), file(kPemKey)), HasSubstr("the file holds no certificate in PEM format"));
  EXPECT_THAT(told(file(kPemCertificate), file(kPemCertificate)),
              AllOf(HasSubstr("--http-key is"), HasSubstr("no private key in PEM format")));
  EXPECT_EQ(error({}, {"PVE_CA_FILE=/no/such"}), "PVE_CA_FILE is \"/no/such\", but there is no such file.");
  EXPECT_EQ(error({}, {"PVE_HTTP_CERTIFICATE=/no/such", "PVE_HTTP_KEY=/no/such"}), "no error")
      << "it is for another run";
}

TEST(Http, TheUrlFollowsFromTheAddress) {
  config::Http http;
  http.listen = config::Listen{"::1", 0};
  EXPECT_EQ(config::endpoint_url(http, 4711), "http://[::1]:4711/mcp");
  http.certificate = "/c";
  EXPECT_EQ(config::endpoint_url(http, 443), "https://[::1]:443/mcp");
  http.url = "https://mcp.example.com/x";
  EXPECT_EQ(config::endpoint_url(http, 443), "https://mcp.example.com/x");
}

TEST(StateKey, ComesFromAVariableOrAFile) {
  const auto path = file(std::string(kKey) + "\n");
  EXPECT_EQ(load({{"--state-key-file", path}})->state_key, kKey);
  EXPECT_EQ(load({{"--state-key-file", path}}, {"PVE_STATE_KEY=" + std::string(40, 'x')})->state_key, kKey)
      << "the flag wins";
  EXPECT_THAT(error({}, {"PVE_STATE_KEY_FILE=" + path, "PVE_STATE_KEY=" + std::string(kKey)}),
              HasSubstr("are both set; keep one"));
  EXPECT_THAT(error({{"--state-key-file", file(std::string(kKey), 0644)}}),
              AllOf(HasSubstr("but other users can read the file; run \"chmod 600 "), Not(HasSubstr(kKey))));
}

TEST(StateKey, IsLongAndStaysSecret) {
  const auto told = error({}, {"PVE_STATE_KEY=too-short-a-secret"});
  EXPECT_THAT(told, AllOf(HasSubstr("PVE_STATE_KEY must be one word of 32"), Not(HasSubstr("too-short"))));
  const auto of_file = error({{"--state-key-file", file("also-short")}});
  EXPECT_THAT(of_file, AllOf(HasSubstr("its content must be one word of 32"), Not(HasSubstr("also-short"))));
  EXPECT_THAT(error({{"--state-key-file", "/nonexistent/file"}}), HasSubstr("there is no such file"));
  EXPECT_EQ(error({}, {"PVE_STATE_KEY=" + std::string(31, 'x')}).substr(0, 13), "PVE_STATE_KEY");
}

}  // namespace
