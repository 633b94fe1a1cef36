// Any text as a settings file and as a token file: the three readers of TOML refuse it or understand it, and
// what they say of it is harmless to a terminal.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "auth/token_file.h"
#include "base/text.h"
#include "base/toml.h"
#include "config/toml.h"

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

bool is_harmless(const std::string& sentence) {
  return base::printable(sentence, sentence.size()) == sentence;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);  // NOLINT: bytes are the input
  const auto table = base::parse_toml(text);
  if (!table) check(table.error().reason.empty() == (table.error().line == 0));
  const auto settings = config::parse_toml(text);
  check(table || !settings);
  if (!settings) check(is_harmless(settings.error()));
  const auto tokens = auth::parse_tokens(text, "tokens.toml", {{"full"}, {"nodes"}, {}});
  check(table || !tokens);
  if (!tokens) check(is_harmless(tokens.error()));
  return 0;
}
