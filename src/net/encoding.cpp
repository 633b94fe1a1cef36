#include "net/encoding.h"

#include <zlib.h>

#include <algorithm>

#include "base/text.h"

namespace net {
namespace {

constexpr int kZlibFrame = MAX_WBITS;
constexpr int kGzipFrame = MAX_WBITS + 16;
constexpr int kNoFrame = -MAX_WBITS;

Bytef* bytes_of(std::string_view text) {
  // zlib's interface lacks const; it does not write through next_in.
  return reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
}

struct Inflater {
  z_stream stream{};
  explicit Inflater(int frame) { ready = inflateInit2(&stream, frame) == Z_OK; }
  ~Inflater() {
    if (ready) inflateEnd(&stream);
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  bool ready = false;
};

/// How long a gzip body says it is when decompressed, its last four bytes; of what has several members, only
/// the last one says it.
std::size_t promised_length(std::string_view body) {
  std::size_t length = 0;
  for (const char byte : body.substr(body.size() - std::min<std::size_t>(4, body.size())))
    length = length >> 8U | std::size_t{static_cast<unsigned char>(byte)} << 24U;
  return length;
}

/// Reserves the stated size at once, because growing would need twice the memory.
std::size_t first_room(std::string_view body, int frame, std::size_t limit) {
  constexpr std::size_t kMostGain = 1032;  // zlib's technical notes
  const auto guess = body.size() * 4 + 1024;
  // One byte more, so that the end is found before there is no room.
  const auto said = frame == kGzipFrame ? promised_length(body) + 1 : 0;
  return std::min(limit + 1, said > 1 ? std::min(said, body.size() * kMostGain) : guess);
}

std::expected<std::string, std::string> inflate_all(const std::string& body, int frame, std::size_t limit) {
  Inflater inflater(frame);
  if (!inflater.ready) return std::unexpected("no memory to decompress");
  z_stream& stream = inflater.stream;
  stream.next_in = bytes_of(body);
  stream.avail_in = static_cast<uInt>(body.size());
  std::string out;
  auto room = first_room(body, frame, limit);
  for (;;) {
    if (out.size() == room) room = std::min(limit + 1, room * 2);
    int result = Z_OK;
    // libstdc++ 12 hands over its capacity instead of the size that was asked for.
    const auto more = [&, used = out.size()](char* data, std::size_t /*size*/) {
      stream.next_out = reinterpret_cast<Bytef*>(data) + used;
      stream.avail_out = static_cast<uInt>(room - used);
      result = inflate(&stream, Z_NO_FLUSH);
      return room - stream.avail_out;
    };
    // resize() would write zeros over megabytes first.
    out.resize_and_overwrite(room, more);
    if (out.size() > limit)
      return std::unexpected("the decompressed body is over " + std::to_string(limit) + " bytes");
    if (result == Z_STREAM_END) {
      if (frame != kGzipFrame || stream.avail_in == 0) return out;
      // RFC 1952: a gzip file may have several members.
      if (inflateReset(&stream) != Z_OK) return std::unexpected("the compressed body is broken");
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      return std::unexpected("the compressed body is broken");
    } else if (stream.avail_in == 0 && stream.avail_out > 0) {
      return std::unexpected("the compressed body ends too early");
    }
  }
}

std::string deflate_all(std::string_view text, int frame) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, frame, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    return {};
  std::string out(deflateBound(&stream, static_cast<uLong>(text.size())) + 32, '\0');
  stream.next_in = bytes_of(text);
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = ::deflate(&stream, Z_FINISH);
  out.resize(result == Z_STREAM_END ? out.size() - stream.avail_out : 0);
  deflateEnd(&stream);
  return out;
}

}  // namespace

std::expected<std::string, std::string> decode_body(std::string_view coding, std::string body,
                                                    std::size_t limit) {
  const std::string name = base::lower_ascii(base::trim(coding));
  if (name.empty() || name == "identity" || body.empty()) return body;
  if (name == "gzip" || name == "x-gzip") return inflate_all(body, kGzipFrame, limit);
  if (name == "deflate") {
    // Servers disagree on whether zlib's frame belongs there.
    const auto first = static_cast<unsigned char>(body[0]);
    const auto second = body.size() > 1 ? static_cast<unsigned char>(body[1]) : 0U;
    const bool framed = (first & 0x0FU) == Z_DEFLATED && (first * 256U + second) % 31U == 0;
    return inflate_all(body, framed ? kZlibFrame : kNoFrame, limit);
  }
  return std::unexpected("the body has the unknown coding '" + base::printable(name, 40) + "'");
}

std::string gzip(std::string_view text) { return deflate_all(text, kGzipFrame); }

std::string deflate(std::string_view text) { return deflate_all(text, kZlibFrame); }

}  // namespace net
