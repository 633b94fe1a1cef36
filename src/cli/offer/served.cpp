#include "cli/offer/served.h"

#include <algorithm>

#include "catalog/catalog.h"
#include "catalog/prompts.h"
#include "catalog/resources.h"
#include "guard/terms.h"

namespace cli {
namespace {

std::unique_ptr<engine::ScopedClient> scoped_client(const Basis& basis,
                                                    const std::optional<engine::ScopeTerms>& narrower) {
  auto scopes = basis.scopes;
  if (narrower) scopes.push_back(*narrower);
  if (scopes.empty()) return nullptr;
  auto& whole = basis.access.client;
  // The API token is shared by all callers, so its tasks are not those of a caller with a scope of its own.
  auto own = narrower ? std::string() : whole.token_id();
  return std::make_unique<engine::ScopedClient>(std::move(scopes), whole, basis.access.facts,
                                                basis.access.clock, engine::ScopedView::Own{std::move(own)});
}

engine::Access access_through(engine::ScopedClient* scoped, const engine::Access& whole) {
  if (scoped == nullptr) return whole;
  engine::Access access{scoped->client(), whole.facts, whole.clock, whole.options};
  access.plans = whole.plans;
  access.audit = whole.audit;
  access.scope = &scoped->scope();
  return access;
}

class Tools final : public mcp::Tools {
 public:
  explicit Tools(ServedByScope& sets) : sets_(sets) {}
  std::vector<mcp::ToolDescription> list(const mcp::Caller& caller) override {
    return sets_.of(caller)->toolbox.list(caller);
  }
  std::optional<bool> may_be_task(const mcp::Caller& caller, std::string_view name) override {
    return sets_.of(caller)->toolbox.may_be_task(caller, name);
  }
  mcp::Outcome call(const mcp::Call& call) override { return sets_.of(call.caller)->toolbox.call(call); }
  std::vector<mcp::HeaderArgument> header_arguments(std::string_view tool) override {
    return sets_.server().toolbox.header_arguments(tool);
  }

 private:
  ServedByScope& sets_;
};

class Resources final : public mcp::Resources {
 public:
  explicit Resources(ServedByScope& sets) : sets_(sets) {}
  std::vector<mcp::ResourceDescription> list(const mcp::Caller& caller) override {
    return sets_.of(caller)->resources.list(caller);
  }
  std::vector<mcp::ResourceDescription> templates(const mcp::Caller& caller) override {
    return sets_.of(caller)->resources.templates(caller);
  }
  mcp::ResourceOutcome read(const mcp::Request& request, std::string_view uri) override {
    return sets_.of(request.caller)->resources.read(request, uri);
  }
  bool watchable(const mcp::Caller& caller, std::string_view uri) override {
    return !caller.terms && sets_.server().resources.watchable(caller, uri);
  }
  bool fixed(const mcp::Caller& caller, std::string_view uri) override {
    return sets_.of(caller)->resources.fixed(caller, uri);
  }

 private:
  ServedByScope& sets_;
};

class Prompts final : public mcp::Prompts {
 public:
  explicit Prompts(ServedByScope& sets) : sets_(sets) {}
  std::vector<mcp::PromptDescription> list(const mcp::Caller& caller) override {
    return sets_.of(caller)->prompts.list(caller);
  }
  mcp::PromptOutcome get(const mcp::Request& request, std::string_view name,
                         const base::JsonObject& arguments) override {
    return sets_.of(request.caller)->prompts.get(request, name, arguments);
  }

 private:
  ServedByScope& sets_;
};

class Completer final : public mcp::Completer {
 public:
  explicit Completer(ServedByScope& sets) : sets_(sets) {}
  std::expected<mcp::Completion, mcp::ProtocolError> complete(
      const mcp::CompletionRequest& request) override {
    return sets_.of(request.caller)->completer.complete(request);
  }

 private:
  ServedByScope& sets_;
};

class Tasks final : public mcp::Tasks {
 public:
  explicit Tasks(ServedByScope& sets) : sets_(sets) {}
  std::expected<mcp::TaskState, mcp::ProtocolError> get(const mcp::Caller& caller, mcp::Era era,
                                                        std::string_view handle,
                                                        std::stop_token stop) override {
    return sets_.of(caller)->tasks.get(caller, era, handle, std::move(stop));
  }
  std::expected<mcp::TaskState, mcp::ProtocolError> await(const mcp::Caller& caller, mcp::Era era,
                                                          std::string_view handle,
                                                          std::stop_token stop) override {
    return sets_.of(caller)->tasks.await(caller, era, handle, std::move(stop));
  }
  std::expected<void, mcp::ProtocolError> cancel(const mcp::Caller& caller, mcp::Era era,
                                                 std::string_view handle, std::stop_token stop) override {
    return sets_.of(caller)->tasks.cancel(caller, era, handle, std::move(stop));
  }
  std::expected<void, mcp::ProtocolError> update(const mcp::Caller& caller, std::string_view handle,
                                                 const base::JsonObject& inputs) override {
    return sets_.of(caller)->tasks.update(caller, handle, inputs);
  }

 private:
  ServedByScope& sets_;
};

}  // namespace

Served::Served(const Basis& basis, const std::optional<engine::ScopeTerms>& narrower)
    : scoped(scoped_client(basis, narrower)),
      toolbox(catalog::categories(), basis.policy, access_through(scoped.get(), basis.access)),
      prompts(
          catalog::prompts(), toolbox, toolbox.cluster(), &completions,
          [this](std::string_view tool) { return toolbox.title(tool); },
          [this](const mcp::Caller& caller, std::string_view tool, std::string_view subject) {
            return toolbox.refusal(caller, tool, subject);
          }),
      resources(catalog::resources(), toolbox),
      completer(catalog::resources(), toolbox, completions, &prompts) {}

struct ServedByScope::Routers {
  explicit Routers(ServedByScope& sets)
      : tools(sets), resources(sets), prompts(sets), completer(sets), tasks(sets) {}
  Tools tools;
  Resources resources;
  Prompts prompts;
  Completer completer;
  Tasks tasks;
};

ServedByScope::ServedByScope(Basis basis)
    : basis_(std::move(basis)), server_(basis_, std::nullopt), routers_(std::make_unique<Routers>(*this)) {}

ServedByScope::~ServedByScope() = default;

std::shared_ptr<Served> ServedByScope::of(const mcp::Caller& caller) {
  // Nobody owns it: it lives as long as this.
  if (!caller.terms) return {std::shared_ptr<Served>(), &server_};
  const std::scoped_lock lock(mutex_);
  auto found = std::ranges::find(sets_, *caller.terms, [](const auto& entry) { return entry.first; });
  if (found == sets_.end()) {
    auto terms = guard::Terms::parse(*caller.terms, guard::scope_kinds());
    const engine::ScopeTerms narrower{terms ? *std::move(terms) : guard::Terms(),
                                      "the scope of your bearer token"};
    if (sets_.size() >= kMostSets) sets_.erase(sets_.begin());
    sets_.emplace_back(*caller.terms, std::make_shared<Served>(basis_, narrower));
    found = std::prev(sets_.end());
  }
  std::rotate(found, std::next(found), sets_.end());
  return sets_.back().second;
}

void ServedByScope::set(const guard::Policy& policy, const engine::Rules& rules) {
  const std::scoped_lock lock(mutex_);
  basis_.policy = policy;
  auto& options = basis_.access.options;
  options.confirm = rules.confirm;
  options.approval = rules.approval;
  options.protect = rules.protect;
  const auto apply = [&](Served& set) {
    set.toolbox.set_policy(policy);
    set.toolbox.set_rules(rules);
  };
  apply(server_);
  for (auto& [terms, set] : sets_) apply(*set);
}

mcp::Tools& ServedByScope::tools() { return routers_->tools; }
mcp::Resources& ServedByScope::resources() { return routers_->resources; }
mcp::Prompts& ServedByScope::prompts() { return routers_->prompts; }
mcp::Completer& ServedByScope::completer() { return routers_->completer; }
mcp::Tasks& ServedByScope::tasks() { return routers_->tasks; }

}  // namespace cli
