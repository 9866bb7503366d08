#include "text/stem.h"

#include <libstemmer.h>

#include <map>

namespace frontdesk::text {

Stemmer& Stemmer::For(std::string_view language) {
  thread_local std::map<std::string, std::unique_ptr<Stemmer>, std::less<>> stemmers;
  const std::string_view code = language.substr(0, 2);
  auto found = stemmers.find(code);
  if (found == stemmers.end()) {
    found = stemmers.emplace(std::string(code), std::make_unique<Stemmer>(code)).first;
  }
  return *found->second;
}

Stemmer::Stemmer(std::string_view language)
    : stemmer_(sb_stemmer_new(std::string(language.substr(0, 2)).c_str(), "UTF_8")) {}

Stemmer::~Stemmer() {
  if (stemmer_ != nullptr) sb_stemmer_delete(stemmer_);
}

std::string_view Stemmer::Stem(std::string_view word) {
  constexpr size_t kLongestWord = 64;  // longer strings are codes and links, not words
  if (stemmer_ == nullptr || word.empty() || word.size() > kLongestWord) return word;
  const sb_symbol* stem = sb_stemmer_stem(stemmer_, reinterpret_cast<const sb_symbol*>(word.data()),
                                          static_cast<int>(word.size()));
  if (stem == nullptr) return word;
  return {reinterpret_cast<const char*>(stem), static_cast<size_t>(sb_stemmer_length(stemmer_))};
}

}  // namespace frontdesk::text
