#include "dialog/policy/judge_wish.h"

#include <algorithm>

namespace frontdesk::dialog {
namespace {

namespace cue = understand::cue;
using understand::DetectedIntent;

// A sure word of the classifier alone throws away what is going on; "the first one" must not.
constexpr int64_t kSureSteer = 950'000;
// Without a word for a person, and with nothing else going on; below it the customer is asked.
constexpr int64_t kSurePerson = 850'000;
// A long story is full of half wishes: beside a sure one they do not count.
constexpr size_t kLongStory = 240;
constexpr int64_t kSureInStory = 900'000;
// "I don't know, it just stopped working yesterday when I ..." is more than not knowing.
constexpr size_t kShortReply = 40;

bool IsOpen(const Moment& m) { return m.Asked() || m.Confirming(); }

bool IsUnderWay(const Moment& m, const Intent& intent) {
  const auto* flow = std::get_if<DoesFlow>(&intent.does);
  return IsOpen(m) && flow != nullptr && m.front->flow == flow->flow;
}

// "I don't know" to an open question is an answer to it, whatever else its words resemble.
bool AnswersNothing(const Moment& m, const Intent& intent) {
  return IsOpen(m) && m.Cue(cue::kDontKnow) && m.text.size() < kShortReply &&
         (std::holds_alternative<DoesSteer>(intent.does) || std::holds_alternative<DoesSay>(intent.does));
}

// "Return the socks, wrong size": a clause that is a value of the flow which another wish starts is
// part of that wish.
bool IsPartOfOther(const Moment& m, const DetectedIntent& wish, const Intent& intent) {
  const DoesFlow* own = std::get_if<DoesFlow>(&intent.does);
  const bool steers = std::holds_alternative<DoesSteer>(intent.does);  // "…, changed my mind"
  if ((own == nullptr && !steers) || m.meaning.detected.size() < 2) return false;
  const auto starts = [&](const std::string& flow) {
    return (steers || flow != own->flow) &&
           std::any_of(m.meaning.detected.begin(), m.meaning.detected.end(),
                       [&](const DetectedIntent& other) {
                         const Intent* of = m.bundle.FindIntent(other.intent);
                         const DoesFlow* does = of ? std::get_if<DoesFlow>(&of->does) : nullptr;
                         return does != nullptr && does->flow == flow && (steers || other.p >= wish.p);
                       });
  };
  return std::any_of(m.meaning.slots.begin(), m.meaning.slots.end(),
                     [&](const understand::SlotValue& value) {
                       return value.begin >= wish.begin && value.end <= wish.end &&
                              2 * (value.end - value.begin) > wish.end - wish.begin &&
                              starts(value.flow);
                     });
}

// "My email is <EMAIL_1>": a clause of several that hands over a value and asks nothing is no
// question of its own, whatever intent its words resemble.
bool HandsOverValue(const Moment& m, const DetectedIntent& wish, const Intent& intent) {
  if (m.meaning.detected.size() < 2 || !std::holds_alternative<DoesAnswer>(intent.does)) {
    return false;
  }
  if (m.PartOf(wish).find('?') != std::string_view::npos) return false;
  return std::any_of(m.meaning.mentions.begin(), m.meaning.mentions.end(),
                     [&wish](const understand::SlotValue& mention) {
                       return (mention.type == "email" || mention.type == "order_number") &&
                              mention.begin >= wish.begin && mention.end <= wish.end;
                     });
}

bool IsUnsureToLeave(const Moment& m, const DetectedIntent& wish, const Intent& intent) {
  const DoesHandoff* leaves = std::get_if<DoesHandoff>(&intent.does);
  if (std::holds_alternative<DoesSteer>(intent.does)) return wish.p < kSureSteer;
  const bool wants_person = leaves != nullptr && leaves->reason == "requested";  // cues said no
  return wants_person && wish.p < (IsOpen(m) ? kSureSteer : kSurePerson);
}

// "Ok never mind, where is 48213?" while nothing is going on.
bool StopsNothing(const Moment& m, const Intent& intent) {
  const DoesSteer* steer = std::get_if<DoesSteer>(&intent.does);
  return m.front == nullptr && steer != nullptr &&
         (steer->word == "cancel" || steer->word == "restart");
}

// "I will come and hurt whoever packed this": who asks for no person and gets one all the same.
bool TakesOver(const Intent& intent) {
  const DoesHandoff* leaves = std::get_if<DoesHandoff>(&intent.does);
  return leaves != nullptr && leaves->reason != "requested";
}

// An order of this business is its concern, however the message is worded.
bool NamesOrder(const Moment& m) {
  return std::any_of(m.meaning.mentions.begin(), m.meaning.mentions.end(),
                     [](const understand::SlotValue& mention) { return mention.type == "order_number"; });
}

// The intent of a wish; of a message that names an order also the one that was not thought in scope.
const Intent* IntentOf(const Moment& m, const DetectedIntent& wish) {
  if (!wish.intent.empty() || !NamesOrder(m) || m.meaning.detected.size() != 1 || m.meaning.intents.empty()) {
    return m.bundle.FindIntent(wish.intent);
  }
  return m.bundle.FindIntent(m.meaning.intents[0].intent);
}

// One wish by itself, as sure as `surest` is the surest of its message.
WishJudgement JudgeAlone(const Moment& m, const DetectedIntent& wish, const Intent* intent,
                         int64_t surest) {
  if (intent == nullptr || (wish.out_of_scope_p >= m.at().out_of_scope && !NamesOrder(m))) {
    return WishJudgement::kOutOfScope;
  }
  if (wish.p < NeededNow(m)) return WishJudgement::kUnsure;
  if (IsUnderWay(m, *intent)) return WishJudgement::kUnderWay;
  if (HandsOverValue(m, wish, *intent)) return WishJudgement::kHandsOverValue;
  if (IsPartOfOther(m, wish, *intent)) return WishJudgement::kPartOfOther;
  if (m.IsValueOfFront(wish)) return WishJudgement::kValueOfFront;
  if (m.OnlyValues(wish)) return WishJudgement::kOnlyValues;
  if (AnswersNothing(m, *intent)) return WishJudgement::kAnswersNothing;
  if (IsUnsureToLeave(m, wish, *intent)) return WishJudgement::kUnsureToLeave;
  if (m.text.size() > kLongStory && wish.p < kSureInStory && surest >= kSureInStory) {
    return WishJudgement::kHalfWish;
  }
  if (std::holds_alternative<DoesSay>(intent->does)) return WishJudgement::kSmallTalk;
  return WishJudgement::kCounts;
}

}  // namespace

std::string_view NameOf(WishJudgement judgement) {
  switch (judgement) {
    case WishJudgement::kCounts: return "counts";
    case WishJudgement::kOutOfScope: return "out_of_scope";
    case WishJudgement::kUnsure: return "unsure";
    case WishJudgement::kUnderWay: return "under_way";
    case WishJudgement::kHandsOverValue: return "hands_over_value";
    case WishJudgement::kPartOfOther: return "part_of_other";
    case WishJudgement::kValueOfFront: return "value_of_front";
    case WishJudgement::kOnlyValues: return "only_values";
    case WishJudgement::kAnswersNothing: return "answers_nothing";
    case WishJudgement::kUnsureToLeave: return "unsure_to_leave";
    case WishJudgement::kHalfWish: return "half_wish";
    case WishJudgement::kBesidePerson: return "beside_person";
    case WishJudgement::kNothingToStop: return "nothing_to_stop";
    case WishJudgement::kSaidAlready: return "said_already";
    case WishJudgement::kTooMany: return "too_many";
    case WishJudgement::kSmallTalk: return "small_talk";
  }
  return "";
}

std::string_view WordsFor(WishJudgement judgement) {
  switch (judgement) {
    case WishJudgement::kCounts: return "it counts";
    case WishJudgement::kOutOfScope: return "it is not for this assistant";
    case WishJudgement::kUnsure: return "it is below the threshold";
    case WishJudgement::kUnderWay: return "it is being done already";
    case WishJudgement::kHandsOverValue: return "its words only hand over a value";
    case WishJudgement::kPartOfOther: return "its words are a value of another wish of the message";
    case WishJudgement::kValueOfFront: return "its words are a value for what is going on";
    case WishJudgement::kOnlyValues: return "it holds nothing but values";
    case WishJudgement::kAnswersNothing: return "not to know is an answer to the open question";
    case WishJudgement::kUnsureToLeave: return "it is not sure enough to leave what is going on";
    case WishJudgement::kHalfWish: return "it is half a wish of a long story with a sure one";
    case WishJudgement::kBesidePerson: return "a person takes over because of another part of the message";
    case WishJudgement::kNothingToStop: return "nothing is going on, and there is another wish";
    case WishJudgement::kSaidAlready: return "another wish of the message does the same";
    case WishJudgement::kTooMany: return "the message wishes for more than is done at once";
    case WishJudgement::kSmallTalk: return "it is small talk beside a wish";
  }
  return "";
}

int64_t NeededNow(const Moment& m) {
  return IsOpen(m) ? std::max(m.at().answer, m.at().digression) : m.at().answer;
}

bool SameDeed(const Intent& a, const Intent& b) {
  if (a.does.index() != b.does.index()) return false;
  if (auto* flow = std::get_if<DoesFlow>(&a.does))
    return flow->flow == std::get<DoesFlow>(b.does).flow;
  if (auto* steer = std::get_if<DoesSteer>(&a.does))
    return steer->word == std::get<DoesSteer>(b.does).word;
  return std::holds_alternative<DoesAnswer>(a.does);
}

std::vector<JudgedWish> JudgeWishes(const Moment& m) {
  int64_t surest = 0;
  for (const DetectedIntent& wish : m.meaning.detected) surest = std::max<int64_t>(surest, wish.p);
  std::vector<JudgedWish> judged;
  for (const DetectedIntent& wish : m.meaning.detected) {
    const Intent* intent = IntentOf(m, wish);
    judged.push_back({&wish, intent, JudgeAlone(m, wish, intent, surest)});
  }
  // What a wish is beside the others.
  const auto counts = [](const JudgedWish& one) { return one.judgement == WishJudgement::kCounts; };
  const bool person = std::any_of(judged.begin(), judged.end(), [&](const JudgedWish& one) {
    return counts(one) && TakesOver(*one.intent);
  });
  const bool other = std::any_of(judged.begin(), judged.end(), [&](const JudgedWish& one) {
    return counts(one) && !StopsNothing(m, *one.intent);
  });
  int64_t taken = 0;
  for (size_t i = 0; i < judged.size(); ++i) {
    JudgedWish& one = judged[i];
    if (!counts(one)) continue;
    // Two questions are two questions, even if both are answered from the documents.
    const bool question = std::holds_alternative<DoesAnswer>(one.intent->does);
    const bool again = !question && std::any_of(judged.begin(), judged.begin() + static_cast<int64_t>(i),
                                                [&](const JudgedWish& before) {
                                                  return counts(before) &&
                                                         SameDeed(*before.intent, *one.intent);
                                                });
    if (person && !TakesOver(*one.intent)) {
      one.judgement = WishJudgement::kBesidePerson;
    } else if (other && StopsNothing(m, *one.intent)) {
      one.judgement = WishJudgement::kNothingToStop;
    } else if (again) {
      one.judgement = WishJudgement::kSaidAlready;
    } else if (++taken > m.bundle.policy.limits.intents_per_message) {
      one.judgement = WishJudgement::kTooMany;
    }
  }
  return judged;
}

std::vector<PassedWish> PassedOverBy(const Moment& m, const Decision& decision) {
  std::vector<PassedWish> passed;
  for (const JudgedWish& one : JudgeWishes(m)) {
    if (one.judgement == WishJudgement::kCounts) continue;
    const bool weighed = std::any_of(decision.begin(), decision.end(), [&](const ReasonedCommand& command) {
      return command.reason.scores.contains(one.wish->intent) ||
             (one.judgement == WishJudgement::kOutOfScope &&
              command.reason.scores.contains("out_of_scope"));
    });
    if (weighed) continue;
    passed.push_back({one.wish->intent, one.wish->p, std::string(NameOf(one.judgement)),
                      std::string(WordsFor(one.judgement))});
  }
  return passed;
}

}  // namespace frontdesk::dialog
