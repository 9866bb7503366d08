#include "server/services/replay_service.h"

#include <deque>
#include <limits>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/assistant/documents.h"
#include "server/replay/rows.h"
#include "server/services/wire_rows.h"

namespace frontdesk::server {
namespace {

constexpr char kMethod[] = "ReplayService/Replay";

std::string OutcomeOf(const ReplayedConversation& one, dialog::ReplayMode mode) {
  if (!one.error.empty()) return "unreadable";
  if (one.erased) return "erased";
  if (one.identical) return "identical";
  return mode == dialog::ReplayMode::kVerify ? "diverged" : "changed";
}

v1::ReplayResponse ToWire(const ReplayedConversation& one, dialog::ReplayMode mode) {
  v1::ReplayResponse response;
  v1::ReplayedConversation& wire = *response.mutable_conversation();
  wire.set_conversation("conversations/" + one.name);
  wire.set_outcome(OutcomeOf(one, mode));
  wire.set_turns(static_cast<int32_t>(one.report.turns));
  wire.set_turns_decoded(static_cast<int32_t>(one.report.decoded_again));
  if (!one.error.empty()) wire.add_differences(one.error);
  for (const std::string& file : one.report.changed_files)
    wire.add_differences(absl::StrCat("changed: ", file));
  for (const dialog::ReplayDifference& d : one.report.differences) {
    if (wire.differences_size() == 0 || d.sequence == one.report.differences.front().sequence)
      wire.add_differences(absl::StrCat("turn ", d.turn, ": ", d.kind, ": ", d.what));
    v1::ReplayDifference& change = *wire.add_changes();
    change.set_turn(d.turn);
    change.set_sequence(d.sequence);
    change.set_kind(d.kind);
    change.set_recorded(d.recorded);
    change.set_replayed(d.replayed);
  }
  return response;
}

v1::ReplayResponse SummaryOf(const ReplayResult& result) {
  v1::ReplayResponse response;
  v1::ReplaySummary& wire = *response.mutable_summary();
  wire.set_conversations(static_cast<int32_t>(result.conversations.size()));
  wire.set_identical(static_cast<int32_t>(result.identical));
  wire.set_erased(static_cast<int32_t>(result.erased));
  wire.set_events(result.events);
  wire.set_turns(result.turns);
  wire.set_turns_changed(result.turns_changed);
  wire.set_turns_decoded(result.decoded);
  for (const DiffRow& row : RowsOf(FormsOf(result), result.turns))
    ToWire(row, result, *wire.add_rows());
  return response;
}

absl::StatusOr<std::vector<ArchiveEntry>> EntriesFor(const v1::ReplayRequest& request,
                                                     const storage::Store& store,
                                                     RecordingReader& reader) {
  const bool verify = request.mode() == v1::REPLAY_MODE_VERIFY;
  if (request.conversations_size() > 0) {
    std::vector<ArchiveEntry> entries;
    for (const std::string& name : request.conversations()) {
      if (!absl::StartsWith(name, "conversations/"))
        return InvalidField("conversations", "are names such as conversations/ID");
      const storage::ConversationId id(name.substr(14));
      entries.push_back({id.value(), [&reader, id, verify] {
                           return verify ? reader.ReadVerified(id) : reader.Read(id);
                         }});
    }
    return entries;
  }
  const int64_t from = request.has_start_time() ? request.start_time().seconds() * 1000
                                                : std::numeric_limits<int64_t>::min();
  const int64_t until = request.has_end_time() ? request.end_time().seconds() * 1000
                                               : std::numeric_limits<int64_t>::max();
  return EntriesOf(store, reader, from, until, verify);
}

// A kept version with the documents of today.
absl::StatusOr<std::shared_ptr<const ReplayStage>> CandidateOf(const std::string& version,
                                                               const storage::Store& store,
                                                               StageShelf& shelf) {
  const auto record = store.GetVersion(storage::BundleVersion(version));
  if (!record.ok()) return record.status();
  const auto manifest = dialog::ManifestFromJson(record->manifest);
  if (!manifest.ok()) return manifest.status();
  Recording kept;
  kept.name = version;
  kept.manifest = std::make_shared<const dialog::Manifest>(*manifest);
  kept.content = [&store](const std::string& hex) -> absl::StatusOr<std::string> {
    const auto digest = storage::DigestFromHex(hex);
    if (!digest.ok()) return digest.status();
    return store.GetBlob(*digest);
  };
  const auto files = FilesOf(kept);
  if (!files.ok()) return files.status();
  const auto records = store.ListDocuments(/*with_bytes=*/true);
  if (!records.ok()) return records.status();
  std::vector<retrieval::Document> documents;
  for (const storage::DocumentRecord& document : *records) documents.push_back(DocumentOf(document));
  return shelf.ForFiles(*files, documents);
}

// Writes what the replay's own thread finds, one message at a time, in order.
class ReplayStream : public grpc::ServerWriteReactor<v1::ReplayResponse> {
 public:
  ReplayStream(const ReplayParts& parts, v1::ReplayRequest request, std::atomic<bool>& running)
      : parts_(parts), request_(std::move(request)), running_(running) {
    thread_ = std::thread([this] {
      const absl::Status status = Run();
      running_ = false;  // before the caller hears of the end: it may replay again at once
      End(status);
    });
  }

  void OnWriteDone(bool ok) override {
    std::lock_guard lock(mutex_);
    writing_ = false;
    if (!ok) {
      cancelled_ = true;
      queue_.clear();
    }
    Next();
  }
  void OnCancel() override { cancelled_ = true; }
  void OnDone() override {
    thread_.join();
    delete this;
  }

 private:
  absl::Status Run() {
    RecordingReader reader(parts_.store);
    StageShelf shelf(parts_.models, parts_.cache_folder);
    auto entries = EntriesFor(request_, parts_.store, reader);
    if (!entries.ok()) return entries.status();
    ReplayFilter filter{.intent = request_.intent(),
                        .outcome = request_.outcome(),
                        .sample = request_.sample(),
                        .seed = static_cast<uint64_t>(request_.seed())};
    *entries = Filtered(*std::move(entries), filter, parts_.threads);
    ReplayPlan plan;
    plan.mode = request_.mode() == v1::REPLAY_MODE_VERIFY ? dialog::ReplayMode::kVerify
                                                          : dialog::ReplayMode::kCompare;
    plan.threads = parts_.threads;
    plan.decode = !request_.from_record();
    plan.cancelled = [this] { return cancelled_.load(); };
    plan.each = [this, mode = plan.mode](const ReplayedConversation& one) {
      Push(ToWire(one, mode));
    };
    StageFor stage_for = [&](const Recording& recording) { return shelf.ForRecording(recording); };
    if (plan.mode == dialog::ReplayMode::kCompare) {
      const auto candidate =
          CandidateOf(request_.bundle_version(), parts_.store, shelf);
      if (!candidate.ok()) return candidate.status();
      stage_for = [candidate = *candidate](const Recording&) {
        return absl::StatusOr<std::shared_ptr<const ReplayStage>>(candidate);
      };
    }
    Push(SummaryOf(RunReplay(*entries, stage_for, plan)));
    return absl::OkStatus();
  }

  void Push(v1::ReplayResponse response) {
    std::lock_guard lock(mutex_);
    if (cancelled_) return;
    queue_.push_back(std::move(response));
    Next();
  }
  void End(const absl::Status& status) {
    std::lock_guard lock(mutex_);
    end_ = FromAbsl(status, kMethod);
    Next();
  }
  // Under mutex_: begins the next write, or finishes when there is none left.
  void Next() {
    if (writing_ || finished_) return;
    if (!queue_.empty()) {
      current_ = std::move(queue_.front());
      queue_.pop_front();
      writing_ = true;
      StartWrite(&current_);
    } else if (end_) {
      finished_ = true;
      Finish(*end_);
    }
  }

  const ReplayParts& parts_;
  const v1::ReplayRequest request_;
  std::atomic<bool>& running_;
  std::atomic<bool> cancelled_ = false;
  std::mutex mutex_;
  std::deque<v1::ReplayResponse> queue_;
  v1::ReplayResponse current_;
  std::optional<grpc::Status> end_;
  bool writing_ = false, finished_ = false;
  std::thread thread_;
};

absl::Status Check(const v1::ReplayRequest& request) {
  if (request.mode() != v1::REPLAY_MODE_VERIFY && request.mode() != v1::REPLAY_MODE_COMPARE)
    return InvalidField("mode", "is VERIFY or COMPARE");
  const bool compare = request.mode() == v1::REPLAY_MODE_COMPARE;
  if (compare == request.bundle_version().empty())
    return InvalidField("bundle_version", "goes with COMPARE, and only with it");
  if (request.sample() < 0) return InvalidField("sample", "is not negative");
  return absl::OkStatus();
}

}  // namespace

grpc::ServerWriteReactor<v1::ReplayResponse>* ReplayService::Replay(
    grpc::CallbackServerContext* context, const v1::ReplayRequest* request) {
  const auto caller = parts_.rpc.gate.Admit(*context, kMethod);
  absl::Status status = caller.ok() ? Check(*request) : caller.status();
  if (status.ok() && running_.exchange(true)) {
    status = Overloaded("another replay is running; one runs at a time", absl::Seconds(30));
  }
  if (!status.ok()) return new RefusedStream<v1::ReplayResponse>(FromAbsl(status, kMethod));
  return new ReplayStream(parts_, *request, running_);
}

}  // namespace frontdesk::server
