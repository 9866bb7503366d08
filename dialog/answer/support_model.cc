#include "dialog/answer/support_model.h"

#include <optional>

#include "dialog/understand/bytes.h"

// clang-format off
__asm__(
    ".section .rodata\n"
    ".balign 64\n"
    ".global frontdesk_support_weights\n"
    "frontdesk_support_weights:\n"
    ".incbin \"" FRONTDESK_SUPPORT_WEIGHTS "\"\n"
    ".global frontdesk_support_weights_end\n"
    "frontdesk_support_weights_end:\n"
    ".byte 0\n"
    ".previous\n");
// clang-format on

extern "C" {
extern const char frontdesk_support_weights[];
extern const char frontdesk_support_weights_end[];
}

namespace frontdesk::dialog {
namespace {

constexpr uint64_t kSupportMagic = 0x3130505055534446ull;  // "FDSUPP01"

}  // namespace

SupportModel SupportModel::Train(const std::vector<std::vector<float>>& rows,
                                 const std::vector<bool>& supported) {
  SupportModel model;
  model.judges_[1] = SignalJudge::Train(rows, supported, {});
  std::vector<std::vector<float>> words = rows;
  for (auto& row : words)
    for (size_t s = 0; s < kSignals; ++s)
      if (SignalName(s).starts_with("near_")) row[s] = 0;
  model.judges_[0] = SignalJudge::Train(words, supported, {});
  return model;
}

double SupportModel::Score(const Evidence& evidence) const {
  return judges_[evidence.near_known ? 1 : 0].Score(evidence.signals);
}

int64_t SupportModel::Probability(const Evidence& evidence) const {
  return judges_[evidence.near_known ? 1 : 0].Probability(evidence.signals);
}

std::string SupportModel::Save() const {
  understand::ByteWriter out;
  for (const SignalJudge& judge : judges_) judge.Put(out);
  return understand::Seal(kSupportMagic, out.Take());
}

absl::StatusOr<SupportModel> SupportModel::Load(std::string_view bytes) {
  const absl::Status bad = absl::DataLossError(
      "the support weights are cut off or changed; train them again with scripts/train_support.cc");
  const auto written = understand::Unseal(kSupportMagic, bytes);
  if (!written) return bad;
  understand::ByteReader in(*written);
  SupportModel model;
  for (SignalJudge& judge : model.judges_) {
    std::optional<SignalJudge> read = SignalJudge::Get(in, kSignals);
    if (!read) return bad;
    judge = *std::move(read);
  }
  if (!in.ok() || !in.at_end()) return bad;
  return model;
}

const SupportModel& SupportModel::Shipped() {
  static const SupportModel* const model = [] {
    absl::StatusOr<SupportModel> loaded = Load(std::string_view(
        frontdesk_support_weights,
        static_cast<size_t>(frontdesk_support_weights_end - frontdesk_support_weights)));
    return new SupportModel(*std::move(loaded));  // terminates when the file is not ours
  }();
  return *model;
}

}  // namespace frontdesk::dialog
