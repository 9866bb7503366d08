// Every method of every service of protos/, read from the descriptors of the proto files that
// stand in the folder: a new file or method is in the list without anybody's doing.
#pragma once

#include <string>
#include <vector>

namespace frontdesk::server {

struct RpcName {
  std::string row;   // "ChatService/SendMessage", as server/auth/permissions.h writes it
  std::string path;  // "/frontdesk.v1.ChatService/SendMessage", as the wire writes it
};

// In the order of the files and of the methods in them.
std::vector<RpcName> EveryRpc();

}  // namespace frontdesk::server
