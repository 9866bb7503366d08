// Documents, revisions, blobs, versions and pointers.
#include <map>

#include "tests/storage/temp_store.h"

namespace frontdesk::storage {
namespace {

using DocumentsTest = StoreTest;
using Set = std::map<std::string, std::string>;  // id → bytes

DocumentRecord Document(const std::string& id, const std::string& bytes) {
  return {
      .id = id, .title = "Title of " + id, .format = "markdown", .language = "en", .bytes = bytes};
}

Set AsSet(const absl::StatusOr<std::vector<DocumentRecord>>& documents) {
  Set set;
  EXPECT_OK(documents);
  if (!documents.ok()) return set;
  for (const DocumentRecord& document : *documents) set[document.id] = document.bytes;
  return set;
}

TEST_F(DocumentsTest, PutReplaceDelete) {
  ASSERT_OK(store_->PutDocument(Document("returns.md", "30 days")));
  ASSERT_OK(store_->PutDocument(Document("shipping.md", "3 days")));
  ASSERT_OK(store_->PutDocument(Document("returns.md", "60 days")));
  EXPECT_EQ(AsSet(store_->ListDocuments(true)),
            (Set{{"returns.md", "60 days"}, {"shipping.md", "3 days"}}));
  auto one = store_->GetDocument("returns.md");
  ASSERT_OK(one);
  EXPECT_EQ(one->title, "Title of returns.md");
  EXPECT_EQ(one->digest, Sha256("60 days"));
  EXPECT_EQ(store_->ListDocuments(false)->front().bytes, "");
  ASSERT_OK(store_->DeleteDocument("returns.md", kNow));
  ASSERT_OK(store_->DeleteDocument("returns.md", kNow));
  EXPECT_ERROR(store_->GetDocument("returns.md"), kNotFound, "returns.md");
  EXPECT_ERROR(store_->PutDocument(Document("", "x")), kInvalidArgument, "id");
}

// Against a plain twin: a copy of the whole set per revision.
TEST_F(DocumentsTest, EveryPastRevisionIsRebuilt) {
  Set live;
  std::map<std::string, Set> revisions;
  uint32_t state = 7;
  const auto next = [&state](uint32_t below) {
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % below;
  };
  for (int step = 0; step < 60; ++step) {
    DocumentChange change;
    for (uint32_t i = 0, n = next(4); i < n; ++i) {
      const std::string id = "d-" + std::to_string(next(8));
      const std::string bytes = "text " + std::to_string(next(5));
      change.upserts.push_back(Document(id, bytes));
    }
    for (uint32_t i = 0, n = next(3); i < n; ++i) {
      change.deletes.push_back("d-" + std::to_string(next(8)));
    }
    for (const std::string& id : change.deletes) live.erase(id);
    for (const DocumentRecord& document : change.upserts) live[document.id] = document.bytes;
    if (next(2) == 0) {
      const std::string name = "rev-" + std::to_string(step);
      change.revision = KnowledgeRevision(name);
      revisions[name] = live;
    }
    ASSERT_OK(store_->ApplyDocuments(change));
    ASSERT_EQ(AsSet(store_->ListDocuments(true)), live) << "step " << step;
  }
  ASSERT_GT(revisions.size(), 10u);
  Reopen();
  for (const auto& [name, set] : revisions) {
    EXPECT_EQ(AsSet(store_->ListDocumentsAt(KnowledgeRevision(name))), set) << name;
  }
  auto records = store_->ListRevisions();
  ASSERT_OK(records);
  ASSERT_EQ(records->size(), revisions.size());
  for (const RevisionRecord& record : *records) {
    EXPECT_EQ(record.documents, static_cast<int64_t>(revisions[record.revision.value()].size()));
  }
  EXPECT_ERROR(store_->ListDocumentsAt(KnowledgeRevision("none")), kNotFound, "none");
}

TEST_F(DocumentsTest, BlobsAreKeptOnceUnderTheirDigest) {
  auto digest = store_->PutBlob(std::string("a\0b", 3));
  ASSERT_OK(digest);
  EXPECT_EQ(*digest, Sha256(std::string("a\0b", 3)));
  EXPECT_EQ(*store_->PutBlob(std::string("a\0b", 3)), *digest);
  EXPECT_EQ(*store_->GetBlob(*digest), std::string("a\0b", 3));
  EXPECT_ERROR(store_->GetBlob(Sha256("none")), kNotFound, ToHex(Sha256("none")));
}

TEST_F(DocumentsTest, VersionsNeverChangeAndPointersKeepTheirHistory) {
  ASSERT_OK(store_->PutVersion({BundleVersion("v1"), R"({"files":{}})", kNow}));
  ASSERT_OK(store_->PutVersion({BundleVersion("v1"), R"({"files":{}})", kNow + 1}));
  EXPECT_ERROR(store_->PutVersion({BundleVersion("v1"), "{}", kNow}), kAlreadyExists, "v1");
  ASSERT_OK(store_->PutVersion({BundleVersion("v2"), "{}", kNow}));
  EXPECT_EQ(store_->ListVersions()->size(), 2u);
  EXPECT_EQ(store_->GetVersion(BundleVersion("v1"))->created_ms, kNow);
  EXPECT_ERROR(store_->GetVersion(BundleVersion("v9")), kNotFound, "v9");

  EXPECT_FALSE(store_->GetPointer("active")->has_value());
  EXPECT_ERROR(store_->SetPointer({"active", BundleVersion("v9"), "", "", kNow}), kNotFound, "v9");
  ASSERT_OK(store_->SetPointer({"active", BundleVersion("v1"), "", "first", kNow}));
  ASSERT_OK(store_->SetPointer({"canary", BundleVersion("v2"), R"({"share":10})", "try", kNow}));
  ASSERT_OK(store_->SetPointer({"active", BundleVersion("v2"), "", "promoted", kNow + 5}));
  ASSERT_OK(store_->SetPointer({"canary", BundleVersion(), "", "promoted", kNow + 5}));
  Reopen();
  EXPECT_EQ((*store_->GetPointer("active"))->version, BundleVersion("v2"));
  EXPECT_TRUE((*store_->GetPointer("canary"))->version.empty());
  auto history = store_->PointerHistory("active");
  ASSERT_OK(history);
  ASSERT_EQ(history->size(), 2u);
  EXPECT_EQ(history->at(0).version, BundleVersion("v1"));
  EXPECT_EQ(history->at(1).reason, "promoted");
}

}  // namespace
}  // namespace frontdesk::storage
