#include "dialog/bundle/check_flow.h"

#include <algorithm>
#include <deque>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "dialog/bundle/check_paths.h"
#include "tools/yaml_map.h"

namespace frontdesk::dialog {
namespace {

template <class... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
Overloaded(Fs...) -> Overloaded<Fs...>;

// What is known on the way to a step; a step is visited once per distinct value.
struct Way {
  std::string step;
  bool confirmed = false;  // a yes was given and nothing was asked since
  bool verified = false;
  bool operator<(const Way& other) const {
    return std::tie(step, confirmed, verified) <
           std::tie(other.step, other.confirmed, other.verified);
  }
};

class FlowChecker {
 public:
  FlowChecker(const Flow& flow, const Bundle& bundle, std::vector<BundleFault>& faults)
      : flow_(flow), bundle_(bundle), faults_(faults) {}

  void Check() {
    CheckTargets();
    CheckSlots();
    for (const Step& step : flow_.steps) CheckCall(step);
    if (!targets_sound_) return;  // the walks below need every target
    CheckReachable();
    CheckEnds();
    CheckLoops();
    CheckWays();
    CheckPaths(flow_, bundle_, faults_);
  }

 private:
  void Fault(int line, std::string what, std::string remedy, bool warning = false) {
    faults_.push_back({flow_.file, line, std::move(what), std::move(remedy), warning});
  }
  std::string Named(const Step& step) const {
    return absl::StrCat("step ", flow_.name, ".", step.id);
  }

  void CheckTargets() {
    std::vector<std::string> ids;
    for (const Step& step : flow_.steps) ids.push_back(step.id);
    for (const Step& step : flow_.steps) {
      for (const Edge& edge : EdgesOf(step)) {
        if (flow_.FindStep(edge.to) != nullptr) continue;
        targets_sound_ = false;
        Fault(step.line,
              absl::StrCat(Named(step), " goes to '", edge.to, "' (", edge.why,
                           "), which is not a step"),
              tools::Suggest(edge.to, ids));
      }
    }
  }

  std::vector<std::string> SlotNames() const {
    std::vector<std::string> names;
    for (const SlotSpec& slot : flow_.slots) names.push_back(slot.name);
    return names;
  }

  void CheckSlots() {
    std::set<std::string> given;
    for (const Step& step : flow_.steps) {
      if (auto* collect = std::get_if<CollectStep>(&step.action)) {
        given.insert(collect->slot);
        const SlotSpec* slot = flow_.FindSlot(collect->slot);
        if (slot == nullptr) {
          Fault(step.line,
                absl::StrCat(Named(step), " collects '", collect->slot,
                             "', which is not a slot of the flow"),
                tools::Suggest(collect->slot, SlotNames()));
        } else if (slot->ask.empty()) {
          Fault(slot->line,
                absl::StrCat("slot ", flow_.name, ".", slot->name,
                             " is collected but has no question"),
                "add ask: [\"…\", \"…\"]");
        }
      } else if (auto* verify = std::get_if<VerifyStep>(&step.action)) {
        CheckVerifySlot(step, *verify, given);
      } else if (auto* set = std::get_if<SetStep>(&step.action)) {
        for (const auto& [name, text] : set->values) {
          given.insert(name);
          if (flow_.FindSlot(name) == nullptr) {
            Fault(step.line,
                  absl::StrCat(Named(step), " sets '", name, "', which is not a slot of the flow"),
                  tools::Suggest(name, SlotNames()));
          }
        }
      }
    }
    for (const SlotSpec& slot : flow_.slots) {
      if (!given.contains(slot.name)) {
        Fault(slot.line, absl::StrCat("slot ", flow_.name, ".", slot.name, " is never asked for"),
              "add a collect step or remove the slot", /*warning=*/true);
      }
    }
  }

  void CheckVerifySlot(const Step& step, const VerifyStep& verify, std::set<std::string>& given) {
    if (verify.level == VerifyStep::kIdentity) return;
    if (verify.slot.empty()) {
      for (const SlotSpec& slot : flow_.slots) {
        if (slot.type == SlotType::kOrderNumber) given.insert(slot.name);
      }
      return;
    }
    given.insert(verify.slot);
    const SlotSpec* slot = flow_.FindSlot(verify.slot);
    if (slot == nullptr || slot->type != SlotType::kOrderNumber) {
      Fault(step.line,
            absl::StrCat(Named(step), " verifies slot '", verify.slot,
                         "', which is no order number of the flow"),
            "name a slot of type order_number");
    }
  }

  void CheckCall(const Step& step) {
    const std::string* tool = nullptr;
    const std::map<std::string, Template>* with = nullptr;
    const std::map<std::string, std::string>* on = nullptr;
    if (auto* call = std::get_if<CallStep>(&step.action))
      tool = &call->tool, with = &call->with, on = &call->on;
    if (auto* offer = std::get_if<OfferStep>(&step.action))
      tool = &offer->tool, with = &offer->with;
    if (tool == nullptr) return;
    const tools::ToolSpec* spec = bundle_.tools.Find(*tool);
    if (spec == nullptr) {
      std::vector<std::string> names;
      for (const tools::ToolSpec& t : bundle_.tools.tools) names.push_back(t.name);
      Fault(step.line,
            absl::StrCat(Named(step), " calls '", *tool, "', which tools.yaml does not declare"),
            names.empty() ? "declare it in tools.yaml" : tools::Suggest(*tool, names));
      return;
    }
    std::vector<std::string> parameters;
    for (const tools::Parameter& p : spec->parameters) parameters.push_back(p.name);
    for (const auto& [name, text] : *with) {
      if (spec->FindParameter(name) == nullptr) {
        Fault(step.line, absl::StrCat(Named(step), ": ", *tool, " has no parameter '", name, "'"),
              tools::Suggest(name, parameters));
      }
    }
    for (const tools::Parameter& p : spec->parameters) {
      if (p.required && !with->contains(p.name)) {
        Fault(step.line,
              absl::StrCat(Named(step), ": ", *tool, " needs the argument '", p.name, "'"),
              "add it to with:");
      }
    }
    if (on != nullptr) CheckOutcomes(step, *spec, *on);
  }

  void CheckOutcomes(const Step& step, const tools::ToolSpec& spec,
                     const std::map<std::string, std::string>& on) {
    std::vector<std::string> outcomes = {"not_found", "rejected", "unavailable", "unknown"};
    outcomes.insert(outcomes.end(), spec.reasons.begin(), spec.reasons.end());
    for (const auto& [outcome, target] : on) {
      if (std::find(outcomes.begin(), outcomes.end(), outcome) == outcomes.end()) {
        Fault(step.line,
              absl::StrCat(Named(step), ": ", spec.name, " never comes back with '", outcome, "'"),
              tools::Suggest(outcome, outcomes));
      }
    }
  }

  std::set<std::string> ReachedFrom(const std::string& start) const {
    std::set<std::string> reached{start};
    std::deque<std::string> open{start};
    while (!open.empty()) {
      const Step* step = flow_.FindStep(open.front());
      open.pop_front();
      for (const Edge& edge : EdgesOf(*step)) {
        if (reached.insert(edge.to).second) open.push_back(edge.to);
      }
    }
    return reached;
  }

  void CheckReachable() {
    std::set<std::string> reached = ReachedFrom(flow_.steps.front().id);
    for (const Step& step : flow_.steps) {
      if (!reached.contains(step.id)) {
        Fault(step.line, absl::StrCat(Named(step), " is never reached"),
              "lead a step to it or remove it");
      }
    }
  }

  void CheckEnds() {
    for (const Step& step : flow_.steps) {
      std::set<std::string> reached = ReachedFrom(step.id);
      bool ends = std::any_of(reached.begin(), reached.end(), [&](const std::string& id) {
        return IsTerminal(*flow_.FindStep(id));
      });
      if (!ends) {
        Fault(step.line, absl::StrCat("from ", Named(step), " the flow never ends"),
              "lead it to a step with end: or handoff:");
        return;  // every step of the trap would say the same
      }
    }
  }

  // A cycle must hold a step that waits for the customer, or one with a bound.
  static bool BreaksLoops(const Step& step) {
    return std::holds_alternative<CollectStep>(step.action) ||
           std::holds_alternative<ConfirmStep>(step.action) || step.at_most > 0;
  }

  bool OnCycle(const std::string& start) const {
    std::set<std::string> seen;
    std::deque<std::string> open{start};
    while (!open.empty()) {
      const Step* step = flow_.FindStep(open.front());
      open.pop_front();
      for (const Edge& edge : EdgesOf(*step)) {
        if (edge.to == start) return true;
        if (!BreaksLoops(*flow_.FindStep(edge.to)) && seen.insert(edge.to).second)
          open.push_back(edge.to);
      }
    }
    return false;
  }

  void CheckLoops() {
    for (const Step& step : flow_.steps) {
      if (BreaksLoops(step) || !OnCycle(step.id)) continue;
      Fault(step.line,
            absl::StrCat(Named(step),
                         " can come back to itself without asking the customer anything"),
            "put a collect or confirm step into the loop, or add at_most: N, then: STEP");
      return;
    }
  }

  // Walks every way with what was confirmed and verified on it.
  void CheckWays() {
    std::set<Way> seen;
    std::set<std::string> blamed;
    std::deque<Way> open{{flow_.steps.front().id}};
    while (!open.empty()) {
      Way way = open.front();
      open.pop_front();
      if (!seen.insert(way).second) continue;
      const Step& step = *flow_.FindStep(way.step);
      CheckWay(step, way, blamed);
      for (const Edge& edge : EdgesOf(step)) open.push_back(Follow(step, edge, way));
    }
  }

  void CheckWay(const Step& step, const Way& way, std::set<std::string>& blamed) {
    const tools::ToolSpec* spec = nullptr;
    if (auto* call = std::get_if<CallStep>(&step.action)) spec = bundle_.tools.Find(call->tool);
    if (auto* offer = std::get_if<OfferStep>(&step.action)) spec = bundle_.tools.Find(offer->tool);
    if (spec == nullptr) return;
    if (spec->confirm && !way.confirmed && blamed.insert(step.id + " confirm").second) {
      Fault(step.line,
            absl::StrCat(Named(step), " writes with ", spec->name,
                         " but can be reached without a yes of the customer"),
            "put a confirm step whose yes leads to it before it");
    }
    // An offer to somebody unknown is simply left out, so it needs no verification.
    if (spec->verification != tools::Verification::kNone && !way.verified &&
        std::holds_alternative<CallStep>(step.action) &&
        blamed.insert(step.id + " verify").second) {
      Fault(step.line,
            absl::StrCat(Named(step), " calls ", spec->name,
                         " but can be reached before the customer is verified"),
            "put a step {verify: order} before it");
    }
  }

  Way Follow(const Step& step, const Edge& edge, Way way) const {
    way.step = edge.to;
    if (std::holds_alternative<VerifyStep>(step.action)) way.verified = edge.why != "failed";
    if (std::holds_alternative<CollectStep>(step.action)) way.confirmed = false;
    if (std::holds_alternative<ConfirmStep>(step.action)) way.confirmed = edge.why == "yes";
    if (auto* call = std::get_if<CallStep>(&step.action)) {
      const tools::ToolSpec* spec = bundle_.tools.Find(call->tool);
      if (spec != nullptr && spec->effect == tools::Effect::kWrite) way.confirmed = false;
    }
    return way;
  }

  const Flow& flow_;
  const Bundle& bundle_;
  std::vector<BundleFault>& faults_;
  bool targets_sound_ = true;
};

}  // namespace

std::vector<Edge> EdgesOf(const Step& step) {
  std::vector<Edge> edges;
  auto add = [&](const std::string& to, std::string why) {
    if (!to.empty()) edges.push_back({to, std::move(why)});
  };
  std::visit(
      Overloaded{[&](const ConfirmStep& confirm) {
                   add(confirm.yes, "yes");
                   add(confirm.no, "no");
                 },
                 [&](const BranchStep& branch) {
                   for (const BranchStep::Arm& arm : branch.arms)
                     add(arm.go, arm.when ? "if" : "else");
                 },
                 [&](const CallStep& call) {
                   for (const auto& [outcome, target] : call.on) add(target, "on " + outcome);
                 },
                 [&](const VerifyStep& verify) { add(verify.failed, "failed"); },
                 [&](const OfferStep& offer) { add(offer.none, "none"); }, [](const auto&) {}},
      step.action);
  add(step.next, "next");
  add(step.then, "then");
  return edges;
}

bool IsTerminal(const Step& step) {
  return !step.end.empty() || std::holds_alternative<HandoffStep>(step.action) ||
         std::holds_alternative<EndStep>(step.action);
}

void CheckFlow(const Flow& flow, const Bundle& bundle, std::vector<BundleFault>& faults) {
  FlowChecker(flow, bundle, faults).Check();
}

}  // namespace frontdesk::dialog
