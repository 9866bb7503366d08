// How two lists of events of one act differ, and what each difference is about.
//
// verify looks at every byte. compare leaves out how a result came about (scores, reasons,
// keys) and keeps what happened: routes, slots, tool calls, words, citations, handoffs, and
// what the model was asked. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "dialog/events.h"

namespace frontdesk::dialog {

enum class ReplayMode { kVerify, kCompare };

// One difference between the record and the run.
struct ReplayDifference {
  int64_t turn = 0;      // 0: before the first
  int64_t sequence = 0;  // of the recorded event, 1..; 0: the record has none
  // "route", "slot", "tool", "sentence", "citation", "handoff", "prompt", "understanding", "other"
  std::string kind;
  std::string what;      // in words, without customers' words: equal for equal changes
  std::string recorded;  // event kind and body, "" when there is none
  std::string replayed;
};

// record: events of one act; offset: of its first event in the conversation; flows: name of
// each flow instance. In the order of the act.
std::vector<ReplayDifference> FindDifferences(const std::vector<EncodedEvent>& record,
                                              const std::vector<EncodedEvent>& run,
                                              ReplayMode mode, size_t offset,
                                              const std::map<int64_t, std::string>& flows);

// Kind of difference that an event stands for ("sentence" for reply.said, …).
std::string_view DifferenceKind(std::string_view event_kind);

}  // namespace frontdesk::dialog
