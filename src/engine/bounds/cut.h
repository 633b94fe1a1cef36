// Takes out of PVE's answers what is about guests and tasks that a reader may not see.
#pragma once

#include <cstdint>
#include <string>

#include "base/json.h"
#include "pve/upid.h"

namespace engine {

/// Decides what a reader may see. For one answer.
class Sight {
 public:
  virtual ~Sight() = default;

  virtual bool sees(std::int64_t vmid) = 0;
  virtual bool sees(const pve::Upid& task) = 0;
};

/// Looks at the members of `data` at any depth, whatever call it answers: an object that is about a hidden
/// guest or task goes (by vmid, guest, sid, id, upid, volid or path), and so do members and texts that are
/// the name of a hidden guest. Lists of guests in one text lose the hidden ones; a job or a rule that has no
/// other goes. Asks only about guests that `data` names. Returns false if all of `data` is about something
/// hidden.
bool cut(base::Json& data, Sight& sight);

/// Replaces the numbers of hidden guests in names of volumes by "?".
void mask_owners(std::string& text, Sight& sight);

}  // namespace engine
