#include "engine/bounds/scoped_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/number.h"
#include "base/text.h"
#include "engine/bounds/cut.h"
#include "engine/bounds/guest_names.h"
#include "facts/free_text.h"
#include "tool/about.h"

namespace engine {
namespace {

/// As many as a server starts in weeks; older ones are found by their guests.
constexpr std::size_t kMostStarted = 10'000;
/// As long as the inventory is remembered.
constexpr std::chrono::seconds kGapsLast{3};
/// So few guests are read one by one: the lists of all nodes are longer.
constexpr std::size_t kFew = 2;

std::unexpected<pve::Error> refused(pve::Error error) { return std::unexpected(std::move(error)); }

/// Collects what an answer names, and hides nothing.
class Named final : public Sight {
 public:
  bool sees(std::int64_t vmid) override {
    guests_.insert(vmid);
    return true;
  }
  bool sees(const pve::Upid& task) override {
    for (const auto vmid : guests_of_task(task.id)) guests_.insert(vmid);
    return has_tasks_ = true;
  }
  const std::set<std::int64_t>& guests() const { return guests_; }
  bool is_empty() const { return guests_.empty() && !has_tasks_; }

 private:
  std::set<std::int64_t> guests_;
  bool has_tasks_ = false;
};

std::int64_t number_of(const pve::Call& call, std::string_view name, std::int64_t otherwise) {
  for (const auto& [key, value] : call.parameters) {
    if (key == name) return base::parse_number<std::int64_t>(value).value_or(otherwise);
  }
  return otherwise;
}

}  // namespace

/// What one call may see.
class ScopedView::Verdicts final : public Sight {
 public:
  Verdicts(ScopedView& view, bool reads, const std::stop_token& stop)
      : view_(view), reads_(reads), stop_(stop) {
    const auto wanted = view_.scope_.wanted();
    by_number_ = !wanted.configuration && !wanted.node && !wanted.any_pool();
    by_configuration_ = wanted.configuration;
  }

  /// Of a guest that the path names.
  bool judge_one(const pve::Guest& guest) {
    if (by_number_ || seen_.contains(guest.vmid)) return judge_one(guest.vmid);
    if (const auto held = reads_ ? view_.held_.known() : nullptr) return judge_by(*held, guest.vmid);
    return note(guest.vmid, view_.scope_.holds(guest, stop_), guest.node);
  }
  bool judge_one(std::int64_t vmid) {
    const auto known = seen_.find(vmid);
    if (known != seen_.end()) return known->second;
    if (by_number_) return seen_[vmid] = view_.scope_.means({.vmid = vmid});
    if (const auto held = reads_ ? view_.held_.known() : nullptr) return judge_by(*held, vmid);
    return note(vmid, view_.scope_.holds(vmid, stop_), {});
  }

  /// The error is a clause.
  std::expected<void, std::string> judge(const std::set<std::int64_t>& guests) {
    std::vector<std::int64_t> open;
    std::ranges::copy_if(guests, std::back_inserter(open), [&](auto vmid) { return !seen_.contains(vmid); });
    if (by_number_ || (by_configuration_ && open.size() <= kFew && !view_.held_.known())) {
      for (const auto vmid : open) judge_one(vmid);
      return {};
    }
    if (open.empty()) return {};
    const auto held = view_.held_.get(stop_);
    if (!held) return std::unexpected(held.error());
    view_.note_gaps((*held)->unjudged);
    for (const auto vmid : open) judge_by(**held, vmid);
    return {};
  }

  bool sees(std::int64_t vmid) override {
    const auto known = seen_.find(vmid);
    return known != seen_.end() && known->second;
  }

  bool sees(const pve::Upid& task) override {
    if (view_.is_own(task.text)) return true;
    const auto guests = guests_of_task(task.id);
    if (!guests.empty() && std::ranges::all_of(guests, [&](auto vmid) { return sees(vmid); })) return true;
    // What the server's API token did stays visible after its guest was destroyed.
    return !view_.own_.token_id.empty() && task.user == view_.own_.token_id &&
           std::ranges::none_of(guests, [&](auto vmid) { return exists(vmid); });
  }

  /// True also if that is not known.
  bool exists(std::int64_t vmid) {
    if (!existing_) existing_ = view_.scope_.existing(stop_);
    return !*existing_ || (*existing_)->contains(vmid);
  }

 private:
  bool judge_by(const Scope::Held& held, std::int64_t vmid) {
    // A guest that does not exist has no trait but its number.
    return seen_[vmid] = held.vmids.contains(vmid) ||
                         (!held.others.contains(vmid) && view_.scope_.means({.vmid = vmid}));
  }

  bool note(std::int64_t vmid, const std::expected<bool, std::string>& holds, const std::string& node) {
    if (!holds && !node.empty()) view_.note_gaps(std::span(&node, 1));
    return seen_[vmid] = holds.value_or(false);
  }

  ScopedView& view_;
  const bool reads_;
  const std::stop_token& stop_;
  bool by_number_ = false;
  bool by_configuration_ = false;
  std::map<std::int64_t, bool> seen_;
  std::optional<std::expected<std::set<std::int64_t>, std::string>> existing_;
};

std::expected<pve::Answer, pve::Error> ScopedView::call(const pve::Call& call, const Send& send,
                                                        const std::stop_token& stop) {
  const bool reads = call.method == base::Method::Get;
  Verdicts verdicts(*this, reads, stop);
  if (auto allowed = check(call, verdicts); !allowed) return refused(std::move(allowed.error()));
  auto answer = send(call);
  if (!reads) held_.forget();
  if (!answer) return refused(masked(std::move(answer.error()), verdicts));
  if (auto done = cut_answer(call, *answer, send, verdicts); !done) return refused(std::move(done.error()));
  return answer;
}

std::expected<void, pve::Error> ScopedView::check(const pve::Call& call, Verdicts& verdicts) {
  const bool reads = call.method == base::Method::Get;
  // PVE decodes a path before it looks for the endpoint.
  const auto route = facts_.route(call.method, base::percent_decode(call.path));
  if (!route)
    return refused(hidden(fmt::format(
        "{} limits this server, and the server cannot tell which guests this call concerns.", name())));
  const auto& endpoint = *route->endpoint;
  if (auto allowed = check_free_text(call.method, endpoint.path); !allowed) return allowed;
  const auto about = tool::about(call.method, endpoint.path).guest;
  if (about != tool::GuestKind::None) {
    pve::Guest guest{.container = about == tool::GuestKind::Container};
    for (const auto& [variable, value] : route->values) {
      if (variable == "node") guest.node = value;
      if (variable == "vmid") guest.vmid = base::parse_number<std::int64_t>(value).value_or(0);
    }
    if (!verdicts.judge_one(guest)) return refused(hidden_guest(guest.vmid));
  }
  for (const auto& [variable, value] : route->values) {
    if (auto seen = check_value(endpoint, variable, value, verdicts); !seen) return seen;
  }
  // The parameters of a change name guests that do not exist yet, too; they are checked before it is sent.
  if (!reads) return {};
  for (const auto& [parameter, value] : call.parameters) {
    if (auto seen = check_value(endpoint, parameter, value, verdicts); !seen) return seen;
  }
  return {};
}

std::expected<void, pve::Error> ScopedView::check_free_text(base::Method method, std::string_view path) {
  const auto about = method == base::Method::Get ? facts::free_text_about(path) : std::string_view{};
  if (about.empty()) return {};
  const auto kind = std::ranges::find(guard::kKindNames, about);
  if (kind != guard::kKindNames.end() &&
      scope_.allows(static_cast<guard::Kind>(kind - guard::kKindNames.begin())))
    return {};
  return refused(
      hidden(fmt::format("This text can name guests outside {0}, and the server cannot remove them from it. "
                         "If you need the text, ask an administrator to add allow:{1} to {0}.",
                         name(), about)));
}

std::expected<void, pve::Error> ScopedView::check_value(const facts::Endpoint& endpoint,
                                                        std::string_view name, std::string_view value,
                                                        Verdicts& verdicts) {
  if (name == "upid") return check_task(value, verdicts);
  std::vector<std::int64_t> guests;
  const auto* parameter = endpoint.parameter(name);
  if (parameter != nullptr && lists_guests(*parameter)) {
    guests = guests_in_list(value);
  } else if (name == "volume") {
    for (const auto& owner : volume_owners(value)) guests.push_back(owner.vmid);
  } else if (const auto guest = typed_guest(value)) {
    guests.push_back(*guest);
  }
  for (const auto vmid : guests) {
    if (!verdicts.judge_one(vmid)) return refused(hidden_guest(vmid));
  }
  return {};
}

std::expected<void, pve::Error> ScopedView::check_task(std::string_view upid, Verdicts& verdicts) {
  const auto task = pve::parse_upid(upid);
  if (task && is_own(task->text)) return {};
  if (task) {
    for (const auto vmid : guests_of_task(task->id)) verdicts.judge_one(vmid);
  }
  if (task && verdicts.sees(*task)) return {};
  return refused(
      hidden(fmt::format("This task is not in {0}, or does not exist. {0} shows the tasks of its guests and "
                         "those of the caller.",
                         name())));
}

std::expected<bool, pve::Error> ScopedView::cut_data(base::Json& data, Verdicts& verdicts) {
  Named named;
  cut(data, named);
  if (named.is_empty()) return true;
  if (auto judged = verdicts.judge(named.guests()); !judged)
    return refused(
        hidden(fmt::format("The server cannot tell which guests are in {}: {}.", name(), judged.error())));
  return cut(data, verdicts);
}

std::expected<void, pve::Error> ScopedView::cut_answer(const pve::Call& call, pve::Answer& answer,
                                                       const Send& send, Verdicts& verdicts) {
  const bool reads = call.method == base::Method::Get;
  if (const auto* text = answer.data.if_string(); text != nullptr && !reads) remember_own(*text);
  const auto* rows = answer.data.if_array();
  const auto before = rows == nullptr ? 0 : rows->size();
  const auto shown = cut_data(answer.data, verdicts);
  if (!shown) return refused(shown.error());
  if (!*shown && reads)
    return refused(
        hidden(fmt::format("The object that this call reads is not in {}, or does not exist.", name())));
  if (!*shown) answer.data = nullptr;
  rows = answer.data.if_array();
  const auto after = rows == nullptr ? 0 : rows->size();
  if (!answer.total || after == before) return {};
  return read_whole(call, before, answer, send, verdicts);
}

std::expected<void, pve::Error> ScopedView::read_whole(const pve::Call& call, std::size_t page,
                                                       pve::Answer& answer, const Send& send,
                                                       Verdicts& verdicts) {
  const auto start = std::max<std::int64_t>(0, number_of(call, "start", 0));
  const auto most = number_of(call, "limit", static_cast<std::int64_t>(page));
  auto whole = call;
  std::erase_if(whole.parameters,
                [](const auto& item) { return item.first == "start" || item.first == "limit"; });
  whole.parameters.emplace_back("limit", std::to_string(*answer.total));
  auto all = send(whole);
  if (!all) return refused(masked(std::move(all.error()), verdicts));
  if (const auto shown = cut_data(all->data, verdicts); !shown) return refused(shown.error());
  auto* rows = all->data.if_array();
  if (rows == nullptr) return {};
  const auto size = static_cast<std::int64_t>(rows->size());
  const auto from = std::min(start, size);
  const auto to = most <= 0 ? size : std::min(from + most, size);
  base::JsonArray shown(rows->begin() + from, rows->begin() + to);
  answer.total = size;
  answer.data = std::move(shown);
  return {};
}

pve::Error ScopedView::masked(pve::Error error, Verdicts& verdicts) {
  const auto mask = [&](std::string& text) {
    for (const auto& owner : volume_owners(text)) {
      if (owner.sure) verdicts.judge_one(owner.vmid);
    }
    mask_owners(text, verdicts);
    // The guest that a call makes does not exist yet, and the caller knows its number.
    const auto named = guests_in_words(text);
    const bool hides = std::ranges::any_of(
        named, [&](auto vmid) { return !verdicts.judge_one(vmid) && verdicts.exists(vmid); });
    if (hides) text = fmt::format("PVE's reason names a guest that is not in {}", name());
  };
  mask(error.message);
  for (auto& entry : error.errors) mask(entry.second);
  return error;
}

pve::Error ScopedView::hidden(std::string sentences) const {
  pve::Error error;
  error.kind = pve::Error::Kind::Hidden;
  error.message = std::move(sentences);
  if (const auto lacking = gaps(); !lacking.empty()) error.message += fmt::format(" {}", lacking);
  return error;
}

pve::Error ScopedView::hidden_guest(std::int64_t vmid) const {
  return hidden(fmt::format(
      "Guest {0} is not in {1}, or does not exist. If you need it, ask an administrator to add it "
      "to {1}.",
      vmid, name()));
}

bool ScopedView::is_own(const std::string& upid) const {
  const std::scoped_lock lock(mutex_);
  return started_.contains(upid);
}

void ScopedView::remember_own(std::string_view answer) {
  const auto upid = pve::parse_upid(answer);
  if (!upid) return;
  const std::scoped_lock lock(mutex_);
  if (!started_.insert(upid->text).second) return;
  order_.push_back(upid->text);
  if (order_.size() <= kMostStarted) return;
  started_.erase(order_.front());
  order_.pop_front();
}

void ScopedView::note_gaps(std::span<const std::string> nodes) {
  const std::scoped_lock lock(mutex_);
  unjudged_ = {nodes.begin(), nodes.end()};
  noted_ = clock_.steady();
}

std::string ScopedView::gaps() const {
  const std::scoped_lock lock(mutex_);
  if (unjudged_.empty() || clock_.steady() - noted_ > kGapsLast) return {};
  const std::vector<std::string_view> nodes(unjudged_.begin(), unjudged_.end());
  return fmt::format("{} did not answer, so guests there count as outside {}.",
                     base::printable(base::join(nodes, ", "), 200), name());
}

}  // namespace engine
