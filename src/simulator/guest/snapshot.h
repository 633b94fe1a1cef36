// Snapshots of guests: taking, deleting, rolling back.
#pragma once

#include "simulator/guest/guest.h"

namespace simulator {

Answer create_snapshot(Call& call);
Answer delete_snapshot(Call& call);
Answer rollback_snapshot(Call& call);

}  // namespace simulator
