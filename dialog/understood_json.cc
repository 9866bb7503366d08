#include "dialog/understood_json.h"

namespace frontdesk::dialog {
namespace {

using nlohmann::json;

json ScoresToJson(const std::vector<understand::IntentScore>& scores) {
  json list = json::array();
  for (const understand::IntentScore& score : scores) {
    list.push_back({{"intent", score.intent}, {"p", score.p}});
  }
  return list;
}

json SlotsToJson(const std::vector<understand::SlotValue>& slots) {
  json list = json::array();
  for (const understand::SlotValue& slot : slots) {
    json one = {{"slot", slot.slot},       {"type", slot.type},   {"value", slot.value},
                {"surface", slot.surface}, {"begin", slot.begin}, {"end", slot.end},
                {"flow", slot.flow},       {"p", slot.p}};
    if (!slot.alternatives.empty()) one["alternatives"] = slot.alternatives;
    list.push_back(std::move(one));
  }
  return list;
}

}  // namespace

json UnderstandingToJson(const understand::Understanding& meaning) {
  json out = {{"language", meaning.language},
              {"intents", ScoresToJson(meaning.intents)},
              {"out_of_scope_p", meaning.out_of_scope_p},
              {"polarity", meaning.sentiment.polarity},
              {"intensity", meaning.sentiment.intensity},
              {"lexical_only", meaning.lexical_only}};
  json detected = json::array();
  for (const understand::DetectedIntent& wish : meaning.detected) {
    detected.push_back({{"begin", wish.begin},
                        {"end", wish.end},
                        {"intent", wish.intent},
                        {"p", wish.p},
                        {"out_of_scope_p", wish.out_of_scope_p},
                        {"alternatives", ScoresToJson(wish.alternatives)}});
  }
  out["detected"] = std::move(detected);
  if (!meaning.slots.empty()) out["slots"] = SlotsToJson(meaning.slots);
  if (!meaning.mentions.empty()) out["mentions"] = SlotsToJson(meaning.mentions);
  if (!meaning.rejected.empty()) out["rejected"] = SlotsToJson(meaning.rejected);
  if (meaning.affirmation) out["affirmation"] = *meaning.affirmation;
  if (!meaning.cues.empty()) out["cues"] = meaning.cues;
  return out;
}

}  // namespace frontdesk::dialog
