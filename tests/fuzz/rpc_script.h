// What a fuzz input of the RPC handlers says: calls one after the other.
//
// A call's bytes are taken as they are when they are no message of its method's type; otherwise
// its fields may name what earlier answers held: a text "$conversation_token" stands for the last
// field of that name that was answered, a whole number -1 for the last of its own field's name.
#pragma once

#include <google/protobuf/message.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/auth/principal.h"
#include "tests/server/hostile_message.h"
#include "tests/server/rpc_list.h"

namespace frontdesk::server {

struct ScriptedCall {
  std::uint8_t method = 0;  // index of Methods()
  std::uint8_t caller = 0;  // role; the high bit: the next call does not wait for this one's end
  std::string request;      // at most 65,535 bytes
};

struct Method {
  RpcName name;
  const google::protobuf::Message* request = nullptr;   // prototypes
  const google::protobuf::Message* response = nullptr;
  bool endless = false;  // streams that do not end by themselves
};
const std::vector<Method>& Methods();

// The calls of an input; what is cut off at its end is left out. At most 24.
std::vector<ScriptedCall> ReadScript(std::string_view input);
std::string WriteScript(const std::vector<ScriptedCall>& calls);

CallerRole RoleOf(const ScriptedCall& call);
inline bool Waits(const ScriptedCall& call) { return (call.caller & 0x80) == 0; }

// A change of the script that mostly keeps its requests well formed.
void Mutate(std::vector<ScriptedCall>& calls, Dice& dice);

// Names and numbers that answers held.
class Seen {
 public:
  void Take(const google::protobuf::Message& answer);
  void Set(const std::string& field, const std::string& value) { texts_[field] = value; }
  std::string Get(const std::string& field) const;
  // Puts them into a request.
  void Fill(google::protobuf::Message& request) const;

 private:
  std::map<std::string, std::string> texts_;
  std::map<std::string, std::int64_t> numbers_;
};

}  // namespace frontdesk::server
