// What changed between record and replay, grouped: one row for each kind of change and cause,
// largest risk first.
//
// A turn belongs to the row of its first difference; what follows in the turn follows from it.
// Causes come from experiments (FindCauses): the recorded bundle with one single file of the
// candidate runs the row's turns again, and the file that makes them differ is the cause.
//
//   std::vector<DiffForm> forms = FormsOf(result);
//   FindCauses(forms, recording_of, candidate, shelf);
//   std::vector<DiffRow> rows = RowsOf(forms, result.turns);
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "server/replay/run.h"
#include "server/replay/stage.h"

namespace frontdesk::server {

struct TurnPlace {
  size_t conversation = 0;  // index in ReplayResult::conversations
  int64_t turn = 0;
};

// All turns whose first difference is of one kind and says the same.
struct DiffForm {
  std::string kind, what;
  std::vector<TurnPlace> turns;  // in order
  std::string cause;             // empty: not looked for or not known
};

struct DiffRow {
  std::string kind;
  std::string cause;
  std::string what;                // of its most frequent form
  int64_t forms = 1;               // different changes in this row
  int64_t turns = 0, conversations = 0;
  double risk = 0;
  std::vector<TurnPlace> examples;  // of different forms first, at most 20
};

std::vector<DiffForm> FormsOf(const ReplayResult& result);

// The candidate that was compared with.
struct Candidate {
  BundleFiles files;
  std::vector<retrieval::Document> documents;
  bool documents_given = true;  // false: the recorded documents were used
};

// Fills DiffForm::cause: a path of the bundle, "knowledge/…", "model:decoder", "model:encoder",
// "numerics", "code", or several joined by " + " when only together they make the difference.
// entries: those of the result. Cost: for each changed file one load of a bundle (training when
// intents or flows changed) and the replay of at most two turns a form.
void FindCauses(std::vector<DiffForm>& forms, const std::vector<ArchiveEntry>& entries,
                const Candidate& candidate, StageShelf& shelf);

std::vector<DiffRow> RowsOf(const std::vector<DiffForm>& forms, int64_t turns);

// How bad a changed turn of a kind can be, 1..10.
double RiskWeight(std::string_view kind);

}  // namespace frontdesk::server
