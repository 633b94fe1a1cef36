// Reports who did what: tasks of all nodes and the cluster log in one list, newest first.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "base/ascii.h"
#include "base/json_read.h"
#include "base/text.h"
#include "insight/read.h"
#include "insight/reports.h"

namespace insight {
namespace {

constexpr std::size_t kTable = 4500;
constexpr std::int64_t kMostHours = 8760;

struct Asked {
  std::string user;
  const Guest* guest = nullptr;
  std::int64_t since = 0;
  bool errors = false;
};

struct Event {
  std::int64_t time = 0;
  std::string user, node, what, result;
  std::optional<std::int64_t> duration{};
  std::string upid{};  ///< of a task that failed or still runs, so that its log can be read
};

bool is_of(std::string_view user, const std::string& wanted) {
  return wanted.empty() || base::lower_ascii(user).find(base::lower_ascii(wanted)) != std::string::npos;
}

/// Returns whether a line of the log contains the guest's number as a whole number.
bool speaks_of(std::string_view text, std::int64_t vmid) {
  const auto number = fmt::format("{}", vmid);
  for (auto at = text.find(number); at != std::string_view::npos; at = text.find(number, at + 1)) {
    const auto end = at + number.size();
    if ((at == 0 || !base::is_digit(text[at - 1])) && (end == text.size() || !base::is_digit(text[end])))
      return true;
  }
  return false;
}

class Events {
 public:
  explicit Events(const Asked& asked) : asked_(asked) {}

  void tasks(const base::Json& data) {
    for (const auto& row : base::objects(data)) {
      if (!upids_.insert(base::raw_word(row, "upid")).second) continue;
      const auto status = base::text(row, "status");
      const bool ended = row.contains("endtime");
      Event event{base::number(row, "starttime", 0), user_of(row), base::text(row, "node"),
                  base::text(row, "type"), ended ? status : "running"};
      const auto id = base::text(row, "id");
      if (asked_.guest != nullptr && id != fmt::format("{}", asked_.guest->vmid)) continue;
      if (!id.empty()) event.what += " " + id;
      if (ended) event.duration = base::number(row, "endtime", 0) - event.time;
      if (!ended || failed(status)) event.upid = base::text(row, "upid");
      if (!asked_.errors || (ended && failed(status))) add(std::move(event));
    }
  }

  /// Adds log lines, except those about tasks, which the list already has.
  void log(const base::Json& data) {
    constexpr std::int64_t kError = 3;
    for (const auto& row : base::objects(data)) {
      const auto message = base::raw_text(row, "msg");
      if (message.find("UPID:") != std::string::npos) continue;
      if (asked_.errors && base::number(row, "pri", 6) > kError) continue;
      if (asked_.guest != nullptr && !speaks_of(message, asked_.guest->vmid)) continue;
      add({base::number(row, "time", 0), base::text(row, "user"), base::text(row, "node"),
           base::text(row, "msg"), "logged"});
    }
  }

  std::size_t size() const { return events_.size(); }
  bool shows_upid() const {
    return std::ranges::any_of(events_, [](const Event& event) { return !event.upid.empty(); });
  }

  base::JsonArray rows(std::size_t most) {
    std::ranges::sort(events_, std::greater{}, &Event::time);
    base::JsonArray rows;
    for (const auto& event : events_) {
      if (rows.size() == most) break;
      base::JsonObject row{
          {"time", event.time}, {"user", event.user}, {"node", event.node}, {"what", event.what}};
      row["result"] = event.result;
      if (event.duration && *event.duration >= 0) row["duration"] = *event.duration;
      if (!event.upid.empty()) row["upid"] = event.upid;
      rows.emplace_back(std::move(row));
    }
    return rows;
  }

 private:
  void add(Event event) {
    if (event.time >= asked_.since && is_of(event.user, asked_.user)) events_.push_back(std::move(event));
  }

  const Asked& asked_;
  std::vector<Event> events_;
  std::set<std::string> upids_;
};

std::vector<tool::Read> reads_of(const Inventory& inventory, const Asked& asked) {
  std::vector<tool::Read> reads{{"/cluster/log", {{"max", 1000}}}};
  for (const auto& node : inventory.nodes) {
    if (!node.online()) continue;
    base::JsonObject arguments{
        {"node", node.name}, {"since", asked.since}, {"limit", 1000}, {"source", "all"}};
    if (asked.errors) arguments["errors"] = 1;
    if (asked.guest != nullptr) arguments["vmid"] = asked.guest->vmid;
    reads.push_back({"/nodes/{node}/tasks", std::move(arguments)});
  }
  return reads;
}

}  // namespace

Reported who_did(tool::Sources& sources, const base::JsonObject& arguments) {
  const auto hours = base::number(arguments, "hours", 24);
  const auto most = base::number(arguments, "limit", 30);
  if (hours < 1 || hours > kMostHours) return std::unexpected("hours: give 1 to 8760 hours.");
  if (most < 1 || most > 100) return std::unexpected("limit: give 1 to 100 events.");
  const auto list = read_inventory(sources);
  if (!list) return std::unexpected(list.error());
  const auto& inventory = **list;
  Asked asked{base::raw_word(arguments, "user"), nullptr, sources.now() - hours * 3600,
              base::flag(arguments, "errors")};
  std::optional<Guest> about;
  if (const auto guest = base::raw_word(arguments, "guest"); !guest.empty()) {
    auto found = the_guest(sources, inventory, base::trim(guest));
    if (!found) return std::unexpected(found.error());
    about = *std::move(found);
    asked.guest = &*about;
  }
  const auto reads = reads_of(inventory, asked);
  const auto got = sources.get(reads);
  Events events(asked);
  Gaps gaps;
  gaps.note_if_incomplete(sources, "tasks of others", tool::kSeesNodes);
  gaps.note_if_incomplete(sources, "cluster log of others", tool::kSeesLog);
  for (std::size_t i = 0; i < std::min(got.size(), reads.size()); ++i) {
    if (!got[i]) {
      gaps.add(i == 0 ? "cluster log" : "tasks of " + base::text(reads[i].arguments, "node"), got[i].error());
    } else {
      i == 0 ? events.log(*got[i]) : events.tasks(*got[i]);
    }
  }
  base::JsonObject report{{"found", fmt::format("{}{} in the last {}", counted(events.size(), "event"),
                                                asked.errors ? " that failed" : "",
                                                counted(static_cast<std::size_t>(hours), "hour"))}};
  put_rows(report, "events", events.rows(static_cast<std::size_t>(most)), kTable);
  if (events.size() > static_cast<std::size_t>(most))
    report["older"] =
        fmt::format("{} more; limit shows up to 100", events.size() - static_cast<std::size_t>(most));
  // A shown upid already tells how to read the log.
  if (events.size() > 0 && !events.shows_upid())
    report["logs"] = "read a task's log by its upid; the task lists show every upid";
  gaps.offline(inventory);
  gaps.put(report);
  return report;
}

}  // namespace insight
