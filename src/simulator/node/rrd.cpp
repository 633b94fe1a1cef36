// Time series of nodes, guests and storages. The simulator computes them from seed, object and time, and
// stores nothing.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "simulator/core/routes.h"
#include "simulator/node/usage.h"

namespace simulator {
namespace {

struct Frame {
  std::string_view name;
  std::int64_t step;  ///< seconds
  std::int64_t rows;
};

using Frames = std::array<Frame, 6>;

constexpr Frames kFrames8 = {{{"hour", 60, 70},
                              {"day", 1800, 70},
                              {"week", 10'800, 70},
                              {"month", 43'200, 70},
                              {"year", 604'800, 70},
                              {}}};
constexpr Frames kFrames = {{{"hour", 60, 60},
                             {"day", 60, 1440},
                             {"week", 1800, 335},
                             {"month", 1800, 1439},
                             {"year", 21'600, 1439},
                             {"decade", 604'800, 569}}};

const Frame& frame_of(const Call& call) {
  const auto& frames = call.state.is_pve({9, 0}) ? kFrames : kFrames8;
  const auto* const found = std::ranges::find(frames, call.parameters.text("timeframe"), &Frame::name);
  return found == frames.end() ? frames.front() : *found;
}

/// PVE prints a whole number without a fraction.
base::Json value(double number) {
  if (number == std::floor(number) && std::abs(number) < 9e15) return static_cast<std::int64_t>(number);
  return number;
}

/// The values of one object: the mean of each step, or its peak if the call asks for that.
class Series {
 public:
  Series(const Call& call, std::uint64_t key)
      : seed_(call.state.options.seed), key_(key), peak_(call.parameters.text("cf") == "MAX") {}

  /// Whether the row is missing. About one in eighty is, as after a restart of the daemon.
  bool gap(std::int64_t time) const {
    std::uint64_t hash = (seed_ * 31 + key_) ^ static_cast<std::uint64_t>(time / 60);
    hash *= 0x9e3779b97f4a7c15ULL;
    return (hash >> 40U) % 83 == 0;
  }
  /// A load that moves: `base` by the mean, up to a quarter more at the peak.
  double moving(double base, std::uint64_t which, std::int64_t time) const {
    const auto shape = 0.6 + 0.8 * wave(seed_, key_ * 64 + which, time);
    return base * shape * (peak_ ? 1.25 : 1.0);
  }
  double pressure(double most, std::uint64_t which, std::int64_t time) const {
    const auto part = std::max(0.0, wave(seed_, key_ * 64 + which, time) - 0.45);
    return std::round(part * most * 1000) / 1000;
  }

 private:
  std::uint64_t seed_;
  std::uint64_t key_;
  bool peak_;
};

template <typename Fill>
Answer rows(const Call& call, Fill fill) {
  const auto& frame = frame_of(call);
  const auto last = call.state.now() / frame.step * frame.step;
  base::JsonArray out;
  out.reserve(static_cast<std::size_t>(frame.rows));
  for (auto i = frame.rows; i-- > 0;) {
    const auto time = last - i * frame.step;
    base::JsonObject row{{"time", time}};
    fill(row, time);
    out.emplace_back(std::move(row));
  }
  return Answer::of(std::move(out));
}

/// PVE's refusal if the series does not exist. `kind` and `object` are as in the name of its file: "vm",
/// "100".
Answer no_series(const Call& call, std::string_view kind, const std::string& object) {
  const auto folder =
      call.state.is_pve({9, 0}) ? fmt::format("pve-{}-9.0", kind) : fmt::format("pve2-{}", kind);
  return Answer::fail(
      fmt::format("RRD error: rrdcached@unix:/var/run/rrdcached.sock: rrd_fetch_r failed: opening "
                  "'/var/lib/rrdcached/db/{}/{}': No such file or directory",
                  folder, object));
}

/// Adds the members that PVE has from version 9 on.
void fill_node_of_9(base::JsonObject& row, const Series& series, double available, std::int64_t time) {
  row["memavailable"] = value(available);
  row["arcsize"] = 0;
  row["pressurecpusome"] = value(series.pressure(4, 3, time));
  row["pressureiosome"] = value(series.pressure(2, 4, time));
  row["pressureiofull"] = value(series.pressure(1, 5, time));
  row["pressurememorysome"] = 0;
  row["pressurememoryfull"] = 0;
}

Answer node_series(Call& call) {
  const auto* node = call.state.node(call.node());
  if (node == nullptr) return no_series(call, "node", call.node());
  const Series series(call, node->id);
  // The node also ran before its last start, which leaves a gap of five minutes.
  auto before = *node;
  before.booted = 0;
  return rows(call, [&](base::JsonObject& row, std::int64_t time) {
    if (series.gap(time) || (time < node->booted && time > node->booted - 300)) return;
    const auto usage = node_usage(call.state, before, time);
    const auto memory = static_cast<double>(node->memory);
    const auto used = static_cast<double>(usage.mem);
    row["maxcpu"] = node->cores;
    row["cpu"] = value(usage.cpu);
    row["iowait"] = value(usage.iowait);
    row["loadavg"] = value(usage.load);
    row["memtotal"] = value(memory);
    row["memused"] = value(used);
    row["swaptotal"] = 0;
    row["swapused"] = value(static_cast<double>(usage.swap));
    row["roottotal"] = value(static_cast<double>(node->disk));
    row["rootused"] = value(static_cast<double>(usage.disk));
    row["netin"] = value(series.moving(usage.netin, 1, time));
    row["netout"] = value(series.moving(usage.netout, 2, time));
    if (call.state.is_pve({9, 0})) fill_node_of_9(row, series, memory - used, time);
  });
}

/// The time of the guest's creation by its configuration or its disk; 0 if it is unknown.
std::int64_t birth(const State& state, const Guest& guest) {
  const auto meta = parse_properties(get(guest.config, "meta"));
  if (has(meta, "ctime")) return get_number(meta, "ctime");
  for (const std::string_view key : {"rootfs", "scsi0", "virtio0", "sata0", "ide0"}) {
    const auto disk = get(guest.config, key);
    const std::string volid(disk.substr(0, disk.find(',')));
    const auto first = state.volumes.lower_bound({volid, std::string()});
    if (first != state.volumes.end() && first->second.volid == volid) return first->second.ctime;
  }
  return 0;
}

void fill_guest(base::JsonObject& row, const Series& series, const State& state, const Guest& guest,
                std::int64_t time) {
  const auto usage = guest_usage(state, guest, time);
  const auto uptime = static_cast<double>(std::max<std::int64_t>(1, usage.uptime));
  const auto rate = [&](std::uint64_t total, std::uint64_t which) {
    return value(series.moving(static_cast<double>(total) / uptime, which, time));
  };
  row["cpu"] = value(usage.cpu);
  row["mem"] = value(static_cast<double>(usage.mem));
  row["netin"] = rate(usage.netin, 1);
  row["netout"] = rate(usage.netout, 2);
  row["diskread"] = rate(usage.diskread, 3);
  row["diskwrite"] = rate(usage.diskwrite, 4);
  if (!state.is_pve({9, 0})) return;
  if (guest.type == GuestType::Qemu)
    row["memhost"] = value(std::round(static_cast<double>(usage.mem) * 1.06));
  row["pressurecpusome"] = value(series.pressure(3, 5, time));
  row["pressurecpufull"] = value(series.pressure(2, 6, time));
  row["pressureiosome"] = value(series.pressure(1, 7, time));
  row["pressureiofull"] = value(series.pressure(1, 8, time));
  row["pressurememorysome"] = 0;
  row["pressurememoryfull"] = 0;
}

Answer guest_series(Call& call) {
  const auto* guest = call.state.guest(call.vmid());
  constexpr std::int64_t kFirstSample = 10;
  const auto born = guest == nullptr ? 0 : birth(call.state, *guest);
  if (guest == nullptr || born > call.state.now() - kFirstSample) {
    return no_series(call, "vm", std::to_string(call.vmid()));
  }
  const Series series(call, guest->vmid);
  // A guest that runs now also ran before its last start, except for a pause of ten minutes.
  auto always = *guest;
  always.started = 0;
  return rows(call, [&](base::JsonObject& row, std::int64_t time) {
    if (time < born || series.gap(time)) return;
    row["maxcpu"] = core_count(*guest);
    row["maxmem"] = memory_size(*guest);
    row["maxdisk"] = disk_size(*guest);
    row["disk"] = guest_usage(call.state, always, time).disk;
    if (!guest->running || (time < guest->started && time > guest->started - 600)) return;
    fill_guest(row, series, call.state, always, time);
  });
}

Answer storage_series(Call& call) {
  const auto id = call.parameters.text("storage");
  const auto* storage = call.state.storage(id);
  if (storage == nullptr || !storage->on(call.node())) {
    return no_series(call, "storage", fmt::format("{}/{}", call.node(), id));
  }
  std::uint64_t key = 7;
  for (const char c : id) key = key * 131 + static_cast<unsigned char>(c);
  const Series series(call, key);
  const auto usage = storage_usage(call.state, *storage, call.node());
  return rows(call, [&](base::JsonObject& row, std::int64_t time) {
    if (series.gap(time)) return;
    // The storage filled slowly: half of the data came within the last two years.
    const auto age = static_cast<double>(call.state.now() - time) / (2 * 365 * 86'400.0);
    row["total"] = usage.total;
    row["used"] = value(std::round(static_cast<double>(usage.used) * std::max(0.1, 1 - 0.5 * age)));
  });
}

using enum base::Method;
constexpr Route kRrdRoutes[] = {
    {Get, "/nodes/{node}/rrddata", node_series},
    {Get, "/nodes/{node}/qemu/{vmid}/rrddata", guest_series},
    {Get, "/nodes/{node}/lxc/{vmid}/rrddata", guest_series},
    {Get, "/nodes/{node}/storage/{storage}/rrddata", storage_series},
};

}  // namespace

std::span<const Route> rrd_routes() { return kRrdRoutes; }

}  // namespace simulator
