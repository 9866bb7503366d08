#include "absl/strings/str_cat.h"
#include "dialog/bundle/client_settings.h"
#include "re2/re2.h"

namespace frontdesk::dialog {
namespace {

using tools::YamlMap;

std::vector<ConsentPrompt> ReadConsents(YamlMap& assistant, const tools::FaultSink& sink) {
  std::vector<ConsentPrompt> prompts;
  YAML::Node node = assistant.Get("consents");
  if (!node.IsDefined()) return prompts;
  YamlMap map(node, "consents", sink);
  for (const auto& [purpose, member] : map.Members()) {
    YamlMap prompt(member, absl::StrCat("consent ", purpose), sink);
    prompts.push_back(
        {purpose,
         prompt.RequiredText("text", "add text: the question put to the customer").value_or(""),
         prompt.RequiredText("version", "add version: it is recorded with the answer")
             .value_or("")});
    prompt.Finish();
  }
  return prompts;
}

void ReadAgents(YamlMap& assistant, const tools::FaultSink& sink, ClientSettings& settings) {
  YAML::Node node = assistant.Get("agents");
  if (!node.IsDefined()) return;
  YamlMap agents(node, "agents", sink);
  if (YAML::Node within = agents.Get("answer_within"); within.IsDefined()) {
    YamlMap map(within, "answer_within", sink);
    const char* const names[] = {"normal", "high", "urgent"};
    for (size_t i = 0; i < settings.answer_within.size(); ++i) {
      settings.answer_within[i] = map.Duration(names[i], absl::Seconds(10), absl::Hours(240))
                                      .value_or(settings.answer_within[i]);
    }
    map.Finish();
  }
  if (YAML::Node texts = agents.Get("texts"); texts.IsDefined()) {
    YamlMap map(texts, "texts", sink);
    for (const auto& [name, text] : map.Members()) {
      static const RE2 kName("[a-z0-9][a-z0-9_-]{0,39}");
      if (!RE2::FullMatch(name, kName) || !text.IsScalar() || text.Scalar().empty()) {
        map.Fail(name, absl::StrCat("agents' text '", name, "' is no name with a text"),
                 "write name: \"text\", the name in a-z, 0-9, - and _");
        continue;
      }
      settings.canned.push_back({name, text.Scalar()});
    }
  }
  agents.Finish();
}

}  // namespace

ClientSettings ReadClientSettings(YamlMap& assistant, const tools::FaultSink& sink) {
  ClientSettings settings;
  static const RE2 kHost("([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]([a-z0-9-]*[a-z0-9])?");
  for (const std::string& host : assistant.Texts("links")) {
    if (!RE2::FullMatch(host, kHost)) {
      assistant.Fail("links", absl::StrCat("link domain '", host, "' is not a host name"),
                     "write it like shop.example, without https:// and path");
      continue;
    }
    settings.link_domains.push_back(host);
  }
  settings.consents = ReadConsents(assistant, sink);
  ReadAgents(assistant, sink, settings);
  return settings;
}

}  // namespace frontdesk::dialog
