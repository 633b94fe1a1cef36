#include "pve/held_rights.h"

#include <boost/json/basic_parser_impl.hpp>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace pve {
namespace {

using ErrorCode = boost::system::error_code;

/// What boost::json::basic_parser tells of the text, member by member.
class Handler {
 public:
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_key_size = 4096;
  static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();

  HeldRights held;
  bool found = false;  ///< `data` is an object

  bool on_document_begin(ErrorCode& /*error*/) { return true; }
  bool on_document_end(ErrorCode& /*error*/) { return true; }

  bool on_object_begin(ErrorCode& /*error*/) {
    if (++depth_ == kPaths && key_ == "data" && !in_array()) in_data_ = found = true;
    if (depth_ == kRights) rights_.clear();
    return true;
  }
  bool on_object_end(std::size_t /*members*/, ErrorCode& /*error*/) {
    if (depth_ == kRights && in_data_ && !in_array())
      held.paths.emplace_back(path_, &*held.kinds.insert(std::move(rights_)).first);
    if (depth_ == kPaths) in_data_ = false;
    --depth_;
    return true;
  }
  bool on_array_begin(ErrorCode& /*error*/) {
    ++arrays_;
    return true;
  }
  bool on_array_end(std::size_t /*items*/, ErrorCode& /*error*/) {
    --arrays_;
    return true;
  }

  bool on_key_part(std::string_view part, std::size_t /*so_far*/, ErrorCode& /*error*/) {
    partial_ += part;
    return true;
  }
  bool on_key(std::string_view part, std::size_t /*size*/, ErrorCode& /*error*/) {
    key_ = std::exchange(partial_, {}).append(part);
    if (depth_ == kPaths) path_ = key_;
    return true;
  }

  bool on_string_part(std::string_view part, std::size_t /*so_far*/, ErrorCode& /*error*/) {
    partial_ += part;
    return true;
  }
  // Perl writes a number as a text where it was used as one.
  bool on_string(std::string_view part, std::size_t /*size*/, ErrorCode& /*error*/) {
    return add(std::exchange(partial_, {}).append(part) == "1");
  }
  bool on_number_part(std::string_view /*part*/, ErrorCode& /*error*/) { return true; }
  bool on_int64(std::int64_t value, std::string_view /*text*/, ErrorCode& /*error*/) {
    return add(value != 0);
  }
  bool on_uint64(std::uint64_t value, std::string_view /*text*/, ErrorCode& /*error*/) {
    return add(value != 0);
  }
  bool on_double(double value, std::string_view /*text*/, ErrorCode& /*error*/) { return add(value != 0); }
  bool on_bool(bool value, ErrorCode& /*error*/) { return add(value); }
  bool on_null(ErrorCode& /*error*/) { return true; }
  bool on_comment_part(std::string_view /*part*/, ErrorCode& /*error*/) { return true; }
  bool on_comment(std::string_view /*part*/, ErrorCode& /*error*/) { return true; }

 private:
  /// How many objects are open inside of `data`, and inside of a path.
  static constexpr int kPaths = 2;
  static constexpr int kRights = 3;

  bool in_array() const { return arrays_ > 0; }

  bool add(bool passed_on) {
    if (depth_ == kRights && in_data_ && !in_array()) rights_.insert_or_assign(key_, passed_on);
    return true;
  }

  std::string key_;
  std::string partial_;
  std::string path_;
  HeldRights::Rights rights_;
  int depth_ = 0;
  int arrays_ = 0;
  bool in_data_ = false;
};

}  // namespace

std::optional<HeldRights> read_held_rights(std::string_view body) {
  boost::json::basic_parser<Handler> parser(boost::json::parse_options{});
  ErrorCode error;
  const auto used = parser.write_some(false, body.data(), body.size(), error);
  if (error || !parser.done() || body.find_first_not_of(" \t\r\n", used) != std::string_view::npos ||
      !parser.handler().found)
    return std::nullopt;
  return std::move(parser.handler().held);
}

}  // namespace pve
