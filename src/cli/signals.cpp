#include "cli/signals.h"

#include <pthread.h>

#include <atomic>
#include <csignal>
#include <memory>
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
  const auto asked = std::make_shared<std::atomic<bool>>(false);
  // A reload notifies clients and waits for slow readers; the signals that end the process must not wait for
  // it.
  if (reload) {
    std::thread([asked, reload = std::move(reload)] {
      for (;;) {
        asked->wait(false);
        *asked = false;
        reload();
      }
    }).detach();
  }
  std::thread([set, asked, stop = std::move(stop)] {
    for (;;) {
      int signal = 0;
      if (sigwait(&set, &signal) != 0) continue;
      if (signal != SIGHUP) {
        stop();
      } else {
        *asked = true;
        asked->notify_one();
      }
    }
  }).detach();
}

}  // namespace cli
