// CPU time of the calling thread, for reports only: no decision may look at it.
#pragma once

#include <ctime>

namespace frontdesk::retrieval {

class Stopwatch {
 public:
  Stopwatch() { clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start_); }
  double Microseconds() const {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec - start_.tv_sec) * 1e6 +
           static_cast<double>(now.tv_nsec - start_.tv_nsec) / 1e3;
  }

 private:
  timespec start_{};
};

}  // namespace frontdesk::retrieval
