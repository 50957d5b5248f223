#include "support/process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "support/temp_directory.hpp"

namespace byline::test {
namespace {

int status_of(int waited) { return WIFEXITED(waited) ? WEXITSTATUS(waited) : 128 + WTERMSIG(waited); }

void redirect(const std::filesystem::path& file, int to) {
  int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (descriptor < 0 || ::dup2(descriptor, to) < 0) ::_exit(126);
  ::close(descriptor);
}

}  // namespace

std::string byline_binary() { return BYLINE_BINARY; }

Process::Process(std::vector<std::string> command, std::filesystem::path output, std::filesystem::path errors,
                 Environment environment) {
  std::vector<char*> arguments;
  for (auto& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("a process cannot be started");
  if (pid_ > 0) return;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // no test leaves a service behind, however it ends
  for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
  redirect("/dev/null", STDIN_FILENO);
  redirect(output, STDOUT_FILENO);
  redirect(errors, STDERR_FILENO);
  ::execvp(arguments.front(), arguments.data());
  ::_exit(127);
}

Process::~Process() {
  if (status_) return;
  signal(SIGKILL);
  wait();
}

void Process::signal(int number) const {
  if (!status_) ::kill(pid_, number);
}

int Process::wait() {
  int waited = 0;
  if (!status_ && ::waitpid(pid_, &waited, 0) == pid_) status_ = status_of(waited);
  return status_.value();
}

std::optional<int> Process::ended() {
  int waited = 0;
  if (!status_ && ::waitpid(pid_, &waited, WNOHANG) == pid_) status_ = status_of(waited);
  return status_;
}

Finished run(std::vector<std::string> command, Environment environment) {
  TempDirectory directory;
  Process process(std::move(command), directory / "out", directory / "err", std::move(environment));
  Finished finished;
  finished.status = process.wait();
  finished.output = read_file(directory / "out");
  finished.errors = read_file(directory / "err");
  return finished;
}

Finished run_byline(std::vector<std::string> arguments, Environment environment) {
  arguments.insert(arguments.begin(), byline_binary());
  return run(std::move(arguments), std::move(environment));
}

std::string read_file(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

}  // namespace byline::test
