// Finds guests by name, tag, number, MAC address, IP address or network.
#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/json_read.h"
#include "base/pattern.h"
#include "base/text.h"
#include "insight/address.h"
#include "insight/read.h"
#include "insight/reports.h"

namespace insight {
namespace {

constexpr std::size_t kTable = 4500;
constexpr std::size_t kLongestQuery = 200;

struct Match {
  const Guest* guest;
  std::string by;
};

/// A pattern without wildcards matches any part of a name.
std::string anywhere(const std::string& query) {
  return query.find_first_of("*?") == std::string::npos ? "*" + query + "*" : query;
}

std::optional<std::string> matched_by(const Guest& guest, const std::string& query) {
  if (fmt::format("{}", guest.vmid) == query) return "vmid";
  if (base::fits_pattern(anywhere(query), guest.name)) return "name";
  for (const auto& tag : words(guest.tags)) {
    if (base::fits_pattern(query, tag)) return "tag " + tag;
  }
  return std::nullopt;
}

base::JsonArray rows_of_matches(const std::vector<Match>& matches) {
  base::JsonArray rows;
  for (const auto& [guest, by] : matches)
    rows.push_back(base::JsonObject{{"vmid", guest->vmid},
                                    {"name", guest->name},
                                    {"type", guest->type()},
                                    {"node", guest->node},
                                    {"status", guest->status},
                                    {"matched", by}});
  return rows;
}

/// Searches the configurations, and asks guests whose configuration has no address.
class AddressSearch {
 public:
  AddressSearch(tool::Sources& sources, const Inventory& inventory, const Wanted& wanted)
      : sources_(sources), inventory_(inventory), wanted_(wanted) {}

  void run() {
    configurations();
    if (wanted_.kind == Wanted::Kind::Ip && (wanted_.several() || matches.empty())) guests();
    gaps.note_if_incomplete(sources_, "guests", tool::kSeesGuests);
    gaps.offline(inventory_);
  }

  std::vector<Match> matches;
  Gaps gaps;
  std::size_t without_agent = 0;
  std::size_t stopped = 0;
  std::size_t asked = 0;  ///< number of guests that were asked themselves

 private:
  void configurations() {
    std::vector<const Guest*> guests_read;
    std::vector<tool::Read> reads;
    for (const auto& guest : inventory_.guests) {
      if (!inventory_.online(guest.node)) continue;
      guests_read.push_back(&guest);
      reads.push_back(of_guest(guest, "config"));
    }
    const auto got = sources_.get(reads);
    for (std::size_t i = 0; i < std::min(got.size(), guests_read.size()); ++i) {
      if (!got[i]) {
        gaps.add(fmt::format("{}", guests_read[i]->vmid), got[i].error());
      } else if (const auto* config = got[i]->if_object()) {
        configuration(*guests_read[i], *config);
      }
    }
  }

  void configuration(const Guest& guest, const base::JsonObject& config) {
    const auto addresses = addresses_in(config);
    if (const auto* hit = wanted_.first(addresses)) {
      matches.push_back({&guest, fmt::format("{} {} (configuration)", hit->card, hit->text)});
      return;
    }
    if (guest.status != "running") {
      ++stopped;
    } else if (!guest.container && !has_agent(config)) {
      ++without_agent;
    } else {
      answering_guests_.push_back(&guest);
    }
  }

  void guests() {
    std::vector<tool::Read> reads;
    reads.reserve(answering_guests_.size());
    for (const auto* guest : answering_guests_) reads.push_back(of_guest(*guest, "interfaces"));
    const auto got = sources_.get(reads);
    asked = answering_guests_.size();
    for (std::size_t i = 0; i < std::min(got.size(), answering_guests_.size()); ++i) {
      if (!got[i]) {
        gaps.add(fmt::format("{}", answering_guests_[i]->vmid), got[i].error());
        continue;
      }
      if (const auto addresses = addresses_reported(*got[i]); const auto* hit = wanted_.first(addresses))
        matches.push_back(
            {answering_guests_[i], fmt::format("{} {} (reported by the guest)", hit->card, hit->text)});
    }
  }

  tool::Sources& sources_;
  const Inventory& inventory_;
  const Wanted& wanted_;
  std::vector<const Guest*> answering_guests_;
};

base::JsonObject found(const std::string& query, std::string_view how, const std::vector<Match>& matches,
                       std::size_t of) {
  base::JsonObject report{{"found", fmt::format("{} of {} by {} \"{}\"", matches.size(), counted(of, "guest"),
                                                how, base::printable(query, 60))}};
  put_rows(report, "matches", rows_of_matches(matches), kTable);
  return report;
}

base::JsonObject by_address(tool::Sources& sources, const Inventory& inventory, const std::string& query,
                            const Wanted& wanted) {
  AddressSearch search(sources, inventory, wanted);
  search.run();
  const bool mac = wanted.kind == Wanted::Kind::Mac;
  const auto how = mac             ? "MAC address"
                   : wanted.prefix ? "network"
                   : wanted.whole  ? "IP address"
                                   : "part of an address";
  auto report = found(query, how, search.matches, inventory.guests.size());
  if (!mac) {
    report["searched"] =
        search.asked > 0
            ? fmt::format("the configurations, and the addresses that the server requested from {}",
                          counted(search.asked, "running guest"))
            : std::string("only the configurations; the server requested no addresses from running guests");
    std::vector<std::string> silent;
    if (search.without_agent > 0)
      silent.push_back(counted(search.without_agent, "running VM") + " without a guest agent");
    if (search.stopped > 0) silent.push_back(counted(search.stopped, "stopped guest"));
    const bool complete = !search.matches.empty() && !wanted.several();
    if (!silent.empty() && !complete) report["could_not_be_asked"] = listed(silent);
  }
  search.gaps.put(report);
  return report;
}

}  // namespace

Reported find_guest(tool::Sources& sources, const base::JsonObject& arguments) {
  const auto query = std::string(base::trim(base::raw_word(arguments, "query")));
  if (query.empty() || query.size() > kLongestQuery || base::has_control(query))
    return std::unexpected(
        "query: give (part of) a name, a tag, a number, a MAC address, an IP address or a part of it, or a "
        "network (10.0.0.0/24).");
  const auto wanted = wanted_address(query);
  if (!wanted) return std::unexpected("query: " + wanted.error() + ".");
  const auto list = read_inventory(sources);
  if (!list) return std::unexpected(list.error());
  const auto& inventory = **list;
  if (*wanted) return by_address(sources, inventory, query, **wanted);
  std::vector<Match> matches;
  for (const auto& guest : inventory.guests) {
    if (auto by = matched_by(guest, query)) matches.push_back({&guest, *std::move(by)});
  }
  auto report = found(query, "name, tag or number", matches, inventory.guests.size());
  Gaps gaps;
  gaps.note_if_incomplete(sources, "guests", tool::kSeesGuests);
  gaps.offline(inventory);
  gaps.put(report);
  return report;
}

}  // namespace insight
