// Snowball stemming: the common stem of a word's forms ("returning" → "return").
//
// A Stemmer is not thread-safe; For() hands out this thread's own.
//
//   Stemmer::For("en").Stem("refunded");  // "refund"
#pragma once

#include <memory>
#include <string>
#include <string_view>

struct sb_stemmer;

namespace frontdesk::text {

class Stemmer {
 public:
  // language: ISO 639-1 (en de fr es it nl pt da sv no fi hu ro ru tr …, a region is
  // ignored). A language Snowball does not know gives a stemmer that changes nothing.
  // Valid on the calling thread, until it ends.
  static Stemmer& For(std::string_view language);

  // The stem of a folded (lower-case) word. The view lives until the next call on this
  // stemmer, or as long as the word when nothing changed. Cost: about 200 ns.
  std::string_view Stem(std::string_view word);

  explicit Stemmer(std::string_view language);
  ~Stemmer();
  Stemmer(const Stemmer&) = delete;
  Stemmer& operator=(const Stemmer&) = delete;

 private:
  sb_stemmer* stemmer_ = nullptr;
};

}  // namespace frontdesk::text
