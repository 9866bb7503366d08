#include "dialog/understand/understander.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "dialog/understand/bytes.h"
#include "dialog/understand/clauses.h"
#include "dialog/understand/courtesy.h"
#include "dialog/understand/cues.h"
#include "dialog/understand/intents/dense.h"
#include "dialog/understand/intents/train_intents.h"
#include "dialog/understand/slots/slot_reader.h"
#include "dialog/understand/words/phrasebook.h"
#include "dialog/understand/words/pleasantries.h"
#include "text/characters.h"
#include "text/language.h"

namespace frontdesk::understand {

namespace {

constexpr std::string_view kMagic = "FDUNDST1";
constexpr uint32_t kVersion = 3;
constexpr size_t kClassifiedBytes = 4096;
constexpr size_t kMostIntents = 5, kMostAlternatives = 3;
// A clause is a wish of its own when its intent is at least this sure and it is in scope.
constexpr int32_t kConfidentClause = 600'000;
constexpr int32_t kConfidentInStory = 900'000;
constexpr double kSureLanguage = 0.6;
constexpr double kSurePleasantry = 0.7;

int32_t Millionths(double p) {
  return static_cast<int32_t>(std::lround(std::clamp(p, 0.0, 1.0) * kCertain));
}

std::string CutAtCharacter(std::string_view text, size_t limit) {
  if (text.size() <= limit) return std::string(text);
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0) == 0x80) --limit;
  return std::string(text.substr(0, limit));
}

// What of a text is classified.
std::string Classified(const Message& message, const std::vector<bool>& courtesies) {
  return CutAtCharacter(Core(message, courtesies), kClassifiedBytes);
}

std::string ClassifiedExample(const std::string& example) {
  const Message message = ReadMessage(example);
  return Classified(message, FindCourtesies(message));
}

// "card_arrival" → "card arrival": a name says what the intent means.
std::string NameAsWords(std::string_view name) {
  std::string words(name);
  std::replace(words.begin(), words.end(), '_', ' ');
  std::replace(words.begin(), words.end(), '.', ' ');
  std::transform(words.begin(), words.end(), words.begin(),
                 [](unsigned char c) { return c < 0x80 ? static_cast<char>(std::tolower(c)) : c; });
  return words;
}

absl::Status CheckTrainingSet(const TrainingSet& set) {
  if (set.intents.size() < 2) {
    return absl::InvalidArgumentError(
        absl::StrCat("The bundle has ", set.intents.size(),
                     " intents; understanding needs at least two: add files to intents/."));
  }
  std::set<std::string> names;
  for (const IntentExamples& intent : set.intents) {
    if (intent.name.empty() || !names.insert(intent.name).second) {
      return absl::InvalidArgumentError(absl::StrCat(
          "Intent \"", intent.name, "\" is declared twice or has no name; rename one of them."));
    }
    if (intent.examples.size() < 2) {
      return absl::InvalidArgumentError(absl::StrCat("Intent \"", intent.name, "\" has ",
                                                     intent.examples.size(),
                                                     " examples; give it at least two."));
    }
  }
  return absl::OkStatus();
}

bool HalvesAreOfLengthOne(const std::vector<float>& vector) {
  constexpr float kRounding = 1e-2f;
  const size_t half = vector.size() / 2;
  if (half == 0 || vector.size() % 2 != 0) return false;
  return std::abs(Dot(vector.data(), vector.data(), half) - 1.0f) < kRounding &&
         std::abs(Dot(vector.data() + half, vector.data() + half, half) - 1.0f) < kRounding;
}

// Appends the features of texts to `all`; depth is that of the first call.
absl::Status ReadFeatures(const FeatureFn& features, const std::vector<std::string>& texts,
                          size_t* depth, std::vector<float>* all) {
  const absl::StatusOr<std::vector<std::vector<float>>> read = features(texts);
  if (!read.ok()) return read.status();
  if (read->size() != texts.size()) {
    return absl::InternalError("The encoder read another number of texts than it was given.");
  }
  if (*depth == 0) *depth = read->front().size();
  for (const std::vector<float>& vector : *read) {
    if (vector.size() != *depth || !HalvesAreOfLengthOne(vector)) {
      return absl::InvalidArgumentError(
          "Understanding is trained on llm::Encoder::Features: vectors of one size with two halves"
          " of length one each.");
    }
    all->insert(all->end(), vector.begin(), vector.end());
  }
  return absl::OkStatus();
}

absl::StatusOr<LabelledTexts> MakeTexts(const TrainingSet& set, const FeatureFn& features) {
  std::map<std::string, const IntentExamples*> sorted;
  for (const IntentExamples& intent : set.intents) sorted[intent.name] = &intent;
  LabelledTexts texts;
  for (const auto& [name, intent] : sorted) {
    for (const std::string& example : intent->examples) {
      texts.texts.push_back(ClassifiedExample(example));
      texts.label.push_back(static_cast<int>(texts.names.size()));
    }
    texts.names.push_back(name);
  }
  if (set.out_of_scope.size() >= 2) {
    for (const std::string& example : set.out_of_scope) {
      texts.texts.push_back(ClassifiedExample(example));
      texts.label.push_back(static_cast<int>(texts.names.size()));
    }
  }
  texts.evaluated = texts.texts.size();
  for (size_t k = 0; k < texts.names.size(); ++k) {
    texts.texts.push_back(NameAsWords(texts.names[k]));
    texts.label.push_back(static_cast<int>(k));
  }
  if (!features) return texts;
  const struct {
    const std::vector<std::string>& texts;
    std::vector<float>* features;
  } wanted[] = {{texts.texts, &texts.features},
                {Pleasantries(), &texts.pleasantries},
                {PlainWishes(), &texts.plain_wishes}};
  for (const auto& [said, read] : wanted) {
    if (absl::Status s = ReadFeatures(features, said, &texts.depth, read); !s.ok()) return s;
  }
  return texts;
}

std::vector<IntentScore> Ranked(const IntentModel& model, const IntentJudgement& judgement,
                                size_t most) {
  struct Place {
    int32_t p;
    size_t intent;
  };
  std::vector<Place> places;
  for (size_t k = 0; k < judgement.probability.size(); ++k) {
    places.push_back({Millionths(judgement.probability[k]), k});
  }
  most = std::min(most, places.size());
  std::partial_sort(places.begin(), places.begin() + static_cast<int64_t>(most), places.end(),
                    [](const Place& a, const Place& b) {
                      return a.p != b.p ? a.p > b.p : a.intent < b.intent;
                    });
  std::vector<IntentScore> ranked;
  for (size_t i = 0; i < most; ++i) ranked.push_back({model.names[places[i].intent], places[i].p});
  return ranked;
}

// The best intent of a piece of the message. Bytes [begin, end) of the text.
DetectedIntent Detect(const IntentModel& model, const IntentJudgement& judgement, uint32_t begin,
                      uint32_t end) {
  std::vector<IntentScore> ranked = Ranked(model, judgement, kMostAlternatives + 1);
  DetectedIntent detected{begin, end, ranked[0].intent, ranked[0].p,
                          Millionths(judgement.out_of_scope), {}};
  detected.alternatives.assign(ranked.begin() + 1, ranked.end());
  return detected;
}

bool HasWords(const Message& message) {
  for (size_t i = 0; i < message.tokens.size(); ++i) {
    if (message.tokens[i].kind == MessageToken::kVault) return true;
    if (message.tokens[i].kind == MessageToken::kWord && text::HoldsAssigned(message.key(i))) return true;
  }
  return false;
}

// A clause and the intent it names.
struct Heard {
  Clause clause;
  DetectedIntent wish;
};

// "My headlamp died, I'd like to use the guarantee": the first clause is no wish of its own.
void DropCircumstances(std::vector<Heard>* heard) {
  for (size_t i = 0; i + 1 < heard->size();) {
    const int drop = Circumstance((*heard)[i].clause, (*heard)[i + 1].clause);
    if (drop < 0) {
      ++i;
    } else if (drop == 2) {
      const bool former = (*heard)[i].wish.p < (*heard)[i + 1].wish.p;
      heard->erase(heard->begin() + static_cast<int64_t>(former ? i : i + 1));
    } else {
      heard->erase(heard->begin() + static_cast<int64_t>(i) + drop);
    }
  }
}

// Whether a clause says what it is about: "cancel it please" needs the words around it.
bool SaysWhat(const Message& message, const Clause& clause) {
  const Phrasebook& book = Phrasebook::Get();
  size_t own = 0;
  for (size_t i = clause.first; i < clause.last; ++i) {
    own += message.tokens[i].kind == MessageToken::kWord &&
           book.light_words.Match(message, i, clause.last) == 0;
  }
  return own >= 2;
}

// The clauses that are wishes, without the courtesies around them. Where few words would be left,
// "the interruption" of "pardon the interruption", all of it tells better that it is no wish.
std::vector<Clause> Wishes(const Message& message, const std::vector<Clause>& clauses,
                           const std::vector<bool>& courtesies) {
  constexpr std::ptrdiff_t kFewestWords = 4;
  std::vector<Clause> wishes;
  for (const Clause& clause : clauses) {
    if (!clause.wish) continue;
    Clause bare = clause;
    while (courtesies[bare.first]) ++bare.first;
    while (courtesies[bare.last - 1]) --bare.last;
    const auto words = std::count_if(
        message.tokens.begin() + static_cast<int64_t>(bare.first),
        message.tokens.begin() + static_cast<int64_t>(bare.last),
        [](const MessageToken& token) { return token.kind == MessageToken::kWord; });
    wishes.push_back(words < kFewestWords ? clause : bare);
  }
  return wishes;
}

// How many texts a message is judged by: the whole, and each wish when there are several.
size_t CountTexts(const std::vector<Clause>& wishes) {
  return wishes.size() < 2 ? 1 : 1 + wishes.size();
}

}  // namespace

struct Understander::Parts {
  IntentModel model;
  std::map<std::string, std::string> flow_of;  // intent → flow; intents without one are absent
  Thresholds thresholds;
  SlotReader slots;

  void DetectIntents(const Message& message, const std::vector<Clause>& wishes,
                     const std::vector<bool>& courtesies, const UtteranceInput& input,
                     Understanding* u) const;
};

absl::StatusOr<Understander::Trained> Understander::Train(const TrainingSet& set,
                                                          const FeatureFn& features,
                                                          const TrainOptions& options) {
  if (absl::Status s = CheckTrainingSet(set); !s.ok()) return s;
  absl::StatusOr<SlotReader> slots = SlotReader::Create(set.slots);
  if (!slots.ok()) return slots.status();
  absl::StatusOr<LabelledTexts> texts = MakeTexts(set, features);
  if (!texts.ok()) return texts.status();
  TrainedIntents trained = TrainIntents(*texts, options);
  std::map<std::string, std::string> flow_of;
  for (const IntentExamples& intent : set.intents) {
    if (!intent.flow.empty()) flow_of[intent.name] = intent.flow;
  }
  const Thresholds thresholds = trained.report.thresholds;
  auto parts = std::unique_ptr<Parts>(new Parts{std::move(trained.model), std::move(flow_of),
                                                thresholds, *std::move(slots)});
  return Trained{Understander(std::move(parts)), std::move(trained.report)};
}

std::string Understander::Save() const {
  ByteWriter body;
  parts_->model.Write(&body);
  body.Put<uint32_t>(static_cast<uint32_t>(parts_->flow_of.size()));
  for (const auto& [intent, flow] : parts_->flow_of) {
    body.PutString(intent);
    body.PutString(flow);
  }
  for (int32_t t : {parts_->thresholds.answer, parts_->thresholds.clarify,
                    parts_->thresholds.out_of_scope}) {
    body.Put(t);
  }
  body.Put<uint32_t>(static_cast<uint32_t>(parts_->slots.slots().size()));
  for (const SlotRequest& slot : parts_->slots.slots()) {
    for (const std::string* text : {&slot.flow, &slot.name, &slot.type, &slot.pattern}) {
      body.PutString(*text);
    }
    for (const std::optional<int64_t>* day : {&slot.from_day, &slot.to_day}) {
      body.Put<uint8_t>(day->has_value());
      body.Put<int64_t>(day->value_or(0));
    }
    body.Put<uint32_t>(static_cast<uint32_t>(slot.choices.size()));
    for (const Choice& choice : slot.choices) {
      body.PutString(choice.canonical);
      body.Put<uint32_t>(static_cast<uint32_t>(choice.synonyms.size()));
      for (const std::string& synonym : choice.synonyms) body.PutString(synonym);
    }
  }
  const std::string bytes = body.Take();
  ByteWriter file;
  file.Put<uint64_t>(bytes.size());
  file.Put<uint64_t>(Checksum(bytes));
  ByteWriter version;
  version.Put<uint32_t>(kVersion);
  return absl::StrCat(std::string(kMagic), version.Take(), file.Take(), bytes);
}

absl::StatusOr<Understander> Understander::Load(std::string_view bytes) {
  constexpr std::string_view kRemedy = " Train the bundle again.";
  if (bytes.size() < kMagic.size() + 20 || bytes.substr(0, kMagic.size()) != kMagic) {
    return absl::DataLossError(
        absl::StrCat("The trained understanding is truncated or no such file.", kRemedy.data()));
  }
  ByteReader header(bytes.substr(kMagic.size(), 20));
  const uint32_t version = header.Get<uint32_t>();
  if (version != kVersion) {
    return absl::FailedPreconditionError(
        absl::StrCat("The trained understanding has format version ", version, ", this program ",
                     kVersion, ".", kRemedy.data()));
  }
  const uint64_t size = header.Get<uint64_t>(), checksum = header.Get<uint64_t>();
  const std::string_view body = bytes.substr(kMagic.size() + 20);
  if (body.size() != size || Checksum(body) != checksum) {
    return absl::DataLossError(absl::StrCat(
        "The trained understanding is damaged (size or checksum differ).", kRemedy.data()));
  }
  ByteReader in(body);
  IntentModel model;
  bool ok = model.Read(&in);
  std::map<std::string, std::string> flow_of;
  for (uint32_t i = 0, n = in.Get<uint32_t>(); ok && i < n && in.ok(); ++i) {
    const std::string intent = in.GetString();
    flow_of[intent] = in.GetString();
  }
  Thresholds thresholds;
  for (int32_t* t : {&thresholds.answer, &thresholds.clarify, &thresholds.out_of_scope}) {
    *t = in.Get<int32_t>();
  }
  std::vector<SlotRequest> slots;
  for (uint32_t i = 0, n = in.Get<uint32_t>(); ok && i < n && in.ok(); ++i) {
    SlotRequest slot;
    for (std::string* text : {&slot.flow, &slot.name, &slot.type, &slot.pattern}) {
      *text = in.GetString();
    }
    for (std::optional<int64_t>* day : {&slot.from_day, &slot.to_day}) {
      const bool given = in.Get<uint8_t>() != 0;
      const int64_t value = in.Get<int64_t>();
      if (given) *day = value;
    }
    for (uint32_t c = 0, choices = in.Get<uint32_t>(); c < choices && in.ok(); ++c) {
      Choice choice{in.GetString(), {}};
      for (uint32_t s = 0, synonyms = in.Get<uint32_t>(); s < synonyms && in.ok(); ++s) {
        choice.synonyms.push_back(in.GetString());
      }
      slot.choices.push_back(std::move(choice));
    }
    slots.push_back(std::move(slot));
  }
  absl::StatusOr<SlotReader> reader = SlotReader::Create(std::move(slots));
  if (!ok || !in.ok() || !in.at_end() || !reader.ok()) {
    return absl::DataLossError(absl::StrCat(
        "The trained understanding is damaged (its parts do not fit).", kRemedy.data()));
  }
  return Understander(std::unique_ptr<Parts>(
      new Parts{std::move(model), std::move(flow_of), thresholds, *std::move(reader)}));
}

std::vector<std::string> Understander::TextsToEmbed(const UtteranceInput& input) const {
  if (parts_->model.depth == 0) return {};
  const Message message = ReadMessage(input.text);
  if (!HasWords(message) || parts_->slots.AnswersAsked(message, input)) return {};
  const std::vector<bool> courtesies = FindCourtesies(message);
  std::vector<std::string> texts = {Classified(message, courtesies)};
  const std::vector<Clause> wishes = Wishes(message, SplitClauses(message, courtesies), courtesies);
  if (CountTexts(wishes) == 1) return texts;
  for (const Clause& wish : wishes) texts.emplace_back(message.Surface(wish.first, wish.last));
  return texts;
}

void Understander::Parts::DetectIntents(const Message& message, const std::vector<Clause>& wishes,
                                        const std::vector<bool>& courtesies,
                                        const UtteranceInput& input, Understanding* u) const {
  const auto features = [&](size_t i) {
    return i < input.features.size() ? input.features[i].data() : nullptr;
  };
  IntentJudgement judgement = model.Judge(Classified(message, courtesies), features(0));
  std::vector<Heard> heard;
  IntentJudgement last;  // of the wish that was heard last
  for (size_t i = 0; wishes.size() >= 2 && i < wishes.size(); ++i) {
    const Clause& wish = wishes[i];
    const float* read = features(i + 1);
    // "…, cancel it please": what it is, only the whole message says.
    const bool points_back = i > 0 && !SaysWhat(message, wish) &&
                             Phrasebook::Get().back_pointers.In(message, wish.first, wish.last);
    IntentJudgement part =
        points_back ? judgement : model.Judge(message.Surface(wish.first, wish.last), read);
    const double pleasantry = read != nullptr && !points_back ? model.pleasantry.Probability(read) : 0.0;
    if (pleasantry >= kSurePleasantry &&
        pleasantry > part.probability[part.best()] * (1 - part.out_of_scope)) {
      continue;
    }
    heard.push_back({wish, Detect(model, part, message.tokens[wish.first].begin,
                                  message.tokens[wish.last - 1].end)});
    last = std::move(part);
  }
  // One wish among pleasantries is what the message says.
  if (wishes.size() >= 2 && heard.size() == 1) judgement = std::move(last);
  u->intents = Ranked(model, judgement, kMostIntents);
  u->out_of_scope_p = Millionths(judgement.out_of_scope);

  std::vector<Heard> sure;
  for (const Heard& h : heard) {
    // Of a story, what only tells must be sure to be a wish.
    const bool story = wishes.size() >= kMostWishes;
    const int32_t least = story && h.clause.tells ? kConfidentInStory : kConfidentClause;
    if (h.wish.p >= least && h.wish.out_of_scope_p < thresholds.out_of_scope) sure.push_back(h);
  }
  const size_t before = sure.size();
  DropCircumstances(&sure);
  const DetectedIntent all =
      Detect(model, judgement, 0, static_cast<uint32_t>(message.text.size()));
  std::set<std::string> different;
  for (const Heard& h : sure) {
    if (different.insert(h.wish.intent).second) u->detected.push_back(h.wish);
  }
  if (u->detected.size() >= 2) return;
  if (u->detected.size() == 1) {
    // The one wish among circumstances, or a clause that is surer of what the whole seems to say;
    // the message as a whole is about it.
    DetectedIntent& one = u->detected[0];
    if (one.intent == all.intent ? one.p > all.p : before > 1 && SaysWhat(message, sure[0].clause)) {
      one.begin = all.begin;
      one.end = all.end;
      return;
    }
  }
  u->detected.clear();
  u->detected.push_back(all);
  if (u->out_of_scope_p >= thresholds.out_of_scope) u->detected[0].intent.clear();
}

absl::StatusOr<Understanding> Understander::Understand(const UtteranceInput& input) const {
  const Message message = ReadMessage(input.text);
  const std::vector<bool> courtesies = FindCourtesies(message);
  const std::vector<Clause> clauses = SplitClauses(message, courtesies);
  const std::vector<Clause> wishes = Wishes(message, clauses, courtesies);
  const bool plain_answer = parts_->slots.AnswersAsked(message, input);
  Understanding u;
  if (!input.features.empty()) {
    const bool embedded = parts_->model.depth > 0 && HasWords(message) && !plain_answer;
    const size_t wanted = embedded ? CountTexts(wishes) : 0;
    const bool lengths_fit =
        std::all_of(input.features.begin(), input.features.end(),
                    [&](const std::vector<float>& e) { return e.size() == parts_->model.depth; });
    if (input.features.size() != wanted || !lengths_fit) {
      return absl::InvalidArgumentError(
          absl::StrCat("Understand got features of ", input.features.size(), " texts where TextsToEmbed names ",
                       wanted, ", or vectors of another length than trained."));
    }
  }
  u.lexical_only = input.features.empty() && parts_->model.depth > 0 && HasWords(message) &&
                   !plain_answer;
  const text::LanguageGuess guess = text::IdentifyLanguage(message.text);
  u.language = guess.code != "und" && (guess.confidence >= kSureLanguage || input.language.empty())
                   ? guess.code
                   : input.language;
  if (HasWords(message)) {
    parts_->DetectIntents(message, wishes, courtesies, input, &u);
  } else {
    u.out_of_scope_p = message.tokens.empty() ? kCertain : kCertain / 2;
  }
  std::vector<std::string> flows;
  for (const DetectedIntent& detected : u.detected) {
    const auto flow = parts_->flow_of.find(detected.intent);
    if (flow != parts_->flow_of.end() && flow->second != input.flow) flows.push_back(flow->second);
  }
  Extraction found = parts_->slots.Read(message, input, flows);
  u.slots = std::move(found.slots);
  u.mentions = std::move(found.mentions);
  u.rejected = std::move(found.rejected);
  u.affirmation = FindAffirmation(message, input.asked == "confirm");
  u.sentiment = FindSentiment(message);
  u.cues = FindCues(message, clauses);
  return u;
}

std::vector<std::string> Understander::intents() const { return parts_->model.names; }
const Thresholds& Understander::thresholds() const { return parts_->thresholds; }

Understander::Understander(std::unique_ptr<const Parts> parts) : parts_(std::move(parts)) {}
Understander::Understander(Understander&&) noexcept = default;
Understander& Understander::operator=(Understander&&) noexcept = default;
Understander::~Understander() = default;

}  // namespace frontdesk::understand
