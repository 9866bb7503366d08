#include "dialog/bundle/check_paths.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "dialog/bundle/check_flow.h"
#include "tools/yaml_map.h"

namespace frontdesk::dialog {
namespace {

// Members of the built-in roots.
const std::map<std::string, std::vector<std::string>>& BuiltIn() {
  static const auto* kRoots = new std::map<std::string, std::vector<std::string>>{
      {"assistant", {"name", "business"}},
      {"customer", {"known", "id", "identified"}},
      {"hours", {"open", "opens"}},
      {"conversation", {"language"}},
      {"today", {}},
  };
  return *kRoots;
}

void Add(const Texts& texts, std::set<std::string>& paths) {
  for (const auto& [language, wordings] : texts) {
    for (const Template& text : wordings) paths.insert(text.paths.begin(), text.paths.end());
  }
}

void Add(const std::map<std::string, Template>& values, std::set<std::string>& paths) {
  for (const auto& [name, text] : values) paths.insert(text.paths.begin(), text.paths.end());
}

struct Collector {
  std::set<std::string>& paths;
  void operator()(const CallStep& s) const { Add(s.with, paths); }
  void operator()(const SayStep& s) const { Add(s.text, paths); }
  void operator()(const ConfirmStep& s) const { Add(s.text, paths); }
  void operator()(const BranchStep& s) const {
    for (const BranchStep::Arm& arm : s.arms) {
      if (arm.when) paths.insert(arm.when->paths.begin(), arm.when->paths.end());
    }
  }
  void operator()(const OfferStep& s) const { Add(s.with, paths); }
  void operator()(const HandoffStep& s) const { Add(s.text, paths); }
  void operator()(const SetStep& s) const { Add(s.values, paths); }
  void operator()(const AnswerStep& s) const {
    paths.insert(s.question.paths.begin(), s.question.paths.end());
  }
  template <class T>
  void operator()(const T&) const {}
};

std::string SavedBy(const Step& step) {
  if (auto* call = std::get_if<CallStep>(&step.action)) return call->save;
  if (auto* offer = std::get_if<OfferStep>(&step.action)) return offer->save;
  return "";
}

std::string ToolOf(const Step& step) {
  if (auto* call = std::get_if<CallStep>(&step.action)) return call->tool;
  if (auto* offer = std::get_if<OfferStep>(&step.action)) return offer->tool;
  return "";
}

class PathChecker {
 public:
  PathChecker(const Flow& flow, const Bundle& bundle, std::vector<BundleFault>& faults)
      : flow_(flow), bundle_(bundle), faults_(faults) {
    for (const Step& step : flow.steps) {
      if (std::string save = SavedBy(step); !save.empty()) savers_[save].push_back(&step);
    }
  }

  void Check() {
    CheckNames();
    SpreadSaved();
    for (const Step& step : flow_.steps) {
      for (const std::string& path : PathsOf(step)) CheckPath(step, path);
      if (auto* offer = std::get_if<OfferStep>(&step.action)) CheckOfferTexts(step, *offer);
    }
    for (const SlotSpec& slot : flow_.slots) {
      std::set<std::string> asked;
      Add(slot.ask, asked);
      if (!slot.choices_from.empty()) asked.insert(slot.choices_from);
      for (const Step& step : flow_.steps) {
        auto* collect = std::get_if<CollectStep>(&step.action);
        if (collect == nullptr || collect->slot != slot.name) continue;
        for (const std::string& path : asked) CheckPath(step, path);
      }
      for (const std::string& name : slot.depends_on) {
        if (flow_.FindSlot(name) == nullptr && !savers_.contains(name)) {
          faults_.push_back({flow_.file, slot.line,
                             absl::StrCat("slot ", flow_.name, ".", slot.name, " depends on '",
                                          name, "', which is neither a slot nor a saved result"),
                             tools::Suggest(name, Roots()), false});
        }
      }
    }
  }

 private:
  void Fault(const Step& step, std::string what, std::string remedy) {
    faults_.push_back({flow_.file, step.line,
                       absl::StrCat("step ", flow_.name, ".", step.id, ": ", what),
                       std::move(remedy), false});
  }

  void CheckNames() {
    for (const auto& [save, steps] : savers_) {
      if (flow_.FindSlot(save) != nullptr || BuiltIn().contains(save)) {
        Fault(*steps.front(),
              absl::StrCat("saves under '", save, "', which is a slot or a built-in name"),
              "choose another name");
      }
    }
  }

  // may_[step]: names that some way to the step has saved; a fixed point by rounds.
  void SpreadSaved() {
    bool changed = true;
    while (changed) {
      changed = false;
      for (const Step& step : flow_.steps) {
        std::set<std::string> after = may_[step.id];
        if (std::string save = SavedBy(step); !save.empty()) after.insert(save);
        for (const Edge& edge : EdgesOf(step)) {
          for (const std::string& name : after) changed |= may_[edge.to].insert(name).second;
        }
      }
    }
  }

  std::vector<std::string> Roots() const {
    std::vector<std::string> roots;
    for (const SlotSpec& slot : flow_.slots) roots.push_back(slot.name);
    for (const auto& [name, steps] : savers_) roots.push_back(name);
    for (const auto& [name, members] : BuiltIn()) roots.push_back(name);
    return roots;
  }

  // Texts of an offer see what the offer itself has just saved.
  void CheckOfferTexts(const Step& step, const OfferStep& offer) {
    std::set<std::string> paths;
    Add(offer.text, paths);
    may_[step.id].insert(offer.save);
    for (const std::string& path : paths) CheckPath(step, path);
  }

  void CheckPath(const Step& step, const std::string& path) {
    std::string root = RootOf(path);
    std::string rest = path.size() > root.size() ? path.substr(root.size() + 1) : "";
    if (auto built_in = BuiltIn().find(root); built_in != BuiltIn().end()) {
      const std::vector<std::string>& members = built_in->second;
      if (!rest.empty() && std::find(members.begin(), members.end(), rest) == members.end()) {
        Fault(step, absl::StrCat("{", path, "} is not a member of ", root),
              tools::Suggest(rest, members));
      }
      return;
    }
    if (const SlotSpec* slot = flow_.FindSlot(root)) {
      if (!rest.empty() && slot->type != SlotType::kAmount) {
        Fault(step, absl::StrCat("slot ", root, " has no member '", rest, "'"),
              absl::StrCat("write {", root, "}"));
      }
      return;
    }
    auto savers = savers_.find(root);
    if (savers == savers_.end()) {
      Fault(step, absl::StrCat("'", root, "' is neither a slot nor a saved result"),
            tools::Suggest(root, Roots()));
      return;
    }
    if (!may_[step.id].contains(root)) {
      Fault(step, absl::StrCat("reads '", root, "' before any step can have saved it"),
            "put the call that saves it before this step");
    }
    CheckField(step, path, rest, savers->second);
  }

  // Known when one of the tools that save under this name documents the field.
  void CheckField(const Step& step, const std::string& path, const std::string& rest,
                  const std::vector<const Step*>& savers) {
    if (rest.empty()) return;
    std::vector<std::string> parts = absl::StrSplit(rest, '.'), names, fields;
    for (const std::string& part : parts) {
      if (!std::all_of(part.begin(), part.end(), [](unsigned char c) { return std::isdigit(c); }))
        names.push_back(part);
    }
    bool documented = false;
    for (const Step* saver : savers) {
      const tools::ToolSpec* spec = bundle_.tools.Find(ToolOf(*saver));
      if (spec == nullptr || spec->result.empty() ||
          spec->FindField(absl::StrJoin(names, ".")) != nullptr)
        return;
      documented = true;
      for (const tools::Field& field : spec->result) fields.push_back(field.name);
    }
    if (documented) {
      Fault(step, absl::StrCat("{", path, "}: ", ToolOf(*savers.front()), " gives no '", rest, "'"),
            tools::Suggest(names.front(), fields));
    }
  }

  const Flow& flow_;
  const Bundle& bundle_;
  std::vector<BundleFault>& faults_;
  std::map<std::string, std::vector<const Step*>> savers_;
  std::map<std::string, std::set<std::string>> may_;
};

}  // namespace

std::string RootOf(const std::string& path) { return path.substr(0, path.find('.')); }

std::vector<std::string> PathsOf(const Step& step) {
  std::set<std::string> paths;
  std::visit(Collector{paths}, step.action);
  return {paths.begin(), paths.end()};
}

void CheckPaths(const Flow& flow, const Bundle& bundle, std::vector<BundleFault>& faults) {
  PathChecker(flow, bundle, faults).Check();
}

}  // namespace frontdesk::dialog
