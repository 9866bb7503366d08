// The proof that every path of a flow's templates and conditions can have a value:
// its root is a slot, a saved result or a built-in, a saved result is read only
// where some way has saved it, and its members are fields of the tool's result.
// Private to dialog/bundle/.
#pragma once

#include <vector>

#include "dialog/bundle/bundle.h"

namespace frontdesk::dialog {

// Precondition: every target of the flow exists.
void CheckPaths(const Flow& flow, const Bundle& bundle, std::vector<BundleFault>& faults);

// Paths that a step's own texts, arguments and conditions read.
std::vector<std::string> PathsOf(const Step& step);

// First member of a dotted path.
std::string RootOf(const std::string& path);

}  // namespace frontdesk::dialog
