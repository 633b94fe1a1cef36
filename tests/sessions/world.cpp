#include "sessions/world.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <utility>

#include "base/json_read.h"
#include "base/text.h"
#include "catalog/catalog.h"

namespace sessions {
namespace {

class Lines final : public mcp::Progress {
 public:
  void report(double progress, std::optional<double> total, std::string_view message) override {
    text += fmt::format("[{:.3f}{}] {}\n", progress, total ? fmt::format(" of {:.0f}", *total) : "", message);
  }
  std::string text;
};

Told call_telling(engine::Toolbox& toolbox, std::string_view tool, const base::JsonObject& arguments,
                  mcp::Progress& progress) {
  const mcp::Caller caller;
  const base::JsonObject none;
  mcp::NullSink unheard;
  const auto outcome =
      toolbox.call({{caller, mcp::Era::Modern, none, none, progress, unheard, {}}, tool, arguments});
  if (const auto* error = std::get_if<mcp::ProtocolError>(&outcome)) return {true, error->message, {}};
  const auto* result = std::get_if<mcp::Result>(&outcome);
  if (result == nullptr) return {true, "(no result)", {}};
  Told told{result->is_error, {}, result->structured};
  for (const auto& content : result->content) {
    if (!told.text.empty()) told.text += '\n';
    if (const auto* text = std::get_if<mcp::Text>(&content)) told.text += text->text;
  }
  return told;
}

engine::Rules rules_of(const engine::Options& options) {
  return {options.confirm, options.approval, options.protect};
}

std::vector<std::string> names_of(const std::string& text) {
  std::vector<std::string> names;
  for (const auto name : base::split(text, ',')) names.emplace_back(name);
  return names;
}

guard::Terms terms_of(const std::string& text, std::span<const std::string_view> kinds) {
  std::vector<std::string> terms;
  for (const auto part : base::split(text, ',')) {
    if (!part.empty()) terms.emplace_back(part);
  }
  auto parsed = guard::Terms::parse(terms, kinds);
  if (!parsed) throw std::runtime_error(parsed.error());
  return *std::move(parsed);
}

std::chrono::seconds seconds_of(std::string_view text) {
  int seconds = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), seconds).ptr;
  if (std::string_view(end, text.data() + text.size()) != "s")
    throw std::runtime_error(fmt::format("'{}': say whole seconds, such as 5s", text));
  return std::chrono::seconds{seconds};
}

}  // namespace

const facts::Facts& facts() {
  static const facts::Facts all;
  return all;
}

const simulator::Cluster& demo_cluster() {
  static const base::ManualClock clock;
  static const simulator::Cluster cluster({}, facts(), clock);
  return cluster;
}

Told call(engine::Toolbox& toolbox, std::string_view tool, const base::JsonObject& arguments) {
  mcp::NullSink progress;
  return call_telling(toolbox, tool, arguments, progress);
}

Told call_with_progress(engine::Toolbox& toolbox, std::string_view tool, const base::JsonObject& arguments) {
  Lines progress;
  auto told = call_telling(toolbox, tool, arguments, progress);
  told.text.insert(0, progress.text);
  return told;
}

std::unique_ptr<engine::Toolbox> World::toolbox() {
  engine::Access access{scope_ ? scope_->client() : *client_, facts(), clock_, engine_};
  access.audit = audit_;
  if (scope_) access.scope = &scope_->scope();
  plans_ = std::make_unique<test::DecidedPlans>(clock_);
  access.plans = other_plans_ == nullptr ? plans_.get() : other_plans_;
  return std::make_unique<engine::Toolbox>(catalog::categories(), policy_, access);
}

void World::record(guard::Audit* audit, guard::Plans* plans) {
  audit_ = audit;
  other_plans_ = plans;
  toolbox_ = toolbox();
}

Told World::call(std::string_view tool, base::JsonObject arguments) {
  if (const auto* id = arguments.if_contains("confirm"); id != nullptr && *id == "ID")
    arguments["confirm"] = plan_id_;
  auto told =
      progress_ ? call_with_progress(*toolbox_, tool, arguments) : sessions::call(*toolbox_, tool, arguments);
  if (told.structured) {
    const auto* plan = base::object(*told.structured, "plan");
    if (const auto id = plan == nullptr ? std::string_view() : base::raw_text(*plan, "confirm"); !id.empty())
      plan_id_ = id;
  }
  for (auto at = told.text.find(plan_id_); !plan_id_.empty() && at != std::string::npos;
       at = told.text.find(plan_id_))
    told.text.replace(at, plan_id_.size(), "ID");
  return told;
}

void World::wait(std::string_view text) {
  engine_.wait = seconds_of(text);
  toolbox_ = toolbox();
}

void World::protect(const std::string& text) {
  engine_.protect = terms_of(text, guard::protect_kinds());
  toolbox_->set_rules(rules_of(engine_));
}

void World::scope(const std::string& text) {
  std::vector<engine::ScopeTerms> terms;
  if (!text.empty()) terms.push_back({terms_of(text, guard::scope_kinds()), "PVE_SCOPE"});
  auto scope = terms.empty()
                   ? nullptr
                   : std::make_unique<engine::ScopedClient>(std::move(terms), *client_, facts(), clock_,
                                                            engine::ScopedView::Own{client_->token_id()});
  toolbox_.reset();
  scope_ = std::move(scope);
  toolbox_ = toolbox();
}

void World::confirm(const std::string& text) {
  const auto named = engine::confirm_named(text);
  if (!named)
    throw std::runtime_error(fmt::format("'{}' is none of {}", text, fmt::join(engine::kConfirmNames, ", ")));
  engine_.confirm = *named;
  toolbox_->set_rules(rules_of(engine_));
}

void World::approval(const std::string& text) {
  const auto named = engine::approval_named(text);
  if (!named)
    throw std::runtime_error(
        fmt::format("'{}' is none of {}", text, fmt::join(engine::kApprovalNames, ", ")));
  engine_.approval = *named;
  toolbox_->set_rules(rules_of(engine_));
}

void World::decide(const std::string& text) {
  if (text != "approve" && text != "reject") throw std::runtime_error("decide approve, or decide reject");
  plans_->decide(plan_id_, text == "approve");
}

void World::advance(std::string_view text) { clock_.advance(seconds_of(text)); }

void World::fault(const std::string& text) {
  if (text.empty()) return cluster_->clear_faults();
  const auto done = cluster_->fault(text);
  if (!done) throw std::runtime_error(done.error());
}

std::unique_ptr<pve::Client> World::client(const std::string& token_id) {
  return std::make_unique<pve::Client>(
      http_, pve::Credentials{.token_id = token_id, .secret = tokens_.at(token_id), .secret_file = {}},
      pve::ClientOptions{
          .base_url = "simulated", .timeout = std::chrono::seconds{40}, .on_rejected = {}, .hold = [this] {
            return held_.empty() ? std::nullopt : std::optional(held_);
          }});
}

void World::as(const std::string& text) {
  const auto space = text.find(' ');
  const auto user = text.substr(0, space);
  const bool separated = space != std::string::npos;
  const auto name = std::string(separated ? "separated" : "own");
  const auto id = user == "root" ? options_.token_id : user + "!" + name;
  if (!tokens_.contains(id)) {
    const auto made = client(options_.token_id)
                          ->call({base::Method::Post,
                                  "/access/users/" + user + "/token/" + name,
                                  {{"privsep", separated ? "1" : "0"}}},
                                 {});
    if (!made) throw std::runtime_error(made.error().message);
    tokens_[id] = std::string(std::string_view(made->data.at("value").as_string()));
  }
  toolbox_.reset();
  client_ = client(id);
  toolbox_ = toolbox();
}

void World::pve(const std::string& text) {
  const auto version = facts::parse_version(text);
  if (!version) throw std::runtime_error(fmt::format("'{}' is no version of PVE", text));
  options_.pve = *version;
  cluster_.emplace(options_, facts(), clock_);
  toolbox_ = toolbox();
}

void World::slow(const std::string& text) {
  options_.task_speed = std::stod(text);
  cluster_.emplace(options_, facts(), clock_);
  toolbox_ = toolbox();
}

void World::style(const engine::Style& style) {
  engine_.style = style;
  toolbox_ = toolbox();
}

void World::categories(std::vector<std::string> names) {
  policy_.categories = std::move(names);
  toolbox_->set_policy(policy_);
}

void World::allow(const std::string& text) {
  policy_.allow.clear();
  if (!text.empty()) policy_.allow.push_back(names_of(text));
  toolbox_->set_policy(policy_);
}

void World::deny(const std::string& text) {
  policy_.deny = text.empty() ? std::vector<std::string>{} : names_of(text);
  toolbox_->set_policy(policy_);
}

void World::tier(const std::string& text) {
  const auto named = tool::tier_named(text);
  if (!named) throw std::runtime_error("no tier " + text);
  policy_.tier = *named;
  toolbox_->set_policy(policy_);
}

}  // namespace sessions
