#include "cli/signals.h"

#include <pthread.h>

#include <csignal>
#include <thread>
#include <utility>

namespace cli {

void on_termination(std::function<void()> stop) {
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::thread([set, stop = std::move(stop)] {
    for (;;) {
      int signal = 0;
      if (sigwait(&set, &signal) == 0) stop();
    }
  }).detach();
}

}  // namespace cli
