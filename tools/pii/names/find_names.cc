#include "tools/pii/names/find_names.h"

namespace frontdesk::tools {

void FindNames(const View&, bool, bool, Candidates&) {}

}  // namespace frontdesk::tools
