#include "services/cli/progress.h"

#include <algorithm>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace thidua::cli {
namespace {

constexpr int kBarWidth = 30;
constexpr absl::Duration kDrawEvery = absl::Milliseconds(100);

}  // namespace

void Progress::Begin(int steps) { steps_ = steps; }

void Progress::Step(const std::string& what) {
  const bool new_file = what != what_;
  what_ = what;
  waiting_ = false;
  ++done_;
  if (on_terminal_) {
    Draw(what_);
  } else if (new_file) {
    std::fprintf(stderr, "[%d/%d] %s\n", done_, steps_, what_.c_str());
  }
}

void Progress::Wait(const std::string& service) {
  const std::string text = absl::StrCat(what_, ": đang chờ ", service, "…");
  if (on_terminal_) {
    Draw(text);
  } else if (!waiting_) {
    std::fprintf(stderr, "[%d/%d] %s\n", done_, steps_, text.c_str());
  }
  waiting_ = true;
}

std::function<void(double, const std::string&)> Progress::Teller() {
  return [this](double fraction, const std::string& what) { Show(fraction, what); };
}

void Progress::End() {
  if (on_terminal_) std::fprintf(stderr, "\r\x1b[K");
}

void Progress::Draw(const std::string& text) {
  DrawBar(steps_ == 0 ? 1 : static_cast<double>(done_) / steps_,
          absl::StrCat(done_, "/", steps_, " ", text));
}

void Progress::Show(double fraction, const std::string& what) {
  if (!on_terminal_) return;
  // Oftener than it can be seen only slows the work down.
  const absl::Time now = absl::Now();
  if (now - drawn_ < kDrawEvery) return;
  drawn_ = now;
  DrawBar(fraction, absl::StrCat(static_cast<int>(fraction * 100), "% ", what));
}

void Progress::DrawBar(double fraction, const std::string& text) {
  const int filled = std::clamp(static_cast<int>(kBarWidth * fraction), 0, kBarWidth);
  std::string bar;
  for (int i = 0; i < kBarWidth; ++i) bar += i < filled ? "█" : "░";
  std::fprintf(stderr, "\r\x1b[K%s %s", bar.c_str(), text.c_str());
  std::fflush(stderr);
}

}  // namespace thidua::cli
