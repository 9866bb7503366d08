// Runs a .chat file against everything real but a scripted model: bundle, understanding,
// documents, a store in a new folder, and a copy of the demo CRM in memory.
//
// Thread-safe: several transcripts may run at once on one stage.
//
//   TranscriptRun run = RunTranscript(*transcript, stage);
//   if (!run.passed) std::cout << run.diff;
//   write(file, run.rewritten);              // with --update
#pragma once

#include <functional>
#include <string>

#include "dialog/bundle/bundle.h"
#include "dialog/transcript/transcript.h"
#include "dialog/understand/understander.h"
#include "llm/model.h"
#include "retrieval/knowledge_base.h"
#include "tools/crm/demo_crm.h"

namespace frontdesk::dialog {

// What all transcripts share. Borrowed.
struct TranscriptStage {
  const Bundle& bundle;
  const understand::Understander& understander;
  const retrieval::KnowledgeBase& knowledge;
  retrieval::EmbedFn embed, features;
  tools::DemoCrm& crm;  // copied for each transcript
};

struct TranscriptRun {
  bool passed = false;
  std::string diff;       // "-" expected, "+" happened, with the place; empty when passed
  std::string rewritten;  // the file with what happened in place of what was expected
};

// A transcript that cannot run at all (bad clock, unknown fixture) fails with the reason as diff.
TranscriptRun RunTranscript(const Transcript& transcript, const TranscriptStage& stage);

}  // namespace frontdesk::dialog
