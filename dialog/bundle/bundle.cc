#include "dialog/bundle/bundle.h"

#include <cstdio>
#include <cstdlib>
#include <set>

#include "absl/strings/str_cat.h"
#include "dialog/understand/words/everyday.h"
#include "nlohmann/json.hpp"
#include "storage/digest.h"

namespace frontdesk::dialog {

const Flow* Bundle::FindFlow(std::string_view name) const {
  auto found = flows.find(std::string(name));
  return found == flows.end() ? nullptr : &found->second;
}

const std::string& Label::In(std::string_view language) const {
  const auto found = translated.find(std::string(language.substr(0, 2)));
  return found == translated.end() ? text : found->second;
}

std::vector<std::string> TeamsOf(const Bundle& bundle) {
  std::set<std::string> teams = {bundle.policy.team};
  for (const EscalationRule& rule : bundle.policy.rules) teams.insert(rule.team);
  for (const ScreenRule& rule : bundle.screen) teams.insert(rule.team);
  for (const auto& [name, flow] : bundle.flows) {
    for (const Step& step : flow.steps) {
      if (const auto* handoff = std::get_if<HandoffStep>(&step.action)) teams.insert(handoff->team);
    }
  }
  teams.erase("");
  return {teams.begin(), teams.end()};
}

const Intent* Bundle::FindIntent(std::string_view name) const {
  auto found = intents.find(std::string(name));
  return found == intents.end() ? nullptr : &found->second;
}

const Template& WordingOf(const Texts& texts, std::string_view language, int64_t variant) {
  auto found = texts.find(std::string(language.substr(0, 2)));
  // Texts of a loaded bundle always hold the bundle's first language; a map of one
  // text in that language is the usual case.
  const Wordings& wordings = found != texts.end() ? found->second : texts.begin()->second;
  return wordings[static_cast<size_t>(variant) % wordings.size()];
}

const Template& Bundle::Reply(std::string_view id, std::string_view language,
                              int64_t variant) const {
  auto found = replies.find(std::string(id));
  if (found == replies.end()) {
    std::fprintf(stderr, "reply %s is not in the bundle; the loader should have refused it\n",
                 std::string(id).c_str());
    std::abort();
  }
  const Texts& texts = found->second.text;
  if (!texts.contains(std::string(language.substr(0, 2)))) {
    return WordingOf(texts, assistant.languages.front(), variant);
  }
  return WordingOf(texts, language, variant);
}

// With fewer examples of its own a bundle also learns what no business is there for.
constexpr size_t kEnoughOutOfScope = 40;

understand::TrainingSet MakeTrainingSet(const Bundle& bundle) {
  understand::TrainingSet set;
  for (const auto& [name, intent] : bundle.intents) {
    auto* flow = std::get_if<DoesFlow>(&intent.does);
    if (name == "out_of_scope") {
      set.out_of_scope = intent.examples;
      continue;
    }
    set.intents.push_back({name, flow != nullptr ? flow->flow : "", intent.examples});
  }
  set.out_of_scope.insert(set.out_of_scope.end(), bundle.out_of_scope.begin(),
                          bundle.out_of_scope.end());
  if (set.out_of_scope.size() < kEnoughOutOfScope) {
    for (const std::string& language : bundle.assistant.languages) {
      const auto talk = understand::EverydayTalk(language);
      set.out_of_scope.insert(set.out_of_scope.end(), talk.begin(), talk.end());
    }
  }
  for (const auto& [name, flow] : bundle.flows) {
    for (const SlotSpec& slot : flow.slots) {
      understand::SlotRequest request{
          name, slot.name, std::string(NameOf(slot.type)), {}, slot.pattern, {}, {}};
      if (slot.type == SlotType::kDate) {
        request.from_day = slot.min;
        request.to_day = slot.max;
      }
      for (const SlotChoice& choice : slot.choices) {
        understand::Choice to{choice.canonical, choice.synonyms};
        to.synonyms.push_back(choice.label.text);
        for (const auto& [language, text] : choice.label.translated) to.synonyms.push_back(text);
        request.choices.push_back(std::move(to));
      }
      set.slots.push_back(std::move(request));
    }
  }
  return set;
}

storage::BundleVersion VersionOf(const Manifest& manifest) {
  storage::Sha256Stream stream;
  for (const auto& [path, digest] : manifest) stream.Update(absl::StrCat(path, " ", digest, "\n"));
  return storage::BundleVersion("b-" + storage::ToHex(stream.Finish()).substr(0, 16));
}

std::string ManifestToJson(const Manifest& manifest) { return nlohmann::json(manifest).dump(); }

absl::StatusOr<Manifest> ManifestFromJson(std::string_view text) {
  nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return absl::InvalidArgumentError("the manifest is not a JSON object");
  Manifest manifest;
  for (const auto& [path, digest] : json.items()) {
    if (!digest.is_string())
      return absl::InvalidArgumentError(absl::StrCat("manifest entry ", path, " is not a text"));
    manifest[path] = digest.get<std::string>();
  }
  return manifest;
}

std::vector<std::string> CompareManifests(const Manifest& before, const Manifest& after) {
  std::vector<std::string> changes;
  for (const auto& [path, digest] : before) {
    auto found = after.find(path);
    if (found == after.end())
      changes.push_back(path + " (removed)");
    else if (found->second != digest)
      changes.push_back(path + " (changed)");
  }
  for (const auto& [path, digest] : after) {
    if (!before.contains(path)) changes.push_back(path + " (added)");
  }
  return changes;
}

}  // namespace frontdesk::dialog
