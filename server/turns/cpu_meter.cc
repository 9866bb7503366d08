#include "server/turns/cpu_meter.h"

#include <time.h>

namespace frontdesk::server {

absl::Duration ProcessCpuTime() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return absl::DurationFromTimespec(used);
}

}  // namespace frontdesk::server
