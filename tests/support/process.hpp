#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace byline::test {

/// The `byline` that was built with these tests.
std::string byline_binary();

using Environment = std::vector<std::pair<std::string, std::string>>;

/// A program started by a test, killed with it at the latest. Its output goes to files.
class Process {
 public:
  /// `environment` is added to the test's own.
  explicit Process(std::vector<std::string> command, std::filesystem::path output = "/dev/null",
                   std::filesystem::path errors = "/dev/null", Environment environment = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  void signal(int number) const;
  /// The exit status, or 128 and the number of the signal that ended it. Waits.
  int wait();
  /// The same, where it has ended already.
  std::optional<int> ended();

 private:
  pid_t pid_ = -1;
  std::optional<int> status_;
};

struct Finished {
  int status = 0;
  std::string output;
  std::string errors;
};

/// Runs a program to its end.
Finished run(std::vector<std::string> command, Environment environment = {});
/// Runs `byline` with these arguments to its end.
Finished run_byline(std::vector<std::string> arguments, Environment environment = {});

std::string read_file(const std::filesystem::path& file);

}  // namespace byline::test
