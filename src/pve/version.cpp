#include "pve/version.h"

#include <utility>

#include "base/text.h"

namespace pve {
namespace {

constexpr std::chrono::minutes kYoung{5};

}  // namespace

std::expected<std::string, Error> version(Client& client, const std::stop_token& stop) {
  const auto answer = client.call({base::Method::Get, "/version", {}}, stop);
  if (!answer) return std::unexpected(answer.error());
  const auto* object = answer->data.if_object();
  const auto* version = object == nullptr ? nullptr : object->if_contains("version");
  if (version == nullptr || !version->is_string()) {
    Error error;
    error.kind = Error::Kind::Malformed;
    error.message = "the answer to GET /version names no version";
    return std::unexpected(std::move(error));
  }
  return base::printable(std::string_view(version->get_string()), 40);
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
