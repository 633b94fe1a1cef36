#include <fmt/format.h>
#include <openssl/crypto.h>
#include <zlib.h>

#include <CLI/Version.hpp>
#include <boost/version.hpp>
#include <string>
#include <utility>
#include <vector>

#include "base/embedded.h"
#include "base/toml.h"
#include "chart/drawing.h"
#include "cli/about/about.h"
#include "net/lookup/dns.h"
#include "state/sqlite.h"

#ifdef MCP_PVE_STATIC
#include <gnu/libc-version.h>
#endif

BASE_EMBED(mcp_pve_commit, MCP_PVE_COMMIT_FILE)

namespace cli {
namespace {

std::string dotted(int major, int minor, int patch) { return fmt::format("{}.{}.{}", major, minor, patch); }

std::string sqlite() {
  const auto library = state::load_sqlite();
  return library ? std::string("SQLite ") + library->libversion() : "SQLite (not installed)";
}

std::string cairo() {
  const auto& library = chart::drawing();
  return library ? std::string("cairo ") + library->cairo.version_string() : "cairo (not installed)";
}

}  // namespace

std::string version_text() {
  std::vector<std::string> inside = {
      "Boost " + dotted(BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100),
      "fmt " + dotted(FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100),
      "CLI11 " CLI11_VERSION, "toml++ " + dotted(TOML_LIB_MAJOR, TOML_LIB_MINOR, TOML_LIB_PATCH)};
  std::vector<std::string> others = {std::string("OpenSSL ") + OpenSSL_version(OPENSSL_VERSION_STRING),
                                     std::string("zlib ") + zlibVersion(), sqlite(), cairo()};
#ifdef MCP_PVE_STATIC
  inside.push_back(std::string("glibc ") + gnu_get_libc_version());
  inside.push_back("c-ares " + net::dns_library_version());
  inside.insert(inside.end(), std::make_move_iterator(others.begin()), std::make_move_iterator(others.end()));
  others.clear();
#endif
  auto text = fmt::format("mcp-pve {} (commit {})\ninside: {}\n", MCP_PVE_VERSION, mcp_pve_commit_begin,
                          fmt::join(inside, ", "));
  if (!others.empty()) text += fmt::format("of this system: {}\n", fmt::join(others, ", "));
  return text;
}

}  // namespace cli
