// The advice that accompanies a fingerprint.
#pragma once

#include <string_view>

namespace pve {

/// How to find out whether a fingerprint is the node's, as a sentence without its end. A user who pins a
/// fingerprint without comparing it may pin an attacker's, so this advice accompanies every fingerprint.
inline constexpr std::string_view kCompareFingerprint =
    "Compare it with the fingerprint that `pvenode cert info` shows on the node: that of pveproxy-ssl.pem "
    "or, if this file is not listed, of pve-ssl.pem (pve-root-ca.pem, the first in the list, is the CA)";

}  // namespace pve
