// Keys and customers' words live in this process: nothing of it may land in a core file.
#pragma once

namespace frontdesk::server {

// Forbids core dumps of this process, by limit and by marking its memory as not to be dumped, so
// that a program that the kernel pipes cores to gets none either. For the whole process, for good.
void ForbidCoreDumps();

}  // namespace frontdesk::server
