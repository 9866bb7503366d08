#include "dialog/bundle/read_settings.h"

#include <algorithm>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "re2/re2.h"

namespace frontdesk::dialog {
namespace {

using tools::YamlMap;

constexpr const char* kDays[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

std::optional<int> MinuteOf(std::string_view clock) {
  static const RE2 kClock("([01]?[0-9]|2[0-4]):([0-5][0-9])");
  int hour = 0, minute = 0;
  if (!RE2::FullMatch(re2::StringPiece(clock.data(), clock.size()), kClock, &hour, &minute)) {
    return std::nullopt;
  }
  return hour * 60 + minute;
}

void ReadHours(YamlMap& map, const tools::FaultSink& sink, Assistant& assistant) {
  YAML::Node node = map.Get("hours");
  if (!node.IsDefined()) {
    assistant.always_open = true;
    return;
  }
  YamlMap hours(node, "hours", sink);
  for (int day = 0; day < 7; ++day) {
    std::optional<std::string> text = hours.Text(kDays[day]);
    if (!text || *text == "closed") continue;
    std::vector<std::string> ends = absl::StrSplit(*text, '-');
    std::optional<int> open, close;
    if (ends.size() == 2) open = MinuteOf(ends[0]), close = MinuteOf(ends[1]);
    if (!open || !close || *open >= *close) {
      hours.Fail(kDays[day], absl::StrCat("hours of ", kDays[day], " are not a span of the day"),
                 "write \"09:00-18:00\" or closed");
      continue;
    }
    assistant.hours[day] = DayHours{*open, *close};
  }
  hours.Finish();
}

void ReadClock(YamlMap& map, Assistant& assistant) {
  if (auto zone = map.Text("timezone")) {
    assistant.timezone_name = *zone;
    if (!absl::LoadTimeZone(*zone, &assistant.timezone)) {
      map.Fail("timezone", absl::StrCat("timezone '", *zone, "' is unknown"),
               "write an IANA name like Europe/Dublin");
    }
  }
  for (const std::string& day : map.Texts("holidays")) {
    absl::CivilDay date;
    if (!absl::ParseCivilTime(day, &date)) {
      map.Fail("holidays", absl::StrCat("holiday '", day, "' is not a date"),
               "write \"2026-12-25\", in quotes");
    }
    assistant.holidays.insert(day);
  }
}

void ReadGrounded(YamlMap& model, const tools::FaultSink& sink, GroundedWords& grounded) {
  YAML::Node node = model.Get("grounded");
  if (!node.IsDefined()) return;
  YamlMap map(node, "model grounded", sink);
  grounded.connecting = map.Texts("connecting");
  grounded.kept = map.Texts("kept");
  if (auto decline = map.Text("decline")) grounded.decline = *decline;
  if (auto runs = map.Bool("runs")) grounded.runs = *runs;
  if (grounded.connecting.size() > 16 || grounded.kept.size() > 100) {
    map.Fail("connecting", "more than 16 connecting texts or 100 kept words", "leave some out");
  }
  for (const std::string& text : grounded.connecting) {
    const bool digit = std::any_of(text.begin(), text.end(),
                                   [](char c) { return c >= '0' && c <= '9'; });
    if (text.empty() || text.size() > 60 || digit) {
      map.Fail("connecting", absl::StrCat("connecting text '", text.substr(0, 60), "' is not usable"),
               "write 1 to 60 characters without a digit: only passages state numbers");
    }
  }
  if (grounded.decline.size() > 200) {
    map.Fail("decline", "the text is longer than 200 characters", "shorten it");
  }
  map.Finish();
}

void ReadModel(YamlMap& map, const tools::FaultSink& sink, Assistant& assistant) {
  YAML::Node node = map.Get("model");
  if (!node.IsDefined()) return;
  YamlMap model(node, "model", sink);
  if (auto tokens = model.Integer("max_tokens", 1, 4096)) assistant.model_max_tokens = *tokens;
  if (auto t = ReadDecimal(model, "temperature", 1000, 0, 2000)) {
    assistant.temperature = static_cast<double>(*t) / 1000;
  }
  if (auto mode = model.Text("mode")) {
    if (*mode == "off") {
      assistant.model_mode = ModelMode::kOff;
    } else if (*mode == "grounded") {
      assistant.model_mode = ModelMode::kGrounded;
    } else if (*mode != "verified") {
      model.Fail("mode", absl::StrCat("model mode '", *mode, "' is unknown"),
                 "write verified, grounded or off");
    }
  }
  ReadGrounded(model, sink, assistant.grounded);
  if (auto adapter = model.Text("adapter")) assistant.adapter = *adapter;
  model.Finish();
}

// From which pages browsers may call, and how long conversations are kept.
void ReadWidgetAndRetention(YamlMap& map, const tools::FaultSink& sink, Assistant& assistant) {
  if (YAML::Node node = map.Get("widget"); node.IsDefined()) {
    static const RE2 kOrigin("https?://[a-z0-9.-]+(:[0-9]{1,5})?");
    YamlMap widget(node, "widget", sink);
    for (const std::string& origin : widget.Texts("origins")) {
      if (!RE2::FullMatch(origin, kOrigin)) {
        widget.Fail("origins", absl::StrCat("origin '", origin, "' is not what a browser sends"),
                    "write scheme, host in lower case and port only, like https://shop.example");
      }
      assistant.origins.push_back(origin);
    }
    widget.Finish();
  }
  if (YAML::Node node = map.Get("retention"); node.IsDefined()) {
    YamlMap retention(node, "retention", sink);
    constexpr int64_t kMostDays = 36'500;
    if (auto days = retention.Integer("known_days", 1, kMostDays)) assistant.retention.known_days = *days;
    if (auto days = retention.Integer("unknown_days", 1, kMostDays)) {
      assistant.retention.unknown_days = *days;
    }
    retention.Finish();
  }
}

std::shared_ptr<const re2::RE2> Compile(const YAML::Node& node, std::string_view what,
                                        const tools::FaultSink& sink) {
  if (!node.IsScalar()) {
    sink.Add(node, absl::StrCat(std::string(what), " is not a pattern"), "write a text in quotes");
    return nullptr;
  }
  RE2::Options options;
  options.set_log_errors(false);
  options.set_case_sensitive(false);
  auto pattern = std::make_shared<RE2>(node.Scalar(), options);
  if (!pattern->ok()) {
    sink.Add(node,
             absl::StrCat(std::string(what), ": the pattern does not compile: ", pattern->error()),
             "RE2 syntax has no look-around and no back references");
    return nullptr;
  }
  return pattern;
}

std::vector<std::shared_ptr<const re2::RE2>> CompileAll(YamlMap& map, const char* key,
                                                        const tools::FaultSink& sink) {
  std::vector<std::shared_ptr<const re2::RE2>> patterns;
  YAML::Node node = map.Get(key);
  if (!node.IsDefined()) return patterns;
  if (!node.IsSequence()) {
    map.Fail(key, absl::StrCat(key, " of ", map.what(), " is not a list"), "write [\"…\", \"…\"]");
    return patterns;
  }
  for (const YAML::Node& element : node) {
    if (auto pattern = Compile(element, map.what(), sink)) patterns.push_back(std::move(pattern));
  }
  return patterns;
}

Does ReadDoes(YamlMap& intent, const tools::FaultSink& sink) {
  static const std::vector<std::string> kSteers = {"cancel", "repeat", "back", "restart",
                                                   "rephrase"};
  YAML::Node node = intent.Get("does");
  if (!node.IsDefined()) {
    intent.Fail("does", absl::StrCat(intent.what(), " does nothing"),
                "add does: {flow: NAME}, {answer: knowledge}, {say: REPLY}, {handoff: REASON} or "
                "{steer: WORD}");
    return DoesAnswer{};
  }
  YamlMap does(node, absl::StrCat("does of ", intent.what()), sink);
  std::optional<Does> result;
  if (auto flow = does.Text("flow")) result = DoesFlow{*flow};
  if (auto answer = does.Text("answer")) {
    if (*answer != "knowledge") {
      does.Fail("answer", absl::StrCat("nothing answers from '", *answer, "'"),
                "write answer: knowledge");
    }
    result = DoesAnswer{};
  }
  if (auto reply = does.Text("say")) result = DoesSay{*reply};
  if (auto reason = does.Text("handoff")) result = DoesHandoff{*reason};
  if (auto steer = does.Text("steer")) {
    if (std::find(kSteers.begin(), kSteers.end(), *steer) == kSteers.end()) {
      does.Fail("steer", absl::StrCat("steer '", *steer, "' is unknown"),
                tools::Suggest(*steer, kSteers));
    }
    result = DoesSteer{*steer};
  }
  does.Finish();
  if (node.IsMap() && node.size() != 1) {
    intent.Fail("does", absl::StrCat(intent.what(), " does not do exactly one thing"),
                "keep one of flow, answer, say, handoff, steer");
  }
  return result.value_or(DoesAnswer{});
}

}  // namespace

std::string LabelOf(std::string_view name) {
  return absl::StrReplaceAll(std::string(name), {{"_", " "}});
}

std::vector<SlotChoice> ReadChoices(const YAML::Node& node, std::string_view what,
                                    const ReadContext& context) {
  std::vector<SlotChoice> choices;
  if (node.IsSequence()) {
    for (const YAML::Node& element : node) {
      if (element.IsScalar()) choices.push_back({element.Scalar(), {LabelOf(element.Scalar()), {}}, {}});
    }
  } else if (node.IsMap()) {
    for (const auto& entry : node) {
      SlotChoice choice{entry.first.Scalar(), {LabelOf(entry.first.Scalar()), {}}, {}};
      if (entry.second.IsScalar()) choice.synonyms.push_back(entry.second.Scalar());
      if (entry.second.IsSequence()) {
        for (const YAML::Node& synonym : entry.second) choice.synonyms.push_back(synonym.Scalar());
      }
      choices.push_back(std::move(choice));
    }
  }
  if (choices.empty()) {
    context.sink.Add(node, absl::StrCat(std::string(what), " has no choices"),
                     "write {canonical: [synonym, …], …}");
  }
  return choices;
}

Assistant ReadAssistant(const YAML::Node& root, const tools::FaultSink& sink) {
  Assistant assistant;
  YamlMap map(root, "assistant.yaml", sink);
  assistant.name =
      map.RequiredText("name", "add name: the shown name of the assistant").value_or("");
  assistant.business =
      map.RequiredText("business", "add business: the shown name of the business").value_or("");
  assistant.greeting = map.Text("greeting").value_or("greeting");
  assistant.locale = map.Text("locale").value_or("en");
  assistant.currency = map.Text("currency").value_or("EUR");
  if (std::vector<std::string> languages = map.Texts("languages"); !languages.empty()) {
    assistant.languages = std::move(languages);
  }
  YAML::Node order = map.Get("order_number");
  assistant.order_pattern = "[0-9]{4,8}";
  assistant.order_example = "48213";
  if (order.IsDefined()) {
    YamlMap number(order, "order_number", sink);
    assistant.order_pattern = number.Text("pattern").value_or(assistant.order_pattern);
    assistant.order_example = number.Text("example").value_or("");
    RE2 pattern(assistant.order_pattern, RE2::Quiet);
    if (!pattern.ok()) {
      number.Fail("pattern", "the order number's pattern does not compile: " + pattern.error(),
                  "RE2 syntax has no look-around and no back references");
    } else if (!assistant.order_example.empty() &&
               !RE2::FullMatch(assistant.order_example, pattern)) {
      number.Fail("example", "the order number's example does not match its pattern",
                  "correct one of the two");
    }
    number.Finish();
  }
  ReadClock(map, assistant);
  ReadHours(map, sink, assistant);
  if (YAML::Node node = map.Get("idle"); node.IsDefined()) {
    YamlMap idle(node, "idle", sink);
    assistant.remind_after = ReadDuration(idle, "remind_after").value_or(assistant.remind_after);
    assistant.end_after = ReadDuration(idle, "end_after").value_or(assistant.end_after);
    idle.Finish();
  }
  ReadModel(map, sink, assistant);
  ReadWidgetAndRetention(map, sink, assistant);
  if (YAML::Node node = map.Get("products"); node.IsDefined()) {
    assistant.products = ReadChoices(node, "products", {sink, assistant.languages});
  }
  assistant.clients = ReadClientSettings(map, sink);
  map.Finish();
  return assistant;
}

void ReadIntents(const YAML::Node& root, const ReadContext& context, Bundle& bundle) {
  YamlMap file(root, "the intents file", context.sink);
  YAML::Node list = file.Get("intents");
  for (const std::string& text : file.Texts("out_of_scope")) bundle.out_of_scope.push_back(text);
  file.Finish();
  if (!list.IsDefined()) return;
  if (!list.IsSequence()) {
    context.sink.Add(list, "intents is not a list", "write \"- name: …\" below it");
    return;
  }
  for (const YAML::Node& node : list) {
    YamlMap map(node, "an intent", context.sink);
    Intent intent;
    intent.name = map.RequiredText("name", "add name: a short name with _").value_or("");
    if (intent.name.empty()) continue;
    YamlMap named(node, "intent " + intent.name, context.sink);
    named.Text("name");
    intent.file = context.sink.file;
    intent.line = node.Mark().line + 1;
    intent.does = ReadDoes(named, context.sink);
    intent.description = named.Text("description").value_or("");
    intent.label = ReadLabel(named.Get("label"), LabelOf(intent.name), named.what(), context);
    std::string risk = named.Text("risk").value_or("low");
    if (risk != "low" && risk != "medium" && risk != "high") {
      named.Fail("risk", "risk '" + risk + "' is unknown", "write low, medium or high");
    }
    intent.high_risk = risk == "high";
    intent.examples = named.Texts("examples");
    if (intent.examples.size() < 2) {
      named.Fail("examples",
                 absl::StrCat("intent ", intent.name, " has ", intent.examples.size(), " examples"),
                 "add at least two, better twenty-five");
    }
    named.Finish();
    if (auto [at, fresh] = bundle.intents.emplace(intent.name, intent); !fresh) {
      context.sink.Add(node, "intent " + intent.name + " is there twice",
                       absl::StrCat("the first is in ", at->second.file, ":", at->second.line));
    }
  }
}

void ReadPolicy(const YAML::Node& root, const ReadContext& context, Policy& policy) {
  YamlMap map(root, "policy.yaml", context.sink);
  if (YAML::Node node = map.Get("thresholds"); node.IsDefined()) {
    YamlMap t(node, "thresholds", context.sink);
    policy.answer_set = t.Has("answer");
    policy.clarify_set = t.Has("clarify");
    policy.out_of_scope_set = t.Has("out_of_scope");
    Thresholds& to = policy.thresholds;
    to.answer = ReadShare(t, "answer").value_or(to.answer);
    to.clarify = ReadShare(t, "clarify").value_or(to.clarify);
    to.close = ReadShare(t, "close").value_or(to.close);
    to.out_of_scope = ReadShare(t, "out_of_scope").value_or(to.out_of_scope);
    to.digression = ReadShare(t, "digression").value_or(to.digression);
    to.slot = ReadShare(t, "slot").value_or(to.slot);
    if (to.clarify > to.answer) {
      t.Fail("clarify", "clarify is above answer",
             "an intent below answer is asked about down to clarify");
    }
    t.Finish();
  }
  if (YAML::Node node = map.Get("limits"); node.IsDefined()) {
    YamlMap l(node, "limits", context.sink);
    Limits& to = policy.limits;
    to.steps_per_turn = l.Integer("steps_per_turn", 5, 500).value_or(to.steps_per_turn);
    to.attempts_per_slot = l.Integer("attempts_per_slot", 1, 10).value_or(to.attempts_per_slot);
    to.stack = l.Integer("stack", 1, 10).value_or(to.stack);
    to.intents_per_message =
        l.Integer("intents_per_message", 1, 6).value_or(to.intents_per_message);
    to.message_chars = l.Integer("message_chars", 200, 20000).value_or(to.message_chars);
    to.confirmation = ReadDuration(l, "confirmation").value_or(to.confirmation);
    l.Finish();
  }
  if (YAML::Node node = map.Get("grounding"); node.IsDefined()) {
    YamlMap g(node, "grounding", context.sink);
    Grounding& to = policy.grounding;
    to.support = ReadShare(g, "support").value_or(to.support);
    to.answerable = ReadShare(g, "answerable").value_or(to.answerable);
    to.passages = g.Integer("passages", 1, 20).value_or(to.passages);
    to.sentences = g.Integer("sentences", 1, 8).value_or(to.sentences);
    g.Finish();
  }
  if (YAML::Node node = map.Get("output"); node.IsDefined()) {
    YamlMap o(node, "output", context.sink);
    policy.competitors = o.Texts("competitors");
    o.Finish();
  }
  if (YAML::Node node = map.Get("escalation"); node.IsDefined()) {
    YamlMap e(node, "escalation", context.sink);
    policy.team = e.Text("team").value_or(policy.team);
    if (YAML::Node m = e.Get("misunderstood"); m.IsDefined()) {
      YamlMap messages(m, "misunderstood", context.sink);
      policy.misunderstood_limit = messages.Integer("messages", 1, 10).value_or(3);
      messages.Finish();
    }
    if (YAML::Node s = e.Get("sentiment"); s.IsDefined()) {
      YamlMap sentiment(s, "sentiment", context.sink);
      policy.negative_polarity =
          ReadDecimal(sentiment, "polarity", 1000, -1000, 0).value_or(policy.negative_polarity);
      policy.negative_limit = sentiment.Integer("messages", 1, 10).value_or(policy.negative_limit);
      sentiment.Finish();
    }
    for (const YAML::Node& rule : e.Get("rules")) {
      YamlMap r(rule, "an escalation rule", context.sink);
      EscalationRule to;
      to.id = r.RequiredText("id", "add id: a short name").value_or("");
      to.reason = r.RequiredText("reason", "add reason: a reason code").value_or("");
      to.team = r.Text("team").value_or(policy.team);
      to.priority = r.Integer("priority", 0, 2).value_or(0);
      to.line = rule.Mark().line + 1;
      if (auto when = ReadExpression(r.Get("if"), "escalation rule " + to.id, context)) {
        to.when = *std::move(when);
        policy.rules.push_back(std::move(to));
      }
      r.Finish();
    }
    e.Finish();
  }
  map.Finish();
}

void ReadReplies(const YAML::Node& root, const ReadContext& context,
                 std::map<std::string, ReplyText>& replies) {
  YamlMap map(root, "replies.yaml", context.sink);
  for (const auto& [id, node] : map.Members()) {
    ReplyText reply{ReadTexts(node, "reply " + id, context), node.Mark().line + 1};
    if (reply.text.empty()) continue;
    auto built_in = replies.find(id);
    if (built_in != replies.end()) {
      // A core reply replaced in one language keeps its built-in text in the others.
      for (auto& [language, wordings] : reply.text) {
        built_in->second.text[language] = std::move(wordings);
      }
      built_in->second.line = reply.line;
    } else {
      replies[id] = std::move(reply);
    }
  }
}

std::vector<ScreenRule> ReadScreen(const YAML::Node& root, const ReadContext& context) {
  std::vector<ScreenRule> rules;
  YamlMap map(root, "screen.yaml", context.sink);
  YAML::Node list = map.Get("rules");
  map.Finish();
  std::set<std::string> ids;
  for (const YAML::Node& node : list) {
    YamlMap r(node, "a screen rule", context.sink);
    ScreenRule rule;
    rule.id = r.RequiredText("id", "add id: a short name").value_or("");
    rule.screen_class =
        r.RequiredText("class", "add class: injection, abuse, self_harm, threat, legal, …")
            .value_or("");
    std::string action = r.Text("action").value_or("refuse");
    if (action == "warn")
      rule.action = ScreenRule::kWarn;
    else if (action == "handoff")
      rule.action = ScreenRule::kHandoff;
    else if (action != "refuse")
      r.Fail("action", "action '" + action + "' is unknown", "write refuse, warn or handoff");
    rule.reply = r.RequiredText("reply", "add reply: the id of a reply").value_or("");
    rule.reason = r.Text("reason").value_or(rule.screen_class);
    rule.team = r.Text("team").value_or("");
    rule.priority = r.Integer("priority", 0, 2).value_or(0);
    rule.warnings = r.Integer("warnings", 1, 10).value_or(1);
    rule.any = CompileAll(r, "any", context.sink);
    rule.none = CompileAll(r, "none", context.sink);
    rule.score = ReadDecimal(r, "score", 1'000'000, 1, 1'000'000).value_or(0);
    rule.line = node.Mark().line + 1;
    if (rule.any.empty() && rule.score == 0)
      r.Fail("any", "screen rule " + rule.id + " matches nothing",
             "add any: [\"pattern\"], or score: 0.95 for the attack model");
    if (!ids.insert(rule.id).second)
      r.Fail("id", "screen rule " + rule.id + " is there twice", "rename one");
    r.Finish();
    rules.push_back(std::move(rule));
  }
  return rules;
}

}  // namespace frontdesk::dialog
