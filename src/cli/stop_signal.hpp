#pragma once

#include <atomic>
#include <csignal>
#include <future>
#include <memory>
#include <mutex>
#include <thread>

namespace byline::cli {

/// Waits, on a thread of its own, for the signals that stop the service. Before `arm`, nothing is begun that
/// would have to be finished, and a signal ends the process at once.
class StopSignal {
 public:
  /// Before any thread is there, the logger's own included: one that does not hold the signals back would end
  /// the process where they are to stop it in order.
  static void hold_back() {
    auto signals = all();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  }

  StopSignal() : shared_(std::make_shared<Shared>()) {
    std::thread([shared = shared_] {
      auto signals = all();
      int signal = 0;
      sigwait(&signals, &signal);
      const std::lock_guard wait(shared->at_work);
      if (!shared->serving.exchange(true)) {
        std::signal(signal, SIG_DFL);
        pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
        std::raise(signal);
      }
      shared->came.set_value(signal);
    }).detach();
  }

  /// While it is held, a signal waits: something is begun that is to be finished.
  std::unique_lock<std::mutex> hold() { return std::unique_lock(shared_->at_work); }
  /// From now on a signal is for `wait`.
  void arm() { shared_->serving = true; }
  /// Waits for a signal; gives which.
  int wait() { return shared_->came.get_future().get(); }

 private:
  struct Shared {
    std::mutex at_work;
    std::atomic<bool> serving = false;
    std::promise<int> came;
  };
  static sigset_t all() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    return signals;
  }
  std::shared_ptr<Shared> shared_;
};

}  // namespace byline::cli
