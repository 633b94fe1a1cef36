#include "engine/answer/answer.h"

#include <fmt/format.h>

#include <utility>

#include "base/text.h"
#include "engine/answer/diagnosis.h"
#include "engine/answer/visibility.h"
#include "engine/cluster/request.h"
#include "engine/words/remedies.h"

namespace engine {
namespace {

std::string sentence(const pve::Error& error, const pve::Call& call, const pve::Client& client,
                     const guard::MayUse& may, std::string_view better = {}) {
  return explanation(
      error, fmt::format("{} {}", base::name(call.method), base::printable(base::percent_decode(call.path))),
      client.base_url(), may, better);
}

}  // namespace

std::expected<base::Json, tool::ReadFailure> Reads::get(std::string_view path_template) {
  auto got = answer(path_template);
  if (!got) return std::unexpected(std::move(got.error()));
  return std::move(got->data);
}

std::expected<std::string, tool::ReadFailure> Reads::staged(std::string_view path_template) {
  auto got = answer(path_template);
  if (!got) return std::unexpected(std::move(got.error()));
  return std::move(got->changes).value_or("");
}

std::int64_t Reads::now() const { return cluster_.now(); }

std::expected<pve::Answer, tool::ReadFailure> Reads::answer(std::string_view path_template) {
  auto filled = path(path_template, arguments_);
  if (!filled) {
    failed_ = true;
    return std::unexpected(tool::ReadFailure{std::move(filled.error())});
  }
  const pve::Call call{base::Method::Get, *std::move(filled), {}};
  auto answer = cluster_.client.call(call, stop_);
  if (answer) return *std::move(answer);
  failed_ = true;
  return std::unexpected(
      tool::ReadFailure{sentence(answer.error(), call, cluster_.client, may_), answer.error().status == 403});
}

Revision revise(const tool::Tool& tool, const base::JsonObject& arguments, base::Json& data,
                const Cluster& cluster, const guard::MayUse& may, const std::stop_token& stop) {
  if (tool.revise == nullptr) return {{}, true};
  Reads reads(cluster, arguments, may, stop);
  auto note = tool.revise(reads, data);
  return {std::move(note), !reads.failed()};
}

Revision revise_and_note_omissions(const tool::Tool& tool, const base::JsonObject& arguments,
                                   base::Json& data, Cluster& cluster, const guard::MayUse& may,
                                   const std::stop_token& stop) {
  auto revision = revise(tool, arguments, data, cluster, may, stop);
  const auto omissions = omission_note(tool.view, arguments, shape_of(data), cluster, stop);
  revision.note += (revision.note.empty() || omissions.empty() ? "" : "\n") + omissions;
  return revision;
}

std::string explained(const pve::Error& error, const pve::Call& call, const base::JsonObject& arguments,
                      Cluster& cluster, const guard::MayUse& may, const std::stop_token& stop) {
  const auto better = error.kind == pve::Error::Kind::Refused
                          ? diagnose(error, call, arguments, cluster, may, stop)
                          : std::string{};
  return sentence(error, call, cluster.client, may, better);
}

}  // namespace engine
