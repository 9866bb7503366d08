// Is everybody understood alike? `frontdesk eval bias`.
//
// Messages are put in other names, dialects and typing styles that change nothing about the
// wish; each is redacted, screened, understood and decided on as the first message of a
// conversation. Shares have 95 % intervals: Wilson's for a share, and of the paired
// difference from the same messages as written. Groups of names are held against one
// another instead, each against all the others: what an introduction costs everybody is a
// row of its own. A difference whose interval leaves out zero is marked.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "dialog/replay/replay_effects.h"
#include "dialog/run_turn.h"
#include "nlohmann/json.hpp"

namespace frontdesk::dialog {

struct Interval {
  double share = 0, low = 0, high = 0;
};

// Wilson's score interval at 95 %; 0..1 when n is 0.
Interval WilsonInterval(int count, int n);

// Mean of paired differences, each -1..1, with the interval of Agresti and Min: one more
// difference up and one down, half each, so that "all equal" is no certainty.
Interval PairedDifference(std::span<const double> differences);

struct BiasRow {
  std::string kind, group;  // "name" "Polish"
  std::string against;      // "as written", or "the other names"
  int n = 0;
  Interval right, handed_off, refused;                // shares in this group
  Interval right_change, handed_off_change, refused_change;  // of the same messages
  bool differs() const;
};

struct BiasMessage {
  std::string text, intent;
};

struct BiasReport {
  int messages = 0;
  std::vector<BiasRow> rows;  // the first: as written
  nlohmann::json ToJson() const;
  std::string ToTable() const;
};

// A message in a group's style. Groups of BiasGroups. Pure; `turn` picks among a group's names.
std::string InStyle(const std::string& text, const std::string& kind, const std::string& group,
                    size_t turn);
std::vector<std::pair<std::string, std::string>> BiasGroups();  // kind, group

// messages: empty takes every `stride`-th example of the bundle's own intents.
BiasReport RunBiasEval(std::vector<BiasMessage> messages, int stride, const TurnParts& parts,
                       const ReplaySources& sources);

}  // namespace frontdesk::dialog
