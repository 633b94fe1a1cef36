// What setup has made, as comments in the settings file: setup --remove takes away that, and nothing else.
#pragma once

#include <expected>
#include <filesystem>
#include <functional>
#include <set>
#include <string>

#include "cli/setup/grants.h"

namespace cli {

struct Record {
  Made pve;
  std::filesystem::path file;                  ///< of the secret; empty: setup made none
  std::set<std::string, std::less<>> keys;     ///< of the settings that the file did not have before
  std::set<std::string, std::less<>> service;  ///< of kServiceFiles those that were not there before

  bool operator==(const Record&) const = default;
};

/// The lines "# made by mcp-pve setup: KIND VALUE" of a settings file. Nothing if one of them is not as
/// setup writes it, or stands in a multi-line string.
Record record_in(const std::string& text);

/// `text` with the lines of this record, and no others, at its end. The settings stay. The error is a clause:
/// the lines stand in a multi-line string, or a path cannot stand in a line.
std::expected<std::string, std::string> with_record(const std::string& text, const Record& record);

/// The comment that begins a settings file of setup.
inline constexpr std::string_view kFirstComment =
    "# Settings of the MCP server mcp-pve; mcp-pve --help lists all.";

/// True if the text sets nothing and has no comment but those of setup.
bool is_without_contents(const std::string& text);

}  // namespace cli
