// Finds choices and products by their names and synonyms, misspelt or inflected.
//
// Immutable; thread-safe. A name matches a window of the message when their keys are equal, or
// their stems, or their edit distance is at most one in five letters (figures must be equal). A
// product is also found by a word that only its name has ("the Squall").
//
//   ChoiceDictionary d;
//   d.Add(0, {"damaged", {"broken"}});
//   d.Build();
//   d.Find(message, taken, {0}, -1);   // "it is brokn" → damaged
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dialog/understand/slots/message.h"
#include "dialog/understand/understanding.h"

namespace frontdesk::understand {

class ChoiceDictionary {
 public:
  // request: number of the declared slot, ascending. product: partial names match too.
  void Add(size_t request, const std::vector<Choice>& choices, bool product);
  void Build();

  struct Found {
    size_t request = 0;
    std::string canonical;
    size_t first = 0, last = 0;  // tokens
    int quality = 0;  // 0..1000; 1000 is the exact name
    std::vector<std::string> others;  // canonicals that fit as well
  };
  // The best reading for each of `requests`: non-overlapping, in text order. taken: tokens to leave
  // alone. asked: the request that was asked for (partial names count), or -1.
  std::vector<Found> Find(const Message& message, const std::vector<bool>& taken,
                          std::span<const size_t> requests, int64_t asked) const;

 private:
  struct Entry {
    size_t request;
    std::string canonical;
    std::string key;       // words joined by blanks
    std::string stem;      // the same, stemmed
    std::string figures;   // digits of the key
    size_t words;
    bool product;
    bool partial;          // a single word of a product's name
    uint64_t letters;      // which letters occur, for a quick no
  };
  void AddPhrase(size_t request, const std::string& canonical, std::string_view phrase,
                 bool product, bool partial);
  int Quality(const Entry& entry, const std::string& key, const std::string& stem,
              const std::string& figures, uint64_t letters) const;

  std::vector<Entry> entries_;
};

}  // namespace frontdesk::understand
