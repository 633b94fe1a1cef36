// Ids of plans as callers bring them back: one lets a call through once, for its caller, call and object, in
// its time, and where a person must approve, only after that. In the process and in the database.
#include <stdlib.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "guard/plans.h"
#include "state/database.h"
#include "state/plans.h"
#include "state/record_key.h"

// In place of the one in src/base: an input does the same in every run, and each id is another one.
std::string base::random_bytes(std::size_t count) {
  static std::uint64_t number = 0;
  auto text = std::to_string(++number);
  text.resize(count, 'r');
  return text;
}

namespace {

using guard::Planned;
using guard::Plans;

void check(bool holds) {
  if (!holds) std::abort();
}

/// A plan as the model of this test knows it.
struct Known {
  std::string id;
  Planned planned;
  std::int64_t until = 0;
  bool used = false;
  std::optional<bool> approved{};
};

Planned planned_by(std::uint8_t byte) {
  const auto pick = [&](unsigned shift) {
    return std::string(1, static_cast<char>('a' + (byte >> shift & 3U)));
  };
  return {pick(0), pick(2), pick(4), pick(6)};
}

class Trial {
 public:
  Trial(Plans& plans, state::Database* database, base::ManualClock& clock)
      : plans_(plans), database_(database), clock_(clock) {}

  void run(std::string_view input) {
    while (input.size() >= 3) {
      step(static_cast<std::uint8_t>(input[0]), static_cast<std::uint8_t>(input[1]),
           static_cast<std::uint8_t>(input[2]));
      input.remove_prefix(3);
    }
    // What is left is an id that nobody has issued.
    const auto spent = plans_.spend(input, planned_by(0), Plans::Needs::Id);
    check(!spent || spent->verdict == Plans::Verdict::Unknown);
  }

 private:
  std::int64_t now() const {
    return std::chrono::floor<std::chrono::seconds>(clock_.wall()).time_since_epoch().count();
  }

  void step(std::uint8_t what, std::uint8_t which, std::uint8_t value) {
    if (what % 4 == 0) return issue(value);
    if (what % 4 == 1) return clock_.advance(std::chrono::seconds(value * 4));
    if (known_.empty()) return;
    auto& plan = known_[which % known_.size()];
    if (what % 4 == 2) return decide(plan, value % 2 == 0);
    spend(plan, planned_by(value), (what & 4U) != 0 ? Plans::Needs::Person : Plans::Needs::Id);
  }

  void issue(std::uint8_t value) {
    if (known_.size() == 50) return;
    const auto planned = planned_by(value);
    const auto id = plans_.issue(planned, {"tool", "object", "text"});
    check(id.has_value() && id->size() == 12);
    check(std::ranges::find(known_, *id, &Known::id) == known_.end());
    known_.push_back({*id, planned, now() + std::chrono::seconds(Plans::kGoodFor).count()});
  }

  void decide(Known& plan, bool approve) {
    if (database_ == nullptr) return;
    const auto decision = approve ? state::Decision::Approved : state::Decision::Rejected;
    const auto before = state::decide_plan(*database_, plan.id, decision, "ann", now());
    check(before.has_value() && before->has_value() == (now() < plan.until));
    const bool open = !plan.used && now() < plan.until;
    if (open && (!plan.approved || (*plan.approved && !approve))) plan.approved = approve;
  }

  void spend(Known& plan, const Planned& planned, Plans::Needs needs) {
    const auto spent = plans_.spend(plan.id, planned, needs);
    check(spent.has_value());
    const auto& own = plan.planned;
    const bool valid = !plan.used && now() < plan.until && plan.approved.value_or(true) &&
                       planned.caller == own.caller && planned.call == own.call;
    const bool consent = needs == Plans::Needs::Id || plan.approved.value_or(false);
    const bool same = planned.object == own.object && planned.state == own.state;
    check((spent->verdict == Plans::Verdict::Fits) == (valid && consent && same));
    if (valid && consent) plan.used = true;
  }

  Plans& plans_;
  state::Database* database_;
  base::ManualClock& clock_;
  std::vector<Known> known_;
};

/// Where the database of this process is; removed with it.
class Place {
 public:
  Place() {
    std::string pattern = (std::filesystem::temp_directory_path() / "fuzz-plans-XXXXXX").string();
    check(::mkdtemp(pattern.data()) != nullptr);
    folder = {pattern, "PVE_STATE_DIR"};
  }
  ~Place() {
    std::error_code ignored;
    std::filesystem::remove_all(folder.path, ignored);
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  state::Folder folder;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), std::min<std::size_t>(size, 120));
  {
    base::ManualClock clock;
    guard::PlansInProcess plans(clock);
    Trial(plans, nullptr, clock).run(input);
  }
  static Place place;
  static base::ManualClock clock;
  static const state::RecordKey key(std::string(32, 'k'), [] { return std::optional(place.folder); });
  static state::Database database([] { return std::optional(place.folder); });
  state::StoredPlans plans(database, key, clock, "the cluster", nullptr);
  // Those of earlier inputs must not push out the ones of this.
  clock.advance(std::chrono::hours(1));
  Trial(plans, &database, clock).run(input);
  return 0;
}
