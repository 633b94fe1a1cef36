// The servers to which PVE sends its statistics (status.cfg).
#include "simulator/core/routes.h"
#include "simulator/core/store_handlers.h"

namespace simulator {
namespace {

std::string_view options_of(std::string_view type) {
  if (type == "graphite") return "server+ port+ disable mtu path proto timeout";
  if (type == "influxdb") {
    return "server+ port+ disable mtu timeout max-body-size influxdbproto organization bucket "
           "api-path-prefix "
           "verify-certificate";
  }
  return "server+ port+ disable otel-protocol otel-path otel-timeout otel-headers otel-verify-ssl "
         "otel-max-body-size otel-resource-attributes otel-compression";
}

std::optional<Answer> apply(Call& call, const std::string&, Config& server, Step step) {
  if (step == Step::Create) server["type"] = call.parameters.text("type");
  return apply_options(call, "id", options_of(get(server, "type")), "token", server, step);
}

base::JsonObject row(const Call&, const std::string&, const Config& server) {
  return section_json(
      server,
      "port disable mtu timeout max-body-size verify-certificate otel-timeout otel-verify-ssl "
      "otel-max-body-size");
}

/// PVE's list shows only what all types have.
void shorten(const Call&, const std::string& id, const Config& server, base::JsonObject& row) {
  row = {{"id", id},
         {"type", get(server, "type")},
         {"server", get(server, "server")},
         {"port", get_number(server, "port")},
         {"disable", get_number(server, "disable")}};
}

constexpr Store<Config> kServers{
    .key = "id",
    .key_in = Shown::InLists,
    .objects = all_of<&State::metric_servers>,
    .missing = {"status server entry '{id}' does not exist"},
    .missing_for_update = {"no such server '{id}'"},
    .missing_for_delete = {"cannot lookup undefined type!"},
    .exists = {"Metric server '{id}' already exists"},
    .digest = file_digest,
    .digest_in = Shown::Nowhere,
    .row = row,
    .listed = shorten,
    .apply = apply,
};

using enum base::Method;
constexpr Route kMetricsRoutes[] = {
    {Get, "/cluster/metrics/server", list_objects<kServers>},
    {Get, "/cluster/metrics/server/{id}", read_object<kServers>},
    {Post, "/cluster/metrics/server/{id}", create_object<kServers>},
    {Put, "/cluster/metrics/server/{id}", update_object<kServers>},
    {Delete, "/cluster/metrics/server/{id}", delete_object<kServers>},
};

}  // namespace

std::span<const Route> metrics_routes() { return kMetricsRoutes; }

}  // namespace simulator
