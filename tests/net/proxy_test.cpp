#include "net/proxy.h"

#include <gtest/gtest.h>

namespace {

using net::parse_url;
using net::proxy_for;

TEST(Proxy, ReadsTheVariable) {
  const auto proxy = proxy_for(*parse_url("pve"), "http://me:p%40ss@proxy.example:3128/", "");
  ASSERT_TRUE(proxy && *proxy);
  EXPECT_EQ((*proxy)->host, "proxy.example");
  EXPECT_EQ((*proxy)->port, 3128);
  EXPECT_EQ((*proxy)->credentials, "me:p@ss");
  EXPECT_EQ((*proxy_for(*parse_url("pve"), "proxy", ""))->port, 80);
  EXPECT_EQ((*proxy_for(*parse_url("pve"), "[::1]:8080", ""))->host, "::1");
}

TEST(Proxy, DirectWithoutNeed) {
  EXPECT_FALSE(*proxy_for(*parse_url("pve"), "", ""));
  EXPECT_FALSE(*proxy_for(*parse_url("http://pve"), "http://proxy:1", ""));
  EXPECT_FALSE(*proxy_for(*parse_url("localhost"), "http://proxy:1", ""));
  EXPECT_FALSE(*proxy_for(*parse_url("127.0.0.1"), "http://proxy:1", ""));
}

TEST(Proxy, NoProxyNames) {
  struct Row {
    const char* url;
    const char* no_proxy;
    bool direct;
  };
  for (const auto& row :
       {Row{"pve.example.com", "example.com", true}, Row{"pve.example.com", ".example.com", true},
        Row{"pve.example.com", "*.example.com", true}, Row{"pve.example.com", "ample.com", false},
        Row{"pve.example.com", "other, pve.example.com", true}, Row{"pve", "*", true},
        Row{"PVE", "pve", true}, Row{"pve:8006", "pve:8006", true}, Row{"pve:8006", "pve:443", false},
        Row{"10.1.2.3", "10.0.0.0/8", true}, Row{"11.1.2.3", "10.0.0.0/8", false},
        Row{"10.1.2.3", "10.1.2.3/32", true}, Row{"10.1.2.3", "0.0.0.0/0", true},
        Row{"10.1.2.3", "10.0.0.0/99", false}, Row{"2001:db8::1", "[2001:db8::1]", true},
        Row{"pve", "", false}, Row{"pve", ",, ,", false}, Row{"pve", "a b pve", true}}) {
    const auto proxy = proxy_for(*parse_url(row.url), "http://proxy:3128", row.no_proxy);
    ASSERT_TRUE(proxy);
    EXPECT_EQ(!proxy->has_value(), row.direct) << row.url << " " << row.no_proxy;
  }
}

TEST(Proxy, RefusesWhatItCannotUse) {
  for (const auto* text :
       {"https://proxy:1", "socks5://proxy:1", "http://proxy:x", "http://u:geheim@", "a\nb"}) {
    const auto proxy = proxy_for(*parse_url("pve"), text, "");
    ASSERT_FALSE(proxy) << text;
    EXPECT_NE(proxy.error().find("HTTPS_PROXY"), std::string::npos);
    EXPECT_EQ(proxy.error().find("geheim"), std::string::npos) << proxy.error();
  }
}

}  // namespace
