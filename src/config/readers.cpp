#include "config/readers.h"

#include "base/number.h"
#include "base/text.h"

namespace config {

std::string alternatives(std::span<const std::string_view> words) { return base::join(words, ", "); }

std::string not_among(const Given& given, std::string_view value, std::span<const std::string_view> words) {
  std::string requirement = "must be one of " + alternatives(words);
  if (const auto near = base::nearest(value, words); !near.empty()) {
    requirement += "; did you mean \"" + std::string(near) + "\"?";
  }
  return complaint(given.source, value, requirement);
}

std::expected<std::string, std::string> single(const Given& given) {
  if (given.values.size() != 1) {
    return std::unexpected(given.source + " is given " + std::to_string(given.values.size()) +
                           " times, but takes one value.");
  }
  return std::string(base::trim(given.values.front()));
}

std::vector<std::string> parts(const Given& given) {
  std::vector<std::string> found;
  for (const auto& value : given.values) {
    for (const auto part : base::split(value, ',')) {
      if (const auto trimmed = base::trim(part); !trimmed.empty()) found.emplace_back(trimmed);
    }
  }
  return found;
}

std::string as_written(const Given& given) {
  std::string all;
  for (const auto& value : given.values) {
    if (!all.empty()) all += ',';
    all += value;
  }
  return all;
}

std::optional<std::string> set_boolean(const Given& given, bool& target) {
  const auto value = single(given);
  if (!value) return value.error();
  const std::string word = base::lower_ascii(*value);
  if (word == "true" || word == "1" || word == "yes" || word == "on") {
    target = true;
  } else if (word == "false" || word == "0" || word == "no" || word == "off") {
    target = false;
  } else {
    return complaint(given.source, *value, "must be true or false");
  }
  return std::nullopt;
}

std::expected<unsigned, std::string> number(const Given& given, unsigned low, unsigned high,
                                            std::string_view unit) {
  const auto value = single(given);
  if (!value) return std::unexpected(value.error());
  const auto parsed = base::parse_number<unsigned>(*value);
  if (!parsed || *parsed < low || *parsed > high) {
    return std::unexpected(complaint(given.source, *value,
                                     "must be a whole number" + std::string(unit) + " from " +
                                         std::to_string(low) + " to " + std::to_string(high)));
  }
  return *parsed;
}

std::optional<std::string> set_path(const Given& given, std::string& target) {
  auto value = single(given);
  if (!value) return value.error();
  if (value->empty() || base::has_control(*value)) {
    return complaint(given.source, *value, "must be the path of a file");
  }
  target = std::move(*value);
  return std::nullopt;
}

}  // namespace config
