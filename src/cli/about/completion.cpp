#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "cli/about/about.h"
#include "cli/about/sources.h"
#include "cli/setup/questions.h"
#include "cli/setup/service_files.h"
#include "config/table.h"

namespace cli {
namespace {

/// "doctor" of "[settings] doctor"; empty for the program without a command.
std::string_view name_of(const CommandText& text) {
  auto synopsis = text.synopsis;
  constexpr std::string_view kSettings = "[settings]";
  if (synopsis.starts_with(kSettings)) synopsis = base::trim(synopsis.substr(kSettings.size()));
  return synopsis.substr(0, synopsis.find(' '));
}

/// What --help says in one line, without what a shell would read. zsh takes a colon as the end of a part.
std::string plain(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, text.find('\n'))) {
    if (std::string_view("'\"`$\\[]").find(c) == std::string_view::npos) out += c;
  }
  return out;
}
std::string for_zsh(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == ':' ? std::string("\\:") : std::string(1, c);
  return out;
}

/// The first sentence of a setting's help.
std::string summary(const config::Setting& row) {
  const auto text = config::help_of(row, known());
  return plain(text.substr(0, text.find(". ")));
}

std::vector<std::string> options_of(std::string_view command) {
  std::vector<std::string> names;
  for (const auto& option : options()) {
    if (option.of.empty() || option.of == command) names.emplace_back(option.name);
  }
  if (command == "setup") {
    for (const auto& row : questions()) names.emplace_back(row.flag);
  }
  return names;
}

std::vector<std::string> flags() {
  std::vector<std::string> names;
  for (const auto& row : config::table()) {
    if (!row.flag.empty()) names.emplace_back(row.flag);
  }
  return names;
}

std::vector<std::string> commands() {
  std::vector<std::string> names;
  for (const auto& text : command_texts()) {
    if (!name_of(text).empty()) names.emplace_back(name_of(text));
  }
  names.insert(names.end(), {"help", "version"});
  return names;
}

std::string words(std::span<const std::string_view> all) { return base::join(all, " "); }
std::string words(const std::vector<std::string>& all) { return fmt::format("{}", fmt::join(all, " ")); }

/// What bash offers behind a setting that takes a value: lines of a case.
std::string bash_values() {
  std::string choices;
  std::vector<std::string> files;
  std::vector<std::string> others;
  const auto add_path_or_other = [&](std::string_view flag, bool is_path) {
    (is_path ? files : others).emplace_back(flag);
  };
  for (const auto& row : config::table()) {
    if (row.flag.empty() || row.argument.empty()) continue;
    if (const auto values = config::choices_of(row, known()); !values.empty()) {
      choices += fmt::format("    {}) COMPREPLY=($(compgen -W '{}' -- \"$current\")); return ;;\n", row.flag,
                             words(values));
    } else {
      add_path_or_other(row.flag, config::takes_path(row));
    }
  }
  for (const auto& row : questions()) {
    if (!row.argument.empty() && !row.setting) add_path_or_other(row.flag, row.argument == "FILE");
  }
  return choices +
         fmt::format("    {}) COMPREPLY=($(compgen -f -- \"$current\")); return ;;\n    {}) return ;;\n",
                     fmt::join(files, " | "), fmt::join(others, " | "));
}

/// What zsh offers as the value of a setting: an action of _arguments. A blank offers nothing.
std::string zsh_action(const config::Setting& row) {
  const auto values = config::choices_of(row, known());
  if (!values.empty() && row.repeatable)
    return fmt::format("_values -s , {} {}", row.argument, words(values));
  if (!values.empty()) return fmt::format("({})", words(values));
  if (row.argument == "FOLDER") return "_files -/";
  return config::takes_path(row) ? "_files" : " ";
}

/// The options of fish for a value.
std::string fish_value(std::string_view argument, std::span<const std::string_view> values = {}) {
  if (argument.empty()) return {};
  if (!values.empty()) return fmt::format(" -x -a '{}'", words(values));
  if (argument == "FOLDER") return " -x -a '(__fish_complete_directories)'";
  return argument == "FILE" ? " -r -F" : " -x";
}

/// The tools that the settings of the command line offer; needs no connection to PVE.
constexpr std::string_view kToolNames = "mcp-pve tools 2>/dev/null | awk '/^pve_/ {print $1}'";

}  // namespace

std::string bash_completion() {
  std::string cases;
  for (const auto& command : commands()) {
    const auto own = options_of(command);
    cases += fmt::format("    {}) own='{}' ;;\n", command, words(own));
  }
  return fmt::format(
      "# bash completion of mcp-pve\n"
      "_mcp_pve() {{\n"
      "  local word command='' own='{}' current=${{COMP_WORDS[COMP_CWORD]}}\n"
      "  for word in \"${{COMP_WORDS[@]:1:COMP_CWORD-1}}\"; do\n"
      "    case \" {} \" in *\" $word \"*) command=$word; break ;; esac\n"
      "  done\n"
      "  case ${{COMP_WORDS[COMP_CWORD-1]}} in\n{}  esac\n"
      "  case $command in\n{}  esac\n"
      "  case $command in\n"
      "    '') own+=' {}' ;;\n"
      "    call | tools) own+=\" $({})\" ;;\n"
      "    print) own+=' {}' ;;\n"
      "  esac\n"
      "  COMPREPLY=($(compgen -W \"$own {}\" -- \"$current\"))\n"
      "  [ ${{#COMPREPLY[@]}} -gt 0 ] || COMPREPLY=($(compgen -f -- \"$current\"))\n"
      "}}\n"
      "complete -F _mcp_pve mcp-pve\n",
      words(options_of("")), words(commands()), bash_values(), cases, words(commands()), kToolNames,
      base::join(kPrinted, " "), words(flags()));
}

std::string zsh_completion() {
  std::string list;
  for (const auto& text : command_texts()) {
    if (!name_of(text).empty())
      list += fmt::format("    '{}:{}'\n", name_of(text), for_zsh(plain(text.purpose)));
  }
  std::string settings;
  std::vector<std::string_view> with_value;
  for (const auto& row : config::table()) {
    if (row.flag.empty()) continue;
    if (!row.argument.empty()) with_value.push_back(row.flag);
    settings += fmt::format("    '{}{}[{}]{}'\n", row.repeatable ? "*" : "", row.flag, for_zsh(summary(row)),
                            row.argument.empty()
                                ? ""
                                : fmt::format(":{}:{}", for_zsh(std::string(row.argument)), zsh_action(row)));
  }
  std::string cases;
  for (const auto& command : commands()) {
    const auto own = options_of(command);
    if (!own.empty()) cases += fmt::format("    {}) own=({}) ;;\n", command, words(own));
  }
  return fmt::format(
      "#compdef mcp-pve\n"
      "_mcp_pve() {{\n"
      "  local -a commands settings own tools\n"
      "  commands=(\n{}  )\n"
      "  settings=(\n{}  )\n"
      "  case ${{words[CURRENT-1]}} in\n"
      "    {}) _arguments -s $settings '*:: :'; return ;;\n"
      "  esac\n"
      "  local word command=''\n"
      "  for word in ${{words[2,CURRENT-1]}}; do\n"
      "    if (( ${{commands[(I)$word:*]}} )); then command=$word; break; fi\n"
      "  done\n"
      "  case $command in\n{}    *) own=(--help --version) ;;\n  esac\n"
      "  case $command in\n"
      "    '') _describe 'command' commands ;;\n"
      "    call|tools) tools=(${{(f)\"$({})\"}}); _describe 'tool' tools ;;\n"
      "    print) _values 'what' {} ;;\n"
      "  esac\n"
      "  compadd -- $own\n"
      "  _arguments -s $settings '*:: :'\n"
      "}}\n"
      "_mcp_pve \"$@\"\n",
      list, settings, base::join(with_value, "|"), cases, kToolNames, base::join(kPrinted, " "));
}

std::string fish_completion() {
  std::string out = "# fish completion of mcp-pve\ncomplete -c mcp-pve -f\n";
  const auto none = fmt::format("not __fish_seen_subcommand_from {}", words(commands()));
  for (const auto& text : command_texts()) {
    if (!name_of(text).empty())
      out += fmt::format("complete -c mcp-pve -n '{}' -a {} -d '{}'\n", none, name_of(text),
                         plain(text.purpose));
  }
  out += fmt::format("complete -c mcp-pve -n '__fish_seen_subcommand_from call tools' -a '({})'\n",
                     "mcp-pve tools 2>/dev/null | string match -r \"^pve_\\S+\"");
  out += fmt::format("complete -c mcp-pve -n '__fish_seen_subcommand_from print' -a '{}'\n",
                     base::join(kPrinted, " "));
  for (const auto& option : options()) {
    const auto where =
        option.of.empty() ? std::string() : fmt::format(" -n '__fish_seen_subcommand_from {}'", option.of);
    out += fmt::format("complete -c mcp-pve{} -l {}{}\n", where, option.name.substr(2),
                       option.takes.empty() ? "" : " -r");
  }
  for (const auto& row : questions())
    out += fmt::format("complete -c mcp-pve -n '__fish_seen_subcommand_from setup' -l {}{} -d '{}'\n",
                       row.flag.substr(2), fish_value(row.argument), plain(row.prompt));
  for (const auto& row : config::table()) {
    if (!row.flag.empty())
      out += fmt::format("complete -c mcp-pve -l {}{} -d '{}'\n", row.flag.substr(2),
                         fish_value(row.argument, config::choices_of(row, known())), summary(row));
  }
  return out;
}

std::string printed(std::string_view what) {
  if (what == "man") return manual();
  if (what == "bash") return bash_completion();
  if (what == "zsh") return zsh_completion();
  if (what == "fish") return fish_completion();
  if (what == "service") return service_unit("/usr/bin/mcp-pve");
  return config::example(known());
}

}  // namespace cli
