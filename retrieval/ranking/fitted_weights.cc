#include "retrieval/ranking/ranking_options.h"

namespace frontdesk::retrieval {

RankWeights FittedWeights() { return {.whole = 0.65, .words = 0.35}; }

}  // namespace frontdesk::retrieval
