// The steps "what may the assistant do" and "API token".
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stop_token>
#include <string>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "cli/known.h"
#include "cli/output.h"
#include "cli/privileges.h"
#include "cli/setup/checks.h"
#include "cli/setup/steps.h"
#include "config/settings.h"
#include "config/token.h"
#include "guard/policy.h"
#include "pve/client.h"
#include "tool/tool.h"

namespace cli {
namespace {

struct Access {
  Option option;
  tool::Tier tier;
};

constexpr std::array<Access, 3> kAccess = {{
    {{"look", "it reads, and changes nothing"}, tool::Tier::ReadOnly},
    {{"operate", "it also starts, stops, backs up and migrates guests, and the like"},
     tool::Tier::ReadExecute},
    {{"everything", "it also creates, configures and deletes"}, tool::Tier::Full},
}};

std::string access_of_tier(std::string_view tier) {
  for (const auto& access : kAccess) {
    if (tool::name(access.tier) == tier) return std::string(access.option.name);
  }
  return std::string(question(Topic::Access).fallback);
}

guard::Policy policy_of(const Draft& draft) {
  guard::Policy policy{tool::tier_named(draft.tier).value_or(tool::Tier::ReadOnly),
                       catalog::usual_categories()};
  config::Settings settings;
  if (draft.categories != "all" && !apply_setting(Topic::Categories, draft.categories, settings))
    policy.categories = settings.categories;
  return policy;
}

std::expected<std::string, std::string> checked_id(std::string_view text) {
  if (const auto misfit = config::token_id_misfit(text))
    return std::unexpected(config::complaint("--token-id", text, *misfit));
  return std::string(text);
}

std::expected<std::string, std::string> checked_secret(std::string_view text) {
  if (!config::is_token_secret(text)) return std::unexpected("The secret" + std::string(config::kNoSecret));
  return std::string(text);
}

std::expected<std::string, std::string> checked_token_name(std::string_view text) {
  const auto id = fmt::format("{}!{}", kTokenUser, text);
  if (text.find('!') == std::string_view::npos && config::is_token_id(id)) return std::string(text);
  return std::unexpected(config::complaint(
      "--token-name", text, "a name has two or more letters, digits, ., - and _, and begins with a letter"));
}

std::expected<std::string, std::string> checked_user(std::string_view text) {
  const auto at = text.rfind('@');
  if (at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
      text.find('!') == std::string_view::npos && !base::has_control(text))
    return std::string(text);
  return std::unexpected(config::complaint("--login", text, "write a user with its realm, such as root@pam"));
}

std::expected<std::string, std::string> any_text(std::string_view text) { return std::string(text); }

std::expected<std::string, std::string> checked_code(std::string_view text) {
  constexpr std::size_t kFewest = 6;
  constexpr std::size_t kMost = 8;
  auto code = base::lower_ascii(base::trim(text));
  if (code.size() >= kFewest && code.size() <= kMost && base::is_digits(code)) return code;
  if (is_recovery_code(code)) return code;
  return std::unexpected("A code has 6 to 8 digits; a recovery code has the form 01ab-23cd-45ef-6789.");
}

bool has_token(const Draft& draft) {
  const auto has = [&](const char* key) { return setting_in(draft.settings, key).has_value(); };
  const bool names_secret =
      has("cluster.token_secret") || has("cluster.token_secret_file") || has("cluster.token_command");
  if (!has("cluster.token_id")) return false;
  // The unit hands this file to the service, and the settings must not name another secret.
  std::error_code error;
  return draft.service ? std::filesystem::exists(draft.secret_file, error) && !names_secret : names_secret;
}

/// A secret is not put into a file that others can read, and the settings do not name one.
Step check_secret_file(const Interview& interview, const Draft& draft, bool existing) {
  const auto given = existing && !draft.service ? interview.given(Topic::TokenSecret) : std::nullopt;
  const auto exposure = exposure_of_secret(given ? std::filesystem::path(*given) : draft.secret_file);
  if (exposure) return std::unexpected(Stop{kFailed, *exposure + " Nothing was changed."});
  return {};
}

std::unique_ptr<net::HttpClient> client_to(const Draft& draft) {
  return std::make_unique<net::Client>(draft.routes.front());
}

/// Whether PVE accepts the token: the sentence if it does not.
std::optional<std::string> rejection_of(const Draft& draft, const std::string& secret) {
  net::Client http(draft.routes.front());
  pve::Client client(http, {draft.token_id, secret, "", question(Topic::TokenSecret).flag.data()},
                     {draft.routes.front().url.text(), std::chrono::seconds{40}, {}});
  const auto answer = client.call({base::Method::Get, "/version", {}}, std::stop_token{});
  if (answer || answer.error().kind != pve::Error::Kind::Rejected) return std::nullopt;
  return fmt::format("PVE does not accept the API token {} with this secret. Check both.", draft.token_id);
}

Step take_existing(const Interview& interview, Draft& draft) {
  for (;;) {
    const auto id = interview.ask(Topic::TokenId, checked_id, setting_in(draft.settings, "cluster.token_id"));
    if (!id) return std::unexpected(id.error());
    const auto secret = interview.secret(Topic::TokenSecret, checked_secret);
    if (!secret) return std::unexpected(secret.error());
    draft.token_id = *id;
    const auto problem = rejection_of(draft, *secret);
    if (!problem) {
      // The service reads its own copy, which root alone can read.
      if (const auto file = interview.given(Topic::TokenSecret); file && !draft.service) {
        draft.token_secret_file = std::filesystem::absolute(*file).string();
      } else {
        draft.token_secret = *secret;
        draft.token_secret_file = draft.secret_file.string();
      }
      return {};
    }
    if (!interview.has_person() || interview.is_set(Topic::TokenId))
      return std::unexpected(Stop{kFailed, *problem});
    interview.show(*problem);
  }
}

void show_commands(const Interview& interview, const Draft& draft) {
  const auto& grant = draft.grant;
  for (const auto& note : grant.notes) interview.show(note);
  std::string text = "PVE is to be changed as by these commands:";
  for (const auto& part : grant.parts) text += "\n  " + command_line(part.change);
  interview.show(text);
  interview.show(
      "The API token has privilege separation: it can do what both it and the user have permission for.");
  const auto& earlier = draft.record.pve.token_id;
  if (earlier.empty() || earlier == grant.token_id) return;
  interview.show("The API token " + earlier +
                 ", which setup made before, stays in PVE, and setup --remove will not remove it. This "
                 "command, run as root on a node, does:\n  " +
                 removal_lines(earlier).front());
}

/// Decides the changes that make a token.
Step plan_token(const Host& host, const Interview& interview, bool dry, Draft& draft) {
  AccessState state;
  if (!dry) {
    auto read = read_access(*draft.access);
    if (!read) return std::unexpected(Stop{kFailed, read.error() + " Nothing was changed."});
    state = *std::move(read);
  } else {
    interview.show("With --dry-run nobody logs in, so what PVE has already is not known here.");
  }
  const auto needed = needed_privileges(catalog::categories(), policy_of(draft), host.facts);
  for (const auto& privilege : needed.left_out)
    interview.show(
        fmt::format("{} is left out, because it also allows changes; without it these tools show less or "
                    "are refused: {}.",
                    privilege.privilege, fmt::join(privilege.tools, ", ")));
  for (;;) {
    const auto name = interview.ask(Topic::TokenName, checked_token_name, draft.name);
    if (!name) return std::unexpected(name.error());
    auto grant = grant_for(*name, needed.names, state);
    if (grant) {
      draft.grant = *std::move(grant);
      break;
    }
    if (!interview.has_person() || interview.is_set(Topic::TokenName) || interview.is_set(Topic::Yes))
      return std::unexpected(Stop{kFailed, grant.error() + " Add --token-name. Nothing was changed."});
    interview.show(grant.error());
  }
  draft.token_id = draft.grant.token_id;
  draft.token_secret_file = draft.secret_file.string();
  show_commands(interview, draft);
  return {};
}

/// A token that is kept has the rights that it was made for.
void tell_how_to_change_the_role(const Host& host, const Interview& interview, const Draft& draft) {
  if (setting_in(draft.settings, "access_tier") == draft.tier &&
      setting_in(draft.settings, "categories").value_or("all") == draft.categories)
    return;
  const auto needed = needed_privileges(catalog::categories(), policy_of(draft), host.facts);
  if (const auto line = role_line(draft.token_id, needed.names))
    interview.show(
        "The API token keeps its role in PVE. This command, run as root on a node, gives the role what the "
        "tools need now:\n  " +
        *line);
}

std::string way_by_flags(const Interview& interview) {
  if (interview.is_set(Topic::TokenId)) return "existing";
  if (interview.is_set(Topic::Login)) return "login";
  return "";
}

Answer<std::string> choose_way(const Host& host, const Interview& interview, const Draft& draft) {
  std::vector<Option> options;
  if (has_token(draft)) options.push_back({"keep", "the API token that the settings name"});
  if (is_on_node(host) && host.is_root) options.push_back({"node", "a new one, made here by pveum"});
  options.push_back({"login", "a new one, made with one login to PVE that is not stored"});
  options.push_back({"existing", "one that you have made yourself"});
  if (auto way = way_by_flags(interview); !way.empty() && !interview.is_set(Topic::TokenFrom)) return way;
  // A login needs a password, so Enter chooses it only for a person.
  const bool has_usual = options.front().name != "login" || interview.has_person();
  return interview.choose(Topic::TokenFrom, options, has_usual ? std::string(options.front().name) : "");
}

}  // namespace

Step log_in_once(const Interview& interview, Draft& draft) {
  const auto user = interview.ask(Topic::Login, checked_user);
  if (!user) return std::unexpected(user.error());
  const auto password = interview.secret(Topic::Password, any_text);
  if (!password) return std::unexpected(password.error());
  std::optional<Stop> ended;
  const Login login{*user, *password, [&]() -> std::expected<std::string, std::string> {
                      auto code = interview.secret(Topic::Totp, checked_code);
                      if (code) return *std::move(code);
                      ended = code.error();
                      return std::unexpected(code.error().sentence);
                    }};
  auto access = log_in(client_to(draft), login);
  if (ended) return std::unexpected(*ended);
  if (!access) return std::unexpected(Stop{kFailed, access.error() + " Nothing was changed."});
  draft.access = *std::move(access);
  return {};
}

Step ask_access(const Host&, const Interview& interview, Draft& draft) {
  std::vector<Option> options;
  for (const auto& access : kAccess) options.push_back(access.option);
  const auto chosen = interview.choose(
      Topic::Access, options, access_of_tier(setting_in(draft.settings, "access_tier").value_or("")));
  if (!chosen) return std::unexpected(chosen.error());
  for (const auto& access : kAccess) {
    if (access.option.name == *chosen) draft.tier = tool::name(access.tier);
  }
  const auto categories =
      interview.ask(Topic::Categories, check_of(Topic::Categories), setting_in(draft.settings, "categories"));
  if (!categories) return std::unexpected(categories.error());
  draft.categories = *categories;
  return {};
}

Step ask_token(const Host& host, const Interview& interview, Draft& draft) {
  const auto way = choose_way(host, interview, draft);
  if (!way) return std::unexpected(way.error());
  if (*way == "keep") {
    draft.token_id = setting_in(draft.settings, "cluster.token_id").value_or("");
    tell_how_to_change_the_role(host, interview, draft);
    return {};
  }
  if (auto safe = check_secret_file(interview, draft, *way == "existing"); !safe) return safe;
  if (*way == "existing") return take_existing(interview, draft);
  const bool dry = interview.is_set(Topic::DryRun);
  if (*way == "node") {
    draft.access = on_this_node(host.root);
  } else if (!dry) {
    if (auto logged_in = log_in_once(interview, draft); !logged_in) return logged_in;
  }
  return plan_token(host, interview, dry && draft.access == nullptr, draft);
}

}  // namespace cli
