// Where a build that cannot use the system's resolver finds addresses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

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

// One source knows the name; keeps in which order they were asked.
class Sources {
 public:
  Sources(std::string knowing, bool has_getent) : knowing_(std::move(knowing)), has_getent_(has_getent) {}

  net::LookupSources all() {
    return {.hosts_file = [this](const std::string&) { return ask("file", "Domain name not found"); },
            .dns = [this](const std::string&) { return ask("dns", "Domain name not found"); },
            .system = [this](const std::string&) -> std::optional<Addresses> {
              auto said = ask("getent", "not found");
              if (!has_getent_) return std::nullopt;
              return said;
            },
            .mdns = [this](const std::string&) { return ask("mdns", "no machine answered"); }};
  }
  const std::string& asked() const { return asked_; }

 private:
  Addresses ask(const std::string& source, const std::string& error) {
    asked_ += (asked_.empty() ? "" : " ") + source;
    if (source == knowing_) return std::vector<std::string>{"192.0.2.7"};
    return std::unexpected(error);
  }

  const std::string knowing_;
  const bool has_getent_;
  std::string asked_;
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
    const auto found = net::look_everywhere(host, sources.all());
    EXPECT_EQ(sources.asked(), asked) << host;
    EXPECT_EQ(found ? "" : found.error(), error) << host;
  }
}

// A folder whose program getent is this script, alone in $PATH.
class Getent : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(::mkdtemp(folder_.data()), nullptr);
    path_ = std::getenv("PATH");
    ::setenv("PATH", folder_.c_str(), 1);
  }
  void TearDown() override {
    ::setenv("PATH", path_.c_str(), 1);
    std::filesystem::remove_all(folder_);
  }
  void script(const std::string& body) const {
    std::ofstream(folder_ + "/getent") << "#!/bin/sh\n" << body << '\n';
    ::chmod((folder_ + "/getent").c_str(), 0700);
  }

  std::string folder_ = testing::TempDir() + "getent-XXXXXX";
  std::string path_;
};

TEST_F(Getent, IsReadByItsFirstColumn) {
  script(
      "echo \"$*\" > ${0%/*}/arguments\n"
      "printf '192.0.2.7      STREAM pve\\n192.0.2.7      DGRAM  \\n2001:db8::7    STREAM \\nnonsense\\n'");
  const auto found = net::LookupSources::of_machine().system("pve; rm -r x");
  ASSERT_TRUE(found && *found);
  EXPECT_THAT(**found, ElementsAre("192.0.2.7", "2001:db8::7"));
  std::stringstream arguments;
  arguments << std::ifstream(folder_ + "/arguments").rdbuf();
  EXPECT_EQ(arguments.str(), "ahosts pve; rm -r x\n");
}

TEST_F(Getent, FindsNothing) {
  script("exit 2");
  const auto found = net::LookupSources::of_machine().system("pve");
  ASSERT_TRUE(found && !*found);
  EXPECT_EQ(found->error(), "not found");
}

TEST_F(Getent, MayBeMissing) {
  EXPECT_FALSE(net::LookupSources::of_machine().system("pve").has_value());
  script("echo 192.0.2.7");
  EXPECT_FALSE(net::LookupSources::of_machine().system("-s").has_value()) << "would be an option";
}

}  // namespace
