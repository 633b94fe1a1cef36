// Finds tools and endpoints by an administrator's words.
#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/method.h"
#include "engine/row/row.h"
#include "facts/facts.h"

namespace engine {

/// A tool, or an endpoint that no tool calls.
struct Found {
  const Row* row = nullptr;  ///< nullptr: an endpoint
  base::Method method = base::Method::Get;
  std::string_view path{};
};

/// BM25 over names, paths, parameters and descriptions; a word of the question also stands for its synonyms.
/// Makes its index at the first search. Safe from many threads; refers to the rows and the facts.
class Search {
 public:
  using Accept = std::function<bool(const Found&)>;

  Search(std::span<const Row> rows, const facts::Facts& facts) : rows_(rows), facts_(facts) {}

  /// The best that `accept` takes, the best first; of a call that VMs and containers have, only the better
  /// one. Calls `accept` only for what matches.
  std::vector<Found> find(std::string_view question, std::size_t most, const Accept& accept);

 private:
  struct Posting {
    std::size_t document;
    double weight;
  };

  void build();
  void add_row(const Row& row);
  void add_endpoints();
  void begin(const Found& found);
  void add(std::string_view text, double weight);
  void add_parameters(const std::vector<std::string_view>& names);
  std::vector<double> scores(std::string_view question) const;
  double factor(const Found& found) const;
  void add_scores(std::string_view word, double factor, std::vector<double>& scores) const;
  bool is_twin(const Found& one, const Found& other) const;

  std::span<const Row> rows_;
  const facts::Facts& facts_;
  std::once_flag once_;
  std::vector<Found> documents_;
  std::vector<double> lengths_;
  std::unordered_map<std::string, std::vector<Posting>> words_;
  std::unordered_map<std::string, std::vector<std::string>> synonyms_;
  double average_ = 1;
};

}  // namespace engine
