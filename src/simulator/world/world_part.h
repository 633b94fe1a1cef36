// Reading the file that describes a world: every value knows where it stands, so that what is wrong with it
// can be told.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "simulator/core/guest_state.h"

namespace simulator {

/// A value of the file, or one that is absent. What does not fit is said once, in `wrong`: the first counts,
/// and reading goes on with defaults. Lives no longer than the JSON and `wrong`.
class Part {
 public:
  /// `path` is for people: "guests[3].memory"; empty: the whole file.
  Part(const base::Json* value, std::string path, std::string& wrong)
      : value_(value), path_(std::move(path)), wrong_(&wrong) {}

  bool present() const { return value_ != nullptr; }
  /// `guests[3].node is "pve9"; write …`, or that it is missing.
  void refuse(std::string_view remedy) const;
  /// Refuses members with other names than these.
  const Part& knows(std::initializer_list<std::string_view> names) const;

  Part member(std::string_view name) const;
  /// Of a list and of an object; none when it is absent.
  std::vector<Part> items() const;
  std::vector<std::pair<std::string, Part>> members() const;

  /// These must be there.
  std::string text() const;
  std::uint64_t number(std::uint64_t least, std::uint64_t most) const;
  /// A number, or a text such as "94G", in bytes.
  std::uint64_t bytes() const;
  /// A text such as "35d1h30m", in seconds.
  std::int64_t seconds() const;
  /// One of the names.
  std::string one_of(const std::vector<std::string>& names) const;

  /// These may be absent.
  std::string text_or(std::string_view otherwise) const {
    return present() ? text() : std::string(otherwise);
  }
  std::int64_t number_or(std::int64_t otherwise) const;
  bool flag_or(bool otherwise) const;
  std::vector<std::string> texts() const;
  /// An object of texts: the lines of a configuration.
  Config config() const;

 private:
  const base::Json* value_;
  std::string path_;
  std::string* wrong_;
};

}  // namespace simulator
