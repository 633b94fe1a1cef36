// Careful looks into JSON from outside, of which every member may be missing or of another type. A text is
// printable unless its caller asks for what stands there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/json.h"

namespace base {

/// What members are read from: an object, or any value, of which only an object has members; a null pointer
/// has none either. Owns nothing.
class ObjectView {
 public:
  ObjectView(const JsonObject& object) : object_(&object) {}                                   // NOLINT
  ObjectView(const JsonObject* object) : object_(object) {}                                    // NOLINT
  ObjectView(const Json& value) : object_(value.if_object()) {}                                // NOLINT
  ObjectView(const Json* value) : object_(value == nullptr ? nullptr : value->if_object()) {}  // NOLINT

  /// Null when there is no such member.
  const Json* member(std::string_view key) const {
    return object_ == nullptr ? nullptr : object_->if_contains(key);
  }

 private:
  const JsonObject* object_;
};

inline constexpr std::size_t kLongestText = 300;

/// A text, or a number as JSON writes it, to be shown: base::printable() within `limit` bytes; "" otherwise.
std::string text(const Json& value, std::size_t limit = kLongestText);
std::string text(ObjectView of, std::string_view key, std::size_t limit = kLongestText);

/// The text exactly as it stands there, to be compared, looked up, or sent back; "" where there is none. It
/// must not be shown. It lives as long as the JSON.
std::string_view raw_text(const Json& value);
std::string_view raw_text(ObjectView of, std::string_view key);

/// raw_text(), and a number as JSON writes it.
std::string raw_word(ObjectView of, std::string_view key);

/// A whole number: as JSON's number (a double only when it is whole and up to 2^53), or as a text that
/// parse_number() takes, since PVE writes both.
std::optional<std::int64_t> number(const Json& value);
std::optional<std::int64_t> number(ObjectView of, std::string_view key);
std::int64_t number(ObjectView of, std::string_view key, std::int64_t otherwise);

/// Any finite number, or a text that is one.
std::optional<double> real(const Json& value);
std::optional<double> real(ObjectView of, std::string_view key);
double real(ObjectView of, std::string_view key, double otherwise);

/// PVE's booleans: 1, "1" and true; 0, "0", "" and false; `otherwise` for anything else.
bool flag(ObjectView of, std::string_view key, bool otherwise = false);

/// Null where the member is no object.
const JsonObject* object(ObjectView of, std::string_view key);

/// The items of a list; none where the value is no list.
std::span<const Json> list(const Json& value);
std::span<const Json> list(Json&&) = delete;
std::span<const Json> list(ObjectView of, std::string_view key);

/// Those items of a list that are objects, as `const JsonObject&`.
class Objects {
 public:
  class Iterator {
   public:
    using value_type = JsonObject;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    Iterator(const Json* at, const Json* end) : at_(at), end_(end) { skip(); }
    const JsonObject& operator*() const { return at_->get_object(); }
    Iterator& operator++() {
      ++at_;
      skip();
      return *this;
    }
    Iterator operator++(int) {
      const auto before = *this;
      ++*this;
      return before;
    }
    bool operator==(const Iterator&) const = default;

   private:
    void skip() {
      while (at_ != end_ && !at_->is_object()) ++at_;
    }
    const Json* at_ = nullptr;
    const Json* end_ = nullptr;
  };

  explicit Objects(std::span<const Json> items) : items_(items) {}
  Iterator begin() const { return {items_.data(), items_.data() + items_.size()}; }
  Iterator end() const {
    const auto* const end = items_.data() + items_.size();
    return {end, end};
  }

 private:
  std::span<const Json> items_;
};

Objects objects(std::span<const Json> items);
Objects objects(const Json& value);
Objects objects(Json&&) = delete;
Objects objects(ObjectView of, std::string_view key);

}  // namespace base
