// A client that is limited to one scope, with the parts that limit it.
#pragma once

#include <utility>
#include <vector>

#include "engine/bounds/scope.h"
#include "engine/bounds/scoped_view.h"

namespace engine {

/// `whole` is the client without limits; it, the facts and the clock must outlive this. Safe from many
/// threads.
class ScopedClient {
 public:
  ScopedClient(std::vector<ScopeTerms> scopes, pve::Client& whole, const facts::Facts& facts,
               base::Clock& clock, ScopedView::Own own)
      : scope_(std::move(scopes), whole, clock),
        view_(scope_, facts, clock, std::move(own)),
        client_(whole, view_) {}
  ScopedClient(const ScopedClient&) = delete;
  ScopedClient& operator=(const ScopedClient&) = delete;

  /// For a Cluster of its own: what that remembers of PVE is limited too.
  pve::Client& client() { return client_; }
  Scope& scope() { return scope_; }

 private:
  Scope scope_;
  ScopedView view_;
  pve::Client client_;
};

}  // namespace engine
