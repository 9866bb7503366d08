// A small training set and an encoder of hashed words, for tests that need no model file.
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dialog/understand/intents/lexical_features.h"
#include "dialog/understand/training_set.h"

namespace frontdesk::understand {

// Each word adds a fixed pseudo-random direction: texts that share words are close. The second half
// of the features does the same with the words' first three bytes.
inline absl::StatusOr<std::vector<std::vector<float>>> HashFeatures(
    std::span<const std::string> texts) {
  constexpr size_t kHalf = 64;
  std::vector<std::vector<float>> all;
  for (const std::string& text : texts) {
    std::vector<float>& features = all.emplace_back(2 * kHalf, 0.01f);
    for (const size_t bytes : {std::string::npos, size_t{3}}) {
      float* half = features.data() + (bytes == 3 ? kHalf : 0);
      for (const std::string& word : FeatureWords(text)) {
        uint64_t state = 0;
        for (unsigned char c : word.substr(0, bytes)) state = state * 131 + c;
        for (size_t d = 0; d < kHalf; ++d) {
          state = state * 6364136223846793005ull + 1442695040888963407ull;
          half[d] += static_cast<float>(static_cast<int64_t>(state >> 40) - (1 << 23)) / (1 << 23);
        }
      }
      float squares = 0;
      for (size_t d = 0; d < kHalf; ++d) squares += half[d] * half[d];
      for (size_t d = 0; d < kHalf; ++d) half[d] /= std::sqrt(squares);
    }
  }
  return all;
}

inline TrainingSet SmallSet() {
  TrainingSet set;
  set.intents = {
      {"order_status",
       "order_status",
       {"where is my order", "track my parcel", "has my order shipped yet", "when will it arrive",
        "status of order 48213", "where is my parcel now", "is my order on its way",
        "wo ist meine Bestellung", "my order has not arrived", "when does my parcel come"}},
      {"return_item",
       "return_item",
       {"i want to return something", "how do i send it back", "return my boots please",
        "i would like to return an item", "start a return", "can i send this jacket back",
        "the tent is torn, i want to return it", "returning a product", "ich möchte etwas zurückgeben",
        "send back the shoes"}},
      {"change_address",
       "",
       {"change my address", "i moved, new address", "update my shipping address",
        "can i change my delivery address", "my address is wrong", "use another address",
        "edit the address please", "new postal address", "address change", "i have moved house"}},
      {"opening_hours",
       "",
       {"when are you open", "what are your opening hours", "are you open on sunday",
        "what time do you close", "opening times please", "is the shop open today",
        "when does the store open", "hours of the dublin store", "do you open on holidays",
        "closing time"}},
  };
  set.out_of_scope = {"what is the capital of peru", "tell me a joke", "who won the match",
                      "play some music",             "what is 3 times 7", "write me a poem"};
  set.slots = {{"order_status", "order_id", "order_number", {}, "[0-9]{4,6}"},
               {"return_item", "order_id", "order_number", {}, "[0-9]{4,6}"},
               {"return_item",
                "reason",
                "choice",
                {{"damaged", {"broken", "torn", "kaputt"}}, {"wrong_size", {"too small"}}},
                ""}};
  return set;
}

}  // namespace frontdesk::understand
