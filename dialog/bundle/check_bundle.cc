#include "dialog/bundle/check_bundle.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "dialog/bundle/check_flow.h"
#include "dialog/bundle/check_languages.h"
#include "dialog/consents.h"
#include "text/normalise.h"
#include "tools/yaml_map.h"

namespace frontdesk::dialog {
namespace {

template <class Map>
std::vector<std::string> NamesOf(const Map& map) {
  std::vector<std::string> names;
  for (const auto& [name, value] : map) names.push_back(name);
  return names;
}

void CheckReply(const Bundle& bundle, const std::string& id, const std::string& file, int line,
                const std::string& what, std::vector<BundleFault>& faults) {
  if (bundle.replies.contains(id)) return;
  faults.push_back(
      {file, line,
       absl::StrCat(what, " says '", id, "', which policies/replies.yaml does not have"),
       tools::Suggest(id, NamesOf(bundle.replies)), false});
}

void CheckIntent(const Bundle& bundle, const Intent& intent, std::vector<BundleFault>& faults) {
  std::string what = "intent " + intent.name;
  if (auto* flow = std::get_if<DoesFlow>(&intent.does);
      flow && !bundle.flows.contains(flow->flow)) {
    faults.push_back({intent.file, intent.line,
                      absl::StrCat(what, " starts flow '", flow->flow, "', which is not there"),
                      bundle.flows.empty() ? "add flows/" + flow->flow + ".yaml"
                                           : tools::Suggest(flow->flow, NamesOf(bundle.flows)),
                      false});
  }
  if (auto* say = std::get_if<DoesSay>(&intent.does)) {
    CheckReply(bundle, say->reply, intent.file, intent.line, what, faults);
  }
}

void CheckExamples(const Bundle& bundle, std::vector<BundleFault>& faults) {
  std::map<std::string, const Intent*> seen;
  for (const auto& [name, intent] : bundle.intents) {
    for (const std::string& example : intent.examples) {
      auto [at, fresh] = seen.emplace(text::FoldText(example), &intent);
      if (fresh || at->second == &intent) continue;
      faults.push_back(
          {intent.file, intent.line,
           absl::StrCat("\"", example, "\" is an example of ", name, " and of ", at->second->name),
           "keep it where it belongs", false});
    }
  }
}

// A purpose that nobody can grant or withdraw by its name would never count.
void CheckPurpose(const std::string& purpose, const std::string& file, int line,
                  const std::string& what, std::vector<BundleFault>& faults) {
  if (purpose.empty() || IsConsentPurpose(purpose)) return;
  faults.push_back({file, line, absl::StrCat(what, " names the consent purpose '", purpose, "', which does not exist"),
                    absl::StrCat("use one of ", absl::StrJoin(kConsentPurposes, ", ",
                                                              [](std::string* out, std::string_view one) { out->append(one); })),
                    false});
}

}  // namespace

void CheckBundle(const Bundle& bundle, std::vector<BundleFault>& faults) {
  if (bundle.intents.empty()) {
    faults.push_back({"intents/", 0, "the bundle has no intents",
                      "add intents/NAME.yaml with intents: […]", false});
  }
  for (const auto& [name, intent] : bundle.intents) CheckIntent(bundle, intent, faults);
  CheckExamples(bundle, faults);
  for (const auto& [name, flow] : bundle.flows) CheckFlow(flow, bundle, faults);
  for (const tools::ToolSpec& spec : bundle.tools.tools) {
    CheckPurpose(spec.consent, "tools.yaml", spec.line, "tool " + spec.name, faults);
  }
  for (const auto& [name, flow] : bundle.flows) {
    for (const Step& step : flow.steps) {
      if (const auto* consent = std::get_if<ConsentStep>(&step.action)) {
        CheckPurpose(consent->purpose, flow.file, step.line, "step " + name + "." + step.id, faults);
      }
    }
  }
  for (const ScreenRule& rule : bundle.screen) {
    CheckReply(bundle, rule.reply, "policies/screen.yaml", rule.line, "screen rule " + rule.id,
               faults);
  }
  if (!bundle.assistant.greeting.empty()) {
    CheckReply(bundle, bundle.assistant.greeting, "assistant.yaml", 0, "greeting", faults);
  }
  for (const auto& [name, flow] : bundle.flows) {
    bool started = false;
    for (const auto& [intent_name, intent] : bundle.intents) {
      auto* does = std::get_if<DoesFlow>(&intent.does);
      started |= does != nullptr && does->flow == name;
    }
    if (!started) {
      faults.push_back({flow.file, flow.line, absl::StrCat("no intent starts flow ", name),
                        "add does: {flow: " + name + "} to an intent", true});
    }
  }
  CheckLanguages(bundle, faults);
}

}  // namespace frontdesk::dialog
