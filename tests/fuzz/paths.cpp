// What a user or a model may write into an address or a path: it is refused, or the request keeps its shape.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/text.h"
#include "net/certificate.h"
#include "net/proxy.h"
#include "net/url.h"
#include "pve/path.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

void check_path(std::string_view value) {
  const auto path = pve::fill_path("/nodes/{node}/qemu/{vmid}/config", [&](std::string_view name) {
    return name == "node" ? std::string(value) : std::string("100");
  });
  require(path.has_value() != pve::segment_misfit(value).has_value());
  if (!path) return;
  require(!base::has_control(*path) && path->find_first_of("?#;& ") == std::string::npos);
  const std::string decoded = base::percent_decode(*path);
  require(decoded == "/nodes/" + std::string(value) + "/qemu/100/config");
  require(std::ranges::count(decoded, '/') == 5);
}

void check_url(std::string_view text) {
  const auto url = net::parse_url(text);
  if (!url) {
    require(!url.error().empty() && !base::has_control(url.error()));
    return;
  }
  require(url->port != 0 && !url->host.empty());
  require(!base::has_control(url->text()) && url->authority().find_first_of("/?#@ ") == std::string::npos);
  const auto again = net::parse_url(url->text());
  require(again && again->text() == url->text());
  require(again->host == url->host && again->port == url->port && again->tls == url->tls);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_path(text);
  check_url(text);
  net::Url url;
  url.host = "pve";
  (void)net::proxy_for(url, text, text);
  if (const auto fingerprint = net::parse_fingerprint(text))
    require(net::parse_fingerprint(net::to_text(*fingerprint)) == *fingerprint);
  return 0;
}
