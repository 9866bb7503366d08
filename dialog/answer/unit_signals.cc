#include "dialog/answer/unit_signals.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "absl/strings/str_cat.h"
#include "dialog/answer/alike_words.h"
#include "dialog/answer/asked_value.h"
#include "dialog/answer/evidence.h"
#include "dialog/answer/facts.h"
#include "llm/math.h"
#include "re2/re2.h"
#include "text/analyse.h"
#include "text/normalise.h"

namespace frontdesk::dialog {
namespace {

constexpr float kAlike = 0.9f;         // how well a word of the same meaning takes a word up
constexpr size_t kWordsComparedIn = 10;  // units whose words are compared one by one

constexpr std::array<std::string_view, kUnitSignals> kUnitSignalNames = {
    "near",          "passage_near",   "passage_score",  "passage_rank",  "held",
    "held_around",   "held_passage",   "alike",          "alike_around",  "pairs",
    "value_there",   "value_missing",  "values",         "permission",    "has_number",
    "asks",          "length",         "place",          "first",         "near_gap",
    "table_row",     "leans",          "neighbours",     "denies",        "rarest",
    "rarest_around", "numbers",        "names",          "announces",     "contact",
    "worst_word",    "heading_held",   "granted_denied", "in_order",       "numbered_name",
    "other_number",  "alike_gap"};

double Dot(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  }
  return sum;
}

struct TermsAndShapes {
  std::vector<std::string> terms, shapes;
};

// Content words, stemmed and as they stand.
TermsAndShapes ContentIn(std::string_view text, std::string_view language) {
  TermsAndShapes content;
  for (const text::Token& token : text::Analyse(text, language, {.drop_stop_words = true})) {
    content.terms.push_back(token.term);
    content.shapes.push_back(text::FoldText(text::Slice(text, token.span)));
  }
  return content;
}

bool Holds(const std::vector<std::string>& terms, const std::string& term) {
  return std::find(terms.begin(), terms.end(), term) != terms.end();
}

// Words of a question that carry the asking, not the subject.
bool OnlyAsks(std::string_view term) {
  static const auto* const kAsking = [] {
    auto* terms = new std::set<std::string, std::less<>>;
    for (const text::Token& token : text::Analyse(
             "much many long often soon far possible please thanks hello tell know want need like get got "
             "give take make let thing something anything exactly actually maybe sure okay right yes "
             "correct hear heard question wonder really also still just already would could should will "
             "mean happen say said",
             "en", {.drop_stop_words = true})) {
      terms->insert(token.term);
    }
    return terms;
  }();
  return kAsking->find(term) != kAsking->end();
}

}  // namespace

std::vector<NumberedName> NumberedNamesIn(std::string_view text) {
  static const RE2 kNumbered("\\b([a-z][a-z]{2,}) ([0-9]{1,4})\\b");
  std::vector<NumberedName> names;
  const std::string folded = text::FoldText(text);
  re2::StringPiece rest(folded);
  NumberedName name;
  while (RE2::FindAndConsume(&rest, kNumbered, &name.word, &name.number)) names.push_back(name);
  return names;
}

std::vector<std::string> NumbersOf(std::string_view word, std::string_view text) {
  std::vector<std::string> numbers;
  for (NumberedName& name : NumberedNamesIn(text)) {
    if (name.word == word) numbers.push_back(std::move(name.number));
  }
  return numbers;
}

std::string_view UnitSignalName(size_t signal) { return kUnitSignalNames[signal]; }

UnitReader::UnitReader(std::string_view question, const std::vector<FoundPassage>& passages,
                       const std::vector<AnswerUnit>& units, const screen::EmbedFn& embed)
    : question_(question), passages_(passages), units_(units), embed_(embed) {
  language_ = passages.empty() || passages[0].language.empty() ? "en" : passages[0].language;
  ReadQuestion();
  for (const AnswerUnit& unit : units_) {
    ReadUnit read;
    const FoundPassage& passage = passages_[unit.passage];
    read.terms = ContentIn(unit.TextIn(passage), language_).terms;
    read.headings = HeadingsOf(passage);
    read_.push_back(std::move(read));
  }
  WeighWords();
  EmbedUnits();
}

void UnitReader::ReadQuestion() {
  asked_values_ = AskedValues(question_);
  granted_ = TakesForGranted(question_);
  numbered_ = NumberedNamesIn(question_);
  const auto read = [&](bool all) {
    bool first = true;
    for (const text::Token& token : text::Analyse(question_, language_, {.drop_stop_words = true})) {
      const std::string_view typed = text::Slice(question_, token.span);
      const bool capital = typed[0] >= 'A' && typed[0] <= 'Z' && token.span.begin > 0;
      const bool digit = typed.find_first_of("0123456789") != std::string_view::npos;
      if (!all && OnlyAsks(token.term)) continue;
      first = false;
      const bool known = std::any_of(words_.begin(), words_.end(), [&](const AskedWord& word) {
        return word.term == token.term;
      });
      if (!known) {
        words_.push_back({token.term, text::FoldText(typed), 1, capital || digit});
      }
    }
    return !first;
  };
  if (!read(false)) read(true);
}

void UnitReader::WeighWords() {
  for (AskedWord& word : words_) {
    int holders = 0;
    for (const ReadUnit& unit : read_) holders += Holds(unit.terms, word.term) ? 1 : 0;
    word.weight = 1.0f / static_cast<float>(1 + holders) + 0.15f;
  }
  for (size_t i = 0; i < passages_.size(); ++i) {
    const std::vector<std::string> terms =
        ContentIn(absl::StrCat(HeadingsOf(passages_[i]), " ", passages_[i].text), language_).terms;
    std::vector<float> held;
    for (const AskedWord& word : words_) held.push_back(Holds(terms, word.term) ? 1.0f : 0.0f);
    passage_words_.push_back(std::move(held));
  }
}

void UnitReader::EmbedUnits() {
  if (!embed_) return;
  std::vector<std::string> texts{question_};
  for (const AnswerUnit& unit : units_) {
    texts.push_back(unit.InContext(passages_[unit.passage]));
  }
  absl::StatusOr<std::vector<std::vector<float>>> vectors = embed_(texts);
  if (!vectors.ok() || vectors->size() != texts.size()) return;
  question_vector_ = vectors->front();
  for (size_t i = 0; i < units_.size(); ++i) {
    read_[i].near = static_cast<float>(Dot(question_vector_, (*vectors)[i + 1]));
    nearest_ = std::max(nearest_, read_[i].near);
  }
}

void UnitReader::EmbedWords(const std::vector<size_t>& units) {
  if (question_vector_.empty()) return;
  std::set<std::string> shapes;
  for (const AskedWord& word : words_) shapes.insert(word.shape);
  for (const size_t i : units) {
    const FoundPassage& passage = passages_[units_[i].passage];
    for (const std::string& shape :
         ContentIn(absl::StrCat(read_[i].headings, " ", units_[i].lead, " ", units_[i].TextIn(passage)),
                   language_)
             .shapes) {
      shapes.insert(shape);
    }
  }
  const std::vector<std::string> texts(shapes.begin(), shapes.end());
  absl::StatusOr<std::vector<std::vector<float>>> vectors = embed_(texts);
  if (!vectors.ok() || vectors->size() != texts.size()) return;
  for (size_t i = 0; i < texts.size(); ++i) vectors_[texts[i]] = std::move((*vectors)[i]);
}

std::vector<float> UnitReader::TakenUpBy(const std::vector<std::string>& shapes,
                                         const std::vector<std::string>& terms) const {
  std::vector<float> taken;
  for (const AskedWord& word : words_) {
    float best = Holds(terms, word.term) ? 1.0f : 0.0f;
    if (best < 1 && std::any_of(terms.begin(), terms.end(), [&](const std::string& term) {
          return MeanAlike(word.term, term);
        })) {
      best = kAlike;
    }
    const auto own = vectors_.find(word.shape);
    for (size_t i = 0; best < 1 && own != vectors_.end() && i < shapes.size(); ++i) {
      const auto other = vectors_.find(shapes[i]);
      if (other == vectors_.end()) continue;
      best = std::max(best, std::min(0.95f, static_cast<float>(Dot(own->second, other->second))));
    }
    taken.push_back(best);
  }
  return taken;
}

std::vector<float> UnitReader::TakenUp(std::string_view text, std::string_view language) const {
  const TermsAndShapes content = ContentIn(text, language);
  return TakenUpBy(content.shapes, content.terms);
}

std::vector<UnitSignals> UnitReader::Signals() {
  // The likeliest units by what is known cheaply; only their words are compared one by one.
  std::vector<size_t> order(units_.size());
  std::vector<float> likely(units_.size());
  for (size_t i = 0; i < units_.size(); ++i) {
    order[i] = i;
    const std::string text =
        absl::StrCat(units_[i].TextIn(passages_[units_[i].passage]), " ", units_[i].lead);
    read_[i].here = TakenUp(units_[i].TextIn(passages_[units_[i].passage]), language_);
    read_[i].around = TakenUp(absl::StrCat(text, " ", read_[i].headings), language_);
    const auto [held, total] = WeightTaken(read_[i].around);
    likely[i] = read_[i].near + 0.4f * held / total;
  }
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return likely[a] > likely[b]; });
  if (order.size() > kWordsComparedIn) order.resize(kWordsComparedIn);
  EmbedWords(order);
  for (const size_t i : order) {
    const std::string text = units_[i].TextIn(passages_[units_[i].passage]);
    read_[i].here = TakenUp(text, language_);
    read_[i].around =
        TakenUp(absl::StrCat(text, " ", units_[i].lead, " ", read_[i].headings), language_);
  }
  for (const ReadUnit& read : read_) {
    const auto [taken, total] = WeightTaken(read.around);
    most_alike_ = std::max(most_alike_, taken / total);
  }
  std::vector<UnitSignals> signals;
  for (size_t i = 0; i < units_.size(); ++i) signals.push_back(SignalsOf(i));
  return signals;
}

std::pair<float, float> UnitReader::WeightTaken(const std::vector<float>& taken_up) const {
  float taken = 0, total = 1e-6f;
  for (size_t w = 0; w < words_.size(); ++w) {
    taken += words_[w].weight * taken_up[w];
    total += words_[w].weight;
  }
  return {taken, total};
}

std::array<float, 2> UnitReader::NumberedNames(size_t u) const {
  if (numbered_.empty()) return {0, 0};
  const AnswerUnit& unit = units_[u];
  const FoundPassage& passage = passages_[unit.passage];
  // What stands nearest decides: the unit, what it leans on, the heading above.
  const std::array<std::string, 3> near = {
      unit.TextIn(passage), unit.lead, passage.headings.empty() ? "" : passage.headings.back()};
  std::array<float, 2> agree = {0, 0};
  for (const NumberedName& name : numbered_) {
    for (const std::string& text : near) {
      const std::vector<std::string> numbers = NumbersOf(name.word, text);
      if (numbers.empty()) continue;
      const bool same = std::find(numbers.begin(), numbers.end(), name.number) != numbers.end();
      agree[same ? 0 : 1] += 1;
      break;
    }
  }
  return agree;
}

UnitSignals UnitReader::SignalsOf(size_t u) const {
  const AnswerUnit& unit = units_[u];
  const ReadUnit& read = read_[u];
  const FoundPassage& passage = passages_[unit.passage];
  const std::string text = unit.TextIn(passage);
  const uint32_t values = ValuesIn(text);

  const std::vector<std::string> headings = ContentIn(read.headings, language_).terms;
  const auto [alike, total] = WeightTaken(read.here);
  const float alike_around = WeightTaken(read.around).first;
  float held = 0, held_around = 0, held_passage = 0;
  float rarest_weight = 0, rarest = 0, rarest_around = 0, worst = 1, in_headings = 0;
  float names = 0, names_held = 0;
  for (size_t w = 0; w < words_.size(); ++w) {
    const float weight = words_[w].weight;
    held += read.here[w] == 1 ? weight : 0;
    held_around += read.around[w] == 1 ? weight : 0;
    held_passage += weight * passage_words_[unit.passage][w];
    worst = std::min(worst, read.around[w]);
    in_headings += Holds(headings, words_[w].term) ? weight : 0;
    if (weight > rarest_weight) {
      rarest_weight = weight;
      rarest = read.here[w];
      rarest_around = read.around[w];
    }
    if (words_[w].name) {
      names += 1;
      names_held += read.around[w] == 1 ? 1.0f : 0.0f;
    }
  }
  // Neighbouring words of the question that stand near each other in the unit, and its order.
  float pairs = 0, pairs_all = 0, ordered = 0;
  size_t last = 0;
  for (size_t w = 0; w < words_.size(); ++w) {
    const auto at = std::find(read.terms.begin(), read.terms.end(), words_[w].term);
    if (at != read.terms.end()) {
      const auto where = static_cast<size_t>(at - read.terms.begin()) + 1;
      ordered += where > last ? 1.0f : 0.0f;
      last = where;
    }
    if (w + 1 >= words_.size()) continue;
    pairs_all += 1;
    const auto next = std::find(read.terms.begin(), read.terms.end(), words_[w + 1].term);
    if (at != read.terms.end() && next != read.terms.end() && std::abs(next - at) <= 3) pairs += 1;
  }
  const uint32_t wanted = asked_values_ & ~uint32_t{kPermission};
  float neighbours = 0;
  for (size_t i = 0; i < units_.size(); ++i) {
    if (i == u || units_[i].passage != unit.passage) continue;
    const size_t gap = units_[i].order > unit.order ? units_[i].order - unit.order
                                                    : unit.order - units_[i].order;
    if (gap <= 2) neighbours = std::max(neighbours, read_[i].near);
  }
  float numbers = 0, numbers_held = 0;
  const std::vector<std::string> facts = FactsOf(text::FoldText(text), language_);
  for (const std::string& fact : FactsOf(text::FoldText(question_), language_)) {
    numbers += 1;
    numbers_held += std::binary_search(facts.begin(), facts.end(), fact) ? 1.0f : 0.0f;
  }
  const auto [numbered, other_number] = NumberedNames(u);
  const bool permission = (asked_values_ & kPermission) != 0;
  const auto share = [](float part, float whole) { return whole <= 0 ? 0.5f : part / whole; };
  const float denies = Denies(text) ? 1.0f : 0.0f;
  const float first_score =
      passages_[0].score_q == 0 ? 1.0f
                                : static_cast<float>(static_cast<double>(passage.score_q) /
                                                     static_cast<double>(passages_[0].score_q));
  return {read.near,
          static_cast<float>(static_cast<double>(passage.cosine_q) / 1e6),
          first_score,
          1.0f / static_cast<float>(1 + unit.passage),
          held / total,
          held_around / total,
          held_passage / total,
          alike / total,
          alike_around / total,
          share(pairs, pairs_all),
          wanted == 0 ? 0.5f : (values & wanted) != 0 ? 1.0f : 0.0f,
          wanted != 0 && (values & wanted) == 0 ? 1.0f : 0.0f,
          static_cast<float>(__builtin_popcount(values & wanted)),
          permission ? ((values & kPermission) != 0 ? 1.0f : 0.0f) : 0.5f,
          (values & kCount) != 0 ? 1.0f : 0.0f,
          unit.asks ? 1.0f : 0.0f,
          static_cast<float>(llm::Log(static_cast<double>(read.terms.size()) + 1)),
          static_cast<float>(std::min<size_t>(unit.order, 12)) / 12.0f,
          unit.order == 0 ? 1.0f : 0.0f,
          read.near - nearest_,
          unit.is_row ? 1.0f : 0.0f,
          unit.leans ? 1.0f : 0.0f,
          neighbours,
          denies,
          rarest,
          rarest_around,
          share(numbers_held, numbers),
          share(names_held, names),
          unit.announces ? 1.0f : 0.0f,
          (values & kContact) != 0 ? 1.0f : 0.0f,
          worst,
          in_headings / total,
          granted_ ? denies : 0.5f,
          words_.empty() ? 0.0f : ordered / static_cast<float>(words_.size()),
          numbered,
          other_number,
          alike_around / total - most_alike_};
}

}  // namespace frontdesk::dialog
