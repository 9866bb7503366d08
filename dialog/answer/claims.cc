#include "dialog/answer/claims.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "dialog/screen/ranking.h"
#include "dialog/understand/bytes.h"
#include "text/lines.h"
#include "text/segment.h"

namespace frontdesk::dialog {
namespace {

constexpr size_t kEmbeddedAtOnce = 64;

float CosineOf(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    sum += static_cast<double>(a[i]) * b[i];
  return static_cast<float>(sum);
}

float NearestOf(const std::vector<float>& vector, const std::vector<std::vector<float>>& others) {
  float best = 0;
  for (const auto& other : others) best = std::max(best, CosineOf(vector, other));
  return best;
}

absl::StatusOr<std::vector<std::vector<float>>> EmbedAll(const std::vector<std::string>& texts,
                                                         const screen::EmbedFn& embed) {
  std::vector<std::vector<float>> vectors;
  for (size_t begin = 0; begin < texts.size(); begin += kEmbeddedAtOnce) {
    auto batch = embed(std::span(texts).subspan(
        begin, std::min(kEmbeddedAtOnce, texts.size() - begin)));
    if (!batch.ok()) return batch.status();
    for (auto& vector : *batch) vectors.push_back(std::move(vector));
  }
  return vectors;
}

absl::StatusOr<std::vector<LabelledClaim>> ReadClaimFile(const std::string& path,
                                                 const screen::EmbedFn& embed) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat(path, ": no such file"));
  std::ostringstream bytes;
  bytes << file.rdbuf();
  auto claims = ReadClaims(bytes.str(), embed);
  if (!claims.ok()) {
    return absl::Status(claims.status().code(),
                        absl::StrCat(path, ": ", std::string(claims.status().message())));
  }
  return claims;
}

std::vector<float> RowOf(const LabelledClaim& claim) {
  return {claim.evidence.signals.begin(), claim.evidence.signals.end()};
}

SupportModel TrainOn(const std::vector<LabelledClaim>& claims, const std::vector<bool>& use) {
  std::vector<std::vector<float>> rows;
  std::vector<bool> supported;
  for (size_t i = 0; i < claims.size(); ++i) {
    if (!use[i]) continue;
    rows.push_back(RowOf(claims[i]));
    supported.push_back(claims[i].supported);
  }
  return SupportModel::Train(rows, supported);
}

std::vector<double> CrossScoreAs(const std::vector<LabelledClaim>& claims, int folds, bool near) {
  std::vector<double> scores(claims.size());
  for (int fold = 0; fold < folds; ++fold) {
    std::vector<bool> use;
    for (const LabelledClaim& claim : claims)
      use.push_back(static_cast<int>((claim.context >> 8) % static_cast<uint64_t>(folds)) != fold);
    const SupportModel model = TrainOn(claims, use);
    for (size_t i = 0; i < claims.size(); ++i) {
      if (use[i]) continue;
      Evidence evidence = claims[i].evidence;
      if (!near && evidence.near_known) {
        evidence.near_known = false;
        for (size_t s = 0; s < kSignals; ++s)
          if (SignalName(s).starts_with("near_")) evidence.signals[s] = 0;
      }
      scores[i] = model.Score(evidence);
    }
  }
  return scores;
}

}  // namespace

absl::StatusOr<std::vector<std::vector<float>>> EmbedSentences(const Source& source,
                                                               const screen::EmbedFn& embed) {
  std::vector<std::string> texts;
  for (const text::Span& span : source.sentences())
    texts.emplace_back(text::Slice(source.text(), span));
  return EmbedAll(texts, embed);
}

absl::StatusOr<Nearness> NearnessOf(std::string_view claim, std::string_view language,
                                    const std::vector<std::vector<float>>& vectors,
                                    const screen::EmbedFn& embed) {
  std::vector<std::string> texts = {std::string(claim)};
  const std::vector<text::Span> sentences = text::Sentences(claim, language);
  if (sentences.size() > 1)
    for (const text::Span& span : sentences) texts.emplace_back(text::Slice(claim, span));
  auto embedded = EmbedAll(texts, embed);
  if (!embedded.ok()) return embedded.status();
  Nearness near;
  near.known = true;
  near.whole = NearestOf(embedded->front(), vectors);
  near.best = near.mean = near.worst = near.whole;
  if (embedded->size() > 1) {
    near.best = near.mean = 0;
    near.worst = 1;
    for (size_t i = 1; i < embedded->size(); ++i) {
      const float nearest = NearestOf((*embedded)[i], vectors);
      near.best = std::max(near.best, nearest);
      near.worst = std::min(near.worst, nearest);
      near.mean += nearest / static_cast<float>(embedded->size() - 1);
    }
  }
  return near;
}

absl::StatusOr<std::vector<LabelledClaim>> ReadClaims(std::string_view jsonl,
                                              const screen::EmbedFn& embed) {
  std::vector<LabelledClaim> claims;
  std::map<std::string, std::vector<std::vector<float>>> vectors_of;  // of contexts seen
  for (const auto& [number, line] : text::NonEmptyLines(jsonl)) {
    const auto json = nlohmann::json::parse(line, nullptr, false);
    if (!json.is_object() || !json.contains("context") || !json["context"].is_string() ||
        !json.contains("answer") || !json["answer"].is_string() ||
        !json.contains("hallucinated")) {
      return absl::InvalidArgumentError(absl::StrCat(
          "line ", number,
          R"(: needs {"context": string, "question", "answer": string, "hallucinated", "source"})"));
    }
    const std::string context = json["context"], answer = json["answer"];
    const auto& label = json["hallucinated"];
    LabelledClaim claim;
    claim.supported = label.is_boolean() ? !label.get<bool>() : label != 1;
    claim.source = json.value("source", "");
    claim.context = understand::Checksum(context);
    claim.answer = answer;
    const Source source(context, "en");
    Nearness near;
    if (embed) {
      auto known = vectors_of.find(context);
      if (known == vectors_of.end()) {
        auto vectors = EmbedSentences(source, embed);
        if (!vectors.ok()) return vectors.status();
        known = vectors_of.emplace(context, *std::move(vectors)).first;
      }
      auto measured = NearnessOf(answer, "en", known->second, embed);
      if (!measured.ok()) return measured.status();
      near = *measured;
    }
    claim.evidence = ReadEvidence(answer, json.value("question", ""), source, near);
    claims.push_back(std::move(claim));
  }
  if (claims.empty()) return absl::InvalidArgumentError("holds no claims");
  return claims;
}

std::vector<double> CrossScore(const std::vector<LabelledClaim>& claims, int folds) {
  return CrossScoreAs(claims, folds, true);
}

SupportModel TrainSupport(const std::vector<LabelledClaim>& claims) {
  SupportModel model = TrainOn(claims, std::vector<bool>(claims.size(), true));
  std::vector<bool> supported;
  for (const LabelledClaim& claim : claims) supported.push_back(claim.supported);
  for (const bool near : {false, true}) {
    model.Calibrate(near, screen::FitCalibration(CrossScoreAs(claims, 5, near), supported));
  }
  return model;
}

absl::StatusOr<GroundingEvalReport> RunGroundingEval(const GroundingEvalOptions& options) {
  auto test = ReadClaimFile(options.test, options.embed);
  if (!test.ok()) return test.status();
  GroundingEvalReport report;
  report.n = static_cast<int>(test->size());
  std::vector<double> scores;
  std::vector<screen::Scored> chosen_on;  // what the threshold is chosen on
  const auto score_with = [&](const SupportModel& model) {
    for (const LabelledClaim& claim : *test) scores.push_back(model.Score(claim.evidence));
  };
  if (options.shipped) {
    score_with(SupportModel::Shipped());
  } else if (options.train.empty() || options.train == options.test) {
    report.folds = options.folds;
    scores = CrossScore(*test, options.folds);
  } else {
    auto train = ReadClaimFile(options.train, options.embed);
    if (!train.ok()) return train.status();
    const std::vector<double> held_out = CrossScore(*train, options.folds);
    for (size_t i = 0; i < train->size(); ++i)
      chosen_on.push_back({-held_out[i], !(*train)[i].supported});
    score_with(TrainOn(*train, std::vector<bool>(train->size(), true)));
  }
  std::vector<screen::Scored> items;
  std::map<std::string, std::vector<screen::Scored>> by_source;
  for (size_t i = 0; i < test->size(); ++i) {
    items.push_back({-scores[i], !(*test)[i].supported});
    by_source[(*test)[i].source].push_back(items.back());
  }
  report.auroc = screen::Auroc(items);
  for (const auto& [source, some] : by_source) report.by_source[source] = screen::Auroc(some);
  report.threshold = screen::ChooseF1(chosen_on.empty() ? items : chosen_on).threshold;
  report.f1 = screen::F1At(items, report.threshold);
  for (size_t i = 0; i < test->size(); ++i) {
    const nlohmann::json line = {{"answer", (*test)[i].answer},
                                 {"source", (*test)[i].source},
                                 {"hallucinated", (*test)[i].supported ? 0 : 1},
                                 {"prediction", -scores[i] > report.threshold ? 1 : 0},
                                 {"score", -scores[i]},
                                 {"signals", (*test)[i].evidence.signals}};
    absl::StrAppend(&report.predictions,
                    line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), "\n");
  }
  return report;
}

nlohmann::json GroundingEvalReport::ToJson() const {
  return {{"n", n},   {"folds", folds},         {"auroc", auroc}, {"auroc_by_source", by_source},
          {"f1", f1}, {"threshold", threshold}};
}

std::string GroundingEvalReport::ToTable() const {
  std::string table =
      absl::StrFormat("%d claims%s\nAUROC %.4f, F1 %.3f\n", n,
                      folds > 0 ? absl::StrFormat(", out of %d folds by context", folds)
                                : std::string(),
                      auroc, f1);
  for (const auto& [source, value] : by_source)
    absl::StrAppendFormat(&table, "  %-24s AUROC %.4f\n", source, value);
  return table;
}

}  // namespace frontdesk::dialog
