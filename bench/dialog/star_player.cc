#include "bench/dialog/star_player.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "dialog/flows/front.h"
#include "dialog/flows/machine.h"
#include "tests/dialog/small_shop.h"
#include "text/fuzzy.h"
#include "text/normalise.h"
#include "tools/pii/redact.h"

namespace frontdesk::bench {
namespace {

using namespace frontdesk::dialog;  // NOLINT: the bench is about this one namespace
using nlohmann::json;

constexpr char kAssistant[] = R"(name: Star
business: Star
languages: [en]
timezone: UTC
locale: en-US
order_number: {pattern: "[0-9]{1,8}", example: "1234"}
)";

constexpr char kTools[] = R"(adapters:
  crm: {kind: demo_crm}
tools:
  kb.query:
    about: What the recorded system asked its knowledge base.
    effect: read
    roles: [customer]
    verification: none
    parameters: {a: {type: text, required: false}, b: {type: text, required: false}, c: {type: text, required: false}, d: {type: text, required: false}}
    result: {message: text, question: text, answer: text, weather: text, day: text}
  kb.grade:
    about: Whether an answer is the one that was looked for.
    effect: read
    roles: [customer]
    verification: none
    parameters: {said: {type: text, required: false}, answer: text}
    result: {right: boolean}
)";

std::string ActionOf(const std::string& step) { return step.substr(0, step.find("__")); }

// Folded words, numbers in figures: "2 in the bush" is "two in the bush".
std::string AnswerWords(const std::string& said) {
  static const std::map<std::string, std::string> kFigures = {
      {"one", "1"}, {"two", "2"}, {"three", "3"}, {"four", "4"}, {"five", "5"},
      {"six", "6"}, {"seven", "7"}, {"eight", "8"}, {"nine", "9"}, {"ten", "10"}};
  std::string words;
  for (const absl::string_view word :
       absl::StrSplit(text::FoldText(said), absl::ByAnyChar(" .,!?;'\"-"), absl::SkipEmpty())) {
    const auto figure = kFigures.find(std::string(word));
    absl::StrAppend(&words, words.empty() ? "" : " ",
                    figure == kFigures.end() ? std::string(word) : figure->second);
  }
  return words;
}

// Words of two answers compared: nearly the same, or one holds the other. What the recorded person
// at the system let pass is not ours to know.
bool SameAnswer(const std::string& said, const std::string& answer) {
  const std::string a = AnswerWords(said), b = AnswerWords(answer);
  if (a.empty() || b.empty()) return false;
  const bool holds = (" " + a + " ").find(" " + b + " ") != std::string::npos ||
                     (a.size() > 3 && b.find(a) != std::string::npos);
  return holds || text::Similarity(a, b) >= 0.75;
}

// Whether a recorded query took what was found ("RequestType": "Book").
bool Books(const StarEvent& query) {
  if (!query.constraints.is_array()) return false;
  return std::any_of(query.constraints.begin(), query.constraints.end(), [](const json& one) {
    const json type = one.is_object() ? one.value("RequestType", json()) : json();
    return type.is_string() && type.get_ref<const std::string&>().find("Book") != std::string::npos;
  });
}

class StarEffects : public MemoryEffects {
 public:
  StarEffects(World& world, const Bundle& bundle, const understand::FeatureFn& features)
      : MemoryEffects(world), bundle_(bundle), features_(features) {}
  RedactedText Redact(std::string_view raw, const RedactionContext& context) override {
    static const tools::Redactor& redactor = *new tools::Redactor();
    tools::VaultNamer namer;
    tools::RedactOptions options;
    options.country = "US";
    options.name_was_asked = context.name_asked;
    tools::PiiTypes names;
    names.set(static_cast<size_t>(tools::PiiType::kPerson));
    options.types = names;
    std::string text;
    size_t at = 0;
    for (const tools::PiiSpan& span : redactor.Redact(raw, namer, options).spans) {
      text += raw.substr(at, span.begin - at);
      text += Listed(raw.substr(0, span.end)) ? raw.substr(span.begin, span.end - span.begin)
                                              : std::string_view(span.token);
      at = span.end;
    }
    return {text += raw.substr(at), {}};
  }
  absl::StatusOr<std::vector<std::vector<float>>> Features(
      std::span<const std::string> texts) override {
    if (!features_) return absl::UnavailableError("no encoder");
    return features_(texts);
  }

 private:
  // The business's own people are no secret: "Dr. Alexis" is one of the bundle's choices.
  bool Listed(std::string_view up_to) const {
    const std::string said = AnswerWords(std::string(up_to));
    for (const SlotSpec& slot : bundle_.flows.begin()->second.slots) {
      for (const SlotChoice& choice : slot.choices) {
        for (const std::string& name : choice.synonyms) {
          if (name.find(' ') != std::string::npos && said.ends_with(AnswerWords(name))) return true;
        }
      }
    }
    return false;
  }

  const Bundle& bundle_;
  const understand::FeatureFn& features_;
};

class Player {
 public:
  Player(const StarTask& task, const StarDialog& dialog) : task_(task), dialog_(dialog) {
    conversation_.id = storage::ConversationId("star");
    world_.tools["kb.query"] = [this](const tools::ToolCall&) { return Recorded(); };
    world_.tools["kb.grade"] = [](const tools::ToolCall& call) {
      return tools::ToolResult::Ok({{"right", SameAnswer(call.arguments.value("said", ""),
                                                         call.arguments.value("answer", ""))}});
    };
    StarEffects effects(world_, task_.bundle, task_.features);
    OpenConversation(conversation_, {}, Parts(), effects).IgnoreError();
  }

  std::vector<Predicted> Play() {
    std::vector<Predicted> predictions;
    std::vector<std::string> ahead;  // what ours does next
    size_t done = 0;                 // how far the recorded system agrees with it
    bool aligned = true;
    std::string last, heard;
    for (at_ = 0; at_ < dialog_.events.size(); ++at_) {
      const StarEvent& event = dialog_.events[at_];
      if (event.kind == StarEvent::kUser) {
        heard += (heard.empty() ? "" : " ") + event.text;
        continue;
      }
      if (event.kind == StarEvent::kKnowledge || event.text.empty()) continue;
      const std::string just_heard = heard;
      if (!heard.empty()) {
        if (!aligned || done < ahead.size()) Force(last);
        ahead = Hear(heard);
        done = 0;
        aligned = true;
        heard.clear();
      }
      const std::string ours = done < ahead.size() ? ahead[done] : "(waits)";
      predictions.push_back({event.text, ours, just_heard, rules_});
      if (event.text == "query") booked_ = Books(event);
      if (ours == event.text) {
        ++done;
      } else {
        ahead = Force(event.text);
        done = ahead.empty() || ahead[0] != event.text ? 0 : 1;
        aligned = done == 1;
      }
      last = event.text;
    }
    return predictions;
  }

 private:
  TurnParts Parts() const { return {task_.bundle, *task_.understander}; }

  // What the recorded knowledge base answers to the next query: where the recorded system asks it too,
  // the answer it got; else the last one that both have seen.
  tools::ToolResult Recorded() {
    size_t found = dialog_.events.size(), asks = answered_;
    const auto kind = [&](size_t i) { return dialog_.events[i].kind; };
    while (asks < dialog_.events.size() &&
           (kind(asks) == StarEvent::kKnowledge ||
            (kind(asks) == StarEvent::kSystem && dialog_.events[asks].text.empty()))) {
      ++asks;
    }
    if (asks < dialog_.events.size() && kind(asks) == StarEvent::kSystem &&
        dialog_.events[asks].text == "query") {
      for (size_t i = asks; i < dialog_.events.size() && found == dialog_.events.size(); ++i) {
        if (kind(i) == StarEvent::kKnowledge) found = i;
      }
      answered_ = std::min(found, dialog_.events.size() - 1) + 1;
    } else {
      for (size_t i = 0; i < std::min(answered_, dialog_.events.size()); ++i) {
        if (kind(i) == StarEvent::kKnowledge) found = i;
      }
    }
    json value = {{"message", ""}, {"question", ""}, {"answer", ""}, {"weather", ""}, {"day", ""}};
    if (found == dialog_.events.size()) return tools::ToolResult::Ok(value);
    for (const auto& [ours, theirs] :
         {std::pair{"message", "ReservationStatus"}, {"message", "Message"},
          {"question", "Question"}, {"answer", "Answer"}, {"weather", "Weather"},
          {"day", "Day"}}) {
      const json of = dialog_.events[found].item.value(theirs, json());
      if (of.is_string()) value[ours] = of;
    }
    return tools::ToolResult::Ok(value);
  }

  std::vector<std::string> Hear(const std::string& words) {
    const size_t before = world_.log.size();
    answered_ = at_;
    world_.now += absl::Minutes(11);  // what was read before is read again
    conversation_.state.owner = "assistant";  // a handoff of ours was one wrong action: go on
    StarEffects effects(world_, task_.bundle, task_.features);
    RunTurn(conversation_, {words, "", world_.now}, Parts(), effects).IgnoreError();
    rules_.clear();
    for (size_t i = before; i < world_.log.size(); ++i) {
      const absl::StatusOr<Event> event = DecodeEvent(world_.log[i].kind, world_.log[i].body);
      if (!event.ok()) continue;
      if (auto* decided = std::get_if<Decided>(&*event)) {
        absl::StrAppend(&rules_, rules_.empty() ? "" : "+", decided->reason.rule);
      }
    }
    return ActionsSince(before);
  }

  std::vector<std::string> ActionsSince(size_t from) const {
    std::vector<std::string> actions;
    for (size_t i = from; i < world_.log.size(); ++i) {
      const absl::StatusOr<Event> event = DecodeEvent(world_.log[i].kind, world_.log[i].body);
      if (!event.ok()) continue;
      if (auto* returned = std::get_if<ToolReturned>(&*event)) {
        if (returned->tool == "kb.query") actions.push_back("query");
      }
      if (auto* said = std::get_if<Said>(&*event)) {
        const size_t dot = said->source.find('.');
        const std::string name = dot == std::string::npos ? said->source : said->source.substr(dot + 1);
        const auto says = task_.says.find(name);
        if (dot != std::string::npos) {
          actions.push_back(ActionOf(name));
        } else if (says != task_.says.end()) {
          actions.push_back(says->second);
        }
      }
    }
    return actions;
  }

  // The step of an action that the recorded system took: of two queries the second one books.
  std::string StepOf(const std::string& action) const {
    const Flow& flow = task_.bundle.flows.begin()->second;
    std::string first, last;
    for (const Step& step : flow.steps) {
      if (ActionOf(step.id) != action) continue;
      if (first.empty()) first = step.id;
      last = step.id;
    }
    return booked_ ? last : first;
  }

  // Puts the conversation where the recorded system went; what ours does from there.
  std::vector<std::string> Force(const std::string& action) {
    const std::string step = StepOf(action);
    if (step.empty()) return {};
    const size_t before = world_.log.size();
    answered_ = at_;
    world_.now += absl::Minutes(11);
    StarEffects effects(world_, task_.bundle, task_.features);
    const TurnParts parts = Parts();
    Turn turn(conversation_, parts, effects);
    turn.now = effects.Now();
    Received received;
    received.turn = turn.state().turns + 1;
    received.now_ms = turn.now_ms();
    received.owner = "assistant";
    turn.Emit(received);
    const Flow& flow = task_.bundle.flows.begin()->second;
    if (turn.state().front() == nullptr) {
      turn.Emit(FlowStarted{turn.state().instances + 1, flow.name, "", false});
      Restore(turn);
    }
    const int64_t instance = turn.state().front()->instance;
    if (auto* collect = std::get_if<CollectStep>(&flow.FindStep(step)->action)) {
      turn.Emit(Invalidated{instance, "slot", collect->slot, "forced"});
    }
    Enter(turn, step, "forced");
    RunFlows(turn);
    turn.Emit(TurnCompleted{received.turn, "progressed", 0, ""});
    turn.log.Commit(turn.now).IgnoreError();
    return ActionsSince(before);
  }

  // A flow that ended goes on with what it knew.
  void Restore(Turn& turn) {
    if (turn.state().finished.empty()) return;
    const std::map<std::string, SlotState> slots = turn.state().finished.back().slots;
    for (const auto& [name, slot] : slots) {
      turn.Emit(SlotSet{turn.state().front()->instance, name, slot.value, slot.type, slot.surface,
                        "carried", false, nullptr});
    }
  }

  const StarTask& task_;
  const StarDialog& dialog_;
  MemoryEffects::World world_;
  Conversation conversation_;
  size_t at_ = 0;        // the recorded event that is predicted
  size_t answered_ = 0;  // up to where the knowledge base has answered
  std::string rules_;    // of the last message heard
  bool booked_ = false;  // whether the recorded system's last query was to book, not to look
};

std::string Quoted(const std::string& text) { return json(text).dump(); }

// Customers' turns of the training dialogs by what the system did next.
std::string Intents(const std::string& task, const std::vector<StarDialog>& train) {
  std::map<std::string, std::set<std::string>> examples;
  for (const StarDialog& dialog : train) {
    if (dialog.task != task) continue;
    std::string heard;
    bool first = true;
    for (const StarEvent& event : dialog.events) {
      if (event.kind == StarEvent::kUser) heard = event.text;
      if (event.kind != StarEvent::kSystem || event.text.empty() || heard.empty()) continue;
      const bool bye = event.text.find("bye") != std::string::npos;
      const std::string intent = bye                             ? "closing"
                                 : event.text == "anything_else" ? "content"
                                 : event.text == "hello"         ? "opening"
                                 : first || event.text == "query" ? "wish"
                                                                  : "";
      if (!intent.empty() && heard.size() > 1) examples[intent].insert(heard);
      if (event.text != "hello") first = false;
      heard.clear();
    }
  }
  examples["closing"].insert({"goodbye", "thanks, bye", "no, that is all"});
  examples["content"].insert({"okay", "thank you", "all right, thanks"});
  examples["opening"].insert({"hello", "hi there"});
  static const std::map<std::string, std::string> kDoes = {
      {"closing", "{say: goodbye}"}, {"content", "{say: anything_else}"},
      {"opening", "{say: hello}"},   {"wish", "{flow: task}"}};
  // A turn that led to two things is an example of the first only.
  std::set<std::string> taken;
  for (auto& [intent, texts] : examples) {
    std::erase_if(texts, [&](const std::string& text) {
      return !taken.insert(text::FoldText(text)).second;
    });
  }
  std::string yaml = "intents:\n";
  for (const auto& [intent, does] : kDoes) {
    absl::StrAppend(&yaml, "  - name: ", intent, "\n    label: ", intent, "\n    description: ",
                    intent, "\n    does: ", does, "\n    examples:\n");
    for (const std::string& example : examples[intent])
      absl::StrAppend(&yaml, "      - ", Quoted(example), "\n");
  }
  return yaml;
}

// The system's last word has another name in some tasks.
std::string LastWord(const std::string& task, const std::vector<StarDialog>& train) {
  std::map<std::string, int> counts;
  for (const StarDialog& dialog : train) {
    for (const StarEvent& event : dialog.events) {
      const bool bye = event.kind == StarEvent::kSystem && event.text.find("bye") != std::string::npos;
      if (dialog.task == task && bye) ++counts[event.text];
    }
  }
  std::string last;
  for (const auto& [action, times] : counts) {
    if (last.empty() || times > counts[last]) last = action;
  }
  return last;
}

}  // namespace

absl::StatusOr<StarTask> MakeTask(const std::string& folder, const std::string& name,
                                  const std::vector<StarDialog>& train,
                                  const understand::FeatureFn& features) {
  const std::string path = absl::StrCat(folder, "/", name, ".yaml");
  std::ifstream file(path);
  if (!file) return absl::NotFoundError(absl::StrCat(path, ": no such file"));
  std::stringstream text;
  text << file.rdbuf();
  std::string flow = text.str();
  for (size_t mark = flow.find('$'); mark != std::string::npos; mark = flow.find('$', mark)) {
    size_t end = mark + 1;
    while (end < flow.size() && std::isalpha(static_cast<unsigned char>(flow[end]))) ++end;
    std::string choices = "{";
    for (const std::string& value : ValuesOf(train, name, flow.substr(mark + 1, end - mark - 1)))
      absl::StrAppend(&choices, choices.size() > 1 ? ", " : "", Quoted(value), ": []");
    flow.replace(mark, end - mark, choices + "}");
  }
  std::string replies;
  for (const char* id : {"hello", "anything_else", "goodbye"})
    absl::StrAppend(&replies, id, ": \"", id, "?\"\n");
  absl::StatusOr<Bundle> bundle = LoadBundleFiles({{"assistant.yaml", kAssistant},
                                                   {"intents/all.yaml", Intents(name, train)},
                                                   {"flows/task.yaml", flow},
                                                   {"policies/replies.yaml", replies},
                                                   {"tools.yaml", kTools}});
  if (!bundle.ok()) return bundle.status();
  StarTask task{name, *std::move(bundle), nullptr, features, {}};
  const std::string bye = LastWord(name, train);
  task.says = {{"hello", "hello"},           {"greeting", "hello"},
               {"greeting_back", "hello"},   {"anything_else", "anything_else"},
               {"thanks", "anything_else"},  {"declined", "anything_else"},
               {"cancelled", "anything_else"}, {"nothing_to_cancel", "anything_else"},
               {"goodbye", bye},             {"bye", bye},
               {"out_of_scope", "out_of_scope"}, {"not_understood", "out_of_scope"}};
  task.bundle.policy.limits.confirmation = absl::Hours(1000);
  task.bundle.policy.limits.attempts_per_slot = 1000;
  task.bundle.policy.misunderstood_limit = 1000;
  task.bundle.policy.negative_limit = 1000;
  absl::StatusOr<understand::Understander::Trained> trained =
      understand::Understander::Train(MakeTrainingSet(task.bundle), features, {});
  if (!trained.ok()) return trained.status();
  task.understander =
      std::make_unique<understand::Understander>(std::move(trained->understander));
  return task;
}

std::vector<Predicted> Play(const StarTask& task, const StarDialog& dialog) {
  return Player(task, dialog).Play();
}

}  // namespace frontdesk::bench
