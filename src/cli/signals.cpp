#include "cli/signals.h"

#include <pthread.h>

#include <csignal>
#include <thread>
#include <utility>

namespace cli {

void on_termination(std::function<void()> stop) { on_signals(std::move(stop), {}); }

void on_signals(std::function<void()> stop, std::function<void()> reload) {
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  if (reload) sigaddset(&set, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::thread([set, stop = std::move(stop), reload = std::move(reload)] {
    for (;;) {
      int signal = 0;
      if (sigwait(&set, &signal) == 0) signal == SIGHUP ? reload() : stop();
    }
  }).detach();
}

}  // namespace cli
