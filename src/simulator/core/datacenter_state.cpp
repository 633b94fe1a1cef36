#include "simulator/core/datacenter_state.h"

namespace simulator {

const Named<Config>& builtin_notifications() {
  static const Named<Config> kBuiltin = {{"mail-to-root",
                                          {{"type", "sendmail"},
                                           {"comment", "Send mails to root@pam's email address"},
                                           {"mailto-user", "root@pam"}}},
                                         {"default-matcher",
                                          {{"type", "matcher"},
                                           {"comment", "Route all notifications to mail-to-root"},
                                           {"mode", "all"},
                                           {"target", "mail-to-root"}}}};
  return kBuiltin;
}

}  // namespace simulator
