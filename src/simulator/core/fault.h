// What can be made to go wrong: for tests, and for users who want to see how their assistant copes.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace simulator {

/// A node that went without a word: the others take some seconds to notice.
struct Death {
  std::int64_t at_ms = 0;  ///< milliseconds since 1970
  bool asked = false;      ///< somebody has waited for it already
};

struct Faults {
  std::chrono::milliseconds latency{0};  ///< latency=MS: every answer takes that long
  bool drop = false;                     ///< drop: the connection closes instead of an answer
  unsigned status =
      0;  ///< status=500|595|596…: this status and PVE's text for it; from 596 on the call is carried out
  bool broken_json = false;                    ///< broken-json: the body is cut in the middle
  bool html = false;                           ///< html: a proxy's error page with status 200
  std::set<std::string, std::less<>> offline;  ///< offline=NODE
  std::map<std::string, Death, std::less<>>
      died;                   ///< died=NODE: just now; as offline=NODE once it is noticed
  bool no_quorum = false;     ///< no-quorum: reads work, writes fail as PVE's do, other nodes answer 595
  bool cut_off = true;        ///< no-corosync: as no-quorum, but the other nodes answer
  bool unauthorized = false;  ///< unauthorized: every token is refused
};

/// Reads one fault into `faults`. "lock=VMID" is not held here: Cluster::fault sets it on the guest, and the
/// time of a death. The
/// error is a sentence that names the valid ones.
std::expected<void, std::string> set_fault(Faults& faults, std::string_view text);

}  // namespace simulator
