// Copies of guests, full and linked.
#pragma once

#include "simulator/guest/guest.h"

namespace simulator {

Answer clone_vm(Call& call);
Answer clone_container(Call& call);

}  // namespace simulator
