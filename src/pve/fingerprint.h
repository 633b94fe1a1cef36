// What to say beside a fingerprint that somebody may pin.
#pragma once

#include <string_view>

namespace pve {

/// How to find out whether a fingerprint is the node's, as a sentence without its end. Whoever pins one that
/// was not compared pins whoever stands between, so none is shown without it.
inline constexpr std::string_view kCompareFingerprint =
    "Compare it with the fingerprint that `pvenode cert info` shows on the node: that of pveproxy-ssl.pem "
    "or, if this file is not listed, of pve-ssl.pem (pve-root-ca.pem, the first in the list, is the CA)";

}  // namespace pve
