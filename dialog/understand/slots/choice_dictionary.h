// Finds choices and products by their names and synonyms, misspelt or inflected.
//
// Immutable; thread-safe. A name matches a window of the message when their keys are equal, or
// their stems, or their edit distance is at most one in five letters (figures must be equal).
// Where names have parts, "the jacket" finds the one name of the list that has such a word; a part
// that several names share finds them all, and the customer is asked which. Where the list is not
// known yet, the last word of a name is enough of it: "jacket", never "small".
//
//   ChoiceDictionary d;
//   d.Add(0, {"damaged", {"broken"}});
//   d.Build();
//   d.Find(message, taken, {0}, {}, {});   // "it is brokn" → damaged
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
  // request: number of the declared slot, ascending. parts: parts of names match too.
  void Add(size_t request, const std::vector<Choice>& choices, bool parts);
  void Build();

  struct Found {
    size_t request = 0;
    std::string canonical;
    size_t first = 0, last = 0;  // tokens
    int quality = 0;  // 0..1000; 1000 is the exact name
    std::vector<std::string> others;  // canonicals that fit as well
  };
  // The best reading for each of `requests`: non-overlapping, in text order. taken: tokens to leave
  // alone. by_parts: those of them for which a part of a name is enough when no name was found;
  // by_heads: those for which its last word is, also beside a name.
  std::vector<Found> Find(const Message& message, const std::vector<bool>& taken,
                          std::span<const size_t> requests, std::span<const size_t> by_parts,
                          std::span<const size_t> by_heads) const;

 private:
  struct Entry {
    size_t request;
    std::string canonical;
    std::string key;       // words joined by blanks
    std::string stem;      // the same, stemmed
    std::string figures;   // digits of the key
    size_t words;
    uint64_t letters;      // which letters occur, for a quick no
  };
  // A choice with all words of its names.
  struct Name {
    size_t request;
    std::string canonical;
    std::vector<std::string> keys, stems;  // by word
    std::vector<bool> heads;               // by word: stands last in one of its names
    std::vector<std::string> figures;
  };
  void AddPhrase(size_t request, const std::string& canonical, std::string_view phrase);
  void AddWords(std::string_view phrase, Name* name);
  void FindParts(const Message& message, const std::vector<bool>& taken, size_t request,
                 bool heads_only, std::vector<Found>* found) const;
  int Quality(const Entry& entry, const std::string& key, const std::string& stem,
              const std::string& figures, uint64_t letters) const;

  std::vector<Entry> entries_;
  std::vector<Name> names_;
};

}  // namespace frontdesk::understand
