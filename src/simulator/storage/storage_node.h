// The handlers of /nodes/{node}/storage: usage, content, volumes, pruning.
#pragma once

#include "simulator/core/call.h"

namespace simulator {

Answer storage_on_node(Call& call);
Answer storage_status(Call& call);
Answer storage_content(Call& call);
Answer volume_read(Call& call);
Answer volume_update(Call& call);
Answer volume_delete(Call& call);
Answer prune_preview(Call& call);
Answer prune_run(Call& call);

}  // namespace simulator
