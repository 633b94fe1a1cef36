#include "net/url.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace {

struct Good {
  std::string_view text;
  std::string_view normalised;
  std::string_view host;
};

class GoodUrl : public testing::TestWithParam<Good> {};

TEST_P(GoodUrl, Normalises) {
  const auto url = net::parse_url(GetParam().text);
  ASSERT_TRUE(url) << GetParam().text << " " << url.error();
  EXPECT_EQ(url->text(), GetParam().normalised);
  EXPECT_EQ(url->host, GetParam().host);
  const auto again = net::parse_url(url->text());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->text(), url->text());
}

INSTANTIATE_TEST_SUITE_P(
    Table, GoodUrl,
    testing::Values(
        Good{"pve", "https://pve:8006", "pve"}, Good{"pve:8006", "https://pve:8006", "pve"},
        Good{"pve/", "https://pve:8006", "pve"}, Good{"pve:443/api2/json", "https://pve:443", "pve"},
        Good{"https://pve:8006/", "https://pve:8006", "pve"},
        Good{"https://pve:8006/api2/json", "https://pve:8006", "pve"},
        Good{"https://pve:8006/api2/json/", "https://pve:8006", "pve"},
        Good{"https://pve.example.com", "https://pve.example.com:443", "pve.example.com"},
        Good{"http://127.0.0.1:8080", "http://127.0.0.1:8080", "127.0.0.1"},
        Good{"http://pve", "http://pve:80", "pve"},
        Good{"HTTPS://PVE.Local.:8006", "https://pve.local:8006", "pve.local"},
        Good{"  pve \n", "https://pve:8006", "pve"}, Good{"192.0.2.7", "https://192.0.2.7:8006", "192.0.2.7"},
        Good{"::1", "https://[::1]:8006", "::1"}, Good{"[::1]:9000", "https://[::1]:9000", "::1"},
        Good{"https://[2001:db8::5]/", "https://[2001:db8::5]:443", "2001:db8::5"},
        Good{"[fe80::1%25eth0]:8006", "https://[fe80::1%25eth0]:8006", "fe80::1%eth0"},
        Good{"[fe80::1%eth0]", "https://[fe80::1%25eth0]:8006", "fe80::1%eth0"},
        Good{"fe80::1%25", "https://[fe80::1%2525]:8006", "fe80::1%25"},
        Good{"[fe80::1%2525]", "https://[fe80::1%2525]:8006", "fe80::1%25"},
        Good{"FE80:0::0001%Br0", "https://[fe80::1%25Br0]:8006", "fe80::1%Br0"},
        Good{"[2001:DB8:0:0::5]", "https://[2001:db8::5]:8006", "2001:db8::5"},
        Good{"xn--bcher-kva.example", "https://xn--bcher-kva.example:8006", "xn--bcher-kva.example"},
        Good{"pve_1", "https://pve_1:8006", "pve_1"}));

struct Bad {
  std::string_view text;
  std::string_view reason;
};

class BadUrl : public testing::TestWithParam<Bad> {};

TEST_P(BadUrl, SaysWhy) {
  const auto url = net::parse_url(GetParam().text);
  ASSERT_FALSE(url) << url->text();
  EXPECT_NE(url.error().find(GetParam().reason), std::string::npos) << url.error();
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadUrl,
    testing::Values(Bad{"", "empty"}, Bad{"   ", "empty"}, Bad{"https://", "no host"},
                    Bad{"https:///", "no host"}, Bad{":8006", "no host"}, Bad{"ftp://pve", "scheme 'ftp'"},
                    Bad{"pve:0", "port"}, Bad{"pve:65536", "port"}, Bad{"pve:", "port"},
                    Bad{"pve:80a", "port"}, Bad{"pve:+80", "port"}, Bad{"pve:8006:1", "port"},
                    Bad{"root@pve", "user name"}, Bad{"https://u:p@pve/", "user name"},
                    Bad{"pve?x=1", "query"}, Bad{"https://pve:8006/?x", "query"},
                    Bad{"https://pve:8006/#v1:0", "fragment"}, Bad{"https://pve/api2/extjs", "path"},
                    Bad{"pve/pve", "path"}, Bad{"pve/api2/json/..", "path"}, Bad{"p ve", "space"},
                    Bad{"p\\ve", "backslash"}, Bad{"p\tve", "control"},
                    Bad{std::string_view("p\0ve", 4), "control"}, Bad{"pve\x7f", "control"},
                    Bad{"b\xC3\xBC"
                        "cher",
                        "xn--"},
                    Bad{"p%76e", "'%'"}, Bad{"pve..local", "empty part"}, Bad{"-pve", "'-'"},
                    Bad{"pve-.local", "'-'"}, Bad{"300.1.1.1", "IPv4"}, Bad{"1.2.3", "IPv4"},
                    Bad{"[::1", "']'"}, Bad{"[pve]", "IPv6"}, Bad{"[::1]8006", "port"},
                    Bad{"[fe80::1%]", "IPv6"}, Bad{"[fe80::1%25]", "IPv6"}, Bad{"[fe80::1%a%25b]", "IPv6"},
                    Bad{"pve,pve2", "','"}));

TEST(Url, HostHeaderHasNoZone) {
  EXPECT_EQ(net::parse_url("[fe80::1%eth0]")->authority(), "[fe80::1]:8006");
  EXPECT_EQ(net::parse_url("pve")->authority(), "pve:8006");
}

TEST(Url, LongNamesAreRefused) {
  EXPECT_FALSE(net::parse_url(std::string(64, 'a')));
  EXPECT_TRUE(net::parse_url(std::string(63, 'a')));
  std::string text = "a";
  while (text.size() < 254) text += ".a";
  EXPECT_FALSE(net::parse_url(text));
}

TEST(Url, Loopback) {
  for (const auto* text : {"localhost", "127.0.0.1", "127.9.9.9", "::1", "a.localhost"})
    EXPECT_TRUE(net::parse_url(text)->is_loopback()) << text;
  for (const auto* text : {"pve", "10.0.0.1", "127.example.com", "::2", "localhost.example.com"})
    EXPECT_FALSE(net::parse_url(text)->is_loopback()) << text;
}

}  // namespace
