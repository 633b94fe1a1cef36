#include "simulator/core/fault.h"

#include <optional>

#include "base/number.h"
#include "base/text.h"

namespace simulator {
namespace {

constexpr std::string_view kValid =
    "latency=MS, drop, status=500|501|595|596|599, broken-json, html, offline=NODE, died=NODE, no-quorum, "
    "no-corosync, lock=VMID, unauthorized";

std::unexpected<std::string> refuse(std::string_view text, std::string_view why) {
  return std::unexpected("fault '" + base::printable(text, 60) + "' " + std::string(why) +
                         "; valid faults: " + std::string(kValid));
}

}  // namespace

std::expected<void, std::string> set_fault(Faults& faults, std::string_view text) {
  const auto equals = text.find('=');
  const auto name = text.substr(0, equals);
  const auto value = equals == std::string_view::npos ? std::string_view{} : text.substr(equals + 1);
  if (name == "latency") {
    const auto ms = base::parse_number<unsigned>(value);
    if (!ms || *ms > 600'000) return refuse(text, "needs milliseconds from 0 to 600000");
    faults.latency = std::chrono::milliseconds(*ms);
  } else if (name == "status") {
    const auto status = base::parse_number<unsigned>(value);
    if (!status || *status < 400 || *status > 599) return refuse(text, "needs a status from 400 to 599");
    faults.status = *status;
  } else if (name == "offline" && !value.empty()) {
    faults.offline.emplace(value);
  } else if (name == "died" && !value.empty()) {
    faults.died.emplace(value, Death{});
  } else if (text == "drop") {
    faults.drop = true;
  } else if (text == "broken-json") {
    faults.broken_json = true;
  } else if (text == "html") {
    faults.html = true;
  } else if (text == "no-quorum") {
    faults.no_quorum = true;
  } else if (text == "no-corosync") {
    faults.no_quorum = true;
    faults.cut_off = false;
  } else if (text == "unauthorized") {
    faults.unauthorized = true;
  } else {
    return refuse(text, "is unknown");
  }
  return {};
}

}  // namespace simulator
