// Personal values that are easy to find again: unique, valid, made from a seed.
//
//   Person person = MakePerson(17);
//   PlainSearch search(all_values);
//   search.InFile("data/frontdesk.db-wal") → the values that stand there in plain
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace frontdesk::server {

// Four of these are told in each conversation.
struct Person {
  std::string name, email, phone, card, iban, address;
};
Person MakePerson(uint64_t seed);

// Spellings in which a value would still be the value: as it is, digits and letters only, in lower
// case, hexadecimal, base64.
std::vector<std::string> SpellingsOf(const std::string& value);

// Looks for many values at once; values need 8 bytes.
class PlainSearch {
 public:
  explicit PlainSearch(const std::vector<std::string>& values);

  // The values found, in any of their spellings.
  std::set<std::string> In(std::string_view bytes) const;
  std::set<std::string> InFile(const std::string& path) const;

 private:
  std::vector<std::string> values_;
  std::vector<std::pair<std::string, size_t>> needles_;             // spelling, index of its value
  std::unordered_multimap<uint64_t, size_t> by_start_;              // first 8 bytes → needle
  std::vector<bool> starts_;                                        // by the first two bytes
};

}  // namespace frontdesk::server
