// A judged collection in BEIR form, read from its three files. Internal to `eval retrieval`.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "retrieval/knowledge_base.h"
#include "retrieval/measure.h"

namespace frontdesk::retrieval {

struct JudgedDocument {
  std::string id;
  std::string title;
  std::string text;
};

struct JudgedQuery {
  std::string id;
  std::string text;
  Judgements judgements;  // never empty
};

struct JudgedCollection {
  std::vector<JudgedDocument> documents;
  std::vector<JudgedQuery> queries;  // those with a judgement, in the file's order
};

// Errors: NOT_FOUND (a file), INVALID_ARGUMENT naming file and line (not JSON, a field missing, an
// id twice, a grade that is no number).
absl::StatusOr<JudgedCollection> ReadJudgedCollection(const std::string& corpus,
                                                      const std::string& queries,
                                                      const std::string& qrels);

struct IndexedCollection {
  std::unique_ptr<KnowledgeBase> base;
  double docs_per_second = 0;  // indexing alone, without the encoder
};

// One document a passage, whatever its length: what the peers ranked too.
// Errors: those of KnowledgeBase::Upsert.
absl::StatusOr<IndexedCollection> IndexCollection(const JudgedCollection& collection,
                                                  const EmbedFn& embed,
                                                  const RankingOptions& ranking);

}  // namespace frontdesk::retrieval
