// with_server(), without_server(), has_server(): which editor edits which client's file.
#include "base/json_read.h"
#include "setup/clients.h"
#include "setup/entry.h"
#include "setup/json_edit.h"
#include "setup/toml_edit.h"
#include "setup/toml_text.h"

namespace setup {
namespace {

Comments comments_of(const Client& client) {
  return client.format == Format::Json ? Comments::Refused : Comments::Kept;
}

std::expected<base::JsonObject, std::string> tree_of(const Client& client, std::string_view text) {
  return client.format == Format::Toml ? read_toml(text) : json_object_of(text, comments_of(client));
}

}  // namespace

std::expected<std::string, std::string> with_server(const Client& client, std::string_view text,
                                                    const Server& server) {
  if (auto clause = misfit(client, server)) return std::unexpected(*clause);
  const auto tree = tree_of(client, text);
  if (!tree) return std::unexpected(tree.error());
  const auto* servers = base::object(*tree, client.servers);
  const auto* existing = servers == nullptr ? nullptr : base::object(*servers, server.name);
  const auto change = change_to(client, server, existing);
  if (client.format == Format::Toml) return toml_with_entry(text, client.servers, server.name, change);
  return json_with_entry(text, comments_of(client), client.servers, server.name, change);
}

std::expected<std::string, std::string> without_server(const Client& client, std::string_view text,
                                                       std::string_view name) {
  if (client.format == Format::Toml) return toml_without_entry(text, client.servers, name);
  return json_without_entry(text, comments_of(client), client.servers, name);
}

std::optional<Server> has_server(const Client& client, std::string_view text, std::string_view name) {
  const auto tree = tree_of(client, text);
  if (!tree) return std::nullopt;
  const auto* servers = base::object(*tree, client.servers);
  const auto* entry = servers == nullptr ? nullptr : base::object(*servers, name);
  if (entry == nullptr) return std::nullopt;
  return server_of(client, name, *entry);
}

}  // namespace setup
