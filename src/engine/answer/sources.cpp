#include "engine/answer/sources.h"

#include <utility>

#include "base/text.h"
#include "engine/answer/visibility.h"
#include "engine/cluster/guest_lookup.h"
#include "engine/cluster/parallel.h"
#include "engine/cluster/request.h"

namespace engine {
namespace {

constexpr std::size_t kAtOnce = 8;

tool::ReadFailure read_failure(const pve::Error& error, const std::string& path, const Cluster& cluster) {
  if (error.kind == pve::Error::Kind::Cancelled) return {"no answer in time"};
  if (error.kind == pve::Error::Kind::Refused)
    return {base::printable(error.message), error.status == 403, error.status};
  return {pve::explain(error, "GET " + path, cluster.client.base_url())};
}

}  // namespace

tool::Sources::Got ParallelReads::read(const tool::Read& read, const std::stop_token& stop) {
  const auto wanted = request({base::Method::Get, read.path}, read.arguments);
  if (!wanted) return std::unexpected(tool::ReadFailure{wanted.error()});
  auto answer = cluster_.client.call(*wanted, stop);
  if (answer) return std::move(answer->data);
  return std::unexpected(read_failure(answer.error(), wanted->path, cluster_));
}

std::vector<tool::Sources::Got> ParallelReads::get_within(const std::vector<tool::Read>& reads,
                                                          std::chrono::seconds longest) {
  std::vector<Got> got(reads.size(), std::unexpected(tool::ReadFailure{"no answer in time"}));
  in_parallel(reads.size(), kAtOnce, longest, stop_,
              [&](std::size_t i, const std::stop_token& stop) { got[i] = read(reads[i], stop); });
  return got;
}

std::expected<pve::InventoryPtr, tool::ReadFailure> ParallelReads::inventory() {
  std::expected<pve::InventoryPtr, tool::ReadFailure> got =
      std::unexpected(tool::ReadFailure{"no answer in time"});
  in_parallel(1, 1, kLongest, stop_, [&](std::size_t, const std::stop_token& stop) {
    auto list = cluster_.inventory.now(stop);
    if (!list) {
      got = std::unexpected(read_failure(list.error(), "/cluster/resources", cluster_));
    } else {
      got = *std::move(list);
    }
  });
  return got;
}

std::expected<pve::Guest, std::string> ParallelReads::guest(std::string_view text) {
  auto found = guest_now(text, {.reads = true}, cluster_, stop_);
  if (found) return std::move(found->guest);
  if (const auto& why = found.error().list_error)
    return std::unexpected("its list could not be read: " +
                           read_failure(*why, "/cluster/resources", cluster_).sentence);
  return std::unexpected(std::move(found.error().sentence));
}

std::optional<tool::ReadFailure> ParallelReads::why_incomplete(const tool::ListRights& rights) {
  return engine::why_incomplete(rights, cluster_, stop_);
}

std::int64_t ParallelReads::now() const { return cluster_.now(); }

std::span<const std::string> ParallelReads::ignored_findings() const {
  return cluster_.options.ignored_findings;
}

}  // namespace engine
