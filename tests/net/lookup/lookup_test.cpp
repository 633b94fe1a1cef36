// Where a build that cannot use the system's resolver finds addresses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "base/clock.h"
#include "net/answering.h"
#include "net/lookup/dns.h"
#include "net/lookup/everywhere.h"
#include "net/lookup/mdns.h"

namespace {

using namespace std::chrono_literals;
using net::Addresses;
using net::DnsSources;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

std::string server(const test::Answering& one) { return "127.0.0.1:" + std::to_string(one.port()); }

TEST(DnsLookup, AsksTheServersForBothFamilies) {
  const test::Answering one("pve.example.com", {"192.0.2.7", "2001:db8::7"});
  const auto found = net::dns_lookup("pve.example.com", DnsSources::HostsFileAndServers, 10s, server(one));
  ASSERT_TRUE(found) << found.error();
  EXPECT_THAT(*found, UnorderedElementsAre("192.0.2.7", "2001:db8::7"));
}

TEST(DnsLookup, SaysWhyThereIsNothing) {
  const test::Answering one("pve.example.com", {"192.0.2.7"});
  const auto found = net::dns_lookup("pve2.example.com.", DnsSources::HostsFileAndServers, 10s, server(one));
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error(), "Domain name not found");
  EXPECT_GT(one.questions(), 0);
}

TEST(DnsLookup, AsksNobodyAboutANameOfTheHostsFile) {
  const test::Answering one("localhost", {"192.0.2.7"});
  const auto found = net::dns_lookup("localhost", DnsSources::HostsFileAndServers, 10s, server(one));
  ASSERT_TRUE(found) << found.error();
  EXPECT_THAT(*found, testing::Each(testing::AnyOf("127.0.0.1", "::1")));
  EXPECT_EQ(one.questions(), 0);
}

TEST(DnsLookup, AsksNoServerWhereTheFileAloneIsMeant) {
  const test::Answering one("pve.local", {"192.0.2.7"});
  EXPECT_FALSE(net::dns_lookup("pve.local", DnsSources::HostsFile, 10s, server(one)));
  EXPECT_EQ(one.questions(), 0);
}

TEST(DnsLookup, GivesUpAtItsLimit) {
  const test::Answering one("pve.example.com", {}, true);
  const auto found =
      net::dns_lookup("silence.example.com.", DnsSources::HostsFileAndServers, 50ms, server(one));
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error(), "no server answered in time");
}

net::MdnsGroup group(const test::Answering& one) { return {"127.0.0.1", one.port()}; }

TEST(MdnsLookup, TakesTheAddressesOfTheMachineThatHasTheName) {
  const test::Answering one("pve.local", {"192.0.2.7", "2001:db8::7", "fe80::7"}, true);
  for (const auto* name : {"pve.local", "pve.local."}) {
    const auto found = net::mdns_lookup(name, 10s, group(one));
    ASSERT_TRUE(found) << found.error();
    // An address that starts with fe80 means nothing without its link.
    EXPECT_THAT(*found, UnorderedElementsAre("192.0.2.7", "2001:db8::7"));
  }
}

TEST(MdnsLookup, IgnoresWhatIsNoAnswer) {
  for (const auto& junk : {std::string("junk"), std::string(12, '\0'), std::string(600, '\xFF'),
                           std::string("\0\0\x84\0\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xC0\x0C", 14)}) {
    const test::Answering one("pve.local", {"192.0.2.7"}, true, junk);
    const auto found = net::mdns_lookup("pve.local", 10s, group(one));
    ASSERT_TRUE(found) << found.error();
    EXPECT_THAT(*found, ElementsAre("192.0.2.7"));
  }
}

TEST(MdnsLookup, GivesUpAtItsLimitWithoutAnAnswer) {
  const test::Answering one("pve.local", {"192.0.2.7"}, true);
  const auto found = net::mdns_lookup("pve2.local", 50ms, group(one));
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error(), "no machine answered");
  EXPECT_GT(one.questions(), 0);
}

TEST(MdnsLookup, RefusesANameThatFitsIntoNoQuestion) {
  EXPECT_EQ(net::mdns_lookup(std::string(300, 'a') + ".local", 10s),
            std::unexpected("it is not a valid name"));
}

// One source knows the name; keeps in which order they were asked. Each takes all the time that it may.
class Sources {
 public:
  Sources(std::string knowing, bool has_getent) : knowing_(std::move(knowing)), has_getent_(has_getent) {}

  net::LookupSources all() {
    const auto source = [this](std::string name, std::string error) {
      return [this, name = std::move(name), error = std::move(error)](
                 const std::string&, std::chrono::milliseconds limit) { return ask(name, error, limit); };
    };
    const auto getent = source("getent", "not found");
    return {.hosts_file = source("file", "Domain name not found"),
            .dns = source("dns", "Domain name not found"),
            .system = [this, getent](const std::string& host,
                                     std::chrono::milliseconds limit) -> std::optional<Addresses> {
              auto said = getent(host, limit);
              if (!has_getent_) return std::nullopt;
              return said;
            },
            .mdns = source("mdns", "no machine answered")};
  }
  const std::string& asked() const { return asked_; }
  std::chrono::milliseconds limit_of(const std::string& source) { return limits_[source]; }

  base::ManualClock clock;
  bool is_slow = false;

 private:
  Addresses ask(const std::string& source, const std::string& error, std::chrono::milliseconds limit) {
    asked_ += (asked_.empty() ? "" : " ") + source;
    limits_[source] = limit;
    if (is_slow) clock.advance(limit);
    if (source == knowing_) return std::vector<std::string>{"192.0.2.7"};
    return std::unexpected(error);
  }

  const std::string knowing_;
  const bool has_getent_;
  std::string asked_;
  std::map<std::string, std::chrono::milliseconds> limits_;
};

TEST(LookEverywhere, AsksOneSourceAfterTheOther) {
  struct Case {
    std::string host;
    std::string knowing;
    bool has_getent;
    std::string asked;
    std::string error;
  };
  for (const auto& [host, knowing, has_getent, asked, error] : std::vector<Case>{
           {"192.0.2.7", "", true, "", ""},
           {"fe80::1%eth0", "", true, "", ""},
           {"pve", "dns", true, "dns", ""},
           {"pve", "getent", true, "dns getent", ""},
           {"pve", "mdns", true, "dns getent",
            "/etc/hosts and DNS: Domain name not found; getent: not found"},
           {"pve", "", false, "dns getent",
            "/etc/hosts and DNS: Domain name not found; there is no program getent to ask the system's "
            "resolver"},
           {"pve.local", "file", true, "file", ""},
           {"pve.local", "getent", true, "file getent", ""},
           {"PVE.Local.", "mdns", true, "file getent mdns", ""},
           {"pve.local", "mdns", false, "file getent mdns", ""},
           {"pve.local", "dns", true, "file getent mdns",
            "it is not in /etc/hosts; getent: not found; multicast DNS: no machine answered"},
       }) {
    Sources sources(knowing, has_getent);
    const auto found = net::look_everywhere(host, sources.all(), sources.clock);
    EXPECT_EQ(sources.asked(), asked) << host;
    EXPECT_EQ(found ? "" : found.error(), error) << host;
  }
}

TEST(LookEverywhere, TakesLessThanAConnectionWaits) {
  for (const auto* host : {"pve", "pve.local"}) {
    Sources sources("", true);
    sources.is_slow = true;
    const auto begin = sources.clock.steady();
    EXPECT_FALSE(net::look_everywhere(host, sources.all(), sources.clock));
    EXPECT_LE(sources.clock.steady() - begin, 4600ms) << host;
    EXPECT_EQ(sources.asked().ends_with("mdns"), host != std::string("pve"));
  }
}

TEST(LookEverywhere, LeavesTimeForMulticastDnsAndElseNone) {
  Sources local("", true);
  EXPECT_FALSE(net::look_everywhere("pve.local", local.all(), local.clock));
  EXPECT_EQ(local.limit_of("getent"), 2s);
  EXPECT_EQ(local.limit_of("mdns"), 2500ms);
  Sources other("", true);
  EXPECT_FALSE(net::look_everywhere("pve", other.all(), other.clock));
  EXPECT_EQ(other.limit_of("getent"), 4500ms);
}

// A folder that stands for /, and its program getent.
class Getent : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(::mkdtemp(folder_.data()), nullptr);
    std::filesystem::create_directories(program().parent_path());
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path program() const { return std::filesystem::path(folder_) / "usr/bin/getent"; }
  std::optional<Addresses> ask(const std::string& host) const { return net::ask_getent(host, 60s, folder_); }
  void script(const std::string& body) const {
    std::ofstream(program()) << "#!/bin/sh\n" << body << '\n';
    ::chmod(program().c_str(), 0700);
  }

  std::string folder_ = testing::TempDir() + "getent-XXXXXX";
};

TEST_F(Getent, IsReadByItsFirstColumn) {
  script(
      "echo \"$*\" > ${0%/*}/arguments\n"
      "printf '192.0.2.7      STREAM pve\\n192.0.2.7      DGRAM  \\n2001:db8::7    STREAM \\nnonsense\\n'");
  const auto found = ask("pve; rm -r x");
  ASSERT_TRUE(found && *found);
  EXPECT_THAT(**found, ElementsAre("192.0.2.7", "2001:db8::7"));
  std::stringstream arguments;
  arguments << std::ifstream(program().parent_path() / "arguments").rdbuf();
  EXPECT_EQ(arguments.str(), "ahosts pve; rm -r x\n");
}

TEST_F(Getent, FindsNothing) {
  script("exit 2");
  const auto found = ask("pve");
  ASSERT_TRUE(found && !*found);
  EXPECT_EQ(found->error(), "not found");
}

TEST_F(Getent, EndsAtItsLimit) {
  script("sleep 1000");
  const auto found = net::ask_getent("pve.local", 100ms, folder_);
  ASSERT_TRUE(found && !*found);
  EXPECT_EQ(found->error(), "no answer within 0.1 s");
}

TEST_F(Getent, MayBeMissing) {
  EXPECT_FALSE(ask("pve").has_value());
  script("echo 192.0.2.7");
  EXPECT_FALSE(ask("-s").has_value()) << "would be an option";
}

}  // namespace
