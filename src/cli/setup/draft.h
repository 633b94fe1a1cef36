// What setup has found out and decided so far; nothing of it is written yet.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/backend.h"
#include "cli/setup/access_control.h"
#include "cli/setup/files.h"
#include "cli/setup/grants.h"
#include "cli/setup/interview.h"
#include "cli/setup/record.h"
#include "cli/setup/settings_text.h"
#include "facts/facts.h"
#include "net/client.h"
#include "setup/clients.h"

namespace cli {

/// The machine and the account under which setup runs.
struct Host {
  const Variables& variables;
  const facts::Facts& facts;
  std::filesystem::path root;  ///< "/"; in tests the folder that stands for it
  bool is_root = false;
  std::filesystem::path home;
  std::filesystem::path folder;  ///< of the settings: ~/.config/mcp-pve, or /etc/mcp-pve for a service
};

/// A change of one client's file, or why it has to be made by hand.
struct ClientEdit {
  const ::setup::Client* client = nullptr;
  FileChange file;
  std::string by_hand;  ///< sentences; empty: the file is changed
};

struct Draft {
  std::string name;
  std::filesystem::path settings_file;
  std::filesystem::path secret_file;  ///< where setup stores a secret
  std::string settings;               ///< the text as it is; empty: no file
  bool has_settings = false;
  Record record;  ///< of the settings as they are

  std::vector<net::ClientOptions> routes;  ///< one for each node, with what is pinned
  std::string base_url;                    ///< all addresses, with commas
  std::string fingerprint;                 ///< all that are pinned, with commas; empty: none
  std::string tier;
  std::string categories;

  std::string token_id;
  std::optional<std::string> token_secret;  ///< to be stored in secret_file
  std::optional<std::string>
      token_secret_file;                  ///< of the settings; nothing: the settings keep what they have
  std::unique_ptr<AccessControl> access;  ///< logged in; null: nothing is changed in PVE
  Grant grant;                            ///< the changes in PVE; none: the token exists

  SettingValues values;
  std::vector<ClientEdit> clients;
  bool service = false;                    ///< for the service; else clients start the server themselves
  std::vector<std::string> service_files;  ///< of kServiceFiles those that are made
};

}  // namespace cli
