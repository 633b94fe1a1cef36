#include "insight/address.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "base/ascii.h"
#include "base/json_read.h"
#include "base/number.h"
#include "base/text.h"
#include "insight/read.h"

namespace insight {
namespace {

/// Returns a MAC address, or its first three bytes or more, as "BC:24:11:00:00:64"; "" for other text.
std::string mac_text(std::string_view text) {
  std::string mac;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool between = i % 3 == 2;
    if (between ? text[i] != ':' && text[i] != '-' : !base::is_hex(text[i])) return {};
    mac += between ? ':' : static_cast<char>(std::toupper(static_cast<unsigned char>(text[i])));
  }
  constexpr std::size_t kWhole = 17;
  constexpr std::size_t kLeast = 8;
  return mac.size() < kLeast || mac.size() > kWhole ? std::string{} : mac;
}

/// Returns the normal form of an IP address; "" for other text.
std::string ip_text(std::string_view text) {
  const std::string given(text);
  std::array<unsigned char, 16> bytes{};
  std::array<char, INET6_ADDRSTRLEN> out{};
  for (const int family : {AF_INET, AF_INET6}) {
    if (inet_pton(family, given.c_str(), bytes.data()) == 1)
      return inet_ntop(family, bytes.data(), out.data(), out.size());
  }
  return {};
}

bool is_family(std::string_view name, std::string_view family) {
  return name.starts_with(family) && base::is_digits(name.substr(family.size()));
}

/// Adds the addresses of "virtio=BC:24:11:00:00:64,bridge=vmbr0" or "name=eth0,hwaddr=…,ip=192.0.2.7/24".
void add_card(const std::string& card, std::string_view properties, std::vector<Address>& out) {
  for (const auto property : base::split(properties, ',')) {
    const auto equals = property.find('=');
    if (equals == std::string_view::npos) continue;
    const auto value = property.substr(equals + 1);
    const auto key = property.substr(0, equals);
    if (auto mac = mac_text(value); mac.size() == 17) out.push_back({card, std::move(mac), true});
    if (key != "ip" && key != "ip6") continue;
    if (auto ip = ip_text(value.substr(0, value.find('/'))); !ip.empty())
      out.push_back({card, std::move(ip)});
  }
}

using Bytes = std::array<unsigned char, 16>;

/// Returns the number of bytes of the address: 4 or 16; 0 if the text is not an address.
std::size_t read_ip(const std::string& text, Bytes& bytes) {
  if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) return 4;
  return inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1 ? 16 : 0;
}

bool in_network(const std::string& address, const std::string& network, int prefix) {
  Bytes a{};
  Bytes b{};
  const auto size = read_ip(address, a);
  if (size == 0 || size != read_ip(network, b)) return false;
  for (std::size_t i = 0; i < size && prefix > 0; ++i, prefix -= 8) {
    const auto mask = prefix >= 8 ? 0xFFU : 0xFFU << static_cast<unsigned>(8 - prefix);
    if (((a.at(i) ^ b.at(i)) & mask & 0xFFU) != 0) return false;
  }
  return true;
}

/// Returns true for "10.0.3", "10.0.", ".3.7": digits with one to three dots.
bool is_ipv4_part(std::string_view text) {
  const auto dots = std::ranges::count(text, '.');
  return dots > 0 && dots <= 3 && std::ranges::any_of(text, base::is_digit) &&
         std::ranges::all_of(text, [](char c) { return c == '.' || base::is_digit(c); });
}

/// Returns true for "2001:db8:": hexadecimal digits with two colons or more.
bool is_ipv6_part(std::string_view text) {
  const auto colons = std::ranges::count(text, ':');
  return colons > 1 && colons < 8 && std::ranges::any_of(text, base::is_hex) &&
         std::ranges::all_of(text, [](char c) { return c == ':' || base::is_hex(c); });
}

bool is_local(const std::string& ip) {
  return ip.starts_with("127.") || ip == "::1" || ip.starts_with("fe80:") || ip.starts_with("169.254.");
}

void add_reported(const std::string& card, std::string_view text, std::vector<Address>& out) {
  auto ip = ip_text(text.substr(0, text.find_first_of("/%")));
  if (!ip.empty() && !is_local(ip)) out.push_back({card, std::move(ip)});
}

}  // namespace

std::vector<Address> addresses_in(const base::JsonObject& config) {
  std::vector<Address> found;
  for (const auto& member : config) {
    const auto* text = member.value().if_string();
    if (text != nullptr && (is_family(member.key(), "net") || is_family(member.key(), "ipconfig")))
      add_card(std::string(std::string_view(member.key())), std::string_view(*text), found);
  }
  return found;
}

std::vector<Address> addresses_reported(const base::Json& data) {
  std::vector<Address> found;
  const auto* result = base::ObjectView(data).member("result");
  for (const auto& card : base::objects(result == nullptr ? data : *result)) {
    const auto name = base::text(card, "name");
    if (const auto* list = card.if_contains("ip-addresses")) {
      for (const auto& address : base::objects(*list))
        add_reported(name, base::raw_text(address, "ip-address"), found);
    } else {
      add_reported(name, base::raw_text(card, "inet"), found);
      add_reported(name, base::raw_text(card, "inet6"), found);
    }
  }
  return found;
}

bool has_agent(const base::JsonObject& config) {
  const auto agent = base::raw_word(config, "agent");
  for (const auto part : base::split(agent, ',')) {
    if (part == "1" || part == "enabled=1") return true;
  }
  return false;
}

const Address* Wanted::first(const std::vector<Address>& addresses) const {
  const auto found = std::ranges::find_if(addresses, [&](const Address& address) {
    if (address.mac != (kind == Kind::Mac)) return false;
    if (prefix) return in_network(address.text, text, *prefix);
    if (whole) return address.text == text;
    return address.text.starts_with(text) ||
           (!address.mac &&
            address.text.find(text.starts_with('.') ? text : "." + text) != std::string::npos);
  });
  return found == addresses.end() ? nullptr : &*found;
}

std::expected<std::optional<Wanted>, std::string> wanted_address(std::string_view query) {
  const auto slash = query.find('/');
  if (auto ip = ip_text(query.substr(0, slash)); !ip.empty()) {
    if (slash == std::string_view::npos) return Wanted{Wanted::Kind::Ip, std::move(ip), true};
    const auto bits = base::parse_number<int>(query.substr(slash + 1));
    const int most = ip.find(':') == std::string::npos ? 32 : 128;
    if (!bits || *bits < 0 || *bits > most)
      return std::unexpected(fmt::format("a network must end with its prefix length, /0 to /{}", most));
    return Wanted{Wanted::Kind::Ip, std::move(ip), true, bits};
  }
  if (query.ends_with('*')) query.remove_suffix(1);
  if (auto mac = mac_text(query); !mac.empty()) {
    const bool whole = mac.size() == 17;
    return Wanted{Wanted::Kind::Mac, std::move(mac), whole};
  }
  if (is_ipv4_part(query) || is_ipv6_part(query))
    return Wanted{Wanted::Kind::Ip, base::lower_ascii(query), false};
  return std::nullopt;
}

}  // namespace insight
