// The training report from cross-validated scores.
#pragma once

#include <span>

#include "dialog/understand/intents/intent_model.h"
#include "dialog/understand/intents/train_intents.h"
#include "dialog/understand/training_report.h"

namespace frontdesk::understand {

// held_out: scores of texts[0, evaluated) by models that had not seen them; model: its fusion and
// heads are fitted. Everything but `seconds` is filled.
TrainingReport ReportIntents(const LabelledTexts& texts, std::span<const ViewScores> held_out,
                             const IntentModel& model, double wanted_error);

}  // namespace frontdesk::understand
