#include "dialog/answer/output_check.h"

#include <array>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "re2/re2.h"
#include "text/normalise.h"

namespace frontdesk::dialog {
namespace {

struct OutputRule {
  const char* name;
  // A match forbids the sentence unless the matched words stand in the source too.
  const char* words;
};

constexpr auto kOutputRules = std::to_array<OutputRule>({
    {"person",
     "\\bi('m| am) (a |an )?(real |actual |living )?(human|person|man|woman)\\b|\\bas a (human|person),? "
     "i\\b|\\bi('m| am) not (a |an )?(bot|robot|machine|computer|ai|program)\\b|\\bich bin (ein "
     ")?mensch\\b"},
    {"medical",
     "\\b(take|use|swallow|apply) (an? |some |your )?(ibuprofen|paracetamol|aspirin|antibiotics?|"
     "painkillers?|medication|pills?|ointment|antihistamines?)\\b|\\b(dose|dosage) of\\b|\\b(treat|cure|"
     "heal|diagnose)s? (the |your |an? )?(wound|burn|rash|infection|fracture|pain|injury|illness|"
     "hypothermia|frostbite|blisters?)\\b|\\byou (probably |likely |may )?have (an? )?(infection|fracture|"
     "concussion|hypothermia|allergy)\\b|\\b(no|not) need (for|to see) (a )?doctor\\b|\\bnehmen sie "
     "(eine )?(ibuprofen|aspirin|tablette)"},
    {"legal",
     "\\byou (can|could|should|may) (sue|take (us|them|him|her) to court|claim damages)\\b|\\b(is|are|be) "
     "(legally )?liable\\b|\\bwe admit\\b|\\bunder (the )?(consumer|civil|criminal|contract) (law|code|"
     "act)\\b|\\byou(r case)? (would|will) win\\b|\\byou (have|are) (a legal|legally) (claim|right|entitled)\\b|"
     "\\bsie k(o|ö)nnen (uns |ihn )?(ver)?klagen\\b"},
    {"financial",
     "\\b(buy|sell|invest in) (stocks?|shares|bitcoin|crypto\\w*|gold|funds?|etfs?)\\b|\\bguaranteed "
     "(return|profit|interest)\\b|\\byou should (invest|borrow|take out a loan)\\b|\\btax[- ]deductible\\b|"
     "\\bgood investment\\b"},
    {"promise",
     "\\b(i|we) (can |will |do )?(guarantee|promise|assure)\\b|\\b(definitely|certainly|surely|without "
     "fail|always|garantiert|bestimmt)\\b|\\bi('ll| will) (refund|send|give|credit|pay|waive|cancel|"
     "replace)\\b|\\bfree of charge\\b|\\bfor free\\b|\\bno matter what\\b|\\b100 ?%|\\bat no cost\\b|"
     "\\bich verspreche\\b|\\bwir garantieren\\b"},
    {"product_claim",
     "\\b(waterproof|fireproof|bulletproof|unbreakable|indestructible|bpa[- ]free|vegan|organic|"
     "hypoallergenic|child[- ]?safe|certified|patented|award[- ]winning|handmade|made in \\w+|"
     "non[- ]?toxic|carbon[- ]neutral|biodegradable|washable|dishwasher[- ]safe|rustproof|the "
     "best|cheapest|lightest|warmest|safest|strongest|lifetime)\\b|\\bwasserdicht\\b|\\bder beste\\b"},
});

const RE2& PatternOf(size_t rule) {
  static const auto* kPatterns = [] {
    auto* patterns = new std::vector<std::unique_ptr<RE2>>;
    for (const OutputRule& r : kOutputRules)
      patterns->push_back(std::make_unique<RE2>(absl::StrCat("(", r.words, ")")));
    return patterns;
  }();
  return *(*kPatterns)[rule];
}

bool NamesOther(const std::string& folded, const std::string& competitor) {
  const std::string name = text::FoldText(competitor);
  return !name.empty() &&
         RE2::PartialMatch(folded, absl::StrCat("(?:^|[^\\pL\\pN])", RE2::QuoteMeta(name),
                                                "(?:[^\\pL\\pN]|$)"));
}

}  // namespace

std::string CheckOutput(std::string_view sentence, std::string_view source,
                        const std::vector<std::string>& competitors) {
  const std::string folded = text::FoldText(sentence);
  const std::string known = text::FoldText(source);
  for (const std::string& competitor : competitors) {
    if (NamesOther(folded, competitor)) return "competitor";
  }
  for (size_t rule = 0; rule < kOutputRules.size(); ++rule) {
    re2::StringPiece rest(folded), words;
    while (RE2::FindAndConsume(&rest, PatternOf(rule), &words)) {
      // Being a person is never true, whatever a document says.
      if (rule == 0 || !absl::StrContains(known, std::string(words))) return kOutputRules[rule].name;
      if (words.empty()) break;
    }
  }
  return "";
}

}  // namespace frontdesk::dialog
