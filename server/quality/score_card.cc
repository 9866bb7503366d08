#include "server/quality/score_card.h"

#include <algorithm>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "re2/re2.h"
#include "server/insight/outcomes.h"
#include "storage/digest.h"
#include "tools/yaml_map.h"

namespace frontdesk::server {
namespace {

using tools::YamlMap;

constexpr size_t kMostQuestions = 12, kLeastAnswers = 2, kMostAnswers = 7;
constexpr double kWholeShare = 1'000'000;

void ReadSampling(YAML::Node node, const tools::FaultSink& sink, ScoreCard& card) {
  if (!node.IsDefined()) return;
  YamlMap sample(node, "sample", sink);
  card.seed = static_cast<uint64_t>(
      sample.Integer("seed", 0, int64_t{1} << 53).value_or(static_cast<int64_t>(card.seed)));
  if (const auto share = sample.Text("random")) {
    static const RE2 kShare(R"(\s*([0-9]+(?:\.[0-9]+)?)\s*%\s*)");
    std::string digits;
    double percent = 0;
    if (!RE2::FullMatch(*share, kShare, &digits) || !absl::SimpleAtod(digits, &percent) || percent > 100) {
      sample.Fail("random", absl::StrCat("'", *share, "' is no share"), "write random: 5%");
    } else {
      card.random = static_cast<int64_t>(percent / 100 * kWholeShare + 0.5);
    }
  }
  if (sample.Has("rules")) card.rules = sample.Texts("rules");
  for (const std::string& rule : card.rules) {
    if (!DefinitionOf(rule).empty()) continue;
    sample.Fail("rules", absl::StrCat("'", rule, "' is no figure"),
                "docs/insight.md lists them: negative_feedback, abandoned, escalated.REASON, …");
  }
  sample.Finish();
}

void ReadCardQuestions(YAML::Node node, const tools::FaultSink& sink, ScoreCard& card) {
  static const RE2 kName("[a-z][a-z0-9_]{0,39}");
  YamlMap map(node, "questions", sink);
  card.questions.clear();
  for (const auto& [name, member] : map.Members()) {
    YamlMap question(member, absl::StrCat("question ", name), sink);
    ScoreQuestion read{.name = name};
    read.ask = question.RequiredText("ask", "add ask: the question put to the reviewer").value_or("");
    read.answers = question.Has("answers") ? question.Texts("answers") : std::vector<std::string>{"no", "yes"};
    const std::set<std::string> different(read.answers.begin(), read.answers.end());
    if (read.answers.size() < kLeastAnswers || read.answers.size() > kMostAnswers ||
        different.size() != read.answers.size()) {
      question.Fail("answers", absl::StrCat("question ", name, " has no 2 to 7 different answers"),
                    "list them, the worst first: answers: [\"no\", \"partly\", \"yes\"]");
    }
    if (!RE2::FullMatch(name, kName)) {
      map.Fail(name, absl::StrCat("'", name, "' is no name of a question"), "write it in a-z, 0-9 and _");
    }
    question.Finish();
    card.questions.push_back(std::move(read));
  }
  if (card.questions.empty() || card.questions.size() > kMostQuestions)
    sink.Add(node, "a card has 1 to 12 questions", "add some below `questions`, or leave some out");
}

}  // namespace

const ScoreQuestion* ScoreCard::Find(std::string_view question) const {
  const auto found = std::find_if(questions.begin(), questions.end(),
                                  [question](const ScoreQuestion& q) { return q.name == question; });
  return found == questions.end() ? nullptr : &*found;
}

ScoreCard DefaultScoreCard() {
  const std::vector<std::string> degrees = {"no", "partly", "yes"};
  return {.name = "service",
          .questions = {{"understood", "Was it understood what the customer wanted?", degrees},
                        {"right", "Was everything that was said true and to the point?", degrees},
                        {"solved", "Was the customer's wish settled, or passed on in good order?", degrees},
                        {"manner", "Was the tone friendly, and fitting for the customer's mood?", degrees},
                        {"rules", "Were the rules of the business kept?", {"no", "yes"}}},
          .random = 50'000,
          .seed = 1,
          .rules = {"negative_feedback", "abandoned"}};
}

absl::StatusOr<ScoreCard> ReadScoreCard(std::string_view yaml, std::vector<tools::Fault>* faults) {
  ScoreCard card = DefaultScoreCard();
  std::vector<tools::Fault> found;
  const tools::FaultSink sink{kScoreCardFile, found};
  try {
    YamlMap map(YAML::Load(std::string(yaml)), kScoreCardFile, sink);
    card.name = map.Text("card").value_or(card.name);
    ReadSampling(map.Get("sample"), sink, card);
    if (YAML::Node questions = map.Get("questions"); questions.IsDefined()) ReadCardQuestions(questions, sink, card);
    map.Finish();
  } catch (const YAML::Exception& e) {
    found.push_back({kScoreCardFile, e.mark.line + 1, "the YAML does not parse: " + e.msg,
                     "check indentation, quotes and brackets"});
  }
  const absl::Status status = tools::StatusOf(found);
  if (faults != nullptr) *faults = std::move(found);
  if (!status.ok()) return status;
  return card;
}

void CheckScoreCard(const std::map<std::string, std::string>& files, std::vector<dialog::BundleFault>& faults) {
  const auto file = files.find(kScoreCardFile);
  if (file == files.end()) return;
  std::vector<tools::Fault> found;
  (void)ReadScoreCard(file->second, &found);  // its error is these faults in one text
  for (tools::Fault& fault : found)
    faults.push_back({fault.file, fault.line, std::move(fault.what), std::move(fault.remedy), false});
}

absl::StatusOr<ScoreCard> ScoreCardOf(const dialog::Manifest& manifest, const storage::Store& store) {
  const auto file = manifest.find(kScoreCardFile);
  if (file == manifest.end()) return DefaultScoreCard();
  const absl::StatusOr<storage::Digest> digest = storage::DigestFromHex(file->second);
  if (!digest.ok()) return digest.status();
  const absl::StatusOr<std::string> bytes = store.GetBlob(*digest);
  if (!bytes.ok()) return bytes.status();
  return ReadScoreCard(*bytes);
}

}  // namespace frontdesk::server
