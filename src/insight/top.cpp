// Ranks the guests by usage, now or over a period.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "base/json_read.h"
#include "base/text.h"
#include "insight/read.h"
#include "insight/reports.h"

namespace insight {
namespace {

constexpr std::size_t kTable = 4500;
/// The maximum of series to read, since they are long: those of the guests that use most at present.
constexpr std::size_t kMostSeries = 60;

struct Measure {
  std::string_view name;
  std::string_view unit;
  std::string_view share;  ///< what a percentage refers to
  double (*present)(const Guest&);
  double (*of_point)(const base::JsonObject&, const Guest&);
  /// Returns the node's total; nullptr if only the sum of its guests is known.
  double (*whole)(const Node&);
};

double present_rate(double bytes, const Guest& guest) { return guest.uptime > 0 ? bytes / guest.uptime : 0; }

double at(const base::JsonObject& point, std::string_view key) {
  return std::max(0.0, base::real(point, key, 0));
}

constexpr auto kMeasures = std::to_array<Measure>({
    {"cpu", "cores", "of the node's cores", [](const Guest& g) { return g.cpu * g.maxcpu; },
     [](const base::JsonObject& p, const Guest& g) {
       return at(p, "cpu") * (p.contains("maxcpu") ? at(p, "maxcpu") : g.maxcpu);
     },
     [](const Node& n) { return n.maxcpu; }},
    {"mem", "memory", "of the node's memory", [](const Guest& g) { return g.mem; },
     [](const base::JsonObject& p, const Guest&) { return at(p, "mem"); },
     [](const Node& n) { return n.maxmem; }},
    {"diskio", "read and written per second", "of the disk I/O of the node's guests",
     [](const Guest& g) { return present_rate(g.diskio, g); },
     [](const base::JsonObject& p, const Guest&) { return at(p, "diskread") + at(p, "diskwrite"); }, nullptr},
    {"network", "received and sent per second", "of the traffic of the node's guests",
     [](const Guest& g) { return present_rate(g.network, g); },
     [](const base::JsonObject& p, const Guest&) { return at(p, "netin") + at(p, "netout"); }, nullptr},
});

struct Use {
  const Guest* guest;
  double amount = 0;
  double peak = 0;
};

/// Returns mean and peak of the points that have a value: a gap does not count as 0.
std::optional<Use> use_of(const Guest& guest, const base::Json& data, const Measure& measure) {
  Use use{&guest};
  std::size_t count = 0;
  for (const auto& point : base::objects(data)) {
    const bool filled = std::ranges::any_of(
        point, [](const auto& member) { return member.key() != "time" && !member.value().is_null(); });
    if (!filled) continue;
    const auto value = measure.of_point(point, guest);
    use.amount += value;
    use.peak = std::max(use.peak, value);
    ++count;
  }
  if (count == 0) return std::nullopt;
  use.amount /= static_cast<double>(count);
  return use;
}

std::string amount_text(const Measure& measure, double amount) {
  if (measure.name == "cpu") return fmt::format("{:.2f} cores", amount);
  return size_text(amount) + (measure.whole == nullptr ? "/s" : "");
}

class Ranking {
 public:
  Ranking(tool::Sources& sources, const Inventory& inventory, const Measure& measure, std::string window)
      : sources_(sources), inventory_(inventory), measure_(measure), window_(std::move(window)) {
    for (const auto& guest : inventory.guests) {
      if (guest.status == "running") uses_.push_back({&guest, measure.present(guest)});
    }
    order();
  }

  base::JsonObject report(std::size_t most) {
    const auto running = uses_.size();
    if (window_ != "now") read_series();
    base::JsonObject report{
        {"ranked", fmt::format("{}, with the share {}", ranked(running), measure_.share)}};
    base::JsonArray rows;
    for (const auto& use : uses_) {
      if (rows.size() == most) break;
      rows.push_back(row(use));
    }
    put_rows(report, "guests", rows, kTable);
    gaps_.note_if_incomplete(sources_, "guests", tool::kSeesGuests);
    if (measure_.whole != nullptr) gaps_.note_if_incomplete(sources_, "usage of nodes", tool::kSeesNodes);
    gaps_.offline(inventory_);
    gaps_.put(report);
    return report;
  }

 private:
  void order() { std::ranges::sort(uses_, std::greater{}, &Use::amount); }

  void read_series() {
    if (uses_.size() > kMostSeries) uses_.resize(kMostSeries);
    std::vector<tool::Read> reads;
    for (const auto& use : uses_)
      reads.push_back(of_guest(*use.guest, "rrddata", {{"timeframe", window_}, {"cf", "AVERAGE"}}));
    const auto got = sources_.get(reads);
    std::vector<Use> measured;
    for (std::size_t i = 0; i < std::min(got.size(), uses_.size()); ++i) {
      if (!got[i]) {
        gaps_.add(fmt::format("{}", uses_[i].guest->vmid), got[i].error());
      } else if (auto use = use_of(*uses_[i].guest, *got[i], measure_)) {
        measured.push_back(*use);
      }
    }
    uses_ = std::move(measured);
    order();
  }

  std::string ranked(std::size_t running) const {
    const auto rate = measure_.whole == nullptr;
    if (window_ == "now")
      return fmt::format("{} by {}, {}", counted(running, "running guest"), measure_.name,
                         rate ? "mean since each started" : "now");
    auto text =
        fmt::format("{} by {}, mean of the last {}", counted(uses_.size(), "guest"), measure_.name, window_);
    if (running > kMostSeries)
      text += fmt::format("; only the {1} of {0} that use most now were read", running, kMostSeries);
    return text;
  }

  double whole(const std::string& node) const {
    if (measure_.whole != nullptr) {
      const auto* found = inventory_.node(node);
      return found == nullptr ? 0 : measure_.whole(*found);
    }
    double sum = 0;
    for (const auto& use : uses_) sum += use.guest->node == node ? use.amount : 0;
    return sum;
  }

  base::JsonObject row(const Use& use) const {
    base::JsonObject row{{"vmid", use.guest->vmid},
                         {"name", use.guest->name},
                         {"type", use.guest->type()},
                         {"node", use.guest->node}};
    row["use"] = amount_text(measure_, use.amount);
    if (window_ != "now") row["peak"] = amount_text(measure_, use.peak);
    row["share_of_node"] = share_text(use.amount, whole(use.guest->node));
    return row;
  }

  tool::Sources& sources_;
  const Inventory& inventory_;
  const Measure& measure_;
  std::string window_;
  std::vector<Use> uses_;
  Gaps gaps_;
};

}  // namespace

Reported top_consumers(tool::Sources& sources, const base::JsonObject& arguments) {
  const auto by = base::raw_text(arguments, "by");
  const auto* measure = std::ranges::find(kMeasures, by.empty() ? "cpu" : by, &Measure::name);
  if (measure == kMeasures.end()) return std::unexpected("by: give cpu, mem, diskio or network.");
  const auto most = base::number(arguments, "limit", 10);
  if (most < 1 || most > 50) return std::unexpected("limit: give 1 to 50 guests.");
  const auto window = base::raw_word(arguments, "window");
  const auto list = read_inventory(sources);
  if (!list) return std::unexpected(list.error());
  const auto& inventory = **list;
  return Ranking(sources, inventory, *measure, window.empty() ? "now" : window)
      .report(static_cast<std::size_t>(most));
}

}  // namespace insight
