#include "dialog/screen/attack_model.h"

#include <algorithm>
#include <cstring>

#include "dialog/screen/disguise.h"
#include "dialog/understand/bytes.h"

// clang-format off
__asm__(
    ".section .rodata\n"
    ".balign 64\n"
    ".global frontdesk_attack_weights\n"
    "frontdesk_attack_weights:\n"
    ".incbin \"" FRONTDESK_ATTACK_WEIGHTS "\"\n"
    ".global frontdesk_attack_weights_end\n"
    "frontdesk_attack_weights_end:\n"
    ".byte 0\n"
    ".previous\n");
// clang-format on

extern "C" {
extern const char frontdesk_attack_weights[];
extern const char frontdesk_attack_weights_end[];
}

namespace frontdesk::screen {
namespace {

constexpr uint64_t kMagic = 0x32304b4341544146ull;  // "FATACK02"
constexpr size_t kBeginningBytes = 1200, kLastSentenceBytes = 600;

// At most so many bytes of a text, whole characters.
std::string Beginning(std::string_view text, size_t most) {
  size_t end = std::min(text.size(), most);
  while (end > 0 && end < text.size() && (text[end] & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end));
}

int64_t Millionths(double p) { return static_cast<int64_t>(p * 1e6 + 0.5); }

double Inner(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    sum += static_cast<double>(a[i]) * b[i];
  }
  return sum;
}

double BestReading(const AttackModel::Judge& judge, std::string_view text) {
  double best = 0;
  bool first = true;
  for (const std::string& reading : Readings(text)) {
    const double score = judge.Score(reading);
    best = first ? score : std::max(best, score);
    first = false;
  }
  return best;
}

void Put(understand::ByteWriter& out, const AttackModel::Judge& judge) {
  out.PutArray(judge.w);
  out.PutArray(judge.scale);
  out.Put(judge.bias);
  out.Put(judge.calibration.a);
  out.Put(judge.calibration.b);
}

AttackModel::Judge Get(understand::ByteReader& in) {
  AttackModel::Judge judge;
  judge.w = in.GetArray<int8_t>();
  judge.scale = in.GetArray<float>();
  judge.bias = in.Get<float>();
  judge.calibration.a = in.Get<double>();
  judge.calibration.b = in.Get<double>();
  return judge;
}

}  // namespace

double AttackModel::Judge::Score(std::string_view folded) const {
  double score = bias;
  for (const Feature& f : ScreenFeatures(folded)) {
    score += static_cast<double>(scale[f.place >> kHashBits]) * w[f.place] * f.value;
  }
  return score;
}

std::vector<std::string> AttackModel::EmbeddedTexts(std::string_view text) {
  const auto begin = static_cast<size_t>(LastSentence(text).data() - text.data());
  std::vector<std::string> texts = {Beginning(text, kBeginningBytes)};
  const bool several = text.substr(0, begin).find_first_not_of(" \t\r\n") != std::string_view::npos;
  if (several) texts.push_back(Beginning(text.substr(begin), kLastSentenceBytes));
  return texts;
}

double AttackModel::MessageScore(std::string_view text, Embeddings embeddings) const {
  const double words = BestReading(message_, text);
  if (!Fits(embeddings)) return words;
  return words + Inner(beginning_, embeddings.front()) + Inner(last_sentence_, embeddings.back());
}

int64_t AttackModel::Message(std::string_view text, Embeddings embeddings) const {
  const Calibration& calibration = Fits(embeddings) ? message_.calibration : words_alone_;
  return Millionths(calibration(MessageScore(text, embeddings)));
}

bool AttackModel::Fits(Embeddings embeddings) const {
  return !embeddings.empty() && embeddings.front().size() == beginning_.size() &&
         embeddings.back().size() == last_sentence_.size();
}

bool AttackModel::EmbeddingMatters(std::string_view text, int64_t threshold) const {
  if (beginning_.empty()) return false;
  const double words = BestReading(message_, text);
  const bool alone = Millionths(words_alone_(words)) >= threshold;
  return (Millionths(message_.calibration(words + most_embedding_)) >= threshold) != alone ||
         (Millionths(message_.calibration(words + least_embedding_)) >= threshold) != alone;
}

double AttackModel::PlantedScore(std::string_view sentence) const {
  return BestReading(planted_, sentence);
}

int64_t AttackModel::Planted(std::string_view sentence) const {
  return Millionths(planted_.calibration(PlantedScore(sentence)));
}

std::string AttackModel::Save() const {
  understand::ByteWriter out;
  Put(out, message_);
  Put(out, planted_);
  out.Put(words_alone_.a);
  out.Put(words_alone_.b);
  out.PutArray(beginning_);
  out.PutArray(last_sentence_);
  out.Put(least_embedding_);
  out.Put(most_embedding_);
  return understand::Seal(kMagic, out.Take());
}

absl::StatusOr<AttackModel> AttackModel::Load(std::string_view bytes) {
  const absl::Status bad = absl::DataLossError(
      "the attack weights are cut off or changed; train them again with scripts/train_screen.cc");
  const auto written = understand::Unseal(kMagic, bytes);
  if (!written) return bad;
  understand::ByteReader in(*written);
  AttackModel model;
  model.message_ = Get(in);
  model.planted_ = Get(in);
  model.words_alone_.a = in.Get<double>();
  model.words_alone_.b = in.Get<double>();
  model.beginning_ = in.GetArray<float>();
  model.last_sentence_ = in.GetArray<float>();
  model.least_embedding_ = in.Get<float>();
  model.most_embedding_ = in.Get<float>();
  for (const Judge* judge : {&model.message_, &model.planted_}) {
    if (judge->w.size() != kFeatures || judge->scale.size() != kBlocks + 1) return bad;
  }
  if (model.beginning_.size() != model.last_sentence_.size()) return bad;
  if (!in.ok() || !in.at_end()) return bad;
  return model;
}

const AttackModel& AttackModel::Shipped() {
  static const AttackModel* const model = [] {
    absl::StatusOr<AttackModel> loaded = Load(std::string_view(
        frontdesk_attack_weights,
        static_cast<size_t>(frontdesk_attack_weights_end - frontdesk_attack_weights)));
    return new AttackModel(*std::move(loaded));  // terminates when the file is not ours
  }();
  return *model;
}

}  // namespace frontdesk::screen
