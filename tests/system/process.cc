#include "tests/system/process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>

#include "absl/time/clock.h"

namespace thidua::tests {
namespace {

// Until there is something to be read, or the end.
bool IsReadable(int file, absl::Time until) {
  pollfd one = {.fd = file, .events = POLLIN, .revents = 0};
  int ready = 0;
  do {
    // To poll, what is negative has no end.
    const int64_t left = std::clamp<int64_t>(absl::ToInt64Milliseconds(until - absl::Now()), 0,
                                             std::numeric_limits<int>::max());
    ready = poll(&one, 1, static_cast<int>(left));
  } while (ready < 0 && errno == EINTR);
  return ready > 0;
}

}  // namespace

Process::Process(const std::vector<std::string>& argv, const std::string& stderr_file) {
  std::vector<char*> words;
  for (const std::string& word : argv) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) std::abort();
  pid_ = fork();
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);  // A test that crashes leaves nothing running.
    dup2(ends[1], STDOUT_FILENO);
    const int errors = open(stderr_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (errors >= 0) dup2(errors, STDERR_FILENO);
    execvp(words[0], words.data());
    _exit(127);
  }
  close(ends[1]);
  stdout_ = ends[0];
}

Process::~Process() {
  if (running()) {
    Signal(SIGKILL);
    Wait();
  }
  close(stdout_);
}

std::string Process::ReadLine(absl::Duration patience) {
  const absl::Time until = absl::Now() + patience;
  std::string line;
  char c = 0;
  while (true) {
    if (!IsReadable(stdout_, until)) return "";
    if (read(stdout_, &c, 1) != 1 || c == '\n') return line;
    line += c;
  }
}

std::string Process::ReadAll() {
  std::string all;
  char buffer[4096];
  ssize_t bytes = 0;
  while ((bytes = read(stdout_, buffer, sizeof buffer)) > 0) {
    all.append(buffer, static_cast<size_t>(bytes));
  }
  return all;
}

void Process::Signal(int signal) {
  if (running()) kill(pid_, signal);
}

int Process::Wait() {
  if (ended_) return exit_code_;
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  ended_ = true;
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return exit_code_;
}

bool Process::EndsWithin(absl::Duration patience) {
  if (!running()) return true;
  // glibc 2.36 has the call, but not for C++.
  const int ended = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
  IsReadable(ended, absl::Now() + patience);
  close(ended);
  return !running();
}

bool Process::running() {
  if (ended_) return false;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return true;
  ended_ = true;
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return false;
}

}  // namespace thidua::tests
