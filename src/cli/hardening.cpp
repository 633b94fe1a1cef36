#include "cli/hardening.h"

#include <sys/prctl.h>
#include <sys/resource.h>

namespace cli {
namespace {

// LeakSanitizer traces its own process at the end, which a process that is not dumpable cannot be.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif
#else
constexpr bool kSanitized = false;
#endif

}  // namespace

bool harden_process() {
  // The limit alone does not suffice: Linux ignores it where core_pattern names a program (systemd-coredump).
  constexpr rlimit kNone{0, 0};
  const bool limited = ::setrlimit(RLIMIT_CORE, &kNone) == 0;
  const bool hidden = kSanitized || ::prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L) == 0;
  const bool bound = ::prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) == 0;
  return limited && hidden && bound;
}

}  // namespace cli
