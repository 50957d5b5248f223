#include "http/server/mailbox.hpp"

#include <boost/asio/post.hpp>
#include <cassert>
#include <exception>
#include <mutex>
#include <vector>

namespace byline::http {
namespace {

thread_local Mailbox* this_threads = nullptr;

}  // namespace

struct Mailbox::Box {
  using Functions = std::vector<std::move_only_function<void()>>;

  std::mutex mutex;
  Functions waiting;  ///< not empty: a drain is on its way
  Functions spare;    ///< the drain's, kept for its capacity

  void drain();
};

void Mailbox::Box::drain() {
  auto running = std::move(spare);
  {
    std::lock_guard guard(mutex);
    running.swap(waiting);
  }
  std::exception_ptr first;
  for (auto& function : running) {
    try {
      function();
    } catch (...) {
      if (!first) first = std::current_exception();
    }
    function = nullptr;  // what it holds goes now, not after all the others
  }
  running.clear();
  spare = std::move(running);
  if (first) std::rethrow_exception(first);
}

Mailbox::Mailbox(boost::asio::io_context& context) : context_(context), box_(std::make_shared<Box>()) {}

Mailbox::~Mailbox() {
  // Destroyed outside of the lock, as what the functions hold may be anything.
  Box::Functions unrun;
  std::lock_guard guard(box_->mutex);
  unrun.swap(box_->waiting);
}

void Mailbox::push(std::move_only_function<void()> function) {
  {
    std::lock_guard guard(box_->mutex);
    box_->waiting.push_back(std::move(function));
    if (box_->waiting.size() > 1) return;
  }
  boost::asio::post(context_, [box = box_] { box->drain(); });
}

Mailbox& Mailbox::of_this_thread() {
  assert(this_threads && "only the server's I/O threads have a mailbox");
  return *this_threads;
}

Mailbox::Scope::Scope(Mailbox& mailbox) {
  assert(!this_threads);
  this_threads = &mailbox;
}

Mailbox::Scope::~Scope() { this_threads = nullptr; }

}  // namespace byline::http
