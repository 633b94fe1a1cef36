#include "setup/samples.h"

#include <algorithm>

namespace samples {
namespace {

using setup::Format;

std::string replaced(std::string text, std::string_view word, std::string_view by) {
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + by.size()))
    text.replace(at, word.size(), by);
  return text;
}

std::vector<Sample> json() {
  return {
      {"no file", Format::Json, ""},
      {"a line break", Format::Json, "\n"},
      {"blanks", Format::Json, "  \n\n  "},
      {"an empty object", Format::Json, "{}"},
      {"an empty object and a line break", Format::Json, "{}\n"},
      {"an empty object with a blank", Format::Json, "{ }\n"},
      {"an empty object over two lines", Format::Json, "{\n}\n"},
      {"no servers yet", Format::Json, "{\n  \"theme\": \"dark\",\n  \"n\": 1.50\n}\n"},
      {"four blanks", Format::Json, "{\n    \"theme\": \"dark\",\n    \"SERVERS\": {}\n}"},
      {"tabs", Format::Json, "{\n\t\"SERVERS\": {\n\t\t\"a\": {\n\t\t\t\"command\": \"x\"\n\t\t}\n\t}\n}\n"},
      {"CRLF", Format::Json,
       "{\r\n  \"SERVERS\": {\r\n    \"a\": {\"command\": \"x\"}\r\n  },\r\n  \"z\": [1, 2]\r\n}\r\n"},
      {"CRLF, no servers", Format::Json, "{\r\n  \"z\": 1\r\n}\r\n"},
      {"a byte order mark", Format::Json, "\xEF\xBB\xBF{\n  \"a\": 1\n}\n"},
      {"only a byte order mark", Format::Json, "\xEF\xBB\xBF"},
      {"a byte order mark and {}", Format::Json, "\xEF\xBB\xBF{}"},
      {"one line", Format::Json, R"({"a": 1, "SERVERS": {"b": {"command": "x", "args": []}}, "z": null})"},
      {"one line without blanks", Format::Json, R"({"a":1,"SERVERS":{"b":{"command":"x"}}})"},
      {"one line, no servers", Format::Json, R"({"a":1})"},
      {"one line, servers empty and last", Format::Json, R"({"a":1,"SERVERS":{}})"},
      {"only empty servers", Format::Json, "{\n  \"SERVERS\": {}\n}\n"},
      {"empty servers over two lines", Format::Json, "{\n  \"SERVERS\": {\n  }\n}\n"},
      {"a key written with an escape", Format::Json,
       "{\n  \"\\u0053ERVERS\": 1,\n  \"SERVERS\": {\n    \"a\": {}\n  }\n}\n"},
      {"the same key deeper", Format::Json,
       "{\n  \"projects\": {\"/x\": {\"SERVERS\": {\"pve\": {\"command\": \"not this\"}}}},\n  \"SERVERS\": "
       "{}\n}\n"},
      {"brackets and quotes in texts", Format::Json,
       "{\n  \"a\": \"}]{[,\\\"//\\\\\",\n  \"SERVERS\": {\n    \"b\": {\"args\": [\"{\", \"]\", \"/*\"]}\n  "
       "}\n}"},
      {"a brace on the line of the last member", Format::Json, "{\n  \"a\": 1,\n  \"b\": 2 }"},
      {"a comma at the start of a line", Format::Json, "{ \"a\": 1\n, \"b\": 2\n}\n"},
      {"keys twice elsewhere", Format::Json, "{\n  \"a\": 1,\n  \"a\": 2\n}\n"},
      {"strange numbers", Format::Json,
       "{\n  \"a\": 1e2,\n  \"b\": -0.0,\n  \"c\": 123456789012345678901234567890\n}\n"},
      {"an indented object", Format::Json, "  {\n    \"a\": 1\n  }\n"},
  };
}

std::vector<Sample> jsonc() {
  return {
      {"only a comment", Format::Jsonc, "// nothing yet\n"},
      {"only a comment, line open", Format::Jsonc, "// nothing yet"},
      {"comments everywhere", Format::Jsonc,
       "// top\n{\n  // of a\n  \"a\": 1, // after a\n  /* of\n     servers */\n  \"SERVERS\": { // open\n"
       "    \"b\": { \"command\": \"x\" } // after b\n    // last\n  } /* behind */ // end\n  // last of "
       "all\n}\n// behind\n"},
      {"trailing commas", Format::Jsonc,
       "{\n  \"SERVERS\": {\n    \"b\": {\n      \"command\": \"x\",\n      \"args\": [\"y\",],\n    },\n  "
       "},\n}\n"},
      {"trailing commas on one line", Format::Jsonc, R"({"a": [1,], "SERVERS": {"b": {},},})"},
      {"a trailing comma and a comment", Format::Jsonc, "{\n  \"a\": 1, // why\n  /* x */\n}\n"},
      {"a trailing comma behind a comment", Format::Jsonc, "{\n  \"a\": 1 /* x */ , // y\n}\n"},
      {"a comment in an empty object", Format::Jsonc, "{\n  // my servers\n}\n"},
      {"a block comment in an empty object", Format::Jsonc, "{ \"a\": 0, \"SERVERS\": { /* none */ } }\n"},
      {"a comment behind the last member of one line", Format::Jsonc, "{ \"a\": 1 // x\n}\n"},
      {"a comment that holds braces", Format::Jsonc, "{\n  // } \"SERVERS\": { }\n  \"a\": \"// no\"\n}\n"},
      {"comment and brace on one line", Format::Jsonc, "{\n  \"a\": 1 /* x */ }\n"},
      {"inputs", Format::Jsonc,
       "{\n\t\"servers\": {},\n\t\"mcpServers\": {},\n\t\"inputs\": [\n\t\t// asked once\n\t\t{\"id\": "
       "\"k\", \"password\": true},\n\t],\n}\n"},
  };
}

std::vector<Sample> toml() {
  return {
      {"no file", Format::Toml, ""},
      {"a line break", Format::Toml, "\n"},
      {"blanks", Format::Toml, "  "},
      {"a pair", Format::Toml, "model = \"o4\"\n"},
      {"a pair, line open", Format::Toml, "model = \"o4\""},
      {"blank lines at the end", Format::Toml, "model = \"o4\"\n\n\n"},
      {"a comment, line open", Format::Toml, "# mine"},
      {"a byte order mark", Format::Toml, "\xEF\xBB\xBFmodel = \"o4\"\n"},
      {"CRLF", Format::Toml, "model = \"o4\"\r\n\r\n[SERVERS.a]\r\ncommand = \"x\"\r\n"},
      {"CRLF, line open", Format::Toml, "[SERVERS.a]\r\ncommand = \"x\""},
      {"tables", Format::Toml,
       "# top\nmodel = \"o4\" # why\n\n[SERVERS.a] # first\ncommand = \"x\"\nargs = [\n  \"y\", # z\n  "
       "\"[no.table]\",\n]\n\n"
       "[SERVERS.a.env]\nKEY = \"v\"\n\n# of b\n[SERVERS.b]\nurl = \"https://x\"\n# last\n"},
      {"texts over many lines", Format::Toml,
       "notes = \"\"\"\n[SERVERS.pve]\ncommand = \"not this\"\n\\\"\"\"\" # \"\"\"\"\nraw = "
       "'''\n[x]\n'''\n[a]\nb = 'c]#'\n"},
      {"inline and dotted neighbours", Format::Toml,
       "a.b.c = 1\nx = { y = { z = [1, { q = 2 }] } }\n[SERVERS]\nother = { command = \"x\" }\n"},
      {"lists of tables", Format::Toml,
       "[[profiles]]\nname = \"p\"\n[[profiles]]\nname = \"q\"\nwhen = 2026-01-01T10:00:00Z\n"},
      {"quoted keys", Format::Toml,
       "[projects.\"/home/x/a.b\"]\ntrust_level = \"trusted\"\n'k]' = 1\n\"a=b\" = 2\n"},
      {"letters beyond ASCII", Format::Toml,
       "# für\n[projects.\"/home/jörg\".'ä']\n\"ö\".'ü' = [\"ß\", { \"é\".\"è\" = 'ñ' }] # ß\n"},
      {"an empty table of servers", Format::Toml, "[SERVERS]\n\n[other]\nx = nan\ny = 0x1F\nz = -inf\n"},
      {"indented", Format::Toml, "  [SERVERS.a]\n  command = \"x\"\n\n  [b]\n    c = 1\n"},
  };
}

}  // namespace

const std::vector<Sample>& all() {
  static const std::vector<Sample> kAll = [] {
    std::vector<Sample> samples;
    for (const auto& part : {json(), jsonc(), toml()})
      samples.insert(samples.end(), part.begin(), part.end());
    return samples;
  }();
  return kAll;
}

std::vector<Sample> of(const setup::Client& client) {
  std::vector<Sample> fitting;
  for (auto sample : all()) {
    const bool fits =
        sample.format == client.format || (sample.format == Format::Json && client.format == Format::Jsonc);
    if (!fits) continue;
    sample.text = replaced(sample.text, "\\u0053ERVERS", "\\u0053");
    sample.text = replaced(sample.text, "SERVERS", client.servers);
    fitting.push_back(std::move(sample));
  }
  return fitting;
}

setup::Server local() {
  return {.name = "pve",
          .command = "/usr/bin/mcp-pve",
          .args = {"--config", "/home/x/my \"pve\".toml"},
          .env = {{"PVE_TIER", "read-only"}, {"PVE_TOKEN_SECRET_FILE", "/home/x/secret"}},
          .url = "",
          .bearer = ""};
}

setup::Server remote() {
  return {.name = "pve-lab",
          .command = "",
          .args = {},
          .env = {},
          .url = "https://pve.lab:3000/mcp",
          .bearer = "s3cret"};
}

std::vector<setup::Server> servers_for(const setup::Client& client) {
  if (client.url.empty()) return {local()};
  return {local(), remote()};
}

}  // namespace samples
