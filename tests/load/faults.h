// What was found wrong, in words: the first hundred. Thread-safe.
#ifndef THIDUA_TESTS_LOAD_FAULTS_H_
#define THIDUA_TESTS_LOAD_FAULTS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"

namespace thidua::load {

class Faults {
 public:
  void Add(std::string fault) {
    const absl::MutexLock lock(&mutex_);
    if (all_.size() < kMost) all_.push_back(std::move(fault));
  }
  // `of`: what they are faults of, when they do not say so.
  void Add(const std::vector<std::string>& faults, const std::string& of = "") {
    for (const std::string& fault : faults) Add(of.empty() ? fault : absl::StrCat(of, ": ", fault));
  }
  std::vector<std::string> all() const {
    const absl::MutexLock lock(&mutex_);
    return all_;
  }

 private:
  static constexpr size_t kMost = 100;

  mutable absl::Mutex mutex_;
  std::vector<std::string> all_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace thidua::load

#endif  // THIDUA_TESTS_LOAD_FAULTS_H_
