#include "dialog/understand/measure.h"

#include <cmath>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "dialog/understand/cues.h"
#include "dialog/understand/slots/slot_reader.h"

namespace frontdesk::understand {

namespace {

using nlohmann::json;

constexpr std::string_view kFlow = "eval";


absl::Status LineError(const std::string& file, size_t line, std::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(file, ":", line, ": ",
                                                 std::string(what)));
}

std::optional<absl::CivilDay> ParseDay(const std::string& text) {
  absl::CivilDay day;
  if (!absl::ParseCivilTime(text, &day)) return std::nullopt;
  return day;
}

std::vector<Choice> ParseChoices(const json& object) {
  std::vector<Choice> choices;
  for (const auto& [canonical, synonyms] : object.items()) {
    choices.push_back({canonical, synonyms.get<std::vector<std::string>>()});
  }
  return choices;
}

// The slots every item may fill.
std::vector<SlotRequest> DeclareSlots(const json& meta) {
  std::vector<SlotRequest> slots;
  const auto add = [&](std::string_view name, std::string_view type) {
    slots.push_back({std::string(kFlow), std::string(name), std::string(type), {}, {}});
  };
  add("order_id", slot_type::kOrderNumber);
  slots.back().pattern = meta.value("order_pattern", "");
  for (std::string_view type :
       {slot_type::kEmail, slot_type::kPhone, slot_type::kDate, slot_type::kAmount,
        slot_type::kQuantity, slot_type::kPostcode, slot_type::kName}) {
    add(type, type);
  }
  if (meta.contains("products")) {
    add("product", slot_type::kProduct);
    slots.back().choices = ParseChoices(meta["products"]);
  }
  const json all_choices = meta.value("choices", json::object());
  for (const auto& [name, choices] : all_choices.items()) {
    add(name, slot_type::kChoice);
    slots.back().choices = ParseChoices(choices);
  }
  return slots;
}

UtteranceInput MakeInput(const json& item, const json& meta, absl::CivilDay today) {
  UtteranceInput input;
  input.text = item.at("text").get<std::string>();
  input.locale = item.value("locale", meta.value("locale", "en-US"));
  input.today = today;
  input.flow = std::string(kFlow);
  const json context = item.value("context", json::object());
  input.asked = context.value("asked", "");
  const json filled = context.value("filled", json::object());
  for (const auto& [name, value] : filled.items()) {
    input.filled.push_back({name, value});
  }
  for (const json& value : context.value("offered", json::array())) {
    input.offered.push_back({value, value.is_string() ? value.get<std::string>() : value.dump()});
  }
  if (context.contains("last_order")) input.last_order = context["last_order"];
  return input;
}

// A value in the spelling of the files: an amount as a number of units.
json FileValue(const SlotValue& value) {
  if (value.type != slot_type::kAmount) return value.value;
  return {{"value", value.value["cents"].get<int64_t>() / 100.0},
          {"currency", value.value["currency"]}};
}

bool SameValue(const json& a, const json& b) {
  if (a.is_object() && b.is_object() && a.contains("value") && b.contains("value")) {
    return std::fabs(a["value"].get<double>() - b["value"].get<double>()) < 0.005 &&
           a.value("currency", json()) == b.value("currency", json());
  }
  if (a.is_number() && b.is_number()) return a.get<double>() == b.get<double>();
  return a == b;
}

using Pairs = std::vector<std::pair<std::string, json>>;

Pairs GoldPairs(const json& slots) {
  Pairs pairs;
  for (const auto& [name, value] : slots.items()) {
    if (value.is_array()) {
      for (const json& one : value) pairs.emplace_back(name, one);
    } else {
      pairs.emplace_back(name, value);
    }
  }
  return pairs;
}

Pairs Predict(const SlotReader& reader, const UtteranceInput& input) {
  const Message message = ReadMessage(input.text);
  const Extraction found = reader.Read(message, input, {});
  Pairs pairs;
  for (const SlotValue& value : found.slots) pairs.emplace_back(value.slot, FileValue(value));
  for (const SlotValue& mention : found.mentions) {
    if (mention.type == slot_type::kPhoneExtension || mention.type == slot_type::kCardLast4) {
      pairs.emplace_back(mention.type, mention.value);
    }
  }
  if (input.asked == "confirm") {
    if (const auto yes = FindAffirmation(message, true)) pairs.emplace_back("confirm", *yes);
  }
  return pairs;
}

}  // namespace

absl::StatusOr<SlotEvalReport> RunSlotEval(const SlotEvalOptions& options) {
  const std::string& file = options.test;
  const absl::StatusOr<std::string> jsonl = ReadLabelledFile(file);
  if (!jsonl.ok()) return jsonl.status();
  SlotEvalReport report;
  std::optional<SlotReader> reader;
  json meta;
  absl::CivilDay today;
  int gold_total = 0, predicted_total = 0, right_total = 0, exact = 0;
  size_t line_number = 0;
  for (absl::string_view line : absl::StrSplit(*jsonl, '\n')) {
    ++line_number;
    if (line.empty()) continue;
    const json item = json::parse(line.begin(), line.end(), nullptr, false);
    if (!item.is_object()) return LineError(file, line_number, "is no JSON object.");
    try {
      if (!reader) {
        meta = item;
        const auto day = ParseDay(meta.value("ref_date", ""));
        if (!day) return LineError(file, line_number, "must give ref_date as YYYY-MM-DD.");
        today = *day;
        absl::StatusOr<SlotReader> created = SlotReader::Create(DeclareSlots(meta));
        if (!created.ok()) return created.status();
        reader = *std::move(created);
        continue;
      }
      const UtteranceInput input = MakeInput(item, meta, today);
      const Pairs gold = GoldPairs(item.at("slots"));
      const Pairs predicted = Predict(*reader, input);
      std::vector<bool> used(gold.size());
      int right = 0;
      for (const auto& [name, value] : predicted) {
        for (size_t g = 0; g < gold.size(); ++g) {
          if (used[g] || gold[g].first != name || !SameValue(gold[g].second, value)) continue;
          used[g] = true;
          ++right;
          break;
        }
      }
      json shown = json::array();
      for (const auto& [name, value] : predicted) shown.push_back({{"slot", name}, {"value", value}});
      const bool all = right == static_cast<int>(gold.size()) && predicted.size() == gold.size();
      const json prediction = {{"id", item.value("id", "")},
                               {"text", input.text},
                               {"gold", item["slots"]},
                               {"predicted", shown},
                               {"right", all}};
      absl::StrAppend(&report.predictions,
                      prediction.dump(-1, ' ', false, json::error_handler_t::replace), "\n");
      if (!all) absl::StrAppend(&report.mistakes, "  ", prediction.dump(), "\n");
      gold_total += static_cast<int>(gold.size());
      predicted_total += static_cast<int>(predicted.size());
      right_total += right;
      exact += all;
      ++report.n;
    } catch (const json::exception& e) {
      return LineError(file, line_number, e.what());
    }
  }
  if (report.n == 0) return LineError(file, line_number, "the file holds no utterances.");
  report.exact = static_cast<double>(exact) / report.n;
  report.precision = predicted_total > 0 ? static_cast<double>(right_total) / predicted_total : 0;
  report.recall = gold_total > 0 ? static_cast<double>(right_total) / gold_total : 0;
  const double sum = report.precision + report.recall;
  report.f1 = sum > 0 ? 2 * report.precision * report.recall / sum : 0;
  return report;
}

json SlotEvalReport::ToJson() const {
  return {{"n", n}, {"exact", exact}, {"precision", precision}, {"recall", recall}, {"f1", f1}};
}

std::string SlotEvalReport::ToTable() const {
  return absl::StrFormat(
      "slots: %d utterances\n  all slots right %.3f\n  precision %.3f  recall %.3f  F1 %.3f\n%s", n,
      exact, precision, recall, f1, mistakes);
}

}  // namespace frontdesk::understand
