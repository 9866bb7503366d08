// Rules for what the customer wants: one or several intents, close ones, none.
#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "dialog/policy/moment.h"

namespace frontdesk::dialog {
namespace {

namespace cue = understand::cue;
using understand::DetectedIntent;

bool SameDeed(const Intent& a, const Intent& b) {
  if (a.does.index() != b.does.index()) return false;
  if (auto* flow = std::get_if<DoesFlow>(&a.does))
    return flow->flow == std::get<DoesFlow>(b.does).flow;
  return std::holds_alternative<DoesAnswer>(a.does);
}

std::string PartOf(const Moment& m, const DetectedIntent& wish) {
  if (wish.end <= wish.begin || wish.end > m.text.size()) return m.text;
  return m.text.substr(wish.begin, wish.end - wish.begin);
}

bool InFlow(const Moment& m, const Intent& intent) {
  auto* flow = std::get_if<DoesFlow>(&intent.does);
  return flow != nullptr && m.front != nullptr && m.front->flow == flow->flow;
}

// Close intents that do different things, best first.
std::vector<std::string> CloseOnes(const Moment& m, const DetectedIntent& wish) {
  std::vector<std::string> close;
  const Intent* best = m.bundle.FindIntent(wish.intent);
  if (best == nullptr) return close;
  close.push_back(wish.intent);
  for (const understand::IntentScore& other : wish.alternatives) {
    const Intent* intent = m.bundle.FindIntent(other.intent);
    if (intent == nullptr || SameDeed(*intent, *best) || wish.p - other.p >= m.at().close) continue;
    if (std::holds_alternative<DoesSay>(intent->does)) continue;
    close.push_back(other.intent);
    if (close.size() == 3) break;
  }
  return close;
}

Decision ClarifyBetween(const Moment& m, std::vector<std::string> intents,
                        const DetectedIntent& wish) {
  Decision decision = Just(Clarify{std::move(intents), PartOf(m, wish)}, "intent.close",
                           "several intents are nearly as likely");
  decision[0].reason.thresholds = {
      {"answer", m.at().answer}, {"close", m.at().close}, {"clarify", m.at().clarify}};
  decision[0].reason.scores[wish.intent] = wish.p;
  for (const understand::IntentScore& other : wish.alternatives)
    decision[0].reason.scores[other.intent] = other.p;
  return decision;
}

// A single wish that is not sure enough to act on.
std::optional<Decision> Unsure(const Moment& m, const DetectedIntent& wish) {
  if (wish.out_of_scope_p >= m.at().out_of_scope || wish.intent.empty()) {
    const bool question =
        m.Cue(cue::kQuestion) &&
        wish.out_of_scope_p < m.at().out_of_scope + (1'000'000 - m.at().out_of_scope) / 2;
    Decision decision =
        question ? Just(AnswerQuestion{PartOf(m, wish), ""}, "intent.unknown_question",
                        "a question outside the intents: the documents may know")
                 : Just(SayReply{"out_of_scope"}, "intent.out_of_scope", "not for this assistant");
    decision[0].reason.thresholds = {{"out_of_scope", m.at().out_of_scope}};
    decision[0].reason.scores = {{"out_of_scope", wish.out_of_scope_p}};
    return decision;
  }
  if (wish.p < m.at().clarify) return std::nullopt;
  std::vector<std::string> options;
  const Intent* best = m.bundle.FindIntent(wish.intent);
  if (best == nullptr) return std::nullopt;
  if (!std::holds_alternative<DoesSay>(best->does)) options.push_back(wish.intent);
  for (const understand::IntentScore& other : wish.alternatives) {
    const Intent* intent = m.bundle.FindIntent(other.intent);
    if (intent == nullptr || SameDeed(*intent, *best) ||
        std::holds_alternative<DoesSay>(intent->does))
      continue;
    if (other.p * 3 < wish.p || options.size() == 3) continue;
    options.push_back(other.intent);
  }
  // A likely question is answered, with the risk that the documents know nothing.
  if (options.size() < 2 && std::holds_alternative<DoesAnswer>(best->does)) {
    Decision decision = Just(AnswerQuestion{PartOf(m, wish), wish.intent}, "intent.likely_question",
                             "probably a question");
    decision[0].reason.scores[wish.intent] = wish.p;
    return decision;
  }
  if (options.empty()) return std::nullopt;
  return ClarifyBetween(m, std::move(options), wish);
}

// A sure word of the classifier alone throws away what is going on; "the first one" must not.
constexpr int64_t kSureSteer = 950'000;
// A long story is full of half wishes: beside a sure one they do not count.
constexpr size_t kLongStory = 240;
constexpr int64_t kSureInStory = 900'000;

// "I don't know" to an open question is an answer to it, whatever else its words resemble.
bool AnswersNothing(const Moment& m, const Intent& intent) {
  return (m.Asked() || m.Confirming()) && m.Cue(cue::kDontKnow) && m.text.size() < 40 &&
         (std::holds_alternative<DoesSteer>(intent.does) || std::holds_alternative<DoesSay>(intent.does));
}

// "Return the socks, wrong size": a clause that is a value of the flow which another wish starts is
// part of that wish.
bool IsValueOfOther(const Moment& m, const DetectedIntent& wish, const Intent& intent) {
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
  if (PartOf(m, wish).find('?') != std::string::npos) return false;
  return std::any_of(m.meaning.mentions.begin(), m.meaning.mentions.end(),
                     [&wish](const understand::SlotValue& mention) {
                       return (mention.type == "email" || mention.type == "order_number") &&
                              mention.begin >= wish.begin && mention.end <= wish.end;
                     });
}

}  // namespace

Decision CommandsFor(const Moment& m, const Intent& intent, std::string_view text, Reason reason) {
  struct Maker {
    const Moment& m;
    const Intent& intent;
    std::string_view text;
    Command operator()(const DoesFlow& does) const {
      return StartFlow{does.flow, intent.name, GivenFor(m, does.flow)};
    }
    Command operator()(const DoesAnswer&) const {
      if (intent.high_risk) return HandOff{"high_risk", "", 1, ""};
      return AnswerQuestion{std::string(text), intent.name};
    }
    Command operator()(const DoesSay& does) const { return SayReply{does.reply}; }
    Command operator()(const DoesHandoff& does) const {
      // A reply of the reason's name (crisis, legal) calms before the human comes.
      std::string reply = m.bundle.replies.contains(does.reason) ? does.reason : "";
      return HandOff{does.reason, "", intent.high_risk ? 1 : 0, reply};
    }
    Command operator()(const DoesSteer& does) const {
      if (does.word == "repeat" || does.word == "rephrase") return RepeatLast{};
      if (does.word == "back") return GoBack{};
      if (does.word == "restart") return CancelFlow{true};
      return CancelFlow{};
    }
  };
  Decision decision;
  decision.push_back({std::visit(Maker{m, intent, text}, intent.does), std::move(reason)});
  return decision;
}

std::optional<Decision> IntentRule(const Moment& m) {
  const bool open = m.Asked() || m.Confirming();
  const int64_t needed = open ? std::max(m.at().answer, m.at().digression) : m.at().answer;
  Decision decision;
  std::set<std::string> deeds;
  std::optional<DetectedIntent> courtesy;
  int64_t surest = 0;
  for (const DetectedIntent& wish : m.meaning.detected) surest = std::max<int64_t>(surest, wish.p);
  for (const DetectedIntent& wish : m.meaning.detected) {
    const Intent* intent = m.bundle.FindIntent(wish.intent);
    if (intent == nullptr || wish.p < needed || wish.out_of_scope_p >= m.at().out_of_scope)
      continue;
    if (InFlow(m, *intent) && open) continue;  // it is being done already
    if (HandsOverValue(m, wish, *intent) || IsValueOfOther(m, wish, *intent)) continue;
    if (m.OnlyValues(wish) || AnswersNothing(m, *intent)) continue;
    const DoesHandoff* leaves = std::get_if<DoesHandoff>(&intent->does);
    const bool wants_person = leaves != nullptr && leaves->reason == "requested";  // cues said no
    if ((std::holds_alternative<DoesSteer>(intent->does) || (open && wants_person)) &&
        wish.p < kSureSteer) {
      continue;
    }
    if (m.text.size() > kLongStory && wish.p < kSureInStory && surest >= kSureInStory) continue;
    if (std::holds_alternative<DoesSay>(intent->does)) {
      if (!courtesy) courtesy = wish;  // small talk beside a wish is passed over
      continue;
    }
    if (m.meaning.detected.size() == 1 && !open) {
      if (std::vector<std::string> close = CloseOnes(m, wish); close.size() > 1)
        return ClarifyBetween(m, std::move(close), wish);
    }
    Reason reason{"intent.act",
                  intent->description,
                  {{open ? "digression" : "answer", needed}},
                  {{wish.intent, wish.p}}};
    Decision commands = CommandsFor(m, *intent, PartOf(m, wish), std::move(reason));
    if (!deeds.insert(CanonicalText(CommandToJson(commands[0].command))).second) continue;
    decision.push_back(std::move(commands[0]));
    if (static_cast<int64_t>(decision.size()) >= m.bundle.policy.limits.intents_per_message) break;
  }
  if (!decision.empty()) return decision;
  // "Yes" to a question for a value is no small talk: it is asked again. "Thanks, that is all" is a
  // goodbye (CourtesyRule).
  if (courtesy && open && (m.meaning.affirmation || m.Cue(cue::kBye))) courtesy.reset();
  if (courtesy) {
    return CommandsFor(
        m, *m.bundle.FindIntent(courtesy->intent), m.text,
        {"intent.say", "small talk", {{"answer", needed}}, {{courtesy->intent, courtesy->p}}});
  }
  if (open || m.meaning.detected.empty() || m.OnlyValues(m.meaning.detected[0])) return std::nullopt;
  // Nothing sure: the likeliest part of the message decides what to ask.
  const DetectedIntent& best =
      *std::max_element(m.meaning.detected.begin(), m.meaning.detected.end(),
                        [](const DetectedIntent& a, const DetectedIntent& b) { return a.p < b.p; });
  const bool courteous =
      m.Cue(cue::kThanks) || m.Cue(cue::kBye) || m.Cue(cue::kGreeting) || m.Cue(cue::kSwearing);
  if (courteous && best.p < m.at().answer) return std::nullopt;  // CourtesyRule answers
  return Unsure(m, best);
}

}  // namespace frontdesk::dialog
