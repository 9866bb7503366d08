// Rules for what the customer wants: one or several intents, close ones, none.
#include <algorithm>

#include "dialog/policy/judge_wish.h"
#include "dialog/policy/moment.h"

namespace frontdesk::dialog {
namespace {

namespace cue = understand::cue;
using understand::DetectedIntent;

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
  Decision decision = Just(ClarifyAbout(m, std::move(intents), m.PartOf(wish)), "intent.close",
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
        question ? Just(AnswerQuestion{std::string(m.PartOf(wish)), ""}, "intent.unknown_question",
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
    Decision decision = Just(AnswerQuestion{std::string(m.PartOf(wish)), wish.intent}, "intent.likely_question",
                             "probably a question");
    decision[0].reason.scores[wish.intent] = wish.p;
    return decision;
  }
  if (options.empty()) return std::nullopt;
  return ClarifyBetween(m, std::move(options), wish);
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
  const int64_t needed = NeededNow(m);
  Decision decision;
  const Intent* courtesy = nullptr;
  int64_t courtesy_p = 0;
  for (const JudgedWish& one : JudgeWishes(m)) {
    const bool talk = one.judgement == WishJudgement::kSmallTalk;
    if (talk && courtesy == nullptr) courtesy = one.intent, courtesy_p = one.wish->p;
    if (one.judgement != WishJudgement::kCounts) continue;
    const DetectedIntent& wish = *one.wish;
    if (m.meaning.detected.size() == 1 && !open) {
      if (std::vector<std::string> close = CloseOnes(m, wish); close.size() > 1)
        return ClarifyBetween(m, std::move(close), wish);
    }
    Reason reason{"intent.act",
                  one.intent->description,
                  {{open ? "digression" : "answer", needed}},
                  {{one.intent->name, wish.p}}};
    Decision commands = CommandsFor(m, *one.intent, m.PartOf(wish), std::move(reason));
    decision.push_back(std::move(commands[0]));
  }
  if (!decision.empty()) return decision;
  // "Yes" to a question for a value is no small talk: it is asked again. "Thanks, that is all" is a
  // goodbye (CourtesyRule).
  if (courtesy != nullptr && open && (m.meaning.affirmation || m.Cue(cue::kBye))) courtesy = nullptr;
  if (courtesy != nullptr) {
    return CommandsFor(m, *courtesy, m.text,
                       {"intent.say", "small talk", {{"answer", needed}}, {{courtesy->name, courtesy_p}}});
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
