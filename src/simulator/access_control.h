// Groups, roles, ACLs, realms, permissions and logins.
#pragma once

#include "simulator/call.h"

namespace simulator {

Answer list_groups(Call& call);
Answer create_group(Call& call);
Answer get_group(Call& call);
Answer update_group(Call& call);
Answer delete_group(Call& call);
Answer list_roles(Call& call);
Answer create_role(Call& call);
Answer get_role(Call& call);
Answer update_role(Call& call);
Answer delete_role(Call& call);
Answer list_acl(Call& call);
Answer update_acl(Call& call);
Answer list_domains(Call& call);
Answer get_domain(Call& call);
Answer permissions(Call& call);
Answer create_ticket(Call& call);

}  // namespace simulator
