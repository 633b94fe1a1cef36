#include "view/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/json_read.h"
#include "base/plural.h"
#include "base/text.h"
#include "view/filter.h"
#include "view/free_text.h"
#include "view/human.h"
#include "view/more.h"
#include "view/order.h"
#include "view/summary.h"

namespace view {
namespace {

/// Bytes reserved for the lines below the rows.
constexpr std::size_t kFooter = 300;
constexpr std::size_t kCell = 1200;

struct Column {
  std::string label;  ///< "mem/maxmem"
  std::vector<std::string> keys;
};

/// The names of the items' members in the order in which they occur.
struct Keys {
  std::vector<std::string> names;
  /// Names with a value that is not empty. The views refer to the items.
  std::unordered_set<std::string_view> filled;
};

Keys keys_of(const Items& items) {
  Keys keys;
  std::unordered_map<std::string_view, bool> seen;
  for (const auto* item : items) {
    for (const auto& member : *item) {
      const auto [key, first] = seen.try_emplace(member.key(), false);
      if (first) keys.names.emplace_back(member.key());
      if (key->second || is_uninformative(member.key(), &member.value())) continue;
      key->second = true;
      keys.filled.insert(key->first);
    }
  }
  return keys;
}

Column column_of(std::string_view label) {
  Column column{std::string(label), {}};
  for (const auto key : base::split(label, '/')) column.keys.emplace_back(key);
  return column;
}

/// Returns the columns of the view that the items have; all members if the view names no columns.
std::vector<Column> usual_columns(const tool::View& view, const Keys& keys) {
  std::vector<Column> columns;
  if (view.columns.empty()) {
    for (const auto& key : keys.names) columns.push_back({key, {key}});
  } else {
    for (std::size_t i = 0; i < view.columns.size(); ++i) columns.push_back(column_of(view.columns[i].label));
  }
  std::erase_if(columns, [&](const Column& column) {
    return std::ranges::none_of(column.keys, [&](const auto& key) { return keys.filled.contains(key); });
  });
  if (columns.empty()) {
    for (const auto& key : keys.names) columns.push_back({key, {key}});
  }
  return columns;
}

/// Returns the items' keys and the view's keys.
std::vector<std::string> known_keys(const tool::View& view, std::vector<std::string> keys) {
  const auto add = [&](std::string_view key) {
    if (!key.empty() && std::ranges::find(keys, key) == keys.end()) keys.emplace_back(key);
  };
  for (std::size_t i = 0; i < view.columns.size(); ++i) {
    add(view.columns[i].key);
    add(view.columns[i].whole);
  }
  return keys;
}

std::expected<std::vector<Column>, std::string> chosen_columns(const tool::View& view,
                                                               const std::string& fields, const Items& items,
                                                               Keys keys) {
  std::ranges::sort(keys.names);
  if (base::trim(fields) == "*") return usual_columns({}, keys);
  const auto known = known_keys(view, keys.names);
  std::vector<Column> columns;
  for (const auto part : base::split(fields, ',')) {
    const auto label = base::trim(part);
    if (label.empty()) continue;
    auto column = column_of(label);
    for (const auto& key : column.keys) {
      if (items.empty() || std::ranges::find(known, key) != known.end()) continue;
      const std::vector<std::string_view> views(keys.names.begin(), keys.names.end());
      return std::unexpected(fmt::format("fields: no field \"{}\"; there are {} (* shows all)",
                                         base::printable(key, 60), base::join(views, ", ")));
    }
    columns.push_back(std::move(column));
  }
  if (columns.empty()) return usual_columns(view, keys);
  return columns;
}

/// Returns one line, with the separator escaped.
std::string cell_text(std::string text) {
  if (text.size() > kCell) text = shortened(text, kCell);
  for (auto at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2))
    text.insert(at, 1, '\\');
  return text;
}

std::string cell(const base::JsonObject& item, const Column& column) {
  std::vector<std::pair<std::string_view, const base::Json*>> present;
  for (const auto& key : column.keys) {
    if (const auto* value = item.if_contains(key); !is_uninformative(key, value))
      present.emplace_back(key, value);
  }
  if (present.empty()) return {};
  if (present.size() == 1) return cell_text(human(present[0].first, *present[0].second));
  return cell_text(human_pair(present[0].first, *present[0].second, present[1].first, *present[1].second));
}

/// Returns the free text that the cell would show; empty if there is none.
std::string free_text(const tool::View& view, const base::JsonObject& item, const Column& column) {
  const auto* value = column.keys.size() == 1 ? item.if_contains(column.keys.front()) : nullptr;
  if (value == nullptr || !value->is_string() ||
      !is_free_text(view, column.keys.front(), std::string_view(value->get_string())))
    return {};
  return std::string(std::string_view(value->get_string()));
}

std::string counted(std::size_t count, std::string_view noun) {
  return base::count_of(count, noun.empty() ? "items" : noun);
}

/// Builds the text and the structured form of one list.
class Table {
 public:
  Table(const tool::View& view, const Selection& selection, const TableOptions& options)
      : view_(view), selection_(selection), options_(options) {}

  std::expected<Shown, std::string> show(const base::JsonArray& array) {
    if (auto taken = take(array); !taken) return std::unexpected(taken.error());
    std::vector<std::string> rows;
    std::size_t bytes = 0;
    const auto end =
        selection_.limit ? std::min(items_.size(), selection_.cursor + *selection_.limit) : items_.size();
    shown_from_ = std::min(selection_.cursor, items_.size());
    for (auto i = shown_from_; i < end; ++i) {
      auto row = options_.raw ? base::write_json_sorted(base::Json(selected(*items_[i]))) : line(*items_[i]);
      const auto size = std::max(row.size(), options_.structured ? structured_size(*items_[i]) : 0) + 1;
      // If the model asked for no part of the list, show a summary of the whole.
      if (bytes + size > room()) {
        if (wants_whole_list() && !rows.empty()) return summary();
        // Cut a row that is too long on its own, so that the rows after it can be reached.
        if (rows.empty()) rows.push_back(cut_row(*items_[i]));
        break;
      }
      bytes += size;
      rows.push_back(std::move(row));
    }
    return options_.raw ? json(rows) : text(rows);
  }

 private:
  bool wants_whole_list() const {
    return !selection_.limit && selection_.cursor == 0 && selection_.filter.empty() && options_.selects;
  }
  std::size_t room() const { return options_.budget > kFooter * 2 ? options_.budget - kFooter : kFooter; }

  std::expected<void, std::string> take(const base::JsonArray& array) {
    for (const auto& value : array) {
      if (const auto* object = value.if_object()) {
        items_.push_back(object);
      } else {
        plain_.push_back(base::JsonObject{{"value", value}});
      }
    }
    if (items_.empty())
      for (const auto& item : plain_) items_.push_back(&item);
    const auto keys = keys_of(items_);
    all_ = static_cast<std::size_t>(
        std::ranges::count_if(items_, [&](const auto* item) { return !is_uncounted(*item); }));
    auto columns = selection_.fields.empty() ? usual_columns(view_, keys)
                                             : chosen_columns(view_, selection_.fields, items_, keys);
    if (!columns) return std::unexpected(columns.error());
    columns_ = *std::move(columns);
    // An empty list does not show which keys its items would have.
    auto filter = Filter::parse(selection_.filter,
                                items_.empty() ? std::vector<std::string>{} : known_keys(view_, keys.names),
                                items_, options_.now);
    if (!filter) return std::unexpected("filter: " + filter.error());
    limits_ = filter->limits(items_);
    std::erase_if(items_, [&](const auto* item) { return !filter->matches(*item); });
    take_uncounted();
    take_digest();
    if (options_.sorted && !columns_.empty()) {
      sort_by(order(), items_);
    }
    return {};
  }

  bool is_uncounted(const base::JsonObject& item) const {
    return !view_.uncounted.empty() && base::raw_text(item, view_.columns[0].key) == view_.uncounted;
  }

  /// Items of this kind alone carry no information, so omit them.
  void take_uncounted() {
    if (options_.raw) return;
    uncounted_ = static_cast<std::size_t>(
        std::ranges::count_if(items_, [&](const auto* item) { return is_uncounted(*item); }));
    if (uncounted_ == items_.size()) items_.clear();
    if (items_.empty()) uncounted_ = 0;
  }

  std::vector<std::string_view> order() const {
    std::vector<std::string_view> keys;
    for (std::size_t i = 0; i < view_.columns.size(); ++i) keys.push_back(view_.columns[i].key);
    if (keys.empty()) keys.emplace_back(columns_[0].keys[0]);
    return keys;
  }

  /// Shows a digest that all items share once instead of in each row.
  void take_digest() {
    const auto column = std::ranges::find(columns_, "digest", &Column::label);
    if (column == columns_.end() || items_.empty() || columns_.size() == 1 || options_.raw) return;
    const auto* first = items_.front()->if_contains("digest");
    const bool same = std::ranges::all_of(items_, [&](const auto* item) {
      const auto* other = item->if_contains("digest");
      return first != nullptr && other != nullptr && *other == *first;
    });
    if (!same || !first->is_string()) return;
    digest_ = std::string_view(first->get_string());
    columns_.erase(column);
  }

  /// Returns the row, and below it the free texts of its cells.
  std::string line(const base::JsonObject& item) const {
    std::string text;
    std::string below;
    for (const auto& column : columns_) {
      const auto words = free_text(view_, item, column);
      text += (&column == columns_.data() ? "" : "|") + (words.empty() ? cell(item, column) : "↓");
      if (!words.empty()) below += marked_lines(column.label + ": " + words, "\n", kCell);
    }
    return text + below;
  }

  std::size_t structured_size(const base::JsonObject& item) const {
    return base::write_json(base::Json(selected(item))).size();
  }

  std::string cut_row(const base::JsonObject& item) const {
    if (!options_.raw) {
      const auto whole = line(item);
      const auto row = std::string_view(whole).substr(0, whole.find('\n'));
      return base::printable(row, room() > 4 ? room() - 4 : 1);
    }
    base::JsonObject kept;
    for (const auto& member : selected(item)) {
      if (base::write_json(member.value()).size() < 200) kept[member.key()] = member.value();
    }
    kept["left_out"] = "what is too long";
    return base::write_json_sorted(base::Json(std::move(kept)));
  }

  base::JsonObject selected(const base::JsonObject& item) const {
    if (options_.raw && selection_.fields.empty()) return item;
    base::JsonObject chosen;
    for (const auto& column : columns_) {
      for (const auto& key : column.keys) {
        if (const auto* value = item.if_contains(key)) chosen[key] = *value;
      }
    }
    return chosen;
  }

  std::string headline() const {
    if (items_.empty() && selection_.filter.empty())
      return fmt::format("No {}.", view_.noun.empty() ? "items" : view_.noun);
    if (!selection_.filter.empty())
      return fmt::format("{} of {} match{}{}.", items_.size() - uncounted_, counted(all_, view_.noun),
                         limits_.empty() ? "" : " ", limits_);
    auto text =
        options_.total && *options_.total > static_cast<std::int64_t>(all_)
            ? fmt::format("{} of {}", all_, counted(static_cast<std::size_t>(*options_.total), view_.noun))
            : counted(all_, view_.noun);
    if (const auto states = state_counts(items_); !states.empty()) text += ": " + states;
    return text;
  }

  std::size_t next(std::size_t rows) const { return shown_from_ + rows; }

  /// Returns how many rows are missing and how to get them.
  std::string footer(std::size_t rows) const {
    const auto left = items_.size() - std::min(items_.size(), next(rows));
    if (left > 0 && options_.pages) {
      return fmt::format("\n{} more: {}{}{}", left, kAtCursor, next(rows),
                         options_.selects ? "; narrow with filter and fields" : "");
    }
    if (left > 0 && selection_.limit && rows >= *selection_.limit)
      return fmt::format("\n{} more: {}", left, kRaiseLimit);
    if (left > 0)
      return fmt::format("\n{} more {}{}", left, kForSize,
                         options_.selects ? "; narrow with filter and fields" : "");
    const auto sent = options_.start + static_cast<std::int64_t>(all_);
    if (options_.total && *options_.total > sent)
      return fmt::format("\n{} more{}: {}{}", *options_.total - sent,
                         selection_.filter.empty() ? "" : " not compared with the filter", kAtStart, sent);
    return {};
  }

  Shown text(const std::vector<std::string>& rows) const {
    Shown shown;
    shown.text = headline();
    if (!rows.empty()) {
      shown.text += '\n';
      for (const auto& column : columns_)
        shown.text += (&column == columns_.data() ? "" : "|") + cell_text(base::printable(column.label, 60));
      for (const auto& row : rows) shown.text += "\n" + row;
    }
    if (!digest_.empty()) shown.text += "\ndigest: " + base::printable(digest_, 100);
    shown.text += footer(rows.size());
    shown.structured = structured(rows.size());
    return shown;
  }

  Shown json(const std::vector<std::string>& rows) const {
    Shown shown;
    shown.text = "[";
    for (const auto& row : rows) shown.text += (&row == rows.data() ? "" : ",") + row;
    shown.text += "]";
    const bool cut = next(rows.size()) < items_.size();
    if (cut || options_.total) {
      shown.text =
          fmt::format(R"({{"data":{},"total":{}{}}})", shown.text,
                      options_.total.value_or(static_cast<std::int64_t>(items_.size())),
                      !cut             ? ""
                      : options_.pages ? fmt::format(R"(,"cursor":"{}")", next(rows.size()))
                                       : fmt::format(R"(,"left_out":{})", items_.size() - next(rows.size())));
    }
    return shown;
  }

  base::JsonObject structured(std::size_t rows) const {
    base::JsonObject object;
    object["count"] = options_.total && selection_.filter.empty()
                          ? *options_.total
                          : static_cast<std::int64_t>(items_.size() - uncounted_);
    base::JsonArray chosen;
    for (std::size_t i = 0; i < rows; ++i) chosen.emplace_back(selected(*items_[shown_from_ + i]));
    object["items"] = std::move(chosen);
    object["headline"] = headline();
    if (const auto left = footer(rows); !left.empty()) object["next"] = left.substr(1);
    if (!digest_.empty()) object["digest"] = digest_;
    if (next(rows) < items_.size() && options_.pages) object["cursor"] = fmt::format("{}", next(rows));
    if (next(rows) < items_.size() && !options_.pages)
      object["left_out"] = static_cast<std::int64_t>(items_.size() - next(rows));
    return object;
  }

  Shown summary() const {
    Shown shown;
    std::vector<std::string> keys;
    for (const auto& column : columns_) keys.insert(keys.end(), column.keys.begin(), column.keys.end());
    auto whole = summarise(items_, keys);
    const auto headline = counted(items_.size(), view_.noun) + ", too many to list:";
    const auto next = "narrow with filter (such as " + whole.example + ") and fields" +
                      (options_.pages ? ", or page with limit and cursor" : "");
    shown.text = headline + whole.text + "\n" + next;
    shown.structured["count"] = static_cast<std::int64_t>(items_.size());
    shown.structured["items"] = base::JsonArray{};
    shown.structured["headline"] = headline;
    shown.structured["next"] = next;
    shown.structured["summary"] = std::move(whole.structured);
    if (options_.raw) shown.text = base::write_json(base::Json(shown.structured));
    return shown;
  }

  const tool::View& view_;
  const Selection& selection_;
  const TableOptions& options_;
  Items items_;
  std::vector<base::JsonObject> plain_;
  std::vector<Column> columns_;
  std::size_t uncounted_ = 0;
  std::string digest_;  ///< the digest that all items share
  std::string limits_;  ///< the limits of the filter's comparisons
  std::size_t all_ = 0;
  std::size_t shown_from_ = 0;
};

}  // namespace

std::expected<Shown, std::string> show_table(const tool::View& view, const base::JsonArray& items,
                                             const Selection& selection, const TableOptions& options) {
  return Table(view, selection, options).show(items);
}

}  // namespace view
