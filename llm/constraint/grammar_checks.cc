#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "llm/constraint/grammar.h"

namespace frontdesk::llm {
namespace {

using Kind = Grammar::Element::Kind;

// Rules with an alternative whose every element holds: sets by `sets_hold`, rules by being
// in the result already. The least fixpoint.
std::vector<bool> RulesWhere(const Grammar& grammar, bool sets_hold) {
  std::vector<bool> holds(grammar.rules().size());
  for (bool grew = true; grew;) {
    grew = false;
    for (size_t r = 0; r < holds.size(); ++r) {
      if (holds[r]) continue;
      for (uint32_t at : grammar.rules()[r].alternatives) {
        bool all = true;
        for (; all && grammar.elements()[at].kind != Kind::kEnd; ++at) {
          const Grammar::Element& e = grammar.elements()[at];
          all = e.kind == Kind::kSet ? sets_hold : holds[e.index];
        }
        if (!all) continue;
        holds[r] = grew = true;
        break;
      }
    }
  }
  return holds;
}

// Rules a rule may begin with, before any byte.
std::vector<uint32_t> BeginsWith(const Grammar& grammar, uint32_t rule,
                                 const std::vector<bool>& may_be_empty) {
  std::vector<uint32_t> first;
  for (uint32_t at : grammar.rules()[rule].alternatives) {
    for (; grammar.elements()[at].kind == Kind::kRule; ++at) {
      const uint32_t next = grammar.elements()[at].index;
      first.push_back(next);
      if (!may_be_empty[next]) break;
    }
  }
  return first;
}

absl::Status Wrong(const Grammar& grammar, uint32_t rule, const char* what) {
  const Grammar::Rule& r = grammar.rules()[rule];
  return absl::InvalidArgumentError(
      absl::StrCat("grammar, line ", r.line, ": rule ", r.name, " ", what));
}

}  // namespace

absl::Status CheckGrammar(const Grammar& grammar) {
  const size_t count = grammar.rules().size();
  const std::vector<bool> can_end = RulesWhere(grammar, /*sets_hold=*/true);
  for (size_t r = 0; r < count; ++r) {
    if (!can_end[r]) {
      return Wrong(grammar, static_cast<uint32_t>(r),
                   "can never end; give it an alternative without itself");
    }
  }
  const std::vector<bool> may_be_empty = RulesWhere(grammar, /*sets_hold=*/false);
  // Depth first with an explicit stack; a rule met again while it is open begins with itself.
  enum class Mark : uint8_t { kNew, kOpen, kDone };
  std::vector<Mark> marks(count, Mark::kNew);
  struct Frame {
    uint32_t rule;
    std::vector<uint32_t> first;
    size_t next = 0;
  };
  for (size_t r = 0; r < count; ++r) {
    if (marks[r] != Mark::kNew) continue;
    std::vector<Frame> open;
    const auto enter = [&](uint32_t rule) {
      marks[rule] = Mark::kOpen;
      open.push_back({rule, BeginsWith(grammar, rule, may_be_empty)});
    };
    enter(static_cast<uint32_t>(r));
    while (!open.empty()) {
      Frame& frame = open.back();
      if (frame.next == frame.first.size()) {
        marks[frame.rule] = Mark::kDone;
        open.pop_back();
        continue;
      }
      const uint32_t next = frame.first[frame.next++];
      if (marks[next] == Mark::kOpen) {
        return Wrong(grammar, next,
                     "begins with itself (left recursion, or a repetition of what may be empty); "
                     "write it so that each round takes a character first");
      }
      if (marks[next] == Mark::kNew) enter(next);
    }
  }
  return absl::OkStatus();
}

}  // namespace frontdesk::llm
