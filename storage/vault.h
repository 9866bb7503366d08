// The vault: the personal values that the tokens of a conversation stand for.
//
// Values; entries are written inside Store::Append and sealed under the conversation's data key.
#pragma once

#include <string>

namespace frontdesk::storage {

// token: as shown, e.g. "<EMAIL_1>"; unique in its conversation and bound to one value for good.
// type: e.g. "EMAIL"; stored in the clear. value: the personal text; sealed.
struct VaultEntry {
  std::string token;
  std::string type;
  std::string value;
};

}  // namespace frontdesk::storage
