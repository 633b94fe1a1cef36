#include "pve/version.h"

#include <utility>

#include "base/json_read.h"

namespace pve {
namespace {

constexpr std::chrono::minutes kYoung{5};

}  // namespace

std::expected<std::string, Error> version(Client& client, const std::stop_token& stop) {
  const auto answer = client.call({base::Method::Get, "/version", {}}, stop);
  if (!answer) return std::unexpected(answer.error());
  auto version = base::text(answer->data, "version", 40);
  if (version.empty()) {
    Error error;
    error.kind = Error::Kind::Malformed;
    error.message = "the answer to GET /version has no version";
    return std::unexpected(std::move(error));
  }
  return version;
}

std::optional<std::string> ConnectedVersion::get(const std::stop_token& stop) {
  {
    const std::scoped_lock lock(mutex_);
    if (version_ && clock_.steady() - taken_ < kYoung) return version_;
  }
  auto found = version(client_, stop);
  if (!found) return std::nullopt;
  const std::scoped_lock lock(mutex_);
  version_ = *std::move(found);
  taken_ = clock_.steady();
  return version_;
}

}  // namespace pve
