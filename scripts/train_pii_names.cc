// Trains the name tagger of tools/pii/names and writes its weights.
//
//   train_pii_names LABELLED.jsonl OUT.bin      trains on everything, writes OUT.bin
//   train_pii_names LABELLED.jsonl --folds 5    prints out-of-fold scores, writes nothing
//   train_pii_names LABELLED.jsonl --leave-one-source-out
//
// LABELLED.jsonl: lines {"text","spans":[{"start","end","type"}],"source"}, offsets in
// code points. Besides these lines it learns from sentences made here out of the word
// lists of names/word_lists.cc. No text of the data gets into the weights: they are
// 8-bit numbers under 15-bit hashes of features (docs/redaction.md).
// Deterministic: the same input gives the same bytes.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <unordered_map>
#include <vector>

#include "tools/pii/names/name_tokens.h"
#include "tools/pii/names/tagger.h"
#include "tools/pii/names/word_lists.h"

namespace frontdesk::tools {
namespace {

constexpr int kEpochs = 4;
constexpr int kCopies = 3;  // differently augmented copies of the rows to learn from

class Random {  // xorshift
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 2654435769u + 88172645463325252ull) {}
  std::uint64_t Next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    return state_ ^= state_ << 17;
  }
  std::size_t Below(std::size_t n) { return (Next() >> 11) % n; }
  template <class List>
  auto& Of(List& list) {
    return list[Below(std::size(list))];
  }

 private:
  std::uint64_t state_;
};

struct Labelled {
  std::string text;
  struct Span {
    std::size_t begin, end;  // bytes
    int kind;                // 0 person, 1 address, 2 place, 3 company
  };
  std::vector<Span> spans;
  std::string source;
};

int KindOf(const std::string& type) {
  if (type == "PERSON") return 0;
  if (type == "ADDRESS") return 1;
  if (type == "LOCATION") return 2;
  if (type == "ORGANIZATION") return 3;
  return -1;
}

std::vector<Labelled> ReadLabelled(const std::string& path) {
  std::ifstream file(path);
  std::vector<Labelled> rows;
  for (std::string line; std::getline(file, line);) {
    const auto json = nlohmann::json::parse(line, nullptr, false);
    if (!json.is_object()) continue;
    Labelled row;
    row.text = json.value("text", "");
    row.source = json.value("source", "");
    std::vector<std::size_t> offsets;
    for (std::size_t i = 0; i < row.text.size(); ++i) {
      if ((row.text[i] & 0xC0) != 0x80) offsets.push_back(i);
    }
    offsets.push_back(row.text.size());
    for (const auto& span : json["spans"]) {
      const int kind = KindOf(span.value("type", ""));
      const std::size_t begin = span.value("start", 0), end = span.value("end", 0);
      if (kind >= 0 && begin < end && end < offsets.size()) {
        row.spans.push_back({offsets[begin], offsets[end], kind});
      }
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

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

// Sentences of our own making with names and addresses put in.
class Maker {
 public:
  explicit Maker(std::uint64_t seed)
      : random_(seed), given_(Split(GivenNames())), surnames_(Split(Surnames())) {}

  std::string Name() {
    const std::string given = Capitalised(random_.Of(given_));
    const std::string surname =
        random_.Below(8) == 0 ? Unknown() : Capitalised(random_.Of(surnames_));
    const auto initial = [&] { return std::string(1, static_cast<char>('A' + random_.Below(26))); };
    switch (random_.Below(14)) {
      case 0:
      case 1:
      case 2:
        return given;
      case 3:
        return given + " " + std::string(1, static_cast<char>('A' + random_.Below(26))) + ". " +
               surname;
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
  std::string Unknown() {
    constexpr const char* kStarts[] = {"Bel", "Kar", "Whit", "Oz",  "Thorn", "Mal", "Dra",
                                       "Ash", "Fen", "Nko",  "Sza", "Quil",  "Ver", "Tam",
                                       "Hol", "Ebi", "Ost",  "Lun", "Rav",   "Jar"};
    constexpr const char* kMiddles[] = {"", "", "a", "en", "o", "il", "er", "u", "an", "i"};
    constexpr const char* kEnds[] = {"ford", "ska",  "nen",  "dis", "son",  "vich", "mere",
                                     "kwe",  "ulu",  "berg", "rez", "tani", "wick", "ley",
                                     "hara", "oglu", "mann", "iak", "ero",  "shi"};
    return std::string(random_.Of(kStarts)) + random_.Of(kMiddles) + random_.Of(kEnds);
  }

  std::string Digits(std::size_t n) {
    std::string digits(1, static_cast<char>('1' + random_.Below(9)));
    while (digits.size() < n) digits += static_cast<char>('0' + random_.Below(10));
    return digits;
  }

  std::string Number() { return Digits(1 + random_.Below(4)); }

  std::string StreetName() {
    constexpr const char* kWords[] = {
        "Maple",  "Oak",      "Church", "Station", "Mill",   "High",       "Park", "Green",
        "Cedar",  "Victoria", "King",   "Queen",   "North",  "Elm",        "Lake", "River",
        "Castle", "Bridge",   "School", "Garden",  "Sunset", "Washington", "Abbey"};
    return random_.Below(3) == 0 ? Capitalised(random_.Of(surnames_)) : random_.Of(kWords);
  }

  std::string City() {
    constexpr const char* kCities[] = {
        "Springfield", "Dublin",   "Leeds",    "Berlin", "Lyon",     "Madrid",  "Porto",  "Galway",
        "Denver",      "Portland", "Toronto",  "Perth",  "Utrecht",  "Bologna", "Brno",   "Malmö",
        "Aarhus",      "Graz",     "Mumbai",   "Cork",   "Limerick", "Bath",    "Ottawa", "Köln",
        "Nantes",      "Sevilla",  "Curitiba", "Turin",  "Riverside"};
    return random_.Of(kCities);
  }

  std::string Address() {
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
        return Number() + " " + StreetName() + " " + random_.Of(kEnglish) + joint + City() + ", " +
               random_.Of(kStates) + " " + post;
      case 3:
        return Number() + " " + StreetName() + " " + random_.Of(kEnglish) + " Apt " + Number() +
               joint + City() + " " + random_.Of(kStates) + " " + post;
      case 4:
        return Number() + " " + StreetName() + " " + random_.Of(kEnglish) + joint + City() + " " +
               Postcode();
      case 5:
        return "Flat " + Digits(1) + ", " + Number() + " " + StreetName() + " " +
               random_.Of(kEnglish) + ", " + City();
      case 6:
        return Number() + " " + random_.Of(kFrench) + joint + post + " " + City();
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
        return Number() + " " + StreetName() + " " + random_.Of(kEnglish);
    }
  }

  std::string Postcode() {
    constexpr const char* kCodes[] = {"LS6 3QB", "M14 5TL", "EH3 9DR", "D08 K7X2",
                                      "BT9 6AA", "K1N 8S7", "SE15 4QL"};
    return random_.Of(kCodes);
  }

  // A template's {N}, {S}, {A}, {C} become a name, a surname, an address, a city.
  Labelled Fill(std::string_view pattern) {
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

  Random& random() { return random_; }

 private:
  Random random_;
  std::vector<std::string> given_, surnames_;
};

constexpr const char* kNamed[] = {"my name is {N}",
                                  "hi there, its {N}",
                                  "it's {N} again",
                                  "this is {N} from last week",
                                  "{N} here, any update?",
                                  "Hello I'm {N} and my order is late",
                                  "i am {N}",
                                  "the order is under {N}",
                                  "parcel for {N} please",
                                  "can you ask {N} to ring me",
                                  "I spoke with {N} yesterday about it",
                                  "change the name on the account to {N}",
                                  "my wife {N} placed the order",
                                  "my husband {N} has the receipt",
                                  "my son {N} wants a refund",
                                  "Regards,\n{N}",
                                  "thanks\n{N}",
                                  "Best wishes, {N}",
                                  "kind regards {N}",
                                  "name: {N}",
                                  "Full name - {N}",
                                  "customer: {N}",
                                  "| {N} |",
                                  "Dear {N},",
                                  "hey {N}, thanks for that",
                                  "Mr. {S} called",
                                  "Mrs {S} is waiting",
                                  "Dr. {S} ordered gloves",
                                  "ms {S} will pick it up",
                                  "Ich heiße {N}",
                                  "Mein Name ist {N}",
                                  "mein name: {N}",
                                  "Herr {S} hat bestellt",
                                  "Frau {S} wartet",
                                  "je m'appelle {N}",
                                  "mon nom est {N}",
                                  "Madame {S} attend",
                                  "me llamo {N}",
                                  "mi nombre es {N}",
                                  "mi chiamo {N}",
                                  "ik heet {N}",
                                  "mijn naam is {N}",
                                  "o meu nome é {N}",
                                  "sou a {N}",
                                  "jag heter {N}",
                                  "{N}'s parcel never came",
                                  "the gift is from {N} to {N}",
                                  "{N} and {N} both ordered",
                                  "agent: hello {N}",
                                  "it was signed for by {N}",
                                  "who is {N}?",
                                  "cardholder {N}",
                                  "NAME: {N}",
                                  "recipient {N}, leave at door",
                                  "we are {N} and {N}",
                                  "{N} lives in {C}",
                                  "call {N} on arrival",
                                  "not {N}, the other one",
                                  "you may call me {N}",
                                  "order placed by {N} in {C}",
                                  "i'm not {N} please remove that name",
                                  "{N} told me it ships from {C}"};

constexpr const char* kAddressed[] = {"ship it to {A} please",
                                      "i live at {A}",
                                      "new address: {A}",
                                      "my address is {A}",
                                      "deliver to {A} instead",
                                      "we moved to {A}",
                                      "im at {A} btw",
                                      "{A}",
                                      "Lieferadresse: {A}",
                                      "nieuw adres: {A}",
                                      "mi dirección es {A}",
                                      "j'habite {A}",
                                      "abito in {A}",
                                      "billing address {A}",
                                      "send to:\n{A}\nthanks",
                                      "from {A} to {A}",
                                      "address on file is {A}, right?",
                                      "the shop at {A} was closed",
                                      "please collect from {A}",
                                      "moro na {A}",
                                      "{N}\n{A}",
                                      "name: {N}\naddress: {A}",
                                      "deliver to {N}, {A}",
                                      "wohne in der {A}",
                                      "it went to {A} by mistake"};

// Sentences of a shop without names, full of words that look like some.
constexpr const char* kPlain[] = {"where is my order",
                                  "Where Is My Order",
                                  "WHERE IS MY PARCEL",
                                  "I want to return the Alpine jacket in Forest Green",
                                  "Will it arrive in May or June?",
                                  "can i pay with Apple Pay or Klarna",
                                  "the Summer Sale ends on Sunday",
                                  "do you ship to Canada and Mexico",
                                  "is the Berlin backpack waterproof",
                                  "mark it as delivered",
                                  "please bill me in March",
                                  "Grace period for returns?",
                                  "I hope the Rose gold one is in stock",
                                  "the drawstring of my Hunter boots broke",
                                  "Order 48213 has not shipped",
                                  "order #5521 and order #5522",
                                  "SKU 440-221 is missing",
                                  "tracking says Memphis",
                                  "your Terms and Conditions say 30 days",
                                  "Customer Service told me to wait",
                                  "Dear Customer Care team",
                                  "Hello Pip, can you help?",
                                  "hi there",
                                  "Good morning",
                                  "Thanks a lot",
                                  "Best regards",
                                  "Many thanks",
                                  "Cheers",
                                  "How do I reset my password?",
                                  "the zip is broken",
                                  "my account is locked",
                                  "cancel my subscription please",
                                  "I ordered 2 tents and 3 lamps",
                                  "it costs 49.90 EUR",
                                  "open from 9 to 5 on Monday",
                                  "Black Friday deals?",
                                  "Merry Christmas to the team",
                                  "the Victoria lamp is too dim",
                                  "size 12 is too small",
                                  "is Model X200 compatible",
                                  "the app crashed on Android 14",
                                  "my iPhone will not pair with it",
                                  "version 2.4 of the app",
                                  "DHL lost my package",
                                  "FedEx says it was delivered",
                                  "Royal Mail left a card",
                                  "UPS tracking is stuck",
                                  "PayPal refused the payment",
                                  "Visa or Mastercard only?",
                                  "I need an invoice for tax",
                                  "the VAT is wrong",
                                  "refund to my bank account",
                                  "The manual is in French",
                                  "do you speak German or Spanish",
                                  "an Italian leather wallet",
                                  "Swiss army knife 12 in 1",
                                  "the Oxford shirt in blue",
                                  "a Chelsea boot in size 40",
                                  "Paris collection looks great",
                                  "Jordan sneakers restock?",
                                  "the lake print is faded",
                                  "King size duvet",
                                  "queen bed sheets",
                                  "the Prince edition racket",
                                  "white t-shirt, black jeans",
                                  "wo ist meine Bestellung",
                                  "Ich möchte die Jacke zurückgeben",
                                  "Guten Tag, meine Lieferung fehlt",
                                  "Vielen Dank",
                                  "où est ma commande",
                                  "Bonjour, je veux un remboursement",
                                  "dónde está mi pedido",
                                  "Buenos días",
                                  "waar is mijn bestelling",
                                  "dov'è il mio ordine",
                                  "onde está o meu pedido",
                                  "Can I Change The Delivery Date",
                                  "What Is Your Return Policy",
                                  "Street style hoodie",
                                  "the road bike has a flat tyre",
                                  "park bench kit",
                                  "court shoes in 7",
                                  "drive belt for mower",
                                  "5 star service",
                                  "100% cotton",
                                  "12 month warranty",
                                  "24 hour delivery",
                                  "3 for 2 offer",
                                  "1200 watt kettle",
                                  "No one called me back",
                                  "You said Tuesday",
                                  "I am very upset",
                                  "im still waiting",
                                  "its broken",
                                  "im so angry",
                                  "this is ridiculous",
                                  "this is the third time",
                                  "it is damaged",
                                  "I'm Looking for a tent",
                                  "i am a member",
                                  "my name is on the receipt",
                                  "the name on the box was wrong",
                                  "is this a real person",
                                  "are you a robot",
                                  "Speak to a human",
                                  "agent please",
                                  "Manager now",
                                  "from the website",
                                  "thanks again",
                                  "thanks, that works",
                                  "regards the refund, any news?",
                                  "call me tomorrow",
                                  "dear all",
                                  "hello again",
                                  "hey again",
                                  "yes please",
                                  "no thanks",
                                  "in January we ordered two",
                                  "until August 3",
                                  "On Wednesday",
                                  "the Easter bunny set",
                                  "Article 12 of the policy",
                                  "Larkfield Outfitters gift card",
                                  "Jack Wolfskin tents",
                                  "Marks and Spencer gift box",
                                  "Johnson's baby oil",
                                  "Ben & Jerry's tub",
                                  "Dr. Martens boots",
                                  "Levi's 501",
                                  "Calvin Klein belt",
                                  "Hugo Boss wallet",
                                  "Ralph Lauren polo",
                                  "Louis Vuitton style bag",
                                  "Tommy Hilfiger socks",
                                  "Mercedes parts",
                                  "Harley gloves",
                                  "a Stanley flask",
                                  "Thomas train set",
                                  "Hope this helps",
                                  "Hope to hear from you soon",
                                  "Hope you had a nice weekend",
                                  "hope that is ok",
                                  "Mark it as urgent",
                                  "Bill it to the old card",
                                  "Will you refund me",
                                  "Will that be all",
                                  "May I ask a question",
                                  "May is too late for us",
                                  "Grace days are over",
                                  "Faith in your brand is gone",
                                  "Joy of giving set",
                                  "Rose petals and candles",
                                  "Lily of the valley soap",
                                  "Iris bulbs arrived dry",
                                  "Daisy print dress",
                                  "Violet and Ruby nail polish",
                                  "Amber glass jar",
                                  "Pearl earrings set",
                                  "Ivy trellis",
                                  "Summer dresses and Autumn coats",
                                  "Florence mugs",
                                  "the Georgia rug",
                                  "Sienna and Savannah chairs",
                                  "Virginia is warm in spring",
                                  "Austin to Dallas delivery?",
                                  "Paris is lovely",
                                  "London and Paris stores",
                                  "Chase the courier",
                                  "Hunter green or Navy",
                                  "Frank feedback: it is bad",
                                  "Rich colour, poor zip",
                                  "Drew the short straw",
                                  "Art prints and frames",
                                  "Miles per charge?",
                                  "Guy ropes missing",
                                  "Jack plug broken",
                                  "Penny back on the total",
                                  "Rob me blind why don't you",
                                  "20 square metres of fabric",
                                  "8 square cushions",
                                  "room 12 floor 3",
                                  "aisle 4",
                                  "page 12 of the guide",
                                  "40 x 60 cm frame",
                                  "900 sq m of turf",
                                  "number 48 in the queue",
                                  "order 77120",
                                  "order number 48001 please",
                                  "the 48001 order",
                                  "order 51234 is late",
                                  "orders 40112 and 40113",
                                  "my order is 48213",
                                  "it is 48213",
                                  "order no 4821 from 12 March",
                                  "return 4 items",
                                  "invoice 20417",
                                  "ticket 5521 is open",
                                  "my zip code is 90210",
                                  "postcode please",
                                  "in 75002",
                                  "lost in Memphis",
                                  "the Dublin store is closed",
                                  "{\"ok\":true,\"id\":48213}",
                                  "status: false",
                                  "error=null",
                                  "<br/> line two",
                                  "size=XL&colour=red",
                                  "ID 5521",
                                  "VAT ID missing",
                                  "U.K. delivery",
                                  "E.U. stock only",
                                  "vs. the old one",
                                  "NIF please",
                                  "Mr or Mrs?",
                                  "PIN please",
                                  "SMS me",
                                  "PDF please"};

std::vector<Labelled> MadeRows(std::uint64_t seed, int rounds) {
  Maker maker(seed);
  std::vector<Labelled> rows;
  for (int round = 0; round < rounds; ++round) {
    for (const char* pattern : kNamed) rows.push_back(maker.Fill(pattern));
    for (const char* pattern : kAddressed) rows.push_back(maker.Fill(pattern));
    for (const char* pattern : kPlain) {
      if (round < 5) rows.push_back(maker.Fill(pattern));
    }
  }
  return rows;
}

std::string LowerAscii(std::string text) {
  for (char& c : text) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return text;
}
std::string UpperAscii(std::string text) {
  for (char& c : text) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
  return text;
}

// A copy with other persons in it, so that names are learnt less than their places.
Labelled WithOtherNames(const Labelled& row, Maker& maker) {
  Labelled copy;
  copy.source = row.source;
  std::vector<Labelled::Span> spans = row.spans;
  std::sort(spans.begin(), spans.end(),
            [](const auto& a, const auto& b) { return a.begin < b.begin; });
  std::size_t done = 0;
  for (const auto& span : spans) {
    if (span.begin < done) continue;
    copy.text += row.text.substr(done, span.begin - done);
    const std::string old = row.text.substr(span.begin, span.end - span.begin);
    std::string value = old;
    if (span.kind == 0) {
      value = maker.Name();
      if (old.find(' ') == std::string::npos) value = value.substr(0, value.find_first_of(" ,"));
    }
    copy.spans.push_back({copy.text.size(), copy.text.size() + value.size(), span.kind});
    copy.text += value;
    done = span.end;
  }
  copy.text += row.text.substr(done);
  return copy;
}

// The rows to learn from: as they are, in lower case, some in capitals, some renamed.
std::vector<Labelled> Augmented(const std::vector<Labelled>& rows, std::uint64_t seed) {
  Maker maker(seed);
  std::vector<Labelled> all = rows;
  for (const Labelled& row : rows) all.push_back(WithOtherNames(row, maker));
  for (Labelled& row : MadeRows(seed + 1, 8)) all.push_back(std::move(row));
  const std::size_t count = all.size();
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t pick = maker.random().Below(8);
    if (pick > 3) continue;
    Labelled copy = all[i];
    copy.text = pick == 3 ? UpperAscii(copy.text) : LowerAscii(copy.text);
    all.push_back(std::move(copy));
  }
  return all;
}

struct Sentence {
  std::vector<std::vector<std::uint32_t>> features;  // ids by token
  std::vector<int> tags;
};

std::vector<int> GoldTags(const Labelled& row, const std::vector<NameToken>& tokens) {
  std::vector<int> tags(tokens.size());
  for (const auto& span : row.spans) {
    bool first = true;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      if (tokens[i].end <= span.begin || tokens[i].begin >= span.end) continue;
      tags[i] = 1 + 2 * span.kind + (first ? 0 : 1);
      first = false;
    }
  }
  return tags;
}

using Emission = std::array<std::int32_t, kNameTags>;
using Transition = std::array<Emission, kNameTags + 1>;

class Perceptron {
 public:
  void Add(const Labelled& row) {
    const std::vector<NameToken> tokens = NameTokens(row.text);
    if (tokens.empty()) return;
    Sentence sentence;
    sentence.tags = GoldTags(row, tokens);
    std::vector<std::uint64_t> features;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      features.clear();
      NameFeatures(tokens, i, features);
      auto& ids = sentence.features.emplace_back();
      for (const std::uint64_t feature : features) {
        const auto [place, added] =
            id_of_.emplace(feature, static_cast<std::uint32_t>(features_.size()));
        if (added) features_.push_back(feature);
        ids.push_back(place->second);
      }
    }
    sentences_.push_back(std::move(sentence));
  }

  void Train(std::uint64_t seed) {
    weight_.assign(features_.size(), {});
    total_.assign(features_.size(), {});
    Random random(seed);
    for (int epoch = 0; epoch < kEpochs; ++epoch) {
      for (std::size_t i = sentences_.size(); i > 1; --i)
        std::swap(sentences_[i - 1], sentences_[random.Below(i)]);
      for (const Sentence& sentence : sentences_) Step(sentence);
    }
  }

  // Averaged weights, scaled to 8 bits, the largest features first into the table.
  NameWeights Pack() const {
    struct Entry {
      std::uint64_t feature;
      std::array<double, kNameTags> weight;
      double size;
    };
    std::vector<Entry> entries;
    const auto average = [&](std::int64_t now, std::int64_t total) {
      return static_cast<double>(now) - static_cast<double>(total) / static_cast<double>(step_);
    };
    for (std::size_t f = 0; f < features_.size(); ++f) {
      Entry entry = {features_[f], {}, 0};
      for (int t = 0; t < kNameTags; ++t) {
        entry.weight[t] = average(weight_[f][t], total_[f][t]);
        entry.size = std::max(entry.size, std::fabs(entry.weight[t]));
      }
      entries.push_back(entry);
    }
    std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
      return a.size != b.size ? a.size > b.size : a.feature < b.feature;
    });
    const double scale =
        127.0 / std::max(1e-9, entries[std::min<std::size_t>(entries.size() - 1, 200)].size);
    const auto clip = [&](double w, double limit) {
      return std::clamp(std::nearbyint(w * scale), -limit, limit);
    };
    NameWeights packed;
    for (int f = 0; f <= kNameTags; ++f) {
      for (int t = 0; t < kNameTags; ++t) {
        packed.transition[f][t] = static_cast<std::int16_t>(
            clip(average(transition_[f][t], transition_total_[f][t]), 32767));
      }
    }
    const std::size_t most = packed.slots.size() * 7 / 8;
    std::size_t used = 0;
    for (const Entry& entry : entries) {
      if (used >= most || entry.size * scale < 0.75) break;
      for (int probe = 0; probe < NameWeights::kProbes; ++probe) {
        NameWeights::Slot& slot = packed.slots[(entry.feature + static_cast<std::size_t>(probe)) &
                                               (packed.slots.size() - 1)];
        if (slot.check != 0) continue;
        slot.check = static_cast<std::uint16_t>(entry.feature >> 48 | 1);
        for (int t = 0; t < kNameTags; ++t)
          slot.weight[t] = static_cast<std::int8_t>(clip(entry.weight[t], 127));
        ++used;
        break;
      }
    }
    std::fprintf(stderr, "%zu features, %zu kept\n", features_.size(), used);
    return packed;
  }

 private:
  void Step(const Sentence& sentence) {
    ++step_;
    std::vector<Emission> emission(sentence.tags.size());
    for (std::size_t i = 0; i < emission.size(); ++i) {
      for (const std::uint32_t f : sentence.features[i]) {
        for (int t = 0; t < kNameTags; ++t) emission[i][t] += weight_[f][t];
      }
    }
    const std::vector<NameTag> guess = BestTags(emission, transition_);
    for (std::size_t i = 0; i < guess.size(); ++i) {
      const int is = sentence.tags[i], said = static_cast<int>(guess[i]);
      const int is_from = i == 0 ? kNameTags : sentence.tags[i - 1];
      const int said_from = i == 0 ? kNameTags : static_cast<int>(guess[i - 1]);
      if (is != said) {
        for (const std::uint32_t f : sentence.features[i]) {
          Change(weight_[f][is], total_[f][is], 1);
          Change(weight_[f][said], total_[f][said], -1);
        }
      }
      if (is != said || is_from != said_from) {
        Change(transition_[is_from][is], transition_total_[is_from][is], 1);
        Change(transition_[said_from][said], transition_total_[said_from][said], -1);
      }
    }
  }

  void Change(std::int32_t& weight, std::int64_t& total, int by) {
    weight += by;
    total += step_ * by;
  }

  std::unordered_map<std::uint64_t, std::uint32_t> id_of_;
  std::vector<std::uint64_t> features_;
  std::vector<Sentence> sentences_;
  std::vector<Emission> weight_;
  std::vector<std::array<std::int64_t, kNameTags>> total_;
  Transition transition_{};
  std::array<std::array<std::int64_t, kNameTags>, kNameTags + 1> transition_total_{};
  std::int64_t step_ = 0;
};

NameWeights TrainOn(const std::vector<Labelled>& rows, std::uint64_t seed) {
  Perceptron perceptron;
  for (int copy = 0; copy < kCopies; ++copy) {
    for (const Labelled& row : Augmented(rows, seed + 100 * copy)) perceptron.Add(row);
  }
  perceptron.Train(seed);
  return perceptron.Pack();
}

struct Count {
  int gold = 0, said = 0, right = 0;
};

// Counts spans that overlap a gold span of their kind by half of the union.
void CountSpans(const Labelled& row, const NameWeights& weights, std::array<Count, 4>& counts) {
  const std::vector<NameToken> tokens = NameTokens(row.text);
  const std::vector<NameTag> tags = TagNames(tokens, weights);
  std::vector<Labelled::Span> said;
  for (std::size_t i = 0; i < tags.size(); ++i) {
    const int tag = static_cast<int>(tags[i]);
    if (tag == 0) continue;
    if (tag % 2 == 1 || said.empty())
      said.push_back({tokens[i].begin, tokens[i].end, (tag - 1) / 2});
    said.back().end = tokens[i].end;
  }
  for (const auto& span : row.spans) ++counts[span.kind].gold;
  for (const auto& span : said) {
    ++counts[span.kind].said;
    for (const auto& gold : row.spans) {
      const double both = static_cast<double>(std::min(span.end, gold.end)) -
                          static_cast<double>(std::max(span.begin, gold.begin));
      const double either = static_cast<double>(std::max(span.end, gold.end)) -
                            static_cast<double>(std::min(span.begin, gold.begin));
      if (gold.kind == span.kind && both / either >= 0.5) {
        ++counts[span.kind].right;
        break;
      }
    }
  }
}

void Print(const std::string& title, const std::array<Count, 4>& counts) {
  constexpr const char* kNames[] = {"PERSON", "ADDRESS", "LOCATION", "ORGANIZATION"};
  std::printf("%s\n", title.c_str());
  for (int k = 0; k < 4; ++k) {
    const auto [gold, said, right] = counts[k];
    const double p = said > 0 ? double(right) / said : 1, r = gold > 0 ? double(right) / gold : 1;
    std::printf("  %-13s gold %5d  precision %.3f  recall %.3f  f1 %.3f\n", kNames[k], gold, p, r,
                p + r > 0 ? 2 * p * r / (p + r) : 0);
  }
}

void Folds(const std::vector<Labelled>& rows, int folds) {
  std::array<Count, 4> all{};
  std::map<std::string, std::array<Count, 4>> by_source;
  for (int fold = 0; fold < folds; ++fold) {
    std::vector<Labelled> train;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (static_cast<int>(i % folds) != fold) train.push_back(rows[i]);
    }
    const NameWeights weights = TrainOn(train, 11 + fold);
    for (std::size_t i = fold; i < rows.size(); i += folds) {
      CountSpans(rows[i], weights, all);
      CountSpans(rows[i], weights, by_source[rows[i].source]);
    }
  }
  for (const auto& [source, counts] : by_source) Print(source + ", out of fold", counts);
  Print("out of fold", all);
}

void LeaveOneSourceOut(const std::vector<Labelled>& rows) {
  std::map<std::string, int> sources;
  for (const Labelled& row : rows) ++sources[row.source];
  for (const auto& [source, count] : sources) {
    std::vector<Labelled> train;
    for (const Labelled& row : rows) {
      if (row.source != source) train.push_back(row);
    }
    const NameWeights weights = TrainOn(train, 5);
    std::array<Count, 4> counts{};
    for (const Labelled& row : rows) {
      if (row.source == source) CountSpans(row, weights, counts);
    }
    Print(source, counts);
  }
}

}  // namespace
}  // namespace frontdesk::tools

int main(int argc, char** argv) {
  using namespace frontdesk::tools;
  if (argc < 3) {
    std::fprintf(stderr, "usage: %s LABELLED.jsonl OUT.bin | --folds N | --leave-one-source-out\n",
                 argv[0]);
    return 2;
  }
  const std::vector<Labelled> rows = ReadLabelled(argv[1]);
  if (rows.empty()) {
    std::fprintf(stderr, "%s: no labelled lines\n", argv[1]);
    return 2;
  }
  const std::string what = argv[2];
  if (what == "--folds") {
    Folds(rows, argc > 3 ? std::atoi(argv[3]) : 5);
  } else if (what == "--leave-one-source-out") {
    LeaveOneSourceOut(rows);
  } else {
    const NameWeights weights = TrainOn(rows, 1);
    std::ofstream(what, std::ios::binary)
        .write(reinterpret_cast<const char*>(&weights), sizeof weights);
  }
  return 0;
}
