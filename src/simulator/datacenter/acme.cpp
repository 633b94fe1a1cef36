// ACME: accounts at a certificate authority, the plugins for its challenges, and what PVE knows of both.
#include <fmt/format.h>

#include "base/base64.h"
#include "base/text.h"
#include "simulator/core/routes.h"
#include "simulator/core/store_handlers.h"
#include "simulator/core/tasks.h"

namespace simulator {
namespace {

using base::JsonArray;
using base::JsonObject;

constexpr std::string_view kDirectory = "https://acme-v02.api.letsencrypt.org/directory";
constexpr std::string_view kTerms = "https://letsencrypt.org/documents/LE-SA-v1.5-February-24-2025.pdf";

/// The addresses in the form in which the authority keeps them.
JsonArray contacts(const Config& account) {
  JsonArray list;
  for (const auto& address : split_list(get(account, "contact"))) list.emplace_back("mailto:" + address);
  return list;
}

Answer read_account(Call&, const std::string&, Config& account) {
  return Answer::of(JsonObject{{"account", JsonObject{{"status", "valid"},
                                                      {"contact", contacts(account)},
                                                      {"createdAt", get(account, "created")}}},
                               {"directory", get(account, "directory")},
                               {"location", get(account, "location")},
                               {"tos", get(account, "tos")}});
}

JsonObject no_row(const Call&, const std::string&, const Config&) { return {}; }

constexpr Store<Config> kAccounts{
    .key = "name",
    .objects = +[](Call& call) -> std::expected<Named<Config>*, Answer> { return &call.state.acme.accounts; },
    .missing = {"ACME account config file '{name}' does not exist."},
    .row = no_row,
    .read = read_account,
};

/// The parameter `name` of an account may be left out.
void name_account(Call& call) {
  if (!call.parameters.has("name")) call.parameters.set("name", {"default"});
}

Answer register_account(Call& call) {
  name_account(call);
  auto& state = call.state;
  const auto name = call.parameters.text("name");
  if (state.acme.accounts.contains(name)) {
    return Answer::bad("name", fmt::format("ACME account config file '{}' already exists.", name));
  }
  const auto directory = call.parameters.text("directory", kDirectory);
  Config account{{"contact", call.parameters.text("contact")},
                 {"directory", directory},
                 {"tos", call.parameters.text("tos_url")},
                 {"location", fmt::format("{}acct/1", directory.substr(0, directory.rfind('/') + 1))},
                 {"created", std::to_string(state.now())}};
  return run_task(call, "acmeregister", name, std::chrono::seconds(3),
                  [name, account](State& now) {
                    now.acme.accounts[name] = account;
                    return TaskEnd{};
                  },
                  {"Generating ACME account key..", "Registering ACME account..",
                   fmt::format("Registration successful, account URL: '{}'", get(account, "location"))});
}

Answer update_account(Call& call) {
  name_account(call);
  const auto name = call.parameters.text("name");
  const auto found = call.state.acme.accounts.find(name);
  if (found == call.state.acme.accounts.end()) return refusal(call, kAccounts.missing);
  return run_task(call, "acmeupdate", name, std::chrono::seconds(2),
                  [name, contact = call.parameters.text("contact")](State& now) {
                    if (!contact.empty()) now.acme.accounts[name]["contact"] = contact;
                    return TaskEnd{};
                  },
                  {"Updating ACME account.."});
}

Answer deactivate_account(Call& call) {
  name_account(call);
  const auto name = call.parameters.text("name");
  if (!call.state.acme.accounts.contains(name)) return refusal(call, kAccounts.missing);
  return run_task(call, "acmedeactivate", name, std::chrono::seconds(2),
                  [name](State& now) {
                    now.acme.accounts.erase(name);
                    return TaskEnd{};
                  },
                  {"Deactivating ACME account.."});
}

Answer account(Call& call) {
  name_account(call);
  return read_object<kAccounts>(call);
}

constexpr std::string_view kPluginOptions = "api+ data disable nodes validation-delay";

std::optional<Answer> apply_plugin(Call& call, const std::string&, Config& plugin, Step step) {
  if (step == Step::Create) plugin["type"] = call.parameters.text("type");
  const auto options = get(plugin, "type") == "dns" ? kPluginOptions : std::string_view("disable nodes");
  if (auto no = apply_options(call, "id", options, "plugin", plugin, step)) return no;
  if (call.parameters.has("data")) {
    const auto data = base::from_base64(call.parameters.text("data"));
    if (!data) return Answer::bad("data", "invalid base64 encoded value");
    plugin["data"] = *data;
  }
  return std::nullopt;
}

JsonObject plugin_row(const Call&, const std::string&, const Config& plugin) {
  return section_json(plugin, "disable validation-delay");
}

bool sees_plugin(const Call& call, const std::string&, const Config& plugin) {
  const auto type = call.parameters.text("type");
  return type.empty() || get(plugin, "type") == type;
}

std::expected<std::string, Answer> identify_plugin(Call& call) {
  auto id = call.parameters.text("id");
  call.parameters.set("plugin", {id});
  return id;
}

constexpr Store<Config> kPlugins{
    .key = "plugin",
    .objects = +[](Call& call) -> std::expected<Named<Config>*, Answer> { return &call.state.acme.plugins; },
    .missing = {"ACME account plugin '{id}' not defined"},
    .deletes_missing = true,
    .exists = {"ACME plugin ID '{id}' already exists"},
    .digest = file_digest,
    .identify = identify_plugin,
    .sees = sees_plugin,
    .row = plugin_row,
    .apply = apply_plugin,
};

Answer directories(Call&) {
  return Answer::of(JsonArray{JsonObject{{"name", "Let's Encrypt V2"}, {"url", kDirectory}},
                              JsonObject{{"name", "Let's Encrypt V2 Staging"},
                                         {"url", "https://acme-staging-v02.api.letsencrypt.org/directory"}}});
}

Answer terms(Call&) { return Answer::of(base::Json(kTerms)); }

Answer meta(Call&) {
  return Answer::of(JsonObject{{"termsOfService", kTerms},
                               {"website", "https://letsencrypt.org"},
                               {"caaIdentities", JsonArray{"letsencrypt.org"}},
                               {"externalAccountRequired", 0}});
}

/// PVE describes the fields of a few DNS services; of the others it knows only the name.
JsonObject schema_of(std::string_view api) {
  if (api != "cf") return {};
  JsonObject fields;
  const auto add = [&](std::string_view name, std::string_view text) {
    fields[name] = JsonObject{{"type", "string"}, {"description", text}};
  };
  add("CF_Account_ID", "The new Cloudflare API Account ID");
  add("CF_Email", "The Cloudflare Account EMail-Address");
  add("CF_Key", "The Cloudflare Global API Key");
  add("CF_Token", "The new Cloudflare API Token");
  add("CF_Zone_ID", "For Zone restricted API Token");
  return {{"name", "Cloudflare Managed DNS"},
          {"description", "Either provide global account key and email, or CF API token and Account ID."},
          {"fields", std::move(fields)}};
}

Answer challenge_schema(Call& call) {
  JsonArray rows;
  const auto* const create =
      call.facts.find(base::Method::Post, "/cluster/acme/plugins", call.state.options.pve);
  const auto* const api = create == nullptr ? nullptr : create->parameter("api");
  if (api == nullptr) return Answer::of(std::move(rows));
  for (const auto& id : api->values) {
    auto schema = schema_of(id);
    const auto* const name = schema.if_contains("name");
    const auto shown = name == nullptr ? base::Json(id) : *name;
    rows.push_back(JsonObject{{"id", id}, {"type", "dns"}, {"name", shown}, {"schema", std::move(schema)}});
  }
  rows.push_back(JsonObject{
      {"id", "standalone"}, {"type", "standalone"}, {"name", "standalone"}, {"schema", JsonObject()}});
  return Answer::of(std::move(rows));
}

using enum base::Method;
constexpr Route kAcmeRoutes[] = {
    {Get, "/cluster/acme/account", list_objects<kAccounts>},
    {Post, "/cluster/acme/account", register_account},
    {Get, "/cluster/acme/account/{name}", account},
    {Put, "/cluster/acme/account/{name}", update_account},
    {Delete, "/cluster/acme/account/{name}", deactivate_account},
    {Get, "/cluster/acme/plugins", list_objects<kPlugins>},
    {Post, "/cluster/acme/plugins", create_object<kPlugins>},
    {Get, "/cluster/acme/plugins/{id}", read_object<kPlugins>},
    {Put, "/cluster/acme/plugins/{id}", update_object<kPlugins>},
    {Delete, "/cluster/acme/plugins/{id}", delete_object<kPlugins>},
    {Get, "/cluster/acme/directories", directories},
    {Get, "/cluster/acme/tos", terms},
    {Get, "/cluster/acme/meta", meta},
    {Get, "/cluster/acme/challenge-schema", challenge_schema},
};

}  // namespace

std::span<const Route> acme_routes() { return kAcmeRoutes; }

}  // namespace simulator
