// Plays a recorded STAR dialog: our policy and flow machine hear the customer's turns, and the
// conversation is put back to where the recorded system went after each of its actions.
//
// A step is named after the action it stands for ("query", or "query__book" where there are two).
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "bench/dialog/star_data.h"
#include "dialog/bundle/bundle.h"
#include "dialog/understand/understander.h"

namespace frontdesk::bench {

// A task: the flow as a bundle, understanding trained on the customers of the training dialogs.
struct StarTask {
  std::string name;
  dialog::Bundle bundle;
  std::unique_ptr<understand::Understander> understander;
  understand::FeatureFn features;
  std::map<std::string, std::string> says;  // reply of the bundle → action it stands for
};

// Reads bench/dialog/star/NAME.yaml from `folder`; "$Field" in it becomes the choices of that field
// of the task's queries.
absl::StatusOr<StarTask> MakeTask(const std::string& folder, const std::string& name,
                                  const std::vector<StarDialog>& train,
                                  const understand::FeatureFn& features);

struct Predicted {
  std::string gold, ours;
  std::string heard;  // what the customer said just before, empty: nothing
  std::string why;    // rules of the policy that answered it
};

// One entry an action of the recorded system, in order.
std::vector<Predicted> Play(const StarTask& task, const StarDialog& dialog);

}  // namespace frontdesk::bench
