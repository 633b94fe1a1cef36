// Growing the disks of guests.
#pragma once

#include "simulator/guest/guest.h"

namespace simulator {

Answer resize_vm(Call& call);
Answer resize_container(Call& call, Guest& guest);

}  // namespace simulator
