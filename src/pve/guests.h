// Which guest is where: GET /cluster/resources?type=vm.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <expected>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "pve/client.h"

namespace pve {

struct Guest {
  std::int64_t vmid = 0;
  std::string name;  ///< printable; may be empty, need not be unique
  std::string node;
  bool container = false;
};

/// What the token may see of the cluster's guests at one moment, by vmid. PVE leaves out those without
/// VM.Audit.
using GuestList = std::shared_ptr<const std::vector<Guest>>;

/// The guest with this number; nullptr when the list has none.
const Guest* find(const std::vector<Guest>& guests, std::int64_t vmid);

/// Remembers the list for some seconds; one thread asks for all who want it. Safe from many threads; owns
/// nothing it is given.
class Guests {
 public:
  Guests(Client& client, base::Clock& clock) : client_(client), clock_(clock) {}
  Guests(const Guests&) = delete;
  Guests& operator=(const Guests&) = delete;

  std::expected<GuestList, Error> list(const std::stop_token& stop) { return newer_than(nullptr, stop); }
  /// A list that is not `seen`: what it said was wrong.
  std::expected<GuestList, Error> newer_than(const GuestList& seen, const std::stop_token& stop);
  /// The remembered list, if it is still young enough; nullptr otherwise. Never waits.
  GuestList remembered();
  /// Forgets: a change of ours may have made the list wrong.
  void forget();

 private:
  bool young() const;

  Client& client_;
  base::Clock& clock_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool asking_ = false;
  std::uint64_t forgotten_ = 0;  ///< how often
  GuestList list_;
  base::Clock::Steady taken_{};
};

}  // namespace pve
