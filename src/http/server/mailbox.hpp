#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>

namespace byline::http {

/// Carries functions from other threads to the one thread that runs an io_context, with one wake-up for all
/// that arrive before it gets there: the outcomes of a batch of commands cost an I/O thread one visit.
///
///   auto& mailbox = Mailbox::of_this_thread();        // on the I/O thread
///   engine.submit(command, [&mailbox](auto outcome) { // on the writer's thread
///     mailbox.push([...] { ... });                    // runs on the I/O thread
///   });
///
/// Every function is run once, in the order of pushing, or is destroyed unrun with the mailbox. Where some
/// throw, the rest is run all the same, and then the first exception leaves the io_context's run().
///
/// `push` is thread-safe. Nobody may push any more when the mailbox is being destroyed: stop whoever does
/// first.
class Mailbox {
 public:
  /// `context` outlives the mailbox: functions destroyed with it may hold what belongs to the context.
  explicit Mailbox(boost::asio::io_context& context);
  ~Mailbox();
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  void push(std::move_only_function<void()> function);

  /// The mailbox of the I/O thread that calls. Asserts that the caller is one: see Scope.
  static Mailbox& of_this_thread();

  /// Makes a mailbox this thread's, for as long as it lives. The server's threads have one each.
  class Scope {
   public:
    explicit Scope(Mailbox& mailbox);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
  };

 private:
  struct Box;
  boost::asio::io_context& context_;
  std::shared_ptr<Box> box_;  ///< shared with a drain that is posted, which the mailbox may not live to see
};

}  // namespace byline::http
