#include "engine/door/search.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "base/text.h"
#include "engine/door/words.h"
#include "facts/purposes.h"
#include "tool/demand.h"

namespace engine {
namespace {

// The weights are those with which most questions of bench/search find their answer; none of them is
// critical.
constexpr double kSaturation = 1.2;  ///< BM25's k1
constexpr double kLength = 0.3;      ///< BM25's b
constexpr double kText = 2;
constexpr double kParameter = 0.5;
constexpr double kSynonym = 0.5;
constexpr double kTool = 1.1;
constexpr double kIndex = 0.8;

constexpr std::string_view kIndexWords = "List what is below";

/// A path without its placeholders, which are in too many paths to tell anything.
std::string without_placeholders(std::string_view path) {
  std::string text;
  for (const auto segment : base::split(path, '/')) {
    if (!segment.starts_with('{')) text.append(segment).append(" ");
  }
  return text;
}

/// The calls that a row makes: several where a placeholder has a list of values.
std::vector<std::string> paths_of(const Row& row, const facts::Facts& facts) {
  const auto& call = row.tool().call;
  if (call.path.empty()) return {};
  if (facts.find(call.method, call.path) != nullptr) return {std::string(call.path)};
  std::vector<std::string> paths;
  for (const auto& field : row.fields()) {
    if (!field.in_path) continue;
    for (const auto value : field.values) {
      auto path = tool::with_value(call.path, field.wire, value);
      if (facts.find(call.method, path) != nullptr) paths.push_back(std::move(path));
    }
  }
  return paths;
}

}  // namespace

void Search::begin(const Found& found) {
  documents_.push_back(found);
  lengths_.push_back(0);
}

void Search::add(std::string_view text, double weight) {
  for (auto& word : words_of(text)) {
    auto& postings = words_[std::move(word)];
    const auto document = documents_.size() - 1;
    if (postings.empty() || postings.back().document != document) postings.push_back({document, 0});
    postings.back().weight += weight;
    lengths_.back() += weight;
  }
}

/// Each word once. Parameters do not make a document longer, or those with many would never be found.
void Search::add_parameters(const std::vector<std::string_view>& names) {
  const auto length = lengths_.back();
  std::set<std::string> words;
  for (const auto name : names) {
    for (auto& word : words_of(name)) words.insert(std::move(word));
  }
  for (const auto& word : words) add(word, kParameter);
  lengths_.back() = length;
}

void Search::add_row(const Row& row) {
  const auto& tool = row.tool();
  begin({&row, tool.call.method, tool.call.path});
  add(tool.name.substr(std::string_view("pve_").size()), kText);
  add(tool.title, kText);
  add(tool.description, kText);
  std::vector<std::string_view> names;
  for (const auto& field : row.fields()) {
    if (!field.for_server) names.push_back(field.name);
  }
  for (const auto& path : paths_of(row, facts_)) {
    add(without_placeholders(path), kText);
    add(facts::purpose(tool.call.method, path), kText);
    for (const auto& parameter : facts_.find(tool.call.method, path)->parameters)
      names.push_back(parameter.name);
  }
  add_parameters(names);
}

void Search::add_endpoints() {
  std::set<std::pair<base::Method, std::string>> of_tools;
  for (const auto& row : rows_) {
    for (auto& path : paths_of(row, facts_)) of_tools.emplace(row.tool().call.method, std::move(path));
  }
  for (const auto& [method, path, lifetime] : facts_.list()) {
    const auto* endpoint = facts_.find(method, path);
    if (endpoint == nullptr || of_tools.contains({method, std::string(path)}) ||
        !tool::never_called(method, path).empty())
      continue;
    begin({nullptr, method, path});
    add(without_placeholders(path), kText);
    add(facts::purpose(method, path), kText);
    std::vector<std::string_view> names;
    for (const auto& parameter : endpoint->parameters) names.push_back(parameter.name);
    add_parameters(names);
  }
}

void Search::build() {
  std::call_once(once_, [this] {
    for (const auto& row : rows_) {
      if (row.tool().door == tool::Door::None) add_row(row);
    }
    add_endpoints();
    double all = 0;
    for (const auto length : lengths_) all += length;
    if (!lengths_.empty()) average_ = all / static_cast<double>(lengths_.size());
    for (const auto& [word, others] : facts::synonyms()) {
      for (const auto& key : words_of(word)) {
        for (auto& other : words_of(others)) {
          auto& known = synonyms_[key];
          if (other != key && std::ranges::find(known, other) == known.end())
            known.push_back(std::move(other));
        }
      }
    }
  });
}

void Search::add_scores(std::string_view word, double factor, std::vector<double>& scores) const {
  const auto found = words_.find(std::string(word));
  if (found == words_.end()) return;
  const auto with = static_cast<double>(found->second.size());
  const auto rarity = std::log(1 + (static_cast<double>(documents_.size()) - with + 0.5) / (with + 0.5));
  for (const auto& [document, weight] : found->second) {
    const auto length = 1 - kLength + kLength * lengths_[document] / average_;
    scores[document] += factor * rarity * weight * (kSaturation + 1) / (weight + kSaturation * length);
  }
}

double Search::factor(const Found& found) const {
  if (found.row != nullptr) return kTool;
  return facts::purpose(found.method, found.path).starts_with(kIndexWords) ? kIndex : 1;
}

std::vector<double> Search::scores(std::string_view question) const {
  std::vector<std::string> asked;
  for (auto& word : words_of(question)) {
    if (!says_nothing(word) && std::ranges::find(asked, word) == asked.end())
      asked.push_back(std::move(word));
  }
  std::vector<double> all(documents_.size(), 0);
  std::vector<double> hits(documents_.size(), 0);
  for (const auto& word : asked) {
    std::vector<double> own(documents_.size(), 0);
    std::vector<double> alike(documents_.size(), 0);
    add_scores(word, 1, own);
    if (const auto found = synonyms_.find(word); found != synonyms_.end()) {
      for (const auto& other : found->second) add_scores(other, kSynonym, alike);
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
      all[i] += own[i] + alike[i];
      if (own[i] > 0 || alike[i] > 0) hits[i] += own[i] > 0 ? 1 : kSynonym;
    }
  }
  // What matches more of the words is meant more likely.
  const auto count = static_cast<double>(std::max<std::size_t>(asked.size(), 1));
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i] *= (0.5 + 0.5 * hits[i] / count) * factor(documents_[i]);
  return all;
}

bool Search::is_twin(const Found& one, const Found& other) const {
  return one.method == other.method && !one.path.empty() && tool::are_siblings(one.path, other.path);
}

std::vector<Found> Search::find(std::string_view question, std::size_t most, const Accept& accept) {
  build();
  const auto scores = this->scores(question);
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < documents_.size(); ++i) {
    if (scores[i] > 0) order.push_back(i);
  }
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    return scores[a] != scores[b] ? scores[a] > scores[b] : a < b;
  });
  std::vector<Found> found;
  for (const auto i : order) {
    if (found.size() == most) break;
    const auto& document = documents_[i];
    const bool known =
        std::ranges::any_of(found, [&](const Found& other) { return is_twin(document, other); });
    if (!known && accept(document)) found.push_back(document);
  }
  return found;
}

}  // namespace engine
