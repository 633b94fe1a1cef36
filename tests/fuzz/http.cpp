// Any bytes from a peer: nothing crashes, what is refused stays refused, what is a request keeps its limits,
// and how the bytes were cut changes nothing.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/http_reader.h"
#include "net/http_writer.h"

namespace {

using net::HttpReader;
using Step = HttpReader::Step;

struct Outcome {
  std::vector<net::Incoming> requests;
  net::Refusal refusal;
  bool refused = false;
};

void demand(bool holds) {
  if (!holds) std::abort();
}

void check(const net::Incoming& incoming, const net::ServerOptions& options) {
  const auto& request = incoming.request;
  demand(request.body.size() <= options.max_body && !request.target.empty());
  demand(net::is_http_token(request.verb));
  std::size_t size = 0;
  for (const auto& [name, value] : request.headers) {
    demand(net::is_http_token(name));
    demand(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos);
    size += name.size() + value.size();
  }
  demand(size <= options.max_head);
  // What a careless server gives back is one head still.
  const auto head = net::write_head({200, request.target, request.headers, {}}, net::Framing::Without, true);
  demand(head.find("\r\n\r\n") == head.size() - 4);
}

Outcome read(std::string_view bytes, std::size_t piece, const net::ServerOptions& options) {
  HttpReader reader(options);
  Outcome outcome;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    reader.feed(bytes.substr(at, piece));
    for (auto step = reader.step(); step != Step::More && !outcome.refused; step = reader.step()) {
      if (step == Step::Refused) {
        outcome.refused = true;
        outcome.refusal = reader.refusal();
      } else if (step == Step::Done) {
        outcome.requests.push_back(reader.take());
        check(outcome.requests.back(), options);
      }
    }
    reader.wants_continue();
  }
  demand(!outcome.refused || reader.step() == Step::Refused);
  return outcome;
}

void same(const Outcome& one, const Outcome& other) {
  demand(one.refused == other.refused && one.refusal.status == other.refusal.status);
  demand(one.requests.size() == other.requests.size());
  for (std::size_t i = 0; i < one.requests.size(); ++i) {
    const auto& a = one.requests[i];
    const auto& b = other.requests[i];
    demand(a.keep_alive == b.keep_alive && a.http10 == b.http10);
    demand(a.request.verb == b.request.verb && a.request.target == b.request.target);
    demand(a.request.headers == b.request.headers && a.request.body == b.request.body);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  // The first byte chooses the manners and how the others arrive.
  auto options = data[0] >= 0x80 ? net::pveproxy_options() : net::ServerOptions{};
  options.max_head = 300;
  options.max_body = 100;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  same(read(bytes, size, options), read(bytes, std::size_t{data[0]} % 0x80 + 1, options));
  return 0;
}
