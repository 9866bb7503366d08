// The three views of one message, before they are fused: what each learner says of each class.
//
// Classes 0..classes-1 are intents; when the bundle has out-of-scope examples, class `classes`
// is the background they form.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace frontdesk::understand {

// softmax: logits on the embedding; lexical: SVM margins on n-grams; nearest: cosine to the closest
// example of the class. (SVMs on embedding and n-grams together were measured too: no set gained
// half a point, and training took twice as long.)
enum View { kSoftmax, kLexical, kNearest };
inline constexpr int kViews = 3;

struct ViewScores {
  std::array<std::vector<float>, kViews> view;  // each [classes (+ 1)], or empty: not available
  float known_share = 0;                        // of the words, 0..1
};

}  // namespace frontdesk::understand
