#include "dialog/answer/answer_model.h"

#include <optional>

#include "dialog/understand/bytes.h"

// clang-format off
__asm__(
    ".section .rodata\n"
    ".balign 64\n"
    ".global frontdesk_answer_weights\n"
    "frontdesk_answer_weights:\n"
    ".incbin \"" FRONTDESK_ANSWER_WEIGHTS "\"\n"
    ".global frontdesk_answer_weights_end\n"
    "frontdesk_answer_weights_end:\n"
    ".byte 0\n"
    ".previous\n");
// clang-format on

extern "C" {
extern const char frontdesk_answer_weights[];
extern const char frontdesk_answer_weights_end[];
}

namespace frontdesk::dialog {
namespace {

constexpr uint64_t kAnswerMagic = 0x3130525753414446ull;  // "FDASWR01"

}  // namespace

std::string AnswerModel::Save() const {
  understand::ByteWriter out;
  for (const Judges& judges : judges_) {
    judges.unit.Put(out);
    judges.answerable.Put(out);
  }
  return understand::Seal(kAnswerMagic, out.Take());
}

absl::StatusOr<AnswerModel> AnswerModel::Load(std::string_view bytes) {
  const absl::Status bad = absl::DataLossError(
      "the answer weights are cut off or changed; train them again with scripts/train_answers.cc");
  const auto written = understand::Unseal(kAnswerMagic, bytes);
  if (!written) return bad;
  understand::ByteReader in(*written);
  AnswerModel model;
  for (Judges& judges : model.judges_) {
    std::optional<SignalJudge> unit = SignalJudge::Get(in, kUnitSignals);
    if (!unit) return bad;
    std::optional<SignalJudge> answerable = SignalJudge::Get(in, kAnswerSignals);
    if (!answerable) return bad;
    judges = {*std::move(unit), *std::move(answerable)};
  }
  if (!in.ok() || !in.at_end()) return bad;
  return model;
}

const AnswerModel& AnswerModel::Shipped() {
  static const AnswerModel* const model = [] {
    absl::StatusOr<AnswerModel> loaded = Load(std::string_view(
        frontdesk_answer_weights,
        static_cast<size_t>(frontdesk_answer_weights_end - frontdesk_answer_weights)));
    return new AnswerModel(*std::move(loaded));  // terminates when the file is not ours
  }();
  return *model;
}

}  // namespace frontdesk::dialog
