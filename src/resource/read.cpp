#include "resource/read.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "base/ascii.h"
#include "base/json_read.h"
#include "base/text.h"
#include "engine/answer/answer.h"
#include "engine/cluster/guest_kinds.h"
#include "engine/cluster/guest_lookup.h"
#include "engine/cluster/parallel.h"
#include "engine/cluster/request.h"
#include "engine/cluster/target.h"
#include "pve/path.h"
#include "pve/upid.h"
#include "seam/codes.h"

namespace resource {
namespace {

using Kind = tool::Resource::Kind;

constexpr std::size_t kAtOnce = 8;

using Values = std::map<std::string, std::string, std::less<>>;

std::unexpected<Unread> none(std::string sentence) {
  return std::unexpected(Unread{mcp::NoSuchResource{std::move(sentence)}});
}

/// One read with all it needs.
class Reader {
 public:
  Reader(engine::Toolbox& toolbox, const Match& match, const Permit& permit, const std::stop_token& stop,
         std::chrono::seconds longest)
      : toolbox_(toolbox),
        cluster_(toolbox.cluster()),
        match_(match),
        permit_(permit),
        stop_(stop),
        longest_(longest),
        may_([this](const tool::Endpoint& call) {
          const auto* row = toolbox_.row(call);
          return row == nullptr || permit_(row->tool().name) ? std::string_view{} : row->tool().name;
        }) {}

  std::expected<Reading, Unread> read() {
    if (match_.values.contains("vmid")) return guest();
    if (auto no = permit_(match_.row->tools[0])) return std::unexpected(unread(*std::move(no)));
    switch (match_.row->kind) {
      case Kind::PerNode:
        return storage();
      case Kind::Log:
        return log();
      case Kind::Data:
      case Kind::Api:
        break;
    }
    const auto call = call_of(match_.row->tools[0], match_.values);
    if (!call) return std::unexpected(call.error());
    return data(*call, stop_);
  }

 private:
  struct Asked {
    const tool::Tool* tool;
    base::JsonObject arguments;
    pve::Call call;
  };

  /// Of values that are all in the path: what is left over would become a parameter of the call.
  std::expected<Asked, Unread> call_of(std::string_view tool, const Values& values) const {
    const auto* row = toolbox_.row(tool);
    if (row == nullptr) return none("This server cannot read that.");
    base::JsonObject arguments;
    for (const auto& [name, value] : values) arguments[name] = value;
    auto call = engine::request(row->tool().call, arguments);
    if (!call) return none(std::move(call.error()));
    return Asked{&row->tool(), std::move(arguments), *std::move(call)};
  }

  Unread explained(const pve::Error& error, const pve::Call& call, const base::JsonObject& arguments,
                   const std::stop_token& stop) const {
    auto sentence = engine::explained(error, call, arguments, cluster_, may_, stop);
    if (is_gone(error)) return mcp::NoSuchResource{std::move(sentence)};
    return mcp::ProtocolError{mcp::kInternalError, std::move(sentence), nullptr};
  }

  Reading corrected(const Asked& asked, base::Json data, const std::stop_token& stop) const {
    Reading reading{std::move(data)};
    auto revision =
        engine::revise_and_note_omissions(*asked.tool, asked.arguments, reading.data, cluster_, may_, stop);
    reading.note = std::move(revision.note);
    reading.partial = !revision.sure;
    return reading;
  }

  std::expected<Reading, Unread> data(const Asked& asked, const std::stop_token& stop) const {
    auto answer = cluster_.client.call(asked.call, stop);
    if (!answer) return std::unexpected(explained(answer.error(), asked.call, asked.arguments, stop));
    return corrected(asked, std::move(answer->data), stop);
  }

  Unread unlisted(const pve::Error& error) const {
    return explained(error, {base::Method::Get, "/cluster/resources", {}}, {}, stop_);
  }

  /// Those that the caller may list or read: the others are not there for it.
  engine::GuestKinds kinds() const {
    auto kinds = engine::listed_kinds(may_);
    kinds.vms = kinds.vms || !permit_(match_.row->tools.at(0));
    kinds.containers = kinds.containers || !permit_(match_.row->tools.at(1));
    return kinds;
  }

  std::expected<engine::FoundGuest, Unread> found(engine::LookupResult guest) const {
    if (const auto list = cluster_.inventory.remembered()) cluster_.seen.see(list);
    if (guest) return *std::move(guest);
    if (guest.error().list_error) return std::unexpected(unlisted(*guest.error().list_error));
    return none(sentence(std::move(guest.error().sentence)));
  }

  static std::string sentence(std::string text) {
    if (!text.empty() && base::is_lower(text.front()))
      text.front() = static_cast<char>(text.front() - 'a' + 'A');
    return text;
  }

  std::expected<engine::FoundGuest, Unread> guest_now() const {
    const engine::GuestScope scope{kinds(), kinds(), true};
    return found(engine::guest_now(match_.values.at("vmid"), scope, cluster_, stop_));
  }

  std::expected<Asked, Unread> asked_of(const pve::Guest& guest) const {
    const auto tool = match_.row->tools.at(guest.container ? 1 : 0);
    if (auto no = permit_(tool)) return std::unexpected(unread(*std::move(no)));
    return call_of(tool, {{"node", guest.node}, {"vmid", std::to_string(guest.vmid)}});
  }

  /// Nothing when another guest must be looked for: it is not there, or has another name than it was found
  /// by.
  std::optional<std::expected<Reading, Unread>> of_guest(const engine::FoundGuest& found, bool last) const {
    const auto& guest = found.guest;
    const auto asked = asked_of(guest);
    if (!asked) return std::unexpected(asked.error());
    const bool names = engine::names_guest(asked->tool->about, asked->arguments);
    if (!last && !found.sure && !names && engine::name_now(guest, cluster_, stop_) != guest.name)
      return std::nullopt;
    auto answer = cluster_.client.call(asked->call, stop_);
    if (!answer) {
      if (!last && answer.error().kind == pve::Error::Kind::Refused &&
          engine::says_not_on_node(answer.error().message))
        return std::nullopt;
      return std::unexpected(explained(answer.error(), asked->call, asked->arguments, stop_));
    }
    if (!last && !found.sure && names && engine::name_in(answer->data, guest) != guest.name)
      return std::nullopt;
    if (match_.values.contains("snapname")) return snapshot(guest, answer->data);
    return corrected(*asked, std::move(answer->data), stop_);
  }

  std::expected<Reading, Unread> snapshot(const pve::Guest& guest, const base::Json& list) const {
    const auto& wanted = match_.values.at("snapname");
    if (const auto* rows = list.if_array()) {
      for (const auto& item : *rows) {
        const auto* row = item.if_object();
        if (row != nullptr && base::raw_text(*row, "name") == wanted) return Reading{item};
      }
    }
    return none(fmt::format("{} {} has no snapshot \"{}\".", guest.container ? "CT" : "VM", guest.vmid,
                            base::printable(wanted, 100)));
  }

  std::expected<Reading, Unread> guest() const {
    const engine::GuestScope scope{kinds(), kinds(), true};
    const auto listed = found(engine::guest_listed(match_.values.at("vmid"), scope, cluster_, stop_));
    if (!listed) return std::unexpected(listed.error());
    if (auto reading = of_guest(*listed, false)) return *std::move(reading);
    // That the guest is not where an old list says tells nothing.
    if (listed->by_name && !listed->sure) {
      const auto now = guest_now();
      if (!now) return std::unexpected(now.error());
      return *of_guest(*now, true);
    }
    const auto list = cluster_.inventory.newer_than(listed->list, stop_);
    if (!list) return std::unexpected(unlisted(list.error()));
    const auto again = found(engine::guest_in(*list, match_.values.at("vmid"), scope));
    if (!again) return std::unexpected(again.error());
    return *of_guest(*again, true);
  }

  std::expected<Reading, Unread> log() const {
    constexpr std::int64_t kFirst = 500;
    constexpr std::int64_t kMost = 5000;
    const auto upid = pve::parse_upid(match_.values.at("upid"));
    if (!upid) {
      return none(fmt::format("There is no task {}: a task is named by its UPID.",
                              base::printable(match_.values.at("upid"), 100)));
    }
    auto asked = call_of(match_.row->tools[0], {{"node", upid->node}, {"upid", upid->text}});
    if (!asked) return std::unexpected(asked.error());
    asked->call.parameters = {{"limit", std::to_string(kFirst)}};
    auto answer = cluster_.client.call(asked->call, stop_);
    const auto total = answer ? answer->total.value_or(0) : 0;
    if (total > kFirst) {
      asked->call.parameters = {{"start", std::to_string(std::max<std::int64_t>(0, total - kMost))},
                                {"limit", std::to_string(kMost)}};
      answer = cluster_.client.call(asked->call, stop_);
    }
    if (!answer) return std::unexpected(explained(answer.error(), asked->call, asked->arguments, stop_));
    if (is_missing_log(answer->data)) return none(fmt::format("There is no task {}.", upid->text));
    return Reading{std::move(answer->data), answer->total.value_or(total)};
  }

  /// PVE answers so for a task that it does not know.
  static bool is_missing_log(const base::Json& data) {
    const auto* lines = data.if_array();
    if (lines == nullptr || lines->size() != 1) return false;
    const auto* line = lines->front().if_object();
    return line != nullptr && base::raw_text(*line, "t").starts_with("unable to open file");
  }

  struct Places {
    bool known = false;  ///< the storage is in the list
    bool shared = false;
    std::vector<std::string> online;
    std::vector<std::string> offline;
  };

  Places places(const pve::Inventory& list) const {
    Places places;
    std::set<std::string, std::less<>> nodes;
    for (const auto& storage : list.storages) {
      if (storage.id != match_.values.at("storage")) continue;
      places.known = true;
      places.shared = places.shared || storage.shared;
      nodes.insert(storage.node);
    }
    for (const auto& name : nodes) {
      const auto* node = list.node(name);
      const bool offline = node != nullptr && node->status == "offline";
      (offline ? places.offline : places.online).push_back(name);
    }
    return places;
  }

  /// A node's answer; nothing if it did not answer in time.
  using Part = std::optional<std::expected<Reading, Unread>>;

  Part storage_on(const std::string& node, const std::stop_token& stop) const {
    const auto asked =
        call_of(match_.row->tools[0], {{"node", node}, {"storage", match_.values.at("storage")}});
    if (!asked) return std::unexpected(asked.error());
    Part part = data(*asked, stop);
    if (!*part && stop.stop_requested()) part.reset();
    return part;
  }

  std::vector<Part> each(const std::vector<std::string>& nodes) const {
    std::vector<Part> parts(nodes.size());
    engine::in_parallel(
        nodes.size(), kAtOnce, longest_, stop_,
        [&](std::size_t i, const std::stop_token& stop) { parts[i] = storage_on(nodes[i], stop); });
    return parts;
  }

  /// One node can say all: the first, and only where that one does not, whichever of the others is quickest.
  std::vector<Part> any(const std::vector<std::string>& nodes) const {
    std::vector<Part> parts(nodes.size());
    std::stop_source enough;
    const std::stop_callback cancelled(stop_, [&] { enough.request_stop(); });
    const auto ask = [&](std::size_t first, std::size_t count, std::chrono::seconds longest) {
      engine::in_parallel(count, kAtOnce, longest, enough.get_token(),
                          [&](std::size_t i, const std::stop_token& stop) {
                            auto& part = parts[first + i];
                            part = storage_on(nodes[first + i], stop);
                            if (part && *part) enough.request_stop();
                          });
    };
    if (nodes.empty()) return parts;
    const auto alone = std::max(longest_ / 3, std::chrono::seconds{1});
    ask(0, 1, alone);
    if (!enough.stop_requested()) ask(1, nodes.size() - 1, std::max(longest_ - alone, alone));
    return parts;
  }

  std::expected<Reading, Unread> storage() const {
    const auto& name = match_.values.at("storage");
    const auto remembered = cluster_.inventory.remembered();
    auto list = cluster_.inventory.get(stop_);
    // A new storage is not in an old list.
    if (list && remembered && !places(**list).known) list = cluster_.inventory.newer_than(remembered, stop_);
    if (!list) return std::unexpected(unlisted(list.error()));
    const auto where = places(**list);
    if (!where.known)
      return none(
          fmt::format("There is no storage \"{}\" that this API token may see.", base::printable(name, 100)));
    auto parts = where.shared ? any(where.online) : each(where.online);
    Reading all{base::JsonArray{}};
    std::optional<Unread> last;
    std::size_t read = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      auto& part = parts[i];
      if (part && *part) {
        if (where.shared) return *std::move(*part);
        add(*std::move(*part), where.online[i], all);
        ++read;
      } else {
        if (part) last = std::move(part->error());
        add_unread(where.online[i], all);
      }
    }
    if (read == 0 && last) return std::unexpected(*std::move(last));
    for (const auto& node : where.offline) add_unread(node, all);
    if (read > 0) return all;
    return std::unexpected(Unread{mcp::ProtocolError{mcp::kInternalError, silent(where, name), nullptr}});
  }

  std::string silent(const Places& where, std::string_view name) const {
    if (where.online.empty())
      return fmt::format("No node that has the storage \"{}\" is online.", base::printable(name, 100));
    const std::vector<std::string_view> nodes(where.online.begin(), where.online.end());
    return fmt::format("No node that has the storage \"{}\" answered in {} s: {}.",
                       base::printable(name, 100), longest_.count(),
                       base::printable(base::join(nodes, ", ")));
  }

  static void add(Reading part, const std::string& node, Reading& all) {
    add_note(part.note, all);
    all.partial = all.partial || part.partial;
    auto* rows = part.data.if_array();
    if (rows == nullptr) return;
    for (auto& row : *rows) {
      if (auto* object = row.if_object()) (*object)["node"] = node;
      all.data.get_array().push_back(std::move(row));
    }
  }

  /// Once, however many nodes say it.
  static void add_note(const std::string& note, Reading& all) {
    if (note.empty() || all.note.find(note) != std::string::npos) return;
    all.note += (all.note.empty() ? "" : " ") + note;
  }

  static void add_unread(const std::string& node, Reading& all) {
    all.partial = true;
    add_note(fmt::format("The storage could not be read on {}.", base::printable(node, 60)), all);
  }

  engine::Toolbox& toolbox_;
  engine::Cluster& cluster_;
  const Match& match_;
  const Permit& permit_;
  const std::stop_token& stop_;
  const std::chrono::seconds longest_;
  const guard::MayUse may_;
};

}  // namespace

Unread unread(guard::Refusal refusal) {
  if (auto* scope = std::get_if<mcp::InsufficientScope>(&refusal)) return std::move(*scope);
  return mcp::NoSuchResource{std::get<std::string>(std::move(refusal))};
}

bool is_gone(const pve::Error& error) {
  if (error.kind == pve::Error::Kind::Hidden) return true;
  if (error.kind != pve::Error::Kind::Refused || error.status == 403) return false;
  constexpr std::array<std::string_view, 6> kWords = {"does not exist",
                                                      "no such ",
                                                      "hostname lookup '",
                                                      "unable to find configuration file",
                                                      "unable to parse worker upid",
                                                      "No such file"};
  const auto tells = [&](std::string_view text) {
    return std::ranges::any_of(kWords, [&](auto word) { return text.find(word) != std::string_view::npos; });
  };
  return tells(error.message) ||
         std::ranges::any_of(error.errors, [&](const auto& item) { return tells(item.second); });
}

std::expected<Reading, Unread> read(engine::Toolbox& toolbox, const Match& match, const Permit& permit,
                                    const std::stop_token& stop, std::chrono::seconds longest) {
  return Reader(toolbox, match, permit, stop, longest).read();
}

}  // namespace resource
