#include "dialog/bundle/check_languages.h"

#include <algorithm>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "dialog/bundle/core_replies.h"

namespace frontdesk::dialog {
namespace {

constexpr size_t kNamedAtMost = 3;

// The wordings of one file in one language.
struct Wanted {
  size_t all = 0;
  std::vector<std::string> missing;  // "label of intent order_status", "step ask"

  void Count(bool there, std::string name) {
    ++all;
    if (!there) missing.push_back(std::move(name));
  }
};

const Texts* TextsOf(const Step& step) {
  if (const auto* say = std::get_if<SayStep>(&step.action)) return &say->text;
  if (const auto* confirm = std::get_if<ConfirmStep>(&step.action)) return &confirm->text;
  if (const auto* offer = std::get_if<OfferStep>(&step.action)) return &offer->text;
  if (const auto* handoff = std::get_if<HandoffStep>(&step.action)) return &handoff->text;
  return nullptr;
}

void CountFlow(const Flow& flow, const std::string& language, Wanted& wanted) {
  wanted.Count(flow.label.translated.contains(language), "label");
  for (const SlotSpec& slot : flow.slots) {
    if (!slot.ask.empty()) wanted.Count(slot.ask.contains(language), "question for " + slot.name);
    if (slot.type != SlotType::kChoice) continue;  // a product keeps its name
    for (const SlotChoice& choice : slot.choices) {
      wanted.Count(choice.label.translated.contains(language),
                   absl::StrCat("label of ", slot.name, " ", choice.canonical));
    }
  }
  for (const Step& step : flow.steps) {
    const Texts* texts = TextsOf(step);
    if (texts != nullptr && !texts->empty()) wanted.Count(texts->contains(language), "step " + step.id);
  }
}

}  // namespace

void CheckLanguages(const Bundle& bundle, std::vector<BundleFault>& faults) {
  const std::vector<std::string>& languages = bundle.assistant.languages;
  for (const std::string& language : languages) {
    std::map<std::string, Wanted> files;
    if (language != languages.front()) {
      for (const auto& [name, intent] : bundle.intents) {
        // Small talk is never offered for a choice.
        if (std::holds_alternative<DoesSay>(intent.does)) continue;
        files[intent.file].Count(intent.label.translated.contains(language), "label of " + name);
      }
      for (const auto& [name, flow] : bundle.flows) CountFlow(flow, language, files[flow.file]);
    }
    for (const auto& [id, reply] : bundle.replies) {
      const bool built_in = reply.line == 0;
      const bool there = built_in ? HasCoreReplies(language) : reply.text.contains(language);
      files["policies/replies.yaml"].Count(there, "reply " + id);
    }
    for (const auto& [file, wanted] : files) {
      if (wanted.missing.empty()) continue;
      const size_t named = std::min(wanted.missing.size(), kNamedAtMost);
      const std::vector<std::string> first(wanted.missing.begin(),
                                           wanted.missing.begin() + static_cast<int64_t>(named));
      faults.push_back(
          {file, 0,
           absl::StrCat(wanted.missing.size(), " of ", wanted.all, " labels and texts have no wording in '",
                        language, "' (", absl::StrJoin(first, ", "),
                        named < wanted.missing.size() ? ", …)" : ")"),
           "until then customers who write in it read the first language there, or English built-in replies",
           true});
    }
  }
}

}  // namespace frontdesk::dialog
