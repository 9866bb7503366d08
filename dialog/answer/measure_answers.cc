#include "dialog/answer/measure_answers.h"

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "dialog/answer/answer.h"
#include "dialog/answer/answerable.h"
#include "dialog/answer/extract.h"
#include "dialog/answer/support.h"
#include "dialog/turn.h"
#include "text/normalise.h"

namespace frontdesk::dialog {
namespace {

struct AskedQuestion {
  std::string question, kind;
  std::vector<std::string> documents;
  std::vector<std::vector<std::string>> facts;
};

absl::StatusOr<AskedQuestion> ReadAsked(std::string_view line, int number) {
  const auto json = nlohmann::json::parse(line, nullptr, false);
  const absl::Status bad = absl::InvalidArgumentError(absl::StrCat(
      "line ", number,
      R"(: needs {"question", "kind": answerable, two_documents, false_premise or unanswerable, )"
      R"("documents": [id], "facts": [[spelling]]})"));
  if (!json.is_object()) return bad;
  try {
    AskedQuestion asked{json.at("question").get<std::string>(), json.at("kind").get<std::string>(),
                        json.at("documents").get<std::vector<std::string>>(),
                        json.at("facts").get<std::vector<std::vector<std::string>>>()};
    const std::vector<std::string> kinds = {"answerable", "two_documents", "false_premise",
                                            "unanswerable"};
    if (std::find(kinds.begin(), kinds.end(), asked.kind) == kinds.end()) return bad;
    return asked;
  } catch (const nlohmann::json::exception&) {
    return bad;
  }
}

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
  ReplayEffects effects({}, sources, true);
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

bool Cites(const Shown& shown, const std::vector<std::string>& documents) {
  return std::any_of(shown.sentences.begin(), shown.sentences.end(), [&](const Said& said) {
    return std::any_of(said.citations.begin(), said.citations.end(), [&](const Citation& c) {
      return std::find(documents.begin(), documents.end(), c.document) != documents.end();
    });
  });
}

bool HoldsFacts(const Shown& shown, const AskedQuestion& asked) {
  return std::all_of(asked.facts.begin(), asked.facts.end(), [&](const auto& spellings) {
    return std::any_of(spellings.begin(), spellings.end(), [&](const std::string& spelling) {
      return absl::StrContains(shown.text, text::FoldText(spelling));
    });
  });
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

absl::StatusOr<AnswerEvalReport> RunAnswerEval(std::string_view questions, const TurnParts& parts,
                                               const ReplaySources& sources) {
  AnswerEvalReport report;
  Heard heard;
  ReplaySources listening = sources;
  std::vector<FoundPassage> last;
  listening.knowledge = [&](std::string_view recorded) {
    ReplayKnowledge knowledge = sources.knowledge(recorded);
    knowledge.search = [&heard, &last, search = std::move(knowledge.search)](
                           std::string_view query,
                           int k) -> absl::StatusOr<std::vector<FoundPassage>> {
      auto found = search(query, k);
      if (!found.ok()) return found;
      for (const FoundPassage& passage : *found) heard.passages[passage.hash] = passage;
      last = *found;
      return found;
    };
    return knowledge;
  };
  int number = 0;
  for (size_t at = 0; at < questions.size();) {
    const size_t end = std::min(questions.find('\n', at), questions.size());
    const std::string_view line = questions.substr(at, end - at);
    at = end + 1;
    ++number;
    if (line.empty()) continue;
    const absl::StatusOr<AskedQuestion> asked = ReadAsked(line, number);
    if (!asked.ok()) return asked.status();
    last.clear();
    const absl::StatusOr<Shown> shown = Ask(*asked, parts, listening);
    if (!shown.ok()) return shown.status();
    const bool refused = shown->sentences.empty();
    const bool cited = Cites(*shown, asked->documents);
    bool right = refused;
    if (asked->kind == "unanswerable") {
      report.refused_right.all += 1;
      report.refused_right.right += refused ? 1 : 0;
    } else {
      right = !refused && cited && HoldsFacts(*shown, *asked);
      report.answered.all += 1;
      report.answered.right += right ? 1 : 0;
      report.refused_wrong += refused ? 1 : 0;
      report.correct_citation.all += refused ? 0 : 1;
      report.correct_citation.right += cited ? 1 : 0;
    }
    AnswerEvalReport::Count& kind = report.by_kind[asked->kind];
    kind.all += 1;
    kind.right += right ? 1 : 0;
    report.unsupported_shown += Unsupported(*shown, heard);
    // What the judge saw, for tuning: of the last part of the question.
    nlohmann::json line_out = {{"question", asked->question},
                               {"kind", asked->kind},
                               {"right", right},
                               {"refused", refused},
                               {"cited_right", cited},
                               {"shown", nlohmann::json::array()}};
    for (const Said& said : shown->sentences) {
      line_out["shown"].push_back(
          {{"text", said.text},
           {"document", said.citations.empty() ? "" : said.citations[0].document}});
    }
    if (!last.empty()) {
      ReplayEffects effects({}, listening, true);
      const std::vector<Extract> extracts = ExtractAnswer(
          asked->question, last, parts.bundle.policy.grounding.sentences, effects);
      if (!extracts.empty()) {
        const Extract& best = *std::max_element(
            extracts.begin(), extracts.end(),
            [](const Extract& a, const Extract& b) { return a.score < b.score; });
        std::string quoted;
        for (const Extract& extract : extracts)
          absl::StrAppend(&quoted,
                          std::string(text::Slice(last[extract.passage].text, extract.span)), " ");
        const Answerable judged =
            JudgeAnswerable(asked->question, last, best.passage, quoted, best.near);
        line_out["signals"] = judged.signals;
        line_out["probability"] = judged.probability;
        line_out["best"] = quoted;
        line_out["best_document"] = last[best.passage].document;
      }
    }
    absl::StrAppend(&report.predictions,
                    line_out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), "\n");
  }
  if (number == 0) return absl::InvalidArgumentError("holds no questions");
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
  return json;
}

std::string AnswerEvalReport::ToTable() const {
  std::string table = absl::StrFormat(
      "%d questions\nanswered right %.3f of %d, a right document cited %.3f, refused wrongly %d\n"
      "refused rightly %.3f of %d\nsentences shown without support %d\n",
      answered.all + refused_right.all, answered.share(), answered.all, correct_citation.share(),
      refused_wrong, refused_right.share(), refused_right.all, unsupported_shown);
  for (const auto& [kind, count] : by_kind)
    absl::StrAppendFormat(&table, "  %-16s %d of %d\n", kind, count.right, count.all);
  return table;
}

}  // namespace frontdesk::dialog
