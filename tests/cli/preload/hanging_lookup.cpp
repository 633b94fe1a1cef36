// A resolver that never answers, for LD_PRELOAD.
#include <netdb.h>
#include <unistd.h>

extern "C" int getaddrinfo(const char* /*host*/, const char* /*service*/, const addrinfo* /*hints*/,
                           addrinfo** /*found*/) {
  for (;;) ::pause();
}
