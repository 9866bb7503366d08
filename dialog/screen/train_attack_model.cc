#include "dialog/screen/train_attack_model.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "dialog/screen/disguise.h"
#include "dialog/screen/own_messages.h"
#include "text/lines.h"
#include "text/segment.h"

namespace frontdesk::screen {
namespace {

constexpr int kOwnCopies = 6;
// Small talk must only stay clear of a refusal; at full weight, being short and lively would count
// against short attacks.
constexpr float kOwnWeight = 1.0f, kChatWeight = 0.03f;
constexpr int kIterations = 400;
constexpr double kTolerance = 1e-5;
constexpr float kMessageCost = 100, kPlantedCost = 30;
// More weighs the topic over the wording.
constexpr float kBeginningScale = 0.7f, kLastSentenceScale = 0.7f;
// Every message is learnt once more without its embeddings, so that words do not lean on them:
// they must decide alone where no encoder is at hand.
constexpr float kWordsAloneWeight = 0.5f;

// Of each message the embeddings of its texts.
absl::StatusOr<std::vector<std::vector<std::vector<float>>>> EmbedMessages(
    const EmbedFn& embed, const std::vector<std::string>& messages) {
  constexpr size_t kBatch = 64;
  std::vector<std::string> texts;
  std::vector<size_t> message_of;
  for (size_t i = 0; i < messages.size(); ++i) {
    for (std::string& text : AttackModel::EmbeddedTexts(messages[i])) {
      texts.push_back(std::move(text));
      message_of.push_back(i);
    }
  }
  std::vector<std::vector<std::vector<float>>> embedded(messages.size());
  for (size_t begin = 0; begin < texts.size(); begin += kBatch) {
    const size_t count = std::min(kBatch, texts.size() - begin);
    auto vectors = embed(std::span(texts).subspan(begin, count));
    if (!vectors.ok()) return vectors.status();
    for (size_t i = 0; i < count; ++i) {
      embedded[message_of[begin + i]].push_back(std::move((*vectors)[i]));
    }
  }
  return embedded;
}

LogisticRow RowOf(const std::string& text, Embeddings embeddings, bool positive, float weight) {
  LogisticRow row{ScreenFeatures(Readings(text).front()), positive, weight};
  if (embeddings.empty()) return row;
  uint32_t place = kFeatures;
  for (const float x : embeddings.front()) row.features.push_back({place++, kBeginningScale * x});
  for (const float x : embeddings.back()) row.features.push_back({place++, kLastSentenceScale * x});
  return row;
}

// Eight bits a weight, one scale a block.
AttackModel::Judge Rounded(const LogisticWeights& weights) {
  AttackModel::Judge judge;
  judge.w.resize(kFeatures);
  judge.bias = weights.bias;
  for (uint32_t block = 0; block <= kBlocks; ++block) {
    const uint32_t begin = block * kBlockSize, end = std::min(begin + kBlockSize, kFeatures);
    float most = 1e-9f;
    for (uint32_t i = begin; i < end; ++i) most = std::max(most, std::fabs(weights.w[i]));
    judge.scale.push_back(most / 127.0f);
    for (uint32_t i = begin; i < end; ++i) {
      judge.w[i] = static_cast<int8_t>(std::lround(weights.w[i] / judge.scale.back()));
    }
  }
  return judge;
}

}  // namespace

absl::StatusOr<std::vector<LabelledMessage>> ReadMessages(std::string_view jsonl,
                                                          const EmbedFn& embed) {
  std::vector<LabelledMessage> messages;
  std::vector<std::string> texts;
  for (const auto& [number, line] : text::NonEmptyLines(jsonl)) {
    const auto json = nlohmann::json::parse(line, nullptr, false);
    if (!json.is_object() || !json.contains("text") || !json["text"].is_string() ||
        !json.contains("label") || !json["label"].is_number_integer()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "line ", number, R"(: needs {"text": string, "label": 0 or 1, "source", "category"})"));
    }
    messages.push_back({json["text"], json["label"] == 1, json.value("source", ""),
                        json.value("category", ""), {}});
    texts.push_back(messages.back().text);
  }
  if (messages.empty()) return absl::InvalidArgumentError("holds no messages");
  if (!embed) return messages;
  auto embedded = EmbedMessages(embed, texts);
  if (!embedded.ok()) return embedded.status();
  for (size_t i = 0; i < messages.size(); ++i) messages[i].embeddings = std::move((*embedded)[i]);
  return messages;
}

absl::StatusOr<std::vector<LabelledMessage>> ReadDocumentSentences(std::string_view jsonl,
                                                                   int stride) {
  constexpr size_t kShortest = 20, kLongest = 400;
  std::vector<LabelledMessage> sentences;
  int seen = 0;
  for (const auto& [number, line] : text::NonEmptyLines(jsonl)) {
    const auto json = nlohmann::json::parse(line, nullptr, false);
    const std::string field = json.is_object() && json.contains("text") ? "text" : "content";
    if (!json.is_object() || !json.contains(field) || !json[field].is_string()) {
      return absl::InvalidArgumentError(
          absl::StrCat("line ", number, R"(: needs {"text": string} or {"content": string})"));
    }
    if (json.value("title", "").starts_with("Internal")) continue;
    const std::string text = json[field];
    for (const text::Span& span : text::Sentences(text, "en")) {
      if (span.size() < kShortest || span.size() > kLongest || seen++ % stride != 0) continue;
      sentences.push_back({std::string(text::Slice(text, span)), false, "documents", "document", {}});
    }
  }
  return sentences;
}

absl::StatusOr<AttackTrainer> AttackTrainer::Make(const std::vector<LabelledMessage>& messages,
                                                  const EmbedFn& embed) {
  AttackTrainer trainer;
  trainer.messages_ = &messages;
  const auto add = [&](const std::string& text, Embeddings embeddings, bool attack, bool planted,
                       float weight) {
    trainer.message_rows_.push_back(RowOf(text, embeddings, attack, weight));
    trainer.planted_rows_.push_back(RowOf(text, {}, attack || planted, weight));
    trainer.words_rows_.push_back(RowOf(text, {}, attack, kWordsAloneWeight * weight));
    if (!embeddings.empty()) trainer.depth_ = embeddings.front().size();
  };
  for (const LabelledMessage& m : messages) {
    add(m.text, m.embeddings, m.attack && !m.planted(), m.planted(), 1.0f);
    trainer.in_message_.push_back(!m.harmful() && !m.planted() && !m.of_document());
    trainer.in_planted_.push_back(
        !m.harmful() && (m.attack || m.of_document() || m.category == "benign_customer"));
  }
  const std::vector<OwnMessage> own = OwnMessages(kOwnCopies);
  std::vector<std::vector<std::vector<float>>> embedded(own.size());
  if (embed) {
    std::vector<std::string> texts;
    for (const OwnMessage& m : own) texts.push_back(m.text);
    auto vectors = EmbedMessages(embed, texts);
    if (!vectors.ok()) return vectors.status();
    embedded = *std::move(vectors);
  }
  for (size_t i = 0; i < own.size(); ++i) {
    const OwnMessage::Kind kind = own[i].kind;
    const bool chat = kind == OwnMessage::kChat, polite = kind == OwnMessage::kPolite;
    const bool attack = kind == OwnMessage::kAttack;
    add(own[i].text, embedded[i], attack, kind == OwnMessage::kPlanted,
        chat ? kChatWeight : kOwnWeight);
    trainer.in_message_.push_back(attack || polite || chat);
    trainer.in_planted_.push_back(!polite && !chat);
  }
  return trainer;
}

AttackModel AttackTrainer::Train(const std::vector<bool>& use) const {
  const size_t labelled = messages_->size();
  const auto rows = [&](const std::vector<LogisticRow>& all, const std::vector<bool>& in) {
    std::vector<const LogisticRow*> chosen;
    for (size_t i = 0; i < all.size(); ++i) {
      if (in[i] && (i >= labelled || use[i])) chosen.push_back(&all[i]);
    }
    return chosen;
  };
  const uint32_t width = kFeatures + 2 * static_cast<uint32_t>(depth_);
  const std::vector<const LogisticRow*> message_rows = rows(message_rows_, in_message_);
  std::vector<const LogisticRow*> both_ways;
  if (depth_ > 0) both_ways = rows(words_rows_, in_message_);
  both_ways.insert(both_ways.end(), message_rows.begin(), message_rows.end());
  const LogisticWeights message =
      TrainLogistic(both_ways, width, kMessageCost, kIterations, kTolerance);
  const LogisticWeights planted =
      TrainLogistic(rows(planted_rows_, in_planted_), kFeatures, kPlantedCost);
  AttackModel model;
  model.message_ = Rounded(message);
  model.planted_ = Rounded(planted);
  for (size_t i = 0; i < depth_; ++i) {
    model.beginning_.push_back(kBeginningScale * message.w[kFeatures + i]);
    model.last_sentence_.push_back(kLastSentenceScale * message.w[kFeatures + depth_ + i]);
  }
  // What embeddings add, seen over the training rows and a little beyond.
  for (const LogisticRow* row : message_rows) {
    double added = 0;
    for (const Feature& f : row->features) {
      if (f.place >= kFeatures) added += static_cast<double>(message.w[f.place]) * f.value;
    }
    model.least_embedding_ = std::min(model.least_embedding_, static_cast<float>(added));
    model.most_embedding_ = std::max(model.most_embedding_, static_cast<float>(added));
  }
  return model;
}

OutOfFold AttackTrainer::CrossScore(int folds) const {
  OutOfFold scores;
  scores.message.resize(messages_->size());
  scores.words.resize(messages_->size());
  scores.planted.resize(messages_->size());
  for (int fold = 0; fold < folds; ++fold) {
    // Every fifth message, by a stride that is not the file's own order of sources.
    std::vector<bool> use(messages_->size());
    const auto fold_of = [folds](size_t i) {
      return static_cast<int>((i * 2654435761u >> 7) % static_cast<size_t>(folds));
    };
    for (size_t i = 0; i < use.size(); ++i) use[i] = fold_of(i) != fold;
    const AttackModel model = Train(use);
    for (size_t i = 0; i < use.size(); ++i) {
      if (use[i]) continue;
      const LabelledMessage& m = (*messages_)[i];
      scores.message[i] = model.MessageScore(m.text, m.embeddings);
      scores.words[i] = model.MessageScore(m.text, {});
      scores.planted[i] = model.PlantedScore(m.text);
    }
  }
  return scores;
}

AttackModel AttackTrainer::TrainAll(const OutOfFold& held_out) const {
  AttackModel model = Train(std::vector<bool>(messages_->size(), true));
  std::vector<double> message, words, planted;
  std::vector<bool> attack, aimed;
  for (size_t i = 0; i < messages_->size(); ++i) {
    if (in_message_[i]) {
      message.push_back(held_out.message[i]);
      words.push_back(held_out.words[i]);
      attack.push_back(message_rows_[i].positive);
    }
    if (in_planted_[i]) {
      planted.push_back(held_out.planted[i]);
      aimed.push_back(planted_rows_[i].positive);
    }
  }
  model.message_.calibration = FitCalibration(message, attack);
  model.words_alone_ = FitCalibration(words, attack);
  model.planted_.calibration = FitCalibration(planted, aimed);
  return model;
}

}  // namespace frontdesk::screen
