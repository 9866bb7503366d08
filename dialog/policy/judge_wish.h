// Which of the wishes that understanding found are acted on, and why the others are not. Private to
// dialog/policy/. Pure; what was passed over is recorded with the decision, so that `frontdesk explain`
// can say why.
#pragma once

#include <string_view>
#include <vector>

#include "dialog/policy/moment.h"

namespace frontdesk::dialog {

enum class WishJudgement {
  kCounts,
  kOutOfScope,      // not for this assistant, or of no intent of the bundle
  kUnsure,          // below the threshold of this moment
  kUnderWay,        // the flow in front does it already
  kHandsOverValue,  // "my email is …" beside another wish asks nothing
  kPartOfOther,     // a value of the flow that another wish of the message starts
  kValueOfFront,    // a value for the flow in front
  kOnlyValues,      // numbers and tokens wish for nothing
  kAnswersNothing,  // "I don't know" to the open question
  kUnsureToLeave,   // throws away what is going on, or brings a person: a word alone is not enough
  kHalfWish,        // of a long story, beside a sure wish
  kBesidePerson,    // a threat, a crisis: a person takes over, and nothing else is done
  kNothingToStop,   // nothing is going on, and the message has another wish
  kSaidAlready,     // the same deed as a wish before it
  kTooMany,         // more than the bundle allows in one message
  kSmallTalk,       // beside nothing else it is answered
};

// "under_way", as events have it.
std::string_view NameOf(WishJudgement judgement);
// Plain words: "it is being done already".
std::string_view WordsFor(WishJudgement judgement);

struct JudgedWish {
  const understand::DetectedIntent* wish = nullptr;
  const Intent* intent = nullptr;  // not null when it counts or is small talk
  WishJudgement judgement = WishJudgement::kCounts;
};

// One for each wish of the message, in its order.
std::vector<JudgedWish> JudgeWishes(const Moment& m);

// What an intent has to reach at this moment, millionths: more while a question is open.
int64_t NeededNow(const Moment& m);

// Two intents that do the same: the second adds nothing.
bool SameDeed(const Intent& a, const Intent& b);

// The wishes that a decision did not act on, as its reason records them; those that it weighed (its
// scores name them) are left out.
std::vector<PassedWish> PassedOverBy(const Moment& m, const Decision& decision);

}  // namespace frontdesk::dialog
