// Points in time as PVE writes them; all in UTC.
#pragma once

#include <cstdint>
#include <string>

namespace simulator {

/// "2026-05-28T20:26:40Z", as in names of PBS snapshots.
std::string iso_time(std::int64_t seconds);
/// "2026_05_28-20_26_40", as in names of vzdump archives.
std::string archive_time(std::int64_t seconds);
/// "May 28 20:26:40", as in the syslog.
std::string syslog_time(std::int64_t seconds);
/// "2026-05-28 20:26:40", as in task logs.
std::string log_time(std::int64_t seconds);

}  // namespace simulator
