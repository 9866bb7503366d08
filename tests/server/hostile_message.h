// Requests that no honest client sends, made of any message type's fields. Seeded.
#pragma once

#include <google/protobuf/message.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace frontdesk::server {

class Dice {
 public:
  explicit Dice(uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15u + 11) {}
  uint64_t Next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return state_ >> 11;
  }
  int Roll(int sides) { return static_cast<int>(Next() % static_cast<uint64_t>(sides)); }

 private:
  uint64_t state_;
};

// A text for a field: empty, far too long (`longest` bytes), a path, markup, broken tokens,
// or own_conversation, so that the call gets past its first check.
std::string HostileText(Dice& dice, const std::string& own_conversation, size_t longest = 1 << 20);

// Sets one field to a hostile value; a repeated one and a map get up to three.
void SetHostileValue(google::protobuf::Message& message, const google::protobuf::FieldDescriptor* field, Dice& dice,
                     const std::string& own_conversation, size_t longest = 1 << 20, int depth = 0);

// Sets four of five fields, at every depth down to four.
void FillWithHostileValues(google::protobuf::Message& message, Dice& dice, const std::string& own_conversation,
                           size_t longest = 1 << 20, int depth = 0);

}  // namespace frontdesk::server
