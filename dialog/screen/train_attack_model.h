// Trains the attack model from labelled messages.
//
// Besides the labelled ones it learns from own_messages.h. harmful_request lines (asking for
// something illegal, without touching the assistant) are left out: they are no attack on
// the assistant; the shop's flows have nothing to say to them. Deterministic.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "dialog/screen/attack_model.h"

namespace frontdesk::screen {

struct LabelledMessage {
  std::string text;
  bool attack = false;
  std::string source, category;
  // Of AttackModel::EmbeddedTexts(text); none: words only.
  std::vector<std::vector<float>> embeddings;

  bool harmful() const { return category == "harmful_request"; }
  bool planted() const { return category == "indirect_payload"; }
  // A sentence of a business's document: what planted instructions are told from.
  bool of_document() const { return category == "document"; }
};

// Lines {"text","label","source","category"}. Embeds when `embed` is given.
// Errors: INVALID_ARGUMENT naming the line, the EmbedFn's.
absl::StatusOr<std::vector<LabelledMessage>> ReadMessages(std::string_view jsonl,
                                                          const EmbedFn& embed);

// Sentences of documents, as lines of category "document": of JSON lines {"text"} or {"content"},
// every `stride`-th sentence of 20 to 400 bytes. Lines whose "title" begins with "Internal" speak to
// staff or to machines and are left out. Errors: INVALID_ARGUMENT naming the line.
absl::StatusOr<std::vector<LabelledMessage>> ReadDocumentSentences(std::string_view jsonl, int stride);

// What a message's score is when it was not trained on.
struct OutOfFold {
  std::vector<double> message, words, planted;  // one a labelled message; words: without embeddings
};

class AttackTrainer {
 public:
  // messages borrowed. embed: for the own messages; empty: words only.
  // Errors: the EmbedFn's.
  static absl::StatusOr<AttackTrainer> Make(const std::vector<LabelledMessage>& messages,
                                            const EmbedFn& embed);

  // Trains on the labelled messages whose index `use` holds, and all own ones. The
  // calibration is left at the scores themselves.
  AttackModel Train(const std::vector<bool>& use) const;

  // Scores by `folds` models, each of which has not seen what it scores.
  OutOfFold CrossScore(int folds) const;

  // Trains on everything, calibrated on the out-of-fold scores.
  AttackModel TrainAll(const OutOfFold& held_out) const;

 private:
  const std::vector<LabelledMessage>* messages_ = nullptr;
  // Parallel to messages_, then own ones; words_rows_: message_rows_ without embeddings.
  std::vector<LogisticRow> message_rows_, words_rows_, planted_rows_;
  std::vector<bool> in_message_, in_planted_;             // rows that the judge learns from
  size_t depth_ = 0;                                      // of the embeddings
};

}  // namespace frontdesk::screen
