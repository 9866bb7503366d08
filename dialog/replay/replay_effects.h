// Effects answered from recorded events instead of the world.
//
// Two uses. Replay: a recorded act (a turn, an idle reminder, a human action) runs
// again and each event it would commit is held against the record. Resume: after a
// crash the committed beginning of a turn is the record, and once it is used up
// everything goes on with the live effects underneath, in the same order as if
// nothing had happened.
//
// One object per act, one thread. Invariant: a tool is never called for what the
// record holds; without live effects no tool is ever called.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dialog/effects.h"
#include "llm/model.h"

namespace frontdesk::dialog {

// Documents to search in.
struct ReplayKnowledge {
  std::string revision;
  std::function<absl::StatusOr<std::vector<FoundPassage>>(std::string_view query, int k)> search;
};

// Which model outputs are decoded again.
enum class DecodeAgain {
  kNever,         // the record stands
  kWhereSame,     // verify: model file and numerics are the recorded ones, so the output must be
  kWhereChanged,  // compare: the prompt or the model is another than recorded
};

// What replay may compute again, because it is exact. All optional.
struct ReplaySources {
  std::function<absl::StatusOr<std::vector<std::vector<float>>>(std::span<const std::string>)>
      embed, features;
  // The documents for an act that was recorded with a revision: that revision (verify) or the
  // candidate's (compare). An answer without `search` means: not at hand.
  std::function<ReplayKnowledge(std::string_view recorded_revision)> knowledge;
  llm::Model* model = nullptr;
  DecodeAgain decode = DecodeAgain::kWhereSame;
  // Asked before each decoding; false: the record is taken, with a remark. Empty: always.
  std::function<bool()> may_decode;
};

class ReplayEffects : public Effects {
 public:
  // Resume: live takes over behind the record. live must outlive this.
  ReplayEffects(std::span<const Event> recorded, Effects* live);
  // Replay. sources must outlive this. complete: the record ends with the act's own end;
  // otherwise the act was cut short by a change of owner and is cut short again.
  ReplayEffects(std::span<const Event> recorded, const ReplaySources& sources, bool complete);

  // What this run committed, in order (replay), or committed beyond the record (resume).
  const std::vector<EncodedEvent>& committed() const { return committed_; }
  // Resume: a committed event differs from what ran now.
  bool diverged() const { return diverged_; }
  // Remarks for the report: "model output taken from the record: numerics differ", …
  const std::vector<std::string>& remarks() const { return remarks_; }
  // Model outputs that were decoded in this run, and the time that took.
  int64_t decoded() const { return decoded_; }
  absl::Duration decode_time() const { return decode_time_; }

  absl::Time Now() override;
  RedactedText Redact(std::string_view raw, const RedactionContext& context) override;
  absl::StatusOr<std::vector<std::vector<float>>> Embed(
      std::span<const std::string> texts) override;
  absl::StatusOr<std::vector<std::vector<float>>> Features(
      std::span<const std::string> texts) override;
  absl::StatusOr<std::vector<FoundPassage>> Search(std::string_view query, int k) override;
  std::string KnowledgeRevision() override;
  absl::StatusOr<llm::Generation> Generate(const llm::GenerateRequest& request) override;
  const llm::ModelInfo* Model() const override;
  std::string WriteKey(const WriteVisit& visit) override;
  ToolOutcome CallTool(const tools::ToolCall& call) override;
  VerificationOutcome VerifyOrder(std::string_view order, std::string_view email) override;
  int64_t AgentsOnDuty(std::string_view team) override;
  absl::Status Commit(const CommitRequest& request) override;
  bool Cancelled() const override { return live_ != nullptr && live_->Cancelled(); }

 private:
  void Index(std::span<const Event> recorded);
  // The next recorded event of a type that fits, taken out; nullopt when none is left.
  template <class T, class Fits>
  std::optional<T> Take(std::deque<T>& events, Fits fits);
  bool Decodes(const llm::GenerateRequest& request, const Generated& record);
  absl::StatusOr<llm::Generation> Decode(const llm::GenerateRequest& request,
                                         const Generated& record);
  // The revision of the next search of the record, else of the last one.
  std::string NextRevision(std::string_view query);
  bool LostPart(std::string_view part) const;

  const ReplaySources sources_;
  Effects* live_ = nullptr;
  bool complete_ = true;

  std::vector<EncodedEvent> record_;
  std::optional<absl::Time> now_;
  std::deque<RedactedText> texts_;
  std::deque<ToolReturned> tools_;
  std::deque<ToolPrepared> prepared_;
  std::deque<VerificationChecked> verified_;
  std::deque<Generated> generated_;
  std::deque<HandedOff> handed_;
  std::deque<Retrieved> retrieved_;
  std::vector<Degraded> degraded_;
  std::string revision_;  // as recorded
  std::string searched_;  // of the documents that were searched last; empty: none yet
  std::string model_failure_;
  std::optional<llm::ModelInfo> model_;
  int64_t decoded_ = 0;
  absl::Duration decode_time_;

  size_t checked_ = 0;  // recorded events passed by commits (resume)
  std::vector<EncodedEvent> committed_;
  std::vector<std::string> remarks_;
  bool diverged_ = false;
};

}  // namespace frontdesk::dialog
