#include "hooks/hooks.h"

#include "hooks/guest_config.h"

namespace hooks {

std::expected<void, std::string> prepare_container_update(tool::Context& context,
                                                          base::JsonObject& arguments) {
  if (auto fine = refuse_template(arguments, "/nodes/{node}/lxc/{vmid}/template"); !fine) return fine;
  return keep_mac(context, arguments, "/nodes/{node}/lxc/{vmid}/config", "hwaddr");
}

std::string revise_container_config(tool::Context& context, base::Json& data) {
  return set_pending_apart(context, data, "/nodes/{node}/lxc/{vmid}/pending");
}

}  // namespace hooks
