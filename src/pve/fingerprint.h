// What to say beside a fingerprint that somebody may pin.
#pragma once

#include <string_view>

namespace pve {

/// How to find out whether a fingerprint is the node's, as a sentence without its end. Whoever pins one that
/// was not compared pins whoever stands between, so none is shown without it.
inline constexpr std::string_view kCompareFingerprint =
    "Compare it with the one that `pvenode cert info` on the node shows for pveproxy-ssl.pem or, where that "
    "is "
    "not listed, for pve-ssl.pem (the first in the list, pve-root-ca.pem, is the CA)";

}  // namespace pve
