// What doctor looks at in an open store: structure, keystore, chains, and rows that disagree.
#pragma once

#include "storage/keystore.h"
#include "storage/maintenance.h"
#include "storage/sqlite/connection.h"

namespace frontdesk::storage {

// Each fault becomes a finding; the inspection itself does not fail. deep: also every chain, which
// reads the whole log.
IntegrityReport InspectStore(sqlite::Connection& db, const Keystore& keystore, bool deep);

}  // namespace frontdesk::storage
