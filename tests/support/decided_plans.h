// Plans on which a person decides, as `mcp-pve approve` and `reject` do in the database.
#pragma once

#include <expected>
#include <map>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "guard/plans.h"

namespace test {

class DecidedPlans final : public guard::Plans {
 public:
  explicit DecidedPlans(const base::Clock& clock) : plans_(clock) {}

  std::expected<std::string, std::string> issue(const guard::Planned& planned,
                                                const guard::PlanText& shown) override {
    return plans_.issue(planned, shown);
  }
  std::expected<Spent, std::string> spend(std::string_view id, const guard::Planned& now,
                                          Needs needs) override {
    const auto decision = decisions_.find(id);
    if (decision != decisions_.end() && !decision->second) return Spent{Verdict::Rejected, {}, "ann"};
    const bool approved = decision != decisions_.end();
    return plans_.spend(id, now, approved ? Needs::Id : needs);
  }
  std::string reach() const override { return plans_.reach(); }
  bool are_shared() const override { return shared; }

  void decide(const std::string& id, bool approved) { decisions_[id] = approved; }

  bool shared = true;

 private:
  guard::PlansInProcess plans_;
  std::map<std::string, bool, std::less<>> decisions_;
};

}  // namespace test
