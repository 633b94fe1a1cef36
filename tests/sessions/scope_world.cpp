#include "sessions/scope_world.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/number.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "catalog/prompts.h"
#include "catalog/resources.h"
#include "sessions/examples.h"

namespace sessions {
namespace {

/// Writes the guests outside with their marks into every text: numbers that stand alone, and names.
std::string marked(std::string_view text, const std::map<std::string, std::string, std::less<>>& names) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const bool begins = at == 0 || !(base::is_alnum(text[at - 1]) || text[at - 1] == '.');
    const auto word = [&](auto fits) {
      std::size_t end = at;
      while (end < text.size() && fits(text[end])) ++end;
      return text.substr(at, end - at);
    };
    const auto number = begins ? word(base::is_digit) : std::string_view{};
    const auto ends = at + number.size() == text.size() || !base::is_alnum(text[at + number.size()]);
    const auto vmid = ends ? base::parse_number<std::int64_t>(number) : std::nullopt;
    const auto name =
        begins ? word([](char c) { return base::is_alnum(c) || c == '-'; }) : std::string_view{};
    if (vmid && dark_guests().contains(*vmid)) {
      out += std::to_string(kDark + *vmid);
      at += number.size();
    } else if (const auto known = names.find(name); known != names.end()) {
      out += known->second;
      at += name.size();
    } else {
      out += text[at++];
    }
  }
  return out;
}

void mark(base::Json& value, const std::map<std::string, std::string, std::less<>>& names) {
  if (auto* text = value.if_string()) {
    value = marked(*text, names);
  } else if (auto* array = value.if_array()) {
    for (auto& item : *array) mark(item, names);
  } else if (auto* object = value.if_object()) {
    base::JsonObject changed;
    for (auto& [key, member] : *object) {
      mark(member, names);
      const auto* number = member.if_int64();
      if (key == "vmid" && number != nullptr && dark_guests().contains(*number)) member = kDark + *number;
      changed[marked(key, names)] = std::move(member);
    }
    *object = std::move(changed);
  }
}

std::string world() {
  auto demo = base::parse_json(read_file(PROJECT_SOURCE_DIR "/src/simulator/world/world.json")).value();
  std::map<std::string, std::string, std::less<>> names;
  for (auto& guest : demo.at("guests").as_array()) {
    const auto vmid = guest.at("vmid").as_int64();
    const bool dark = dark_guests().contains(vmid);
    // Its name holds the number of another guest.
    if (vmid == 114) guest.as_object()["name"] = "start-all.xn--fsq";
    auto& tags = guest.as_object()["tags"];
    tags =
        (tags.is_string() ? std::string(tags.as_string()) + ";" : std::string()) + (dark ? "unseen" : "seen");
    if (!dark) continue;
    names[std::string(guest.at("name").as_string())] = "dark" + std::to_string(vmid);
    guest.as_object()["notes"] = "dark notes";
  }
  mark(demo, names);
  auto& root = demo.as_object();
  const auto dark = [](std::int64_t vmid) { return std::to_string(kDark + vmid); };
  root["ha_resources"].as_object()["vm:" + dark(101)] = {
      {"type", "vm"}, {"state", "started"}, {"comment", "dark"}};
  root["ha_rules"].as_object()["web-on-pve1"].as_object()["resources"] = "vm:100,vm:" + dark(101);
  root["ha_rules"].as_object()["kept-together"] = {
      {"type", "resource-affinity"}, {"affinity", "positive"}, {"resources", "vm:100,vm:" + dark(101)}};
  root["backup_jobs"].as_object()["all-but-one"] = {{"type", "vzdump"},    {"enabled", "1"},
                                                    {"schedule", "03:00"}, {"storage", "nas"},
                                                    {"all", "1"},          {"exclude", dark(105)}};
  root["backup_jobs"].as_object()["of-a-stranger"] = {
      {"type", "vzdump"}, {"enabled", "1"}, {"schedule", "03:00"}, {"storage", "nas"}, {"vmid", dark(105)}};
  root["replications"].as_object()[dark(103) + "-0"] = {
      {"type", "local"}, {"target", "pve1"}, {"schedule", "*/15"}, {"source", "pve2"}};
  root["acl"].as_array().push_back(
      {{"path", "/vms/" + dark(101)}, {"user", "limited@pve"}, {"role", "PVEVMAdmin"}});
  return base::write_json(demo);
}

std::vector<engine::ScopeTerms> terms(std::string_view scope) {
  std::vector<std::string> texts;
  for (const auto part : base::split(scope, ',')) texts.emplace_back(part);
  return {{guard::Terms::parse(texts, guard::scope_kinds()).value(), "PVE_SCOPE"}};
}

simulator::Options options() {
  simulator::Options options;
  options.world = world();
  return options;
}

engine::Access access(engine::ScopedClient& scoped, base::Clock& clock, engine::Output output) {
  engine::Access access{scoped.client(), facts(), clock};
  access.options.style.output = output;
  access.scope = &scoped.scope();
  return access;
}

}  // namespace

const std::set<std::int64_t>& dark_guests() {
  static const std::set<std::int64_t> all = {101, 103, 105, 106, 107, 109, 110, 115,
                                             117, 131, 201, 205, 206, 207, 210};
  return all;
}

std::string mark_in(std::string_view text, std::string_view but) {
  for (const std::string_view sign : {std::string_view("dark"), std::string_view("7770")}) {
    for (auto at = text.find(sign); at != std::string_view::npos; at = text.find(sign, at + 1)) {
      // Figures of bytes and times hold any digits.
      if (sign == "7770" && at > 0 && base::is_digit(text[at - 1])) continue;
      const auto rest = text.substr(at);
      const auto digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
      if (sign == "7770" && digits != 7) continue;
      if (!but.empty() && rest.starts_with(but)) continue;
      return std::string(text.substr(at < 60 ? 0 : at - 60, 160));
    }
  }
  return {};
}

ScopeWorld::ScopeWorld(std::string_view scope, engine::Output output)
    : cluster(options(), facts(), clock),
      whole(http, {"root@pam!demo", simulator::Options{}.token_secret, ""},
            {"https://pve:8006", std::chrono::seconds{40}, {}}),
      scoped(terms(scope), whole, facts(), clock, {"root@pam!demo"}),
      toolbox(catalog::categories(), {tool::Tier::Full, {}}, access(scoped, clock, output)),
      prompts(
          catalog::prompts(), toolbox, toolbox.cluster(), &completions,
          [this](std::string_view tool) { return toolbox.title(tool); },
          [this](const mcp::Caller& caller, std::string_view tool, std::string_view subject) {
            return toolbox.refusal(caller, tool, subject);
          }),
      resources(catalog::resources(), toolbox),
      completer(catalog::resources(), toolbox, completions, &prompts) {
  http.answer("*", test::simulated(cluster, clock));
}

mcp::Request ScopeWorld::request() {
  return {caller_, mcp::Era::Modern, none_, none_, unheard_, unheard_, {}};
}

std::string ScopeWorld::read(std::string_view uri) {
  const auto got = resources.read(request(), uri);
  if (const auto* result = std::get_if<mcp::ResourceResult>(&got)) {
    std::string all;
    for (const auto& content : result->contents) all += content.data + "\n";
    return all;
  }
  if (const auto* missing = std::get_if<mcp::NoSuchResource>(&got)) return "none: " + missing->message;
  if (const auto* error = std::get_if<mcp::ProtocolError>(&got)) return "error: " + error->message;
  return "another outcome";
}

std::string ScopeWorld::prompt(std::string_view name, const base::JsonObject& arguments) {
  const auto got = prompts.get(request(), name, arguments);
  if (const auto* error = std::get_if<mcp::ProtocolError>(&got)) return "error: " + error->message;
  std::string all;
  for (const auto& message : std::get<mcp::Prompt>(got).messages)
    all += std::get<mcp::Text>(message.content).text;
  return all;
}

}  // namespace sessions
