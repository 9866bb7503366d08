// The four views of one message, before they are fused: what each learner says of each class.
//
// Classes 0..classes-1 are intents; when the bundle has out-of-scope examples, class `classes`
// is the background they form.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace frontdesk::understand {

// softmax: logits on the embedding; joint: SVM margins on embedding and n-grams; lexical: SVM
// margins on n-grams alone; nearest: cosine to the closest example of the class.
enum View { kSoftmax, kJoint, kLexical, kNearest };
inline constexpr int kViews = 4;

struct ViewScores {
  std::array<std::vector<float>, kViews> view;  // each [classes (+ 1)], or empty: not available
  float known_share = 0;                        // of the words, 0..1
};

}  // namespace frontdesk::understand
