#include "dialog/answer/answer.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "dialog/answer/extract.h"
#include "dialog/answer/output_check.h"
#include "dialog/answer/prompt.h"
#include "dialog/answer/question_parts.h"
#include "dialog/answer/says_as_much.h"
#include "dialog/answer/support.h"
#include "dialog/answer/window.h"
#include "dialog/say.h"
#include "dialog/screen/screen.h"
#include "llm/model.h"
#include "text/segment.h"

namespace frontdesk::dialog {
namespace {

constexpr size_t kMostGroundedSentences = 120;

Citation Cite(const FoundPassage& passage, text::Span span) {
  return {passage.hash,
          passage.document,
          passage.title,
          passage.headings,
          passage.url,
          SourceOf(passage, span.begin),
          SourceOf(passage, span.end)};
}

// Follow-ups like "and to Germany?" mean nothing alone: the question before helps.
std::string QueryOf(const Turn& turn, const std::string& question) {
  const std::string& before = turn.state().last_question;
  const bool follow_up = question.size() < 28 && !before.empty() && before != question;
  return follow_up ? absl::StrCat(before, " ", question) : question;
}

// Passages found, best first, without those that speak to the assistant; all are recorded.
std::vector<FoundPassage> Retrieve(Turn& turn, const std::string& query) {
  const Grounding& grounding = turn.bundle.policy.grounding;
  absl::StatusOr<std::vector<FoundPassage>> found =
      turn.effects.Search(query, static_cast<int>(grounding.passages));
  if (!found.ok()) {
    turn.Emit(Degraded{"knowledge", std::string(absl::StatusCodeToString(found.status().code()))});
    return {};
  }
  Retrieved event{query, turn.effects.KnowledgeRevision(), {}};
  for (const FoundPassage& p : *found)
    event.hits.push_back({p.hash, p.document, p.score_q, p.cosine_q});
  turn.Emit(std::move(event));
  std::vector<FoundPassage> relevant;
  for (FoundPassage& passage : *found) {
    if (!HoldsInstructions(passage.text, turn.bundle.screen)) {
      relevant.push_back(std::move(passage));
    }
  }
  return relevant;
}

struct Checked {
  std::string text;
  Support support;
};

// Mode grounded: what the passages say is all that may be said.
std::optional<llm::Grounding> GroundingOf(const Turn& turn,
                                          const std::vector<FoundPassage>& passages) {
  if (turn.bundle.assistant.model_mode != ModelMode::kGrounded) return std::nullopt;
  const GroundedWords& words = turn.bundle.assistant.grounded;
  llm::Grounding grounding;
  grounding.connecting = words.connecting;
  if (!words.decline.empty()) grounding.alone.push_back(words.decline);
  grounding.most_sentences =
      static_cast<int>(std::clamp<int64_t>(turn.bundle.policy.grounding.sentences, 1, 16));
  grounding.runs = words.runs;
  grounding.kept = words.kept;
  for (const FoundPassage& passage : passages) {
    const std::string language = passage.language.empty() ? "en" : passage.language;
    for (const text::Span& span : text::Sentences(passage.text, language)) {
      if (grounding.sentences.size() == kMostGroundedSentences) return grounding;
      grounding.sentences.emplace_back(text::Slice(passage.text, span));
    }
  }
  return grounding;
}

std::optional<std::string> Decode(Turn& turn, const std::string& question,
                                  const std::vector<FoundPassage>& passages) {
  llm::GenerateRequest request;
  const llm::ModelInfo* info = turn.effects.Model();
  PromptBudget budget = ShareWindow(info != nullptr ? info->context_tokens : 0,
                                    static_cast<int>(turn.bundle.assistant.model_max_tokens));
  const std::string summary =
      SummaryOf(turn.state(), static_cast<size_t>(budget.summary_bytes));
  request.messages = AnswerPrompt(turn.bundle, question, passages, summary,
                                  turn.state().language, budget);
  request.max_tokens = static_cast<int>(turn.bundle.assistant.model_max_tokens);
  request.sampling.temperature = turn.bundle.assistant.temperature;
  request.key = {turn.conversation.value(), turn.state().turns};
  request.grounding = GroundingOf(turn, passages);
  absl::StatusOr<llm::Generation> generation = turn.effects.Generate(request);
  if (!generation.ok()) {
    turn.Emit(Degraded{"model", std::string(absl::StatusCodeToString(generation.status().code()))});
    return std::nullopt;
  }
  Generated event;
  event.prompt_file = "prompts/answer.txt";
  event.prompt_sha256 = PromptDigest(request.messages);
  event.model_sha256 = info != nullptr ? info->sha256 : "";
  event.numerics_version = info != nullptr ? info->numerics_version : "";
  event.prompt_tokens = generation->prompt_tokens;
  event.max_tokens = request.max_tokens;
  event.budget = budget.ToMap();
  event.stop = std::string(llm::StopReasonName(generation->stop));
  event.token_ids.assign(generation->token_ids.begin(), generation->token_ids.end());
  event.text = generation->text;
  event.grounded = generation->grounded;
  turn.Emit(std::move(event));
  // The model (a remote one) wrote freely: its sentences are verified as in mode verified.
  if (request.grounding && !generation->grounded)
    turn.Emit(Degraded{"grounded_decoding", "unsupported"});
  return generation->text;
}

// The model's sentences with their support; empty unless every one is supported and they say as much
// as the quote.
std::vector<Checked> ModelAnswer(Turn& turn, const std::string& question,
                                 const std::vector<FoundPassage>& passages,
                                 const std::vector<Extract>& quote) {
  std::vector<Checked> sentences;
  if (turn.bundle.assistant.model_mode == ModelMode::kOff || turn.effects.Model() == nullptr)
    return sentences;
  std::optional<std::string> text = Decode(turn, question, passages);
  if (!text) return sentences;
  bool all = true;
  std::set<std::string> written;  // a small model repeats itself; its readers should not
  const SupportChecker checker(passages, question, [&turn](std::span<const std::string> texts) {
    return turn.effects.Embed(texts);
  });
  for (const text::Span& span : text::Sentences(*text, turn.state().language)) {
    Checked one{std::string(text::Slice(*text, span)), {}};
    if (!written.insert(one.text).second) continue;
    one.support = checker.Check(one.text, turn.bundle.policy.grounding.support);
    if (one.support.holds) {
      const std::string forbidden = CheckOutput(one.text, passages[one.support.passage].text,
                                                turn.bundle.policy.competitors);
      if (!forbidden.empty()) {
        one.support.holds = false;
        one.support.rule = forbidden;
      }
    }
    all &= one.support.holds;
    sentences.push_back(std::move(one));
  }
  std::vector<Composed> composed;
  for (const Checked& one : sentences)
    composed.push_back({one.text, one.support.passage, one.support.sentence});
  const bool as_much = all && SaysAsMuch(question, composed, quote, passages);
  for (Checked& one : sentences) {
    if (all && !as_much) one.support.rule = "says_less";
    turn.Emit(SentenceChecked{one.text, "model", one.support.holds && (as_much || !all),
                              one.support.rule, one.support.scores,
                              passages[one.support.passage].hash});
  }
  const auto most = static_cast<size_t>(turn.bundle.policy.grounding.sentences);
  if (!as_much) sentences.clear();
  if (sentences.size() > most) sentences.resize(most);
  return sentences;
}

void ShowSentence(Turn& turn, std::string text, std::string_view path, const FoundPassage& passage,
                  text::Span span) {
  SayText(turn, std::move(text), path, "knowledge", 0, {Cite(passage, span)});
  turn.log.Commit(turn.now).IgnoreError();  // sticky; the caller's next step sees it
}

// The best sentences for the question, when they are likely enough to answer it.
Quote Quotable(Turn& turn, const std::string& query,
               const std::vector<FoundPassage>& passages) {
  const Grounding& grounding = turn.bundle.policy.grounding;
  Quote quote = QuoteAnswer(query, passages, grounding.sentences,
                            [&turn](std::span<const std::string> texts) {
                              return turn.effects.Embed(texts);
                            });
  if (quote.answerable < grounding.answerable) quote.extracts.clear();
  return quote;
}

void SayExtracts(Turn& turn, const std::vector<FoundPassage>& passages, const Quote& quote,
                 std::set<std::string>& said) {
  for (const Extract& extract : quote.extracts) {
    const FoundPassage& passage = passages[extract.passage];
    std::string text(text::Slice(passage.text, extract.span));
    if (!said.insert(text).second) continue;
    turn.Emit(SentenceChecked{
        text, "extractive", true, "quoted", {{"score", quote.answerable}}, passage.hash});
    ShowSentence(turn, std::move(text), "extractive", passage, extract.span);
  }
}

// One question: the model's words when all of them verify and say as much, else quotes. False: nothing said.
// said: sentences shown by the parts before, which are not shown again.
bool AnswerPart(Turn& turn, const std::string& question, const std::string& query,
                std::set<std::string>& said) {
  const std::vector<FoundPassage> passages = Retrieve(turn, query);
  if (passages.empty()) return false;
  const Quote quote = Quotable(turn, query, passages);
  if (quote.extracts.empty()) return false;  // the documents say nothing: the model is not asked
  std::vector<Checked> sentences = ModelAnswer(turn, question, passages, quote.extracts);
  for (Checked& sentence : sentences) {
    if (!said.insert(sentence.text).second) continue;
    ShowSentence(turn, std::move(sentence.text), "model", passages[sentence.support.passage],
                 sentence.support.sentence);
  }
  if (sentences.empty()) SayExtracts(turn, passages, quote, said);
  return true;
}

}  // namespace

bool AnswerFromKnowledge(Turn& turn, const std::string& question) {
  bool answered = false;
  const std::vector<std::string> parts = QuestionParts(question);
  std::vector<std::string> queries = PartQueries(parts);
  if (parts.size() == 1) queries[0] = QueryOf(turn, parts[0]);
  std::set<std::string> said;
  for (size_t i = 0; i < parts.size(); ++i) answered |= AnswerPart(turn, parts[i], queries[i], said);
  if (!answered) Speak(turn, "no_answer", {}, "refusal");
  return answered;
}

}  // namespace frontdesk::dialog
