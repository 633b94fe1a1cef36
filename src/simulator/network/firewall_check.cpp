// PVE::Firewall's verification of a rule, in its order and words.
#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/number.h"
#include "base/text.h"
#include "simulator/network/firewall_rule.h"

namespace simulator {
namespace {

constexpr auto kMacros = std::to_array<std::string_view>({"Amanda",       "Auth",
                                                          "BGP",          "BitTorrent",
                                                          "BitTorrent32", "CVS",
                                                          "Ceph",         "Citrix",
                                                          "DAAP",         "DCC",
                                                          "DHCPfwd",      "DHCPv6",
                                                          "DNS",          "Distcc",
                                                          "FTP",          "Finger",
                                                          "GNUnet",       "GRE",
                                                          "Git",          "HKP",
                                                          "HTTP",         "HTTPS",
                                                          "ICPV2",        "ICQ",
                                                          "IMAP",         "IMAPS",
                                                          "IPIP",         "IPsec",
                                                          "IPsecah",      "IPsecnat",
                                                          "IRC",          "Jetdirect",
                                                          "L2TP",         "LDAP",
                                                          "LDAPS",        "MDNS",
                                                          "MSNP",         "MSSQL",
                                                          "Mail",         "Munin",
                                                          "MySQL",        "NNTP",
                                                          "NNTPS",        "NTP",
                                                          "OSPF",         "OpenVPN",
                                                          "PCA",          "PMG",
                                                          "POP3",         "POP3S",
                                                          "PPtP",         "Ping",
                                                          "PostgreSQL",   "Printer",
                                                          "RDP",          "RIP",
                                                          "RNDC",         "Razor",
                                                          "Rdate",        "Rsync",
                                                          "SANE",         "SMB",
                                                          "SMBswat",      "SMTP",
                                                          "SMTPS",        "SNMP",
                                                          "SPAMD",        "SPICEproxy",
                                                          "SSH",          "SVN",
                                                          "SixXS",        "Squid",
                                                          "Submission",   "Syslog",
                                                          "TFTP",         "Telnet",
                                                          "Telnets",      "Time",
                                                          "Trcrt",        "VNC",
                                                          "VNCL",         "Web",
                                                          "Webcache",     "Webmin",
                                                          "Whois",        "NeighborDiscovery"});

constexpr auto kProtocols = std::to_array<std::string_view>(
    {"ip",   "icmp", "igmp",  "ggp",     "ipencap", "tcp",       "egp",        "udp",    "dccp",
     "ipv6", "rsvp", "gre",   "esp",     "ah",      "skip",      "ipv6-icmp",  "icmpv6", "ospf",
     "ipip", "pim",  "vrrp",  "l2tp",    "sctp",    "udplite",   "mpls-in-ip", "hip",    "rdp",
     "st",   "igp",  "hmp",   "xns-idp", "iso-tp4", "idpr-cmtp", "eigrp",      "encap",  "ipcomp",
     "isis", "fc",   "manet", "shim6",   "wesp",    "rohc"});

constexpr auto kWithPorts =
    std::to_array<std::string_view>({"udp", "17", "udplite", "136", "tcp", "6", "dccp", "33", "sctp", "132"});

constexpr auto kServices = std::to_array<std::string_view>(
    {"ssh",    "http",        "https",        "domain",     "smtp",  "ftp",     "ftp-data", "telnet",
     "ntp",    "snmp",        "imap2",        "imaps",      "pop3",  "pop3s",   "ldap",     "ldaps",
     "mysql",  "postgresql",  "bootps",       "bootpc",     "tftp",  "syslog",  "http-alt", "nfs",
     "sunrpc", "netbios-ssn", "microsoft-ds", "submission", "rsync", "kerberos"});

constexpr auto kIcmpTypes = std::to_array<std::string_view>(
    {"any", "echo-reply", "destination-unreachable", "network-unreachable", "host-unreachable",
     "protocol-unreachable", "port-unreachable", "fragmentation-needed", "source-quench", "redirect",
     "echo-request", "router-advertisement", "router-solicitation", "time-exceeded",
     "ttl-zero-during-transit", "parameter-problem", "timestamp-request", "timestamp-reply"});

constexpr auto kIcmp6Types = std::to_array<std::string_view>(
    {"destination-unreachable", "no-route", "packet-too-big", "time-exceeded", "parameter-problem",
     "echo-request", "echo-reply", "router-solicitation", "router-advertisement", "neighbor-solicitation",
     "neighbour-solicitation", "neighbor-advertisement", "neighbour-advertisement", "redirect"});

bool among(const auto& list, std::string_view item) { return std::ranges::find(list, item) != list.end(); }

/// Whether the text can be the name of an alias, an IP set or a security group.
bool is_name(std::string_view text) {
  return text.size() >= 2 && base::is_letter(text.front()) &&
         std::ranges::all_of(text, [](char c) { return base::is_alnum(c) || c == '-' || c == '_'; });
}

using Checked = std::optional<std::string>;  ///< the error, if any

Checked check_port_item(std::string_view item, unsigned& count) {
  const auto colon = item.find(':');
  if (colon != std::string_view::npos && base::is_digits(item.substr(0, colon)) &&
      base::is_digits(item.substr(colon + 1))) {
    count += 2;
    const auto first = base::parse_number<unsigned>(item.substr(0, colon)).value_or(65'536);
    const auto last = base::parse_number<unsigned>(item.substr(colon + 1)).value_or(65'536);
    if (first > 65'535) return fmt::format("invalid port '{}'", item.substr(0, colon));
    if (last > 65'535) return fmt::format("invalid port '{}'", item.substr(colon + 1));
    if (first > last) {
      return fmt::format("backwards range '{0}:{1}' not allowed, did you mean '{1}:{0}'?", first, last);
    }
    return std::nullopt;
  }
  if (base::is_digits(item)) {
    ++count;
    if (base::parse_number<unsigned>(item).value_or(65'536) > 65'535)
      return fmt::format("invalid port '{}'", item);
    return std::nullopt;
  }
  if (!among(kServices, item)) return fmt::format("invalid port '{}'", item);
  return std::nullopt;
}

Checked check_ports(std::string_view text, bool icmp) {
  if (text.ends_with(',')) return "extraneous commas in list";
  unsigned count = 0;
  bool types = false;
  for (const auto item : base::split(text, ',')) {
    if (icmp && (among(kIcmpTypes, item) || among(kIcmp6Types, item))) {
      types = true;
    } else if (auto error = check_port_item(item, count)) {
      return error;
    }
  }
  if (types && count > 0) return "ICMP ports not allowed in port range";
  if (count > 15) return "too many entries in port list (> 15 numbers)";
  return std::nullopt;
}

int plain_version(std::string_view text, unsigned& longest) {
  const std::string address(text);
  in6_addr buffer{};
  longest = 32;
  if (inet_pton(AF_INET, address.c_str(), &buffer) == 1) return 4;
  longest = 128;
  return inet_pton(AF_INET6, address.c_str(), &buffer) == 1 ? 6 : 0;
}

/// The IP version of an address, a network or a range; 0 for any other text.
int element_version(std::string_view text) {
  unsigned longest = 0;
  if (const auto dash = text.find('-'); dash != std::string_view::npos) {
    const auto first = plain_version(text.substr(0, dash), longest);
    return first == plain_version(text.substr(dash + 1), longest) ? first : 0;
  }
  const auto slash = text.find('/');
  const auto version = plain_version(text.substr(0, slash), longest);
  if (slash == std::string_view::npos) return version;
  const auto bits = base::parse_number<unsigned>(text.substr(slash + 1));
  return bits && *bits <= longest ? version : 0;
}

std::string_view without_scope(std::string_view name) {
  for (const std::string_view scope : {"guest/", "dc/", "sdn/"}) {
    if (name.starts_with(scope)) return name.substr(scope.size());
  }
  return name;
}

template <typename T>
const T* lookup(const Named<T>& map, std::string_view name) {
  const auto wanted = base::lower_ascii(name);
  for (const auto& [key, value] : map) {
    if (base::lower_ascii(key) == wanted) return &value;
  }
  return nullptr;
}

/// The alias or IP set with that name in the guest's or the cluster's firewall; nullptr if neither has it.
template <typename T>
const T* known(const RuleScope& scope, Named<T> Firewall::* member, std::string_view name) {
  const auto* const own = scope.own == nullptr ? nullptr : lookup(scope.own->*member, without_scope(name));
  if (own != nullptr || scope.cluster == nullptr) return own;
  return lookup(scope.cluster->*member, without_scope(name));
}

Answer bad(std::string_view key, const std::string& text) { return Answer::bad(key, text); }

std::optional<Answer> mixed(std::string_view key, int& version, int found) {
  if (found == 0) return std::nullopt;
  if (version != 0 && version != found) return bad(key, "detected mixed ipv4/ipv6 addresses in rule");
  version = found;
  return std::nullopt;
}

std::optional<Answer> check_address(const Config& rule, std::string_view key, const RuleScope& scope,
                                    int& version) {
  const auto value = get(rule, key);
  if (value.empty()) return std::nullopt;
  const auto found = address_version(value);
  if (!found) return bad(key, found.error());
  if (auto refusal = mixed(key, version, *found)) return refusal;
  if (value.starts_with('+')) {
    const auto name = without_scope(value.substr(1));
    if (!is_name(name)) return bad(key, fmt::format("invalid ipset name '{}'", value));
    if (known(scope, &Firewall::ipsets, name) == nullptr)
      return bad(key, fmt::format("no such ipset '{}'", name));
    return std::nullopt;
  }
  if (*found != 0) return std::nullopt;
  const auto* const alias = known(scope, &Firewall::aliases, value);
  if (alias == nullptr) return bad(key, fmt::format("no such alias '{}'", value));
  return mixed(key, version, element_version(get(*alias, "cidr")));
}

std::optional<Answer> check_type(const Config& rule, const RuleScope& scope) {
  const auto type = get(rule, "type");
  const auto action = get(rule, "action");
  if (type.empty()) return bad("type", "missing property");
  if (action.empty()) return bad("action", "missing property");
  const bool guest = scope.name == "vm" || scope.name == "ct";
  const bool vnet = scope.name == "vnet" && type != "forward" && type != "group";
  if (vnet || (type == "forward" && guest) || (type == "group" && scope.name == "group")) {
    return bad("type", fmt::format("invalid rule type '{}' for rule_env '{}'", type, scope.name));
  }
  if (type == "group") {
    if (!is_name(action)) return bad("action", "invalid characters in security group name");
    return std::nullopt;
  }
  if (type == "forward" && action == "REJECT")
    return bad("action", "cannot define REJECT rules on forward chain");
  if (action != "ACCEPT" && action != "DROP" && action != "REJECT") {
    return bad("action", fmt::format("unknown action '{}'", action));
  }
  return std::nullopt;
}

std::optional<Answer> check_iface(const Config& rule, const RuleScope& scope) {
  const auto iface = get(rule, "iface");
  if (iface.empty()) return std::nullopt;
  if (scope.name == "group") return bad("type", "parameter -i not allowed for this rule type");
  if ((scope.name == "vm" || scope.name == "ct") &&
      (!iface.starts_with("net") || !base::is_digits(iface.substr(3)))) {
    return bad("iface", "value does not match the regex pattern 'net\\d+'");
  }
  return std::nullopt;
}

bool is_icmp(std::string_view protocol) {
  return protocol == "icmp" || protocol == "icmpv6" || protocol == "ipv6-icmp" || protocol == "1" ||
         protocol == "58";
}

std::optional<Answer> check_protocol(const Config& rule, int& version) {
  const auto protocol = get(rule, "proto");
  if (protocol.empty()) return std::nullopt;
  if (!among(kProtocols, protocol) &&
      (!base::is_digits(protocol) || base::parse_number<unsigned>(protocol).value_or(256) > 255)) {
    return bad("proto", fmt::format("unknown protocol '{}'", protocol));
  }
  if (protocol == "icmp") return mixed("proto", version, 4);
  if (protocol == "icmpv6" || protocol == "ipv6-icmp") return mixed("proto", version, 6);
  return std::nullopt;
}

std::optional<Answer> check_port_of(const Config& rule, std::string_view key) {
  const auto value = get(rule, key);
  if (value.empty()) return std::nullopt;
  const auto protocol = get(rule, "proto");
  const bool icmp = key == "dport" && is_icmp(protocol);
  if (auto error = check_ports(value, icmp)) return bad(key, *error);
  if (protocol.empty())
    return bad("proto", fmt::format("missing property - '{}' requires this property", key));
  if (!among(kWithPorts, protocol) && !icmp) {
    return bad(key, fmt::format("protocol '{}' does not support ports", protocol));
  }
  return std::nullopt;
}

std::optional<Answer> check_icmp_type(const Config& rule) {
  const auto type = get(rule, "icmp-type");
  if (type.empty()) return std::nullopt;
  const auto protocol = get(rule, "proto");
  if (!is_icmp(protocol)) return bad("proto", "missing property - 'icmp-type' requires this property");
  if (has(rule, "dport")) return bad("icmp-type", "'icmp-type' cannot be specified together with 'dport'");
  const bool known = protocol == "icmp" ? among(kIcmpTypes, type) : among(kIcmp6Types, type);
  if (known || protocol == "1" || protocol == "58" || base::is_digits(type)) return std::nullopt;
  return bad("icmp-type", fmt::format("invalid icmp-type '{}' for proto '{}'", type, protocol));
}

}  // namespace

std::expected<int, std::string> address_version(std::string_view text) {
  if (text.starts_with('+')) return 0;
  if (is_name(without_scope(text))) return 0;
  if (text.ends_with(',') || text.find(",,") != std::string_view::npos) {
    return std::unexpected("extraneous commas in list");
  }
  int version = 0;
  bool range = false;
  const auto elements = base::split(text, ',');
  for (const auto element : elements) {
    const auto found = element_version(element);
    if (found == 0) return std::unexpected(fmt::format("invalid IP address: Invalid IP address {}", element));
    range = range || element.find('-') != std::string_view::npos;
    if (version != 0 && version != found) {
      return std::unexpected(fmt::format("detected mixed ipv4/ipv6 addresses in address list '{}'", text));
    }
    version = found;
  }
  if (range && elements.size() > 1) return std::unexpected("you can't use a range in a list");
  return version;
}

std::optional<Answer> check_entry(std::string_view entry, const RuleScope& scope) {
  if (element_version(entry) != 0 || known(scope, &Firewall::aliases, entry) != nullptr) return std::nullopt;
  return Answer::fail(fmt::format("no such alias '{}'", entry));
}

std::string without_host_bits(std::string_view network) {
  const auto slash = network.find('/');
  const auto version = element_version(network);
  if (slash == std::string_view::npos || version == 0) return std::string(network);
  const auto family = version == 4 ? AF_INET : AF_INET6;
  const auto length = base::parse_number<unsigned>(network.substr(slash + 1)).value_or(0);
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  inet_pton(family, std::string(network.substr(0, slash)).c_str(), bytes.data());
  for (unsigned bit = length; bit < bytes.size() * 8; ++bit) {
    bytes.at(bit / 8) = static_cast<unsigned char>(bytes.at(bit / 8) & ~(0x80U >> (bit % 8)));
  }
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(family, bytes.data(), text.data(), text.size());
  return fmt::format("{}/{}", text.data(), length);
}

std::optional<Answer> verify_rule(Config& rule, const RuleScope& scope) {
  int version = 0;
  rule.erase("ipversion");
  if (auto refusal = check_type(rule, scope)) return refusal;
  if (auto refusal = check_iface(rule, scope)) return refusal;
  if (const auto macro = get(rule, "macro"); !macro.empty()) {
    const auto wanted = base::lower_ascii(macro);
    const auto found = std::ranges::find_if(
        kMacros, [&](std::string_view name) { return base::lower_ascii(name) == wanted; });
    if (found == kMacros.end()) return bad("macro", fmt::format("unknown macro '{}'", macro));
    rule["macro"] = *found;
  }
  if (auto refusal = check_protocol(rule, version)) return refusal;
  if (auto refusal = check_port_of(rule, "dport")) return refusal;
  if (auto refusal = check_icmp_type(rule)) return refusal;
  if (auto refusal = check_port_of(rule, "sport")) return refusal;
  for (const std::string_view key : {"source", "dest"}) {
    if (auto refusal = check_address(rule, key, scope, version)) return refusal;
  }
  if (version != 0) rule["ipversion"] = std::to_string(version);
  return std::nullopt;
}

}  // namespace simulator
