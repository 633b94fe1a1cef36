#include "base/json.h"

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <charconv>
#include <cmath>
#include <utility>
#include <vector>

#include "base/json_blocks.h"

namespace base {
namespace {

void write_double(double number, std::string& out) {
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  std::array<char, 32> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
  out.append(buffer.data(), end);
}

template <class Integer>
void write_integer(Integer number, std::string& out) {
  std::array<char, 24> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
  out.append(buffer.data(), end);
}

std::string_view view(const boost::json::string& text) { return {text.data(), text.size()}; }

struct Writer {
  std::string& out;
  bool sorted;

  void value(const Json& json) {
    switch (json.kind()) {
      case boost::json::kind::null:
        out += "null";
        return;
      case boost::json::kind::bool_:
        out += json.get_bool() ? "true" : "false";
        return;
      case boost::json::kind::int64:
        write_integer(json.get_int64(), out);
        return;
      case boost::json::kind::uint64:
        write_integer(json.get_uint64(), out);
        return;
      case boost::json::kind::double_:
        write_double(json.get_double(), out);
        return;
      case boost::json::kind::string:
        write_json_string(view(json.get_string()), out);
        return;
      case boost::json::kind::array:
        array(json.get_array());
        return;
      case boost::json::kind::object:
        object(json.get_object());
        return;
    }
  }

  void array(const JsonArray& items) {
    out += '[';
    bool first = true;
    for (const auto& item : items) {
      if (!first) out += ',';
      first = false;
      value(item);
    }
    out += ']';
  }

  void member(std::string_view key, const Json& json, bool first) {
    if (!first) out += ',';
    write_json_string(key, out);
    out += ':';
    value(json);
  }

  void object(const JsonObject& members) {
    out += '{';
    bool first = true;
    if (!sorted) {
      for (const auto& [key, json] : members) {
        member(key, json, first);
        first = false;
      }
    } else {
      std::vector<const JsonObject::value_type*> order;
      order.reserve(members.size());
      for (const auto& entry : members) order.push_back(&entry);
      std::ranges::sort(order, {}, [](const auto* entry) { return std::string_view(entry->key()); });
      for (const auto* entry : order) {
        member(entry->key(), entry->value(), first);
        first = false;
      }
    }
    out += '}';
  }
};

}  // namespace

std::expected<Json, std::string> parse_json(std::string_view text, std::size_t depth) {
  return parse_json(text, depth, {});
}

std::expected<Json, std::string> parse_json(std::string_view text, std::size_t depth,
                                            boost::json::storage_ptr memory) {
  boost::json::parse_options options;
  options.max_depth = depth;
  boost::system::error_code error;
  Json value = boost::json::parse(text, error, std::move(memory), options);
  if (error) return std::unexpected(error.message());
  return value;
}

void write_json_string(std::string_view text, std::string& out) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  std::size_t plain = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
    out.append(text, plain, i - plain);
    plain = i + 1;
    out += '\\';
    switch (byte) {
      case '"':
        out += '"';
        break;
      case '\\':
        out += '\\';
        break;
      case '\n':
        out += 'n';
        break;
      case '\r':
        out += 'r';
        break;
      case '\t':
        out += 't';
        break;
      default:
        out += "u00";
        out += kHex[byte >> 4U];
        out += kHex[byte & 15U];
    }
  }
  out.append(text, plain);
  out += '"';
}

std::string wire_text(const Json& value) {
  if (const auto* text = value.if_string()) return std::string(std::string_view(*text));
  if (value.is_bool()) return value.get_bool() ? "1" : "0";
  return write_json(value);
}

std::string write_json(const Json& value) {
  std::string out;
  Writer{out, false}.value(value);
  return out;
}

std::string write_json_sorted(const Json& value) {
  std::string out;
  Writer{out, true}.value(value);
  return out;
}

}  // namespace base
