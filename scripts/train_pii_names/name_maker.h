// Names and addresses that nobody has, made of public word lists.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scripts/train_pii_names/labelled_text.h"
#include "scripts/train_pii_names/random.h"

namespace frontdesk::tools {

// The same seed and the same calls give the same names. Not thread-safe.
class NameMaker {
 public:
  explicit NameMaker(std::uint64_t seed);

  // A person: given name, surname or both, in one of the usual orders; one surname in
  // eight is on no list.
  std::string Name();

  // An address of one or two lines in the manner of one of eight countries.
  std::string Address();

  // The pattern with {N}, {S}, {A}, {C} replaced by a name, a surname, an address, a city,
  // each marked.
  Labelled Fill(std::string_view pattern);

  Random& random() { return random_; }

 private:
  std::string UnknownSurname();
  std::string Digits(std::size_t n);
  std::string HouseNumber();
  std::string StreetName();
  std::string City();
  std::string Postcode();

  Random random_;
  std::vector<std::string> given_, surnames_;
};

}  // namespace frontdesk::tools
