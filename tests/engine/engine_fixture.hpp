#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <future>

#include "commands.hpp"
#include "engine/engine.hpp"
#include "support/temp_directory.hpp"

namespace byline::test {

/// Waits until the condition holds; throws when it never does.
void eventually(const std::function<bool()>& condition);

inline bool is_ready(const std::future<Outcome>& outcome) {
  return outcome.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}
bool is_committed(const Outcome& outcome);
bool is_unavailable(const Outcome& outcome);
/// The codes of a rejection, in order, joined by spaces; what else it is in brackets.
std::string codes_of(const Outcome& outcome);

/// Hands the command over; the outcome comes later.
std::future<Outcome> submit(Engine& engine, const Context& context, Command command,
                            std::optional<KeyedRequest> keyed = {}, Render render = {});

/// Every view holds exactly the rows that folding the log gives, and the log has no gap.
void expect_views_are_the_log(const Reader& reader, const ViewSet& views = *ViewSet::built_in());
/// The same for what is on disk, the engine being closed; rebuilding it finds nothing else.
void expect_disk_is_the_log(const std::filesystem::path& directory);

/// An engine over a directory of its own with one organization, and what tests ask of it.
class EngineFixture : public ::testing::Test {
 protected:
  EngineFixture() { options_.directory = directory_.path(); }

  void open();
  void close() { engine_.reset(); }
  void reopen() {
    close();
    open();
  }
  /// Opens, and founds the organization.
  void found();

  Context by(const AccountId& actor) const { return {actor, founding_.id, std::nullopt}; }
  Context by_administrator() const { return by(founding_.administrator); }
  RoleId intake_worker() const { return role_of(founding_, "intake_worker"); }

  std::future<Outcome> begin(Command command) {
    return submit(*engine_, by_administrator(), std::move(command));
  }
  Outcome ask(Command command) { return begin(std::move(command)).get(); }
  /// Registers an application and gives its id.
  AccountId register_application(const std::string& name, const std::string& email);

  TempDirectory directory_;
  Metrics metrics_;
  Engine::Options options_;
  FoundOrganization founding_ = found_command();
  std::unique_ptr<Engine> engine_;
};

/// Holds the engine's writer back, so that what is submitted meanwhile waits in the queue.
class WriterHeld {
 public:
  /// Submits a command that changes nothing and does not let go of the writer.
  WriterHeld(Engine& engine, const Context& context);
  ~WriterHeld() { release(); }
  WriterHeld(const WriterHeld&) = delete;
  WriterHeld& operator=(const WriterHeld&) = delete;
  void release();

 private:
  std::promise<void> held_;
  std::promise<void> release_;
  bool released_ = false;
};

}  // namespace byline::test
