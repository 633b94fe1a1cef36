// What QEMU can do on a node: CPU models, flags and machine types; and the CPU models that the cluster
// defines.
#include <fmt/format.h>

#include "base/text.h"
#include "simulator/core/permission.h"
#include "simulator/core/routes.h"
#include "simulator/core/store_handlers.h"
#include "simulator/release.h"

namespace simulator {
namespace {

using base::JsonArray;
using base::JsonObject;

constexpr std::string_view kPrefix = "custom-";

std::string_view vendor_of(std::string_view model) {
  for (const std::string_view amd : {"EPYC", "Opteron", "athlon", "phenom"}) {
    if (model.starts_with(amd)) return "AuthenticAMD";
  }
  for (const std::string_view any : {"kvm", "qemu", "host", "max", "x86-64"}) {
    if (model.starts_with(any)) return "default";
  }
  return "GenuineIntel";
}

bool is_arm(std::string_view model) {
  return model.starts_with("a64fx") || model.starts_with("cortex") || model.starts_with("neoverse");
}

/// The models come from the enumeration of the newest PVE, which is the only list in its schema.
Answer models(Call& call) {
  JsonArray rows;
  const auto* const create = call.facts.find(base::Method::Post, "/cluster/qemu/custom-cpu-models");
  const auto* const known = create == nullptr ? nullptr : create->parameter("reported-model");
  const bool arm = call.parameters.text("arch") == "aarch64";
  if (known != nullptr) {
    for (const auto model : known->values) {
      if (is_arm(model) != arm) continue;
      rows.push_back(JsonObject{{"name", model}, {"vendor", vendor_of(model)}, {"custom", 0}});
    }
  }
  for (const auto& [name, model] : call.state.cpu_models) {
    if (!may_any(call, "/mapping/cpu/" + name, {"Mapping.Audit", "Mapping.Use", "Mapping.Modify"})) continue;
    rows.push_back(JsonObject{{"name", std::string(kPrefix) + name},
                              {"vendor", vendor_of(get(model, "reported-model"))},
                              {"custom", 1}});
  }
  return Answer::of(std::move(rows));
}

struct Flag {
  std::string_view name;
  std::string_view description;
};

constexpr Flag kFlags[] = {
    {"nested-virt", "Controls nested virtualization, namely 'svm' for AMD CPUs and 'vmx' for Intel CPUs."},
    {"aes", "Activate AES instruction set for HW acceleration."},
    {"amd-no-ssb", "Notifies guest OS that host is not vulnerable for Spectre on AMD CPUs."},
    {"amd-ssbd", "Improves Spectre mitigation performance with AMD CPUs, best used with 'virt-ssbd'."},
    {"hv-evmcs", "Improve performance for nested virtualization. Only supported on Intel CPUs."},
    {"hv-tlbflush",
     "Improve performance in overcommitted Windows guests. May lead to guest bluescreens on old CPUs."},
    {"ibpb", "Allows improved Spectre mitigation with AMD CPUs."},
    {"md-clear", "Required to let the guest OS know if MDS is mitigated correctly."},
    {"pcid", "Meltdown fix cost reduction on Westmere, Sandy-, and IvyBridge Intel CPUs."},
    {"pdpe1gb", "Allow guest OS to use 1GB size pages, if host HW supports it."},
    {"spec-ctrl", "Allows improved Spectre mitigation with Intel CPUs."},
    {"ssbd", "Protection for 'Speculative Store Bypass' for Intel models."},
    {"virt-ssbd", "Basis for 'Speculative Store Bypass' protection for AMD models."},
};

Answer flags(Call& call) {
  JsonArray rows;
  for (const auto& flag : kFlags) {
    JsonArray nodes;
    for (const auto& [name, node] : call.state.nodes) nodes.emplace_back(name);
    rows.push_back(JsonObject{
        {"name", flag.name}, {"description", flag.description}, {"supported-on", std::move(nodes)}});
  }
  return Answer::of(std::move(rows));
}

Answer machines(Call& call) {
  const std::string_view newest = release_of(call.state.options.pve).qemu;
  JsonArray rows;
  // Both numbers have one or two digits, so the shorter text is the older version.
  const auto is_newer = [](std::string_view one, std::string_view other) {
    const auto major = [](std::string_view text) { return text.substr(0, text.find('.')); };
    return major(one).size() != major(other).size() ? major(one).size() > major(other).size() : one > other;
  };
  for (const std::string_view version : {"11.0", "10.2", "10.1", "10.0", "9.2", "9.1", "9.0", "8.2", "8.1",
                                         "8.0", "7.2", "7.1", "7.0", "6.2"}) {
    if (is_newer(version, newest)) continue;
    for (const std::string_view type : {"i440fx", "q35"}) {
      rows.push_back(
          JsonObject{{"id", fmt::format("pc-{}-{}", type, version)}, {"type", type}, {"version", version}});
    }
  }
  return Answer::of(std::move(rows));
}

Answer migration(Call&) { return Answer::of(JsonObject{{"has-dbus-vmstate", true}}); }

/// PVE accepts a name with its prefix and without.
std::expected<std::string, Answer> identify(Call& call) {
  std::string_view name = call.parameters.all().find("cputype")->second.front();
  if (name.starts_with(kPrefix)) name.remove_prefix(kPrefix.size());
  return std::string(name);
}

JsonObject row(const Call&, const std::string&, const Config& model) {
  return section_json(model, "hidden level guest-phys-bits");
}

Answer read(Call& call, const std::string& name, Config& model) {
  auto data = row(call, name, model);
  data["cputype"] = std::string(kPrefix) + name;
  data["digest"] = file_digest(call.state.cpu_models);
  return Answer::of(std::move(data));
}

void add_prefix(const Call&, const std::string& name, const Config&, JsonObject& row) {
  row["cputype"] = std::string(kPrefix) + name;
}

bool sees(const Call& call, const std::string& name, const Config&) {
  return may_any(call, "/mapping/cpu/" + name, {"Mapping.Audit", "Mapping.Use", "Mapping.Modify"});
}

std::optional<Answer> apply(Call& call, const std::string&, Config& model, Step step) {
  return apply_options(call, "cputype",
                       "reported-model+ flags guest-phys-bits hidden hv-vendor-id level phys-bits", "", model,
                       step);
}

constexpr Store<Config> kModels{
    .key = "cputype",
    .objects = all_of<&State::cpu_models>,
    .missing = {"custom CPU model '{cputype}' not found"},
    .exists = {"custom CPU model '{cputype}' already exists"},
    .digest = file_digest,
    .identify = identify,
    .sees = sees,
    .row = row,
    .listed = add_prefix,
    .read = read,
    .apply = apply,
};

using enum base::Method;
constexpr Route kCapabilityRoutes[] = {
    {Get, "/nodes/{node}/capabilities/qemu/cpu", models},
    {Get, "/nodes/{node}/capabilities/qemu/cpu-flags", flags},
    {Get, "/nodes/{node}/capabilities/qemu/machines", machines},
    {Get, "/nodes/{node}/capabilities/qemu/migration", migration},
    {Get, "/cluster/qemu/cpu-flags", flags},
    {Get, "/cluster/qemu/custom-cpu-models", list_objects<kModels>},
    {Post, "/cluster/qemu/custom-cpu-models", create_object<kModels>},
    {Get, "/cluster/qemu/custom-cpu-models/{cputype}", read_object<kModels>},
    {Put, "/cluster/qemu/custom-cpu-models/{cputype}", update_object<kModels>},
    {Delete, "/cluster/qemu/custom-cpu-models/{cputype}", delete_object<kModels>},
};

}  // namespace

std::span<const Route> capability_routes() { return kCapabilityRoutes; }

}  // namespace simulator
