// Any text as a client's settings file: an edit is refused, or the server is there, once more changes
// nothing, and without it the text is as it was. What is shown of it is harmless to a terminal.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/text.h"
#include "setup/clients.h"

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

void edit(const setup::Client& client, std::string_view text, const setup::Server& server) {
  const auto before = setup::has_server(client, text, server.name);
  const auto edited = setup::with_server(client, text, server);
  if (!edited) {
    check(base::printable(edited.error(), edited.error().size()) == edited.error());
    return;
  }
  const auto found = setup::has_server(client, *edited, server.name);
  check(found && found->command == server.command && found->url == server.url && found->env == server.env);
  check(setup::with_server(client, *edited, server) == edited);
  const auto shown = setup::difference("file", text, *edited);
  check(shown.find('\x1B') == std::string::npos);
  const auto removed = setup::without_server(client, *edited, server.name);
  if (!before) check(removed && *removed == text);
  if (before && removed) check(!setup::has_server(client, *removed, server.name));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1),
                              size - 1);  // NOLINT: bytes are the input
  const auto clients = setup::clients();
  const auto& client = clients[data[0] % clients.size()];
  if (data[0] < 128 || client.url.empty()) {
    edit(client, text, {.name = "pve", .command = "mcp-pve", .args = {"a"}, .env = {{"K", "v"}}});
  } else {
    edit(client, text, {.name = "pve", .url = "https://pve/mcp", .bearer = "t"});
  }
  return 0;
}
