#include "retrieval/ranking/ranking_options.h"

namespace frontdesk::retrieval {

// Fitted on stackfaq, squad and scifact together; then half of the weight of phrases was given to the
// whole, because short questions of customers ("return something") are full of chance phrases.
// docs/fusion.md has the figures of both.
RankWeights FittedWeights() {
  return {.whole = 0.33,
          .title = 0.027,
          .sure = 0.276,
          .words = 0.256,
          .in_title = 0.033,
          .phrase = 0.06};
}

}  // namespace frontdesk::retrieval
