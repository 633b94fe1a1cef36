// Reads the file that describes a world. Every value knows its place in the file, so that an error can name
// it.
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

/// A value of the file, or an absent one. The first invalid value writes a sentence into `wrong`; reading
/// continues with defaults. The JSON and `wrong` must outlive the Part.
class Part {
 public:
  /// `path` is the value's place in the file, such as "guests[3].memory"; empty: the whole file.
  Part(const base::Json* value, std::string path, std::string& wrong)
      : value_(value), path_(std::move(path)), wrong_(&wrong) {}

  bool present() const { return value_ != nullptr; }
  /// Writes into `wrong`: `guests[3].node is "pve9"; write …`, or that the value is missing.
  void refuse(std::string_view remedy) const;
  /// Refuses members with other names than these.
  const Part& knows(std::initializer_list<std::string_view> names) const;

  Part member(std::string_view name) const;
  /// The items of a list, and the members of an object; none if the value is absent.
  std::vector<Part> items() const;
  std::vector<std::pair<std::string, Part>> members() const;

  /// These values must be present.
  std::string text() const;
  std::uint64_t number(std::uint64_t least, std::uint64_t most) const;
  /// A number, or a text such as "94G", in bytes.
  std::uint64_t bytes() const;
  /// A text such as "35d1h30m", in seconds.
  std::int64_t seconds() const;
  /// A text that must be one of the names.
  std::string one_of(const std::vector<std::string>& names) const;

  /// These values may be absent.
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
