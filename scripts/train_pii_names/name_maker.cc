#include "scripts/train_pii_names/name_maker.h"

#include <algorithm>

#include "tools/pii/names/word_lists.h"

namespace frontdesk::tools {
namespace {

std::vector<std::string> Split(std::string_view words) {
  std::vector<std::string> result;
  for (std::size_t at = 0; at < words.size();) {
    const std::size_t end = std::min(words.find(' ', at), words.size());
    result.emplace_back(words.substr(at, end - at));
    at = end + 1;
  }
  return result;
}

std::string Capitalised(std::string word) {
  bool start = true;
  for (char& c : word) {
    if (start && c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    start = c == '\'' || c == '-';
  }
  return word;
}

}  // namespace

NameMaker::NameMaker(std::uint64_t seed)
    : random_(seed), given_(Split(GivenNames())), surnames_(Split(Surnames())) {}

std::string NameMaker::Name() {
  const std::string given = Capitalised(random_.Of(given_));
  const std::string surname =
      random_.Below(8) == 0 ? UnknownSurname() : Capitalised(random_.Of(surnames_));
  const auto initial = [&] { return std::string(1, static_cast<char>('A' + random_.Below(26))); };
  switch (random_.Below(14)) {
    case 0:
    case 1:
    case 2:
      return given;
    case 3:
      return given + " " + initial() + ". " + surname;
    case 4:
      return surname + ", " + given;
    case 5: {
      constexpr const char* kParticles[] = {"van", "de", "von", "van der", "da", "El", "di"};
      return given + " " + random_.Of(kParticles) + " " + surname;
    }
    case 6:
      return given + "-" + Capitalised(random_.Of(given_)) + " " + surname;
    case 7:
      return initial() + ". " + initial() + ". " + surname;
    case 8:
      return initial() + ". " + surname;
    default:
      return given + " " + surname;
  }
}

// A name that no list has.
std::string NameMaker::UnknownSurname() {
  constexpr const char* kStarts[] = {"Bel", "Kar", "Whit", "Oz",  "Thorn", "Mal", "Dra",
                                     "Ash", "Fen", "Nko",  "Sza", "Quil",  "Ver", "Tam",
                                     "Hol", "Ebi", "Ost",  "Lun", "Rav",   "Jar"};
  constexpr const char* kMiddles[] = {"", "", "a", "en", "o", "il", "er", "u", "an", "i"};
  constexpr const char* kEnds[] = {"ford", "ska",  "nen",  "dis", "son",  "vich", "mere",
                                   "kwe",  "ulu",  "berg", "rez", "tani", "wick", "ley",
                                   "hara", "oglu", "mann", "iak", "ero",  "shi"};
  return std::string(random_.Of(kStarts)) + random_.Of(kMiddles) + random_.Of(kEnds);
}

std::string NameMaker::Digits(std::size_t n) {
  std::string digits(1, static_cast<char>('1' + random_.Below(9)));
  while (digits.size() < n) digits += static_cast<char>('0' + random_.Below(10));
  return digits;
}

std::string NameMaker::HouseNumber() { return Digits(1 + random_.Below(4)); }

std::string NameMaker::StreetName() {
  constexpr const char* kWords[] = {
      "Maple",  "Oak",      "Church", "Station", "Mill",   "High",       "Park", "Green",
      "Cedar",  "Victoria", "King",   "Queen",   "North",  "Elm",        "Lake", "River",
      "Castle", "Bridge",   "School", "Garden",  "Sunset", "Washington", "Abbey"};
  return random_.Below(3) == 0 ? Capitalised(random_.Of(surnames_)) : random_.Of(kWords);
}

std::string NameMaker::City() {
  constexpr const char* kCities[] = {
      "Springfield", "Dublin",   "Leeds",    "Berlin", "Lyon",     "Madrid",  "Porto",  "Galway",
      "Denver",      "Portland", "Toronto",  "Perth",  "Utrecht",  "Bologna", "Brno",   "Malmö",
      "Aarhus",      "Graz",     "Mumbai",   "Cork",   "Limerick", "Bath",    "Ottawa", "Köln",
      "Nantes",      "Sevilla",  "Curitiba", "Turin",  "Riverside"};
  return random_.Of(kCities);
}

std::string NameMaker::Address() {
  constexpr const char* kEnglish[] = {"Street",  "St",        "Road", "Rd",    "Avenue", "Ave",
                                      "Lane",    "Drive",     "Dr",   "Close", "Court",  "Way",
                                      "Terrace", "Boulevard", "Blvd", "Place", "Park"};
  constexpr const char* kStates[] = {"CA", "NY", "TX", "IL",  "OR", "WA",
                                     "OH", "CO", "ON", "NSW", "WA", "MA"};
  constexpr const char* kFrench[] = {"rue de la République", "avenue Jean Jaurès",
                                     "rue du Moulin",        "boulevard Voltaire",
                                     "chemin des Vignes",    "place de la Mairie"};
  constexpr const char* kGerman[] = {"Bahnhofstraße", "Lindenweg",     "Schillerstr.",
                                     "Goethestrasse", "Am Markt",      "Kirchgasse",
                                     "Rosenallee",    "Berliner Platz"};
  constexpr const char* kDutch[] = {"Herengracht", "Dorpsstraat", "Kerkstraat", "Julianalaan",
                                    "Stationsplein"};
  constexpr const char* kSpanish[] = {"Calle del Sol", "Avenida de América", "Calle Serrano",
                                      "Paseo del Prado"};
  constexpr const char* kItalian[] = {"Via Garibaldi", "Corso Vittorio Emanuele",
                                      "Viale dei Mille", "Piazza Dante"};
  constexpr const char* kPortuguese[] = {"Rua Augusta", "Avenida Paulista", "Rua do Ouro",
                                         "Travessa do Carmo"};
  const std::string post = Digits(5);
  const std::string joint = random_.Below(4) == 0 ? "\n" : ", ";
  switch (random_.Below(13)) {
    case 0:
    case 1:
    case 2:
      return HouseNumber() + " " + StreetName() + " " + random_.Of(kEnglish) + joint + City() + ", " +
             random_.Of(kStates) + " " + post;
    case 3:
      return HouseNumber() + " " + StreetName() + " " + random_.Of(kEnglish) + " Apt " + HouseNumber() +
             joint + City() + " " + random_.Of(kStates) + " " + post;
    case 4:
      return HouseNumber() + " " + StreetName() + " " + random_.Of(kEnglish) + joint + City() + " " +
             Postcode();
    case 5:
      return "Flat " + Digits(1) + ", " + HouseNumber() + " " + StreetName() + " " +
             random_.Of(kEnglish) + ", " + City();
    case 6:
      return HouseNumber() + " " + random_.Of(kFrench) + joint + post + " " + City();
    case 7:
      return std::string(random_.Of(kGerman)) + " " + Digits(2) + joint + post + " " + City();
    case 8:
      return std::string(random_.Of(kDutch)) + " " + Digits(3) + joint + Digits(4) + " GH " +
             City();
    case 9:
      return std::string(random_.Of(kSpanish)) + ", " + Digits(2) + joint + post + " " + City();
    case 10:
      return std::string(random_.Of(kItalian)) + " " + Digits(2) + joint + post + " " + City();
    case 11:
      return std::string(random_.Of(kPortuguese)) + ", " + Digits(3) + joint + City();
    default:
      return HouseNumber() + " " + StreetName() + " " + random_.Of(kEnglish);
  }
}

std::string NameMaker::Postcode() {
  constexpr const char* kCodes[] = {"LS6 3QB", "M14 5TL", "EH3 9DR", "D08 K7X2",
                                    "BT9 6AA", "K1N 8S7", "SE15 4QL"};
  return random_.Of(kCodes);
}

Labelled NameMaker::Fill(std::string_view pattern) {
  Labelled row;
  row.source = "made";
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '{' || i + 2 >= pattern.size() || pattern[i + 2] != '}') {
      row.text += pattern[i];
      continue;
    }
    const char what = pattern[i + 1];
    const std::string value = what == 'N'   ? Name()
                              : what == 'S' ? Capitalised(random_.Of(surnames_))
                              : what == 'A' ? Address()
                                            : City();
    const int kind = what == 'A' ? 1 : what == 'C' ? 2 : 0;
    row.spans.push_back({row.text.size(), row.text.size() + value.size(), kind});
    row.text += value;
    i += 2;
  }
  return row;
}

}  // namespace frontdesk::tools
