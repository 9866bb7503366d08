#include "dialog/answer/measure_answers.h"

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "dialog/answer/answer.h"
#include "dialog/answer/asked_question.h"
#include "dialog/answer/extract.h"
#include "dialog/answer/question_parts.h"
#include "dialog/answer/support.h"
#include "dialog/screen/screen.h"
#include "dialog/turn.h"
#include "llm/model.h"
#include "text/normalise.h"

namespace frontdesk::dialog {
namespace {

// A run without a record, with the model of the sources where they have one.
class AskedEffects final : public ReplayEffects {
 public:
  explicit AskedEffects(const ReplaySources& sources)
      : ReplayEffects({}, sources, true), decoder_(sources.model) {}

  const llm::ModelInfo* Model() const override {
    return decoder_ == nullptr ? nullptr : &decoder_->info();
  }
  absl::StatusOr<llm::Generation> Generate(const llm::GenerateRequest& request) override {
    if (decoder_ == nullptr) return absl::UnavailableError("no decoder");
    return decoder_->Generate(request);
  }

 private:
  llm::Model* decoder_;
};

struct Shown {
  std::vector<Said> sentences;  // of an answer; none after a refusal
  std::string text;             // folded
};

// Keeps the passages that answering found, for checking what is shown.
struct Heard {
  std::map<std::string, FoundPassage> passages;  // by hash
};

absl::StatusOr<Shown> Ask(const AskedQuestion& asked, const TurnParts& parts,
                          const ReplaySources& sources) {
  AskedEffects effects(sources);
  Conversation conversation{.id = storage::ConversationId("eval")};
  conversation.state.language = parts.bundle.assistant.languages.front();
  Turn turn(conversation, parts, effects);
  turn.now = absl::UnixEpoch();
  AnswerFromKnowledge(turn, asked.question);
  if (absl::Status done = turn.log.Commit(turn.now); !done.ok()) return done;
  Shown shown;
  for (const EncodedEvent& encoded : effects.committed()) {
    absl::StatusOr<Event> event = DecodeEvent(encoded.kind, encoded.body);
    if (!event.ok()) return event.status();
    if (const Said* said = std::get_if<Said>(&*event)) {
      if (said->path != "model" && said->path != "extractive") continue;
      absl::StrAppend(&shown.text, text::FoldText(said->text), " ");
      shown.sentences.push_back(*said);
    }
  }
  return shown;
}

bool Cites(const Shown& shown, const AskedQuestion& asked) {
  return std::any_of(shown.sentences.begin(), shown.sentences.end(), [&](const Said& said) {
    return std::any_of(said.citations.begin(), said.citations.end(),
                       [&](const Citation& c) { return asked.IsSource(c.document); });
  });
}

bool HoldsFacts(std::string_view folded, const AskedQuestion& asked) {
  return std::all_of(asked.facts.begin(), asked.facts.end(),
                     [&](const auto& spellings) { return HoldsFact(folded, spellings); });
}

// What answering had at hand, before anything was judged.
struct AtHand {
  std::string found, chosen;  // folded: right passages found, sentences chosen
  int64_t answerable = 0;     // of the surest part
  int passages = 0, withheld = 0;
};

absl::StatusOr<AtHand> LookAtHand(const AskedQuestion& asked, const TurnParts& parts,
                                  const ReplaySources& sources) {
  AtHand at_hand;
  const Grounding& grounding = parts.bundle.policy.grounding;
  const ReplayKnowledge knowledge = sources.knowledge("");
  for (const std::string& part : PartQueries(QuestionParts(asked.question))) {
    const auto found = knowledge.search(part, static_cast<int>(grounding.passages));
    if (!found.ok()) return found.status();
    for (const FoundPassage& passage : *found) {
      at_hand.passages += 1;
      at_hand.withheld += HoldsInstructions(passage.text, parts.bundle.screen) ? 1 : 0;
      if (asked.IsSource(passage.document))
        absl::StrAppend(&at_hand.found, text::FoldText(passage.text), " ");
    }
    const Quote quote = QuoteAnswer(part, *found, grounding.sentences, sources.embed);
    at_hand.answerable = std::max(at_hand.answerable, quote.answerable);
    for (const Extract& extract : quote.extracts) {
      const FoundPassage& passage = (*found)[extract.passage];
      if (!asked.IsSource(passage.document)) continue;
      absl::StrAppend(&at_hand.chosen, text::FoldText(text::Slice(passage.text, extract.span)), " ");
    }
  }
  return at_hand;
}

std::string WhereLost(const AskedQuestion& asked, const AtHand& at_hand, bool right, bool facts) {
  if (right) return "";
  if (facts) return "citation";
  if (!HoldsFacts(at_hand.found, asked)) return "retrieval";
  return HoldsFacts(at_hand.chosen, asked) ? "judge" : "sentences";
}

// A sentence without a citation, or not held by the passage it cites.
int Unsupported(const Shown& shown, const Heard& heard) {
  int count = 0;
  for (const Said& said : shown.sentences) {
    const bool held = std::any_of(
        said.citations.begin(), said.citations.end(), [&](const Citation& citation) {
          const auto passage = heard.passages.find(citation.passage);
          if (passage == heard.passages.end()) return false;
          if (absl::StrContains(passage->second.text, said.text)) return true;
          const std::vector<FoundPassage> one = {passage->second};
          return SupportChecker(one, "", {}).Check(said.text, 500'000).holds;
        });
    count += held ? 0 : 1;
  }
  return count;
}

}  // namespace

absl::StatusOr<AnswerEvalReport> RunAnswerEval(std::string_view jsonl, const TurnParts& parts,
                                               const ReplaySources& sources) {
  AnswerEvalReport report;
  Heard heard;
  ReplaySources listening = sources;
  listening.knowledge = [&](std::string_view recorded) {
    ReplayKnowledge knowledge = sources.knowledge(recorded);
    knowledge.search = [&heard, search = std::move(knowledge.search)](
                           std::string_view query,
                           int k) -> absl::StatusOr<std::vector<FoundPassage>> {
      auto found = search(query, k);
      if (!found.ok()) return found;
      for (const FoundPassage& passage : *found) heard.passages[passage.hash] = passage;
      return found;
    };
    return knowledge;
  };
  const auto questions = ReadAskedQuestions(jsonl);
  if (!questions.ok()) return questions.status();
  for (const AskedQuestion& asked : *questions) {
    const absl::StatusOr<Shown> shown = Ask(asked, parts, listening);
    if (!shown.ok()) return shown.status();
    const absl::StatusOr<AtHand> at_hand = LookAtHand(asked, parts, sources);
    if (!at_hand.ok()) return at_hand.status();
    report.passages_found += at_hand->passages;
    report.passages_withheld += at_hand->withheld;
    const bool refused = shown->sentences.empty();
    const bool cited = Cites(*shown, asked);
    bool right = refused;
    std::string lost;
    if (!asked.answerable()) {
      report.refused_right.all += 1;
      report.refused_right.right += refused ? 1 : 0;
    } else {
      const bool facts = !refused && HoldsFacts(shown->text, asked);
      right = facts && cited;
      lost = WhereLost(asked, *at_hand, right, facts);
      report.lost[asked.kind][lost] += 1;
      report.answered.all += 1;
      report.answered.right += right ? 1 : 0;
      report.refused_wrong += refused ? 1 : 0;
      report.correct_citation.all += refused ? 0 : 1;
      report.correct_citation.right += cited ? 1 : 0;
      report.sentences_shown += static_cast<int>(shown->sentences.size());
    }
    AnswerEvalReport::Count& kind = report.by_kind[asked.kind];
    kind.all += 1;
    kind.right += right ? 1 : 0;
    report.unsupported_shown += Unsupported(*shown, heard);
    nlohmann::json line = {{"question", asked.question},
                           {"kind", asked.kind},
                           {"right", right},
                           {"refused", refused},
                           {"cited_right", cited},
                           {"lost", lost},
                           {"answerable", at_hand->answerable},
                           {"shown", nlohmann::json::array()}};
    for (const Said& said : shown->sentences) {
      line["shown"].push_back({{"text", said.text},
                               {"path", said.path},
                               {"document", said.citations.empty() ? "" : said.citations[0].document}});
    }
    absl::StrAppend(&report.predictions,
                    line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), "\n");
  }
  return report;
}

nlohmann::json AnswerEvalReport::ToJson() const {
  nlohmann::json json = {{"answered", answered.share()},
                         {"correct_citation", correct_citation.share()},
                         {"unsupported_shown", unsupported_shown},
                         {"refused_right", refused_right.share()},
                         {"refused_wrong", refused_wrong},
                         {"n", answered.all + refused_right.all}};
  for (const auto& [kind, count] : by_kind) json["right"][kind] = count.share();
  for (const auto& [kind, where] : lost)
    for (const auto& [name, count] : where)
      if (!name.empty()) json["lost"][kind][name] = count;
  json["sentences_shown"] = sentences_shown;
  json["passages_withheld"] = passages_withheld;
  return json;
}

std::string AnswerEvalReport::ToTable() const {
  std::string table = absl::StrFormat(
      "%d questions\nanswered right %.3f of %d, a right document cited %.3f, refused wrongly %d\n"
      "refused rightly %.3f of %d\nsentences shown without support %d\n",
      answered.all + refused_right.all, answered.share(), answered.all, correct_citation.share(),
      refused_wrong, refused_right.share(), refused_right.all, unsupported_shown);
  for (const auto& [kind, count] : by_kind) {
    absl::StrAppendFormat(&table, "  %-16s %d of %d", kind, count.right, count.all);
    if (const auto found = lost.find(kind); found != lost.end()) {
      for (const auto& [where, times] : found->second)
        if (!where.empty()) absl::StrAppendFormat(&table, ", lost at %s %d", where, times);
    }
    table += '\n';
  }
  const int answers = answered.all - refused_wrong;
  absl::StrAppendFormat(&table, "passages withheld as planted instructions %d of %d found\n",
                        passages_withheld, passages_found);
  absl::StrAppendFormat(&table, "sentences shown in an answer %.2f\n",
                        answers == 0 ? 0.0 : static_cast<double>(sentences_shown) / answers);
  return table;
}

}  // namespace frontdesk::dialog
