// The rows of each category, defined in the file of its name. The sizes are checked by the compiler against
// the definitions.
#pragma once

#include "tool/tool.h"

namespace catalog {

extern const tool::Tool kNodes[8];
extern const tool::Tool kQemu[20];
extern const tool::Tool kLxc[18];
extern const tool::Tool kStorage[8];
extern const tool::Tool kCluster[9];
extern const tool::Tool kAccess[10];
extern const tool::Tool kPools[5];
extern const tool::Tool kNetwork[5];
extern const tool::Tool kFirewall[8];
extern const tool::Tool kBackup[5];
extern const tool::Tool kTasks[4];
extern const tool::Tool kHa[5];
extern const tool::Tool kInsight[9];

}  // namespace catalog
