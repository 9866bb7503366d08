#include "dialog/understand/understanding.h"

#include <algorithm>

namespace frontdesk::understand {

bool Understanding::Has(std::string_view name) const {
  return std::find(cues.begin(), cues.end(), name) != cues.end();
}

}  // namespace frontdesk::understand
