// The bundle loader: a sound bundle loads, and every kind of fault is found with its
// place and a remedy, all of them at once.
#include "dialog/bundle/bundle.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "tests/dialog/small_shop.h"

namespace frontdesk::dialog {
namespace {

using Files = std::map<std::string, std::string>;

std::string Faults(const Files& files, bool warnings = false) {
  std::vector<BundleFault> faults;
  absl::StatusOr<Bundle> bundle = LoadBundleFiles(files, &faults);
  std::vector<std::string> lines;
  for (const BundleFault& fault : faults) {
    if (fault.warning == warnings) lines.push_back(fault.ToString());
  }
  EXPECT_EQ(bundle.ok(), warnings || lines.empty());
  return absl::StrJoin(lines, "\n");
}

Files Changed(const std::string& file, const std::string& from, const std::string& to) {
  Files files = SmallShopFiles();
  std::string& text = files[file];
  EXPECT_NE(text.find(from), std::string::npos) << from;
  text = absl::StrReplaceAll(text, {{from, to}});
  return files;
}

TEST(Bundle, LoadsTheSmallShop) {
  absl::StatusOr<Bundle> bundle = LoadBundleFiles(SmallShopFiles());
  ASSERT_TRUE(bundle.ok()) << bundle.status();
  EXPECT_EQ(bundle->flows.size(), 3u);
  EXPECT_EQ(bundle->FindFlow("return_item")->FindStep("make")->next, "told");
  EXPECT_EQ(bundle->FindIntent("status")->label.text, "check where an order is");
  EXPECT_EQ(MakeTrainingSet(*bundle).intents.size(), 5u);
  EXPECT_TRUE(bundle->replies.contains("crisis"));
  EXPECT_FALSE(bundle->screen.empty());
}

TEST(Bundle, SaysWhatItIsUnlessToldNotTo) {
  auto files = SmallShopFiles();
  ASSERT_EQ(files["assistant.yaml"].find("greeting"), std::string::npos);
  EXPECT_EQ(LoadBundleFiles(files)->assistant.greeting, "greeting");
  files["assistant.yaml"] += "greeting: \"\"\n";
  EXPECT_EQ(LoadBundleFiles(files)->assistant.greeting, "");
}

TEST(Bundle, LearnsEverydayTalkWhenItHasFewOutOfScopeExamples) {
  auto files = SmallShopFiles();
  const absl::StatusOr<Bundle> few = LoadBundleFiles(files);
  EXPECT_GT(MakeTrainingSet(*few).out_of_scope.size(), few->out_of_scope.size() + 40);
  std::string many = "out_of_scope:\n";
  for (int i = 0; i < 40; ++i) absl::StrAppend(&many, "  - not for us ", i, "\n");
  files["intents/outside.yaml"] = many;
  const absl::StatusOr<Bundle> bundle = LoadBundleFiles(files);
  ASSERT_TRUE(bundle.ok()) << bundle.status();
  EXPECT_EQ(MakeTrainingSet(*bundle).out_of_scope.size(), bundle->out_of_scope.size());
}

TEST(Bundle, LabelsHaveLanguages) {
  Files files = Changed("intents/all.yaml", "label: check where an order is",
                  R"(label: {en: check where an order is, de: "wissen, wo eine Bestellung ist"})");
  files["flows/return_item.yaml"] = absl::StrReplaceAll(
      files["flows/return_item.yaml"],
      {{"label: your return", "label: {en: your return, de: Ihre Rücksendung}"},
       {"wrong_size: [too small, too big]}",
        "wrong_size: [too small, too big]}, labels: {wrong_size: {en: the wrong size, de: falsche Größe}}"}});
  const absl::StatusOr<Bundle> bundle = LoadBundleFiles(files);
  ASSERT_TRUE(bundle.ok()) << bundle.status();
  const Label& label = bundle->FindIntent("status")->label;
  EXPECT_EQ(label.In("en"), "check where an order is");
  EXPECT_EQ(label.In("de-AT"), "wissen, wo eine Bestellung ist");
  EXPECT_EQ(label.In("fr"), "check where an order is");
  EXPECT_EQ(bundle->FindIntent("return")->label.In("de"), "send something back");
  EXPECT_EQ(bundle->FindFlow("return_item")->label.In("de"), "Ihre Rücksendung");
  // The label is also understood.
  bool understood = false;
  for (const understand::SlotRequest& slot : MakeTrainingSet(*bundle).slots) {
    for (const understand::Choice& choice : slot.choices) {
      understood |= choice.canonical == "wrong_size" &&
                    std::count(choice.synonyms.begin(), choice.synonyms.end(), "falsche Größe") == 1;
    }
  }
  EXPECT_TRUE(understood);
}

TEST(Bundle, WarnsOfWhatALanguageLacks) {
  const std::string warnings = Faults(SmallShopFiles(), true);
  EXPECT_TRUE(absl::StrContains(warnings, "intents/all.yaml: warning: 4 of 4 labels and texts have no wording in 'de' "
                                          "(label of feedback, label of return, label of shipping_cost, …)"))
      << warnings;
  EXPECT_TRUE(absl::StrContains(warnings, "flows/order_status.yaml: warning: 3 of 3")) << warnings;
  EXPECT_FALSE(absl::StrContains(warnings, "policies/replies.yaml")) << warnings;  // built in for German
  // One language: nothing to lack; one without built-in replies: they are English, and that is said.
  EXPECT_EQ(Faults(Changed("assistant.yaml", "languages: [en, de]", "languages: [en]"), true), "");
  const std::string french = Faults(Changed("assistant.yaml", "languages: [en, de]", "languages: [fr]"), true);
  EXPECT_TRUE(absl::StrContains(french, "policies/replies.yaml: warning: ")) << french;
  EXPECT_TRUE(absl::StrContains(french, "'fr'")) << french;
}

struct FaultCase {
  const char* name;
  const char* file;
  const char* from;
  const char* to;
  const char* words;  // of the fault
};

TEST(Bundle, FindsEveryKindOfFault) {
  const FaultCase cases[] = {
      {"unknown key", "assistant.yaml", "timezone: UTC", "timezon: UTC",
       "did you mean 'timezone'?"},
      {"a label's language", "intents/all.yaml", "label: send something back",
       "label: {en: send something back, it: rendere}", "which is not a language of the bundle"},
      {"a label without the first language", "intents/all.yaml", "label: send something back",
       "label: {de: etwas zurückschicken}", "has no text in 'en'"},
      {"timezone", "assistant.yaml", "timezone: UTC", "timezone: Mars/Base",
       "timezone 'Mars/Base' is unknown"},
      {"missing name", "assistant.yaml", "name: Pip\n", "", "add name"},
      {"order pattern", "assistant.yaml", "[0-9]{4,6}", "[0-9", "does not compile"},
      {"order example", "assistant.yaml", "48213", "x", "does not match"},
      {"hours", "assistant.yaml", "09:00-18:00", "18:00-09:00", "not a span of the day"},
      {"yaml", "assistant.yaml", "name: Pip", "name: [Pip", "does not parse"},
      {"intent's flow", "intents/all.yaml", "flow: return_item", "flow: retrun_item",
       "did you mean 'return_item'?"},
      {"intent's reply", "intents/all.yaml", "say: what_i_am", "say: what_am_i",
       "policies/replies.yaml does not have"},
      {"does two things", "intents/all.yaml", "{answer: knowledge}",
       "{answer: knowledge, say: thanks}", "exactly one thing"},
      {"few examples", "intents/all.yaml",
       "[who are you, are you a robot, am I talking to a machine, what are you]", "[who are you]",
       "has 1 examples"},
      {"two homes", "intents/all.yaml", "who are you", "where is my order", "is an example of"},
      {"duplicate intent", "intents/all.yaml", "name: smalltalk", "name: status", "is there twice"},
      {"unknown step", "flows/return_item.yaml", "yes: make", "yes: mak", "did you mean 'make'?"},
      {"unreachable", "flows/return_item.yaml", "yes: make, no: stopped", "yes: make, no: told",
       "stopped is never reached"},
      {"dead end", "flows/order_status.yaml", ", end: completed", "", "a dead end"},
      {"duplicate step", "flows/return_item.yaml", "id: late", "id: gone", "is there twice"},
      {"unknown slot", "flows/return_item.yaml", "collect: reason", "collect: reasons",
       "did you mean 'reason'?"},
      {"no question", "flows/return_item.yaml",
       ", ask: [\"What is wrong with it?\", \"Damaged or wrong size?\"]", "", "has no question"},
      {"slot type", "flows/feedback.yaml", "type: quantity", "type: quantty",
       "did you mean 'quantity'?"},
      {"min above max", "flows/feedback.yaml", "min: 1, max: 5", "min: 9, max: 5",
       "min of slot feedback.stars is above max"},
      {"unknown tool", "flows/order_status.yaml", "call: orders.get", "call: orders.gte",
       "did you mean 'orders.get'?"},
      {"unknown argument", "flows/order_status.yaml", "with: {order_id: \"{order_id}\"}",
       "with: {order_id: \"{order_id}\", size: 3}", "has no parameter 'size'"},
      {"missing argument", "flows/order_status.yaml", "with: {order_id: \"{order_id}\"}, ", "",
       "needs the argument 'order_id'"},
      {"unknown field", "flows/order_status.yaml", "order.total", "order.totl", "gives no 'totl'"},
      {"unknown outcome", "flows/return_item.yaml", "not_found: gone", "not_fond: gone",
       "did you mean 'not_found'?"},
      {"unknown root", "flows/order_status.yaml", "{order.status}", "{odrer.status}",
       "neither a slot nor a saved result"},
      {"read too early", "flows/return_item.yaml", "{id: number, collect: order_id}",
       "{id: number, collect: order_id}\n  - {id: early, say: \"{ret.return_id}\"}",
       "before any step can have saved it"},
      {"unconfirmed write", "flows/return_item.yaml", "go: late}, {else: true, go: why}",
       "go: late}, {else: true, go: make}", "without a yes of the customer"},
      {"unverified", "flows/order_status.yaml", "{id: who, verify: order}",
       "{id: who, collect: order_id}", "before the customer is verified"},
      {"loop", "flows/return_item.yaml", "at_most: 2, then: human, go: number", "go: load",
       "can come back to itself"},
      {"no end", "flows/order_status.yaml", "end: completed", "go: load", "never ends"},
      {"no else", "flows/return_item.yaml", "{else: true, go: why}",
       "{if: \"exists(order)\", go: why}", "may find no arm"},
      {"bad condition", "flows/return_item.yaml", "order.days_since_delivery > 30",
       "order.days_since_delivery >", "expected a value"},
      {"bad template", "flows/return_item.yaml", "Order {order_id} is past",
       "Order {order_id is past", "column"},
      {"does nothing", "flows/return_item.yaml", "collect: reason", "colect: reason",
       "does nothing"},
      {"step key", "flows/feedback.yaml", "save: done", "sav: done", "did you mean 'save'?"},
      {"tools.yaml", "tools.yaml", "effect: write", "effect: wirte", "tools.yaml:"},
      {"at_most alone", "flows/return_item.yaml", "at_most: 2, then: human, ", "at_most: 2, ",
       "at_most and then together"},
  };
  for (const FaultCase& c : cases) {
    std::string faults = Faults(Changed(c.file, c.from, c.to));
    EXPECT_NE(faults.find(c.words), std::string::npos) << c.name << ":\n" << faults;
  }
}

TEST(Bundle, NamesFileAndLine) {
  std::string faults = Faults(Changed("flows/return_item.yaml", "yes: make", "yes: mak"));
  EXPECT_NE(
      faults.find("flows/return_item.yaml:12: error: step return_item.ask goes to 'mak' (yes)"),
      std::string::npos)
      << faults;
}

TEST(Bundle, ReportsAllFaultsAtOnce) {
  Files files = SmallShopFiles();
  files["assistant.yaml"] += "colour: red\n";
  files["flows/bad.yaml"] =
      "flow: bad\nsteps:\n  - {id: a, say: hi}\n  - {id: a, say: hi, end: later}\n";
  files["policies/policy.yaml"] = "thresholds: {answer: 1.5, clarify: -1}\nlimits: {stack: 99}\n";
  std::string faults = Faults(files);
  for (const char* words :
       {"colour", "is there twice", "outcome 'later'", "answer of thresholds is out of range",
        "clarify of thresholds", "stack"}) {
    EXPECT_NE(faults.find(words), std::string::npos) << words << "\n" << faults;
  }
}

TEST(Bundle, RepliesAndScreen) {
  Files files = SmallShopFiles();
  files["policies/replies.yaml"] =
      "thanks: [\"Sure.\", \"Any time.\"]\nhouse_rule: {en: \"Be kind to {business}.\", de: "
      "\"Seien Sie nett.\"}\n";
  files["policies/screen.yaml"] =
      "rules:\n  - {id: a, class: abuse, action: warn, reply: abuse_warning, any: [\"(\"]}\n";
  EXPECT_NE(Faults(files).find("does not compile"), std::string::npos);
  files.erase("policies/screen.yaml");
  absl::StatusOr<Bundle> bundle = LoadBundleFiles(files);
  ASSERT_TRUE(bundle.ok()) << bundle.status();
  EXPECT_EQ(bundle->Reply("thanks", "en", 1).source, "Any time.");
  EXPECT_EQ(bundle->Reply("thanks", "de").source, "Gern geschehen.");  // built in
  EXPECT_EQ(bundle->Reply("house_rule", "de").source, "Seien Sie nett.");
}

TEST(Bundle, MissingAndHostileFiles) {
  EXPECT_NE(Faults({}).find("assistant.yaml: error: the file is missing"), std::string::npos);
  Files files = SmallShopFiles();
  files["flows/x.yaml"] = "\xff\xfe";
  EXPECT_NE(Faults(files).find("flows/x.yaml"), std::string::npos);
  files["flows/x.yaml"] = "- just\n- a list\n";
  EXPECT_NE(Faults(files).find("not a mapping"), std::string::npos);
  EXPECT_EQ(LoadBundle("/nonexistent/bundle").status().code(), absl::StatusCode::kNotFound);
}

TEST(Bundle, VersionNamesWhatChanged) {
  absl::StatusOr<Bundle> before = LoadBundleFiles(SmallShopFiles());
  absl::StatusOr<Bundle> after =
      LoadBundleFiles(Changed("flows/order_status.yaml", "Which order?", "Which order!"));
  ASSERT_TRUE(before.ok() && after.ok());
  EXPECT_NE(VersionOf(before->files), VersionOf(after->files));
  EXPECT_EQ(CompareManifests(before->files, after->files),
            std::vector<std::string>{"flows/order_status.yaml (changed)"});
  EXPECT_EQ(*ManifestFromJson(ManifestToJson(before->files)), before->files);
}

}  // namespace
}  // namespace frontdesk::dialog
