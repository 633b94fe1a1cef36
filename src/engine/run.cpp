#include "engine/run.h"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "engine/render.h"
#include "engine/request.h"
#include "engine/value.h"

namespace engine {
namespace {

std::string explained(const pve::Error& error, const pve::Call& call, const pve::Client& client) {
  return pve::explain(
      error, fmt::format("{} {}", base::name(call.method), base::printable(base::percent_decode(call.path))),
      client.base_url());
}

/// What prepare() may ask: reads below the same cluster, paths filled from the same arguments.
class Reads final : public tool::Context {
 public:
  Reads(const Cluster& cluster, const base::JsonObject& arguments, const std::stop_token& stop)
      : cluster_(cluster), arguments_(arguments), stop_(stop) {}

  std::expected<base::Json, tool::Unseen> get(std::string_view path_template) override {
    auto filled = path(path_template, arguments_);
    if (!filled) return std::unexpected(tool::Unseen{std::move(filled.error())});
    const pve::Call call{base::Method::Get, *std::move(filled), {}};
    auto answer = cluster_.client.call(call, stop_);
    if (!answer) {
      return std::unexpected(
          tool::Unseen{explained(answer.error(), call, cluster_.client), answer.error().status == 403});
    }
    return std::move(answer->data);
  }

 private:
  const Cluster& cluster_;
  const base::JsonObject& arguments_;
  const std::stop_token& stop_;
};

/// PVE repeats refused values in its errors: secrets among the arguments are taken out again.
std::string without_secrets(std::string text, const Row& row, const base::JsonObject& arguments) {
  constexpr std::size_t kShortest = 4;
  for (const auto& member : arguments) {
    const auto field = row.field_on_wire(member.key());
    if (!field || !field->marked(facts::kSecret)) continue;
    const auto secret = wire_text(member.value());
    if (secret.size() < kShortest) continue;
    for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at + 3)) {
      text.replace(at, secret.size(), "***");
    }
  }
  return text;
}

std::expected<void, std::string> prepare(const Row& row, base::JsonObject& arguments, const Limits& limits,
                                         const Cluster& cluster, const std::stop_token& stop) {
  if (row.tool().prepare == nullptr) return {};
  // The hook changes the arguments while it may read: paths are filled from what was checked.
  const auto checked = arguments;
  Reads reads(cluster, checked, stop);
  if (auto prepared = row.tool().prepare(reads, arguments); !prepared) return prepared;
  if (auto refusal = forbidden(row, arguments, limits)) return std::unexpected(*std::move(refusal));
  return {};
}

}  // namespace

mcp::Result run(const Row& row, const base::JsonObject& given, const Limits& limits, const Cluster& cluster,
                const std::stop_token& stop) {
  auto arguments = check(row, given, limits);
  if (!arguments) return render_error(std::move(arguments.error()));
  if (auto prepared = prepare(row, *arguments, limits, cluster, stop); !prepared) {
    return render_error(without_secrets(std::move(prepared.error()), row, *arguments));
  }
  const auto call = request(row.tool().call, *arguments);
  if (!call) return render_error(fmt::format("{} was not called: {}", row.tool().name, call.error()));
  if (stop.stop_requested()) return render_error("Cancelled before anything was sent.");
  auto answer = cluster.client.call(*call, stop);
  if (!answer) {
    return render_error(without_secrets(explained(answer.error(), *call, cluster.client), row, *arguments));
  }
  return render(row, given, *std::move(answer));
}

}  // namespace engine
