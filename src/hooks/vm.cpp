#include "hooks/hooks.h"

#include <utility>

#include "base/json_read.h"
#include "hooks/guest_config.h"

namespace hooks {

std::expected<void, std::string> prepare_vm_migration(tool::Context& context, base::JsonObject& arguments) {
  if (arguments.contains("online")) return {};
  const auto status = context.get("/nodes/{node}/qemu/{vmid}/status/current");
  if (!status && status.error().forbidden) return {};
  if (!status) return std::unexpected(status.error().sentence);
  if (base::raw_text(*status, "status") == "running") arguments["online"] = true;
  return {};
}

std::expected<void, std::string> prepare_new_vm(tool::Context& /*context*/, base::JsonObject& arguments) {
  encode_sshkeys(arguments);
  return {};
}

std::expected<void, std::string> prepare_vm_update(tool::Context& context, base::JsonObject& arguments) {
  if (auto fine = refuse_template(arguments, "/nodes/{node}/qemu/{vmid}/template"); !fine) return fine;
  encode_sshkeys(arguments);
  return keep_mac(context, arguments, "/nodes/{node}/qemu/{vmid}/config", "macaddr");
}

std::string revise_vm_config(tool::Context& context, base::Json& data) {
  return set_pending_apart(context, data, "/nodes/{node}/qemu/{vmid}/pending");
}

std::string revise_vm_list(tool::Context& /*context*/, base::Json& data) {
  auto* array = data.if_array();
  if (array == nullptr) return {};
  for (auto& item : *array) {
    auto* vm = item.if_object();
    if (vm == nullptr || !vm->contains("mem") || vm->contains("memhost")) continue;
    // Copied, because adding a member may move the others in memory.
    auto mem = vm->at("mem");
    (*vm)["memhost"] = std::move(mem);
  }
  return {};
}

}  // namespace hooks
