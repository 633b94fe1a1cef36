#include "base/json_read.h"

#include <cmath>

#include "base/number.h"
#include "base/text.h"

namespace base {

std::string text(const Json& value, std::size_t limit) {
  if (value.is_number()) return printable(write_json(value), limit);
  return printable(raw_text(value), limit);
}

std::string text(ObjectView of, std::string_view key, std::size_t limit) {
  const auto* value = of.member(key);
  return value == nullptr ? std::string{} : text(*value, limit);
}

std::string_view raw_text(const Json& value) {
  const auto* text = value.if_string();
  return text == nullptr ? std::string_view{} : std::string_view(*text);
}

std::string_view raw_text(ObjectView of, std::string_view key) {
  const auto* value = of.member(key);
  return value == nullptr ? std::string_view{} : raw_text(*value);
}

std::string raw_word(ObjectView of, std::string_view key) {
  const auto* value = of.member(key);
  if (value == nullptr) return {};
  return value->is_number() ? write_json(*value) : std::string(raw_text(*value));
}

std::optional<std::int64_t> number(const Json& value) {
  constexpr double kExact = 9007199254740992.0;  // 2^53
  if (const auto* whole = value.if_int64()) return *whole;
  if (const auto* text = value.if_string()) return parse_number<std::int64_t>(*text);
  if (const auto* part = value.if_double(); part != nullptr && std::abs(*part) <= kExact) {
    const auto whole = static_cast<std::int64_t>(*part);
    if (static_cast<double>(whole) == *part) return whole;
  }
  return std::nullopt;
}

std::optional<std::int64_t> number(ObjectView of, std::string_view key) {
  const auto* value = of.member(key);
  return value == nullptr ? std::nullopt : number(*value);
}

std::int64_t number(ObjectView of, std::string_view key, std::int64_t otherwise) {
  return number(of, key).value_or(otherwise);
}

std::optional<double> real(const Json& value) {
  if (const auto* text = value.if_string()) return parse_number<double>(*text);
  if (!value.is_number()) return std::nullopt;
  const auto number = value.to_number<double>();
  return std::isfinite(number) ? std::optional(number) : std::nullopt;
}

std::optional<double> real(ObjectView of, std::string_view key) {
  const auto* value = of.member(key);
  return value == nullptr ? std::nullopt : real(*value);
}

bool flag(ObjectView of, std::string_view key, bool otherwise) {
  const auto* value = of.member(key);
  if (value == nullptr) return otherwise;
  if (const auto* is_set = value->if_bool()) return *is_set;
  if (const auto* text = value->if_string(); text != nullptr && text->empty()) return false;
  const auto whole = number(*value);
  return whole && (*whole == 0 || *whole == 1) ? *whole == 1 : otherwise;
}

double real(ObjectView of, std::string_view key, double otherwise) {
  return real(of, key).value_or(otherwise);
}

const JsonObject* object(ObjectView of, std::string_view key) {
  const auto* value = of.member(key);
  return value == nullptr ? nullptr : value->if_object();
}

std::span<const Json> list(const Json& value) {
  const auto* array = value.if_array();
  return array == nullptr ? std::span<const Json>{} : std::span<const Json>(array->data(), array->size());
}

std::span<const Json> list(ObjectView of, std::string_view key) {
  const auto* value = of.member(key);
  return value == nullptr ? std::span<const Json>{} : list(*value);
}

Objects objects(std::span<const Json> items) { return Objects(items); }

Objects objects(const Json& value) { return Objects(list(value)); }

Objects objects(ObjectView of, std::string_view key) { return Objects(list(of, key)); }

}  // namespace base
