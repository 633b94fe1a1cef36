// Faults to switch on, for tests and for users who want to see how their assistant handles them.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace simulator {

/// A node that died without a shutdown. The other nodes notice it some seconds later.
struct Death {
  std::int64_t at_ms = 0;  ///< milliseconds since 1970
  bool asked = false;      ///< a call has already waited for it
};

struct Faults {
  std::chrono::milliseconds latency{0};  ///< latency=MS: every answer takes so many milliseconds
  bool drop = false;                     ///< drop: the connection closes instead of an answer
  unsigned status =
      0;  ///< status=500|595|596…: this status and PVE's text for it; from 596 on the call is carried out
  bool broken_json = false;                    ///< broken-json: the body is cut in the middle
  bool html = false;                           ///< html: a proxy's error page with status 200
  std::set<std::string, std::less<>> offline;  ///< offline=NODE
  std::map<std::string, Death, std::less<>>
      died;                   ///< died=NODE: the node dies now; as offline=NODE once the others notice
  bool no_quorum = false;     ///< no-quorum: reads work, writes fail as PVE's do, other nodes answer 595
  bool cut_off = true;        ///< no-corosync: as no-quorum, but the other nodes answer
  bool unauthorized = false;  ///< unauthorized: every token is refused
};

/// Reads one fault into `faults`. Cluster::fault handles "lock=VMID" and the time of a death itself. The
/// error is a sentence that names the valid faults.
std::expected<void, std::string> set_fault(Faults& faults, std::string_view text);

}  // namespace simulator
