#include "server/shadow/shadow.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace frontdesk::server {
namespace {

constexpr char kPointer[] = "shadow";
constexpr size_t kMostWaiting = 1000;
constexpr size_t kMostKept = 2000;  // changed turns whose words are kept for the report

// "flows/x.yaml" when that alone differs; what follows from files does not count.
std::string OnlyChange(const dialog::Manifest& before, const dialog::Manifest& after) {
  std::string only;
  for (const std::string& change : dialog::CompareManifests(before, after)) {
    if (absl::StartsWith(change, "trained:")) continue;
    if (!only.empty()) return "";
    only = change.substr(0, change.rfind(" ("));
  }
  return only;
}

}  // namespace

Shadow::Shadow(storage::Store& store, Versions& versions,
               const retrieval::KnowledgeBase& knowledge, const Models& models)
    : store_(store),
      versions_(versions),
      knowledge_(std::shared_ptr<const retrieval::KnowledgeBase>(), &knowledge),
      models_(models),
      reader_(store),
      thread_([this] { Work(); }) {
  const auto pointer = store_.GetPointer(kPointer);
  if (pointer.ok() && pointer->has_value() && !(*pointer)->version.empty()) {
    if (absl::Status begun = Start((*pointer)->version, "the server started with it"); !begun.ok())
      spdlog::error("shadow=unusable version={} error=\"{}\" effect=\"no version is in the shadow\"",
                    (*pointer)->version.value(), std::string(begun.message()));
  }
}

Shadow::~Shadow() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

absl::Status Shadow::Start(const storage::BundleVersion& version, const std::string& who) {
  const std::shared_ptr<const Assistant> active = versions_.Active();
  if (active != nullptr && active->version == version)
    return absl::FailedPreconditionError("the active version speaks; it cannot be in the shadow");
  const auto assistant = versions_.For(version);
  if (!assistant.ok()) return assistant.status();
  if (absl::Status kept =
          store_.SetPointer({.name = kPointer,
                             .version = version,
                             .reason = absl::StrCat("in the shadow, ", who),
                             .changed_ms = absl::ToUnixMillis(absl::Now())});
      !kept.ok())
    return kept;
  std::lock_guard lock(mutex_);
  stage_ = std::make_shared<const ReplayStage>(*assistant, knowledge_, KnowledgeByRevision(),
                                               models_);
  only_change_ = active == nullptr ? "" : OnlyChange(active->manifest, (*assistant)->manifest);
  report_ = ShadowReport{.version = version, .since = absl::Now()};
  report_.result.mode = dialog::ReplayMode::kCompare;
  queue_.clear();
  return absl::OkStatus();
}

absl::Status Shadow::Stop(const std::string& who) {
  if (absl::Status kept =
          store_.SetPointer({.name = kPointer,
                             .reason = absl::StrCat("stopped by ", who),
                             .changed_ms = absl::ToUnixMillis(absl::Now())});
      !kept.ok())
    return kept;
  std::lock_guard lock(mutex_);
  stage_ = nullptr;
  queue_.clear();
  return absl::OkStatus();
}

void Shadow::Saw(const storage::ConversationId& id, int64_t turn) {
  std::lock_guard lock(mutex_);
  if (stage_ == nullptr) return;
  if (queue_.size() >= kMostWaiting) {
    ++report_.skipped;
    return;
  }
  queue_.push_back({id, turn});
  wake_.notify_one();
}

void Shadow::Settle() {
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [this] { return queue_.empty() && !busy_; });
}

void Shadow::Work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (stopping_) return;
    const Seen seen = queue_.front();
    queue_.pop_front();
    const std::shared_ptr<const ReplayStage> stage = stage_;
    busy_ = true;
    lock.unlock();
    Compare(seen, *stage);
    lock.lock();
    busy_ = false;
    if (queue_.empty()) idle_.notify_all();
  }
}

void Shadow::Compare(const Seen& seen, const ReplayStage& stage) {
  const absl::StatusOr<Recording> recording = reader_.Read(seen.id);
  if (!recording.ok() || recording->erased) return;
  ReplayedConversation one{.name = seen.id.value()};
  one.report = stage.Replay(*recording, {.mode = dialog::ReplayMode::kCompare,
                                         .decode = false,
                                         .only_turns = {seen.turn}});
  std::lock_guard lock(mutex_);
  if (!(stage.assistant().version == report_.version)) return;  // another one took its place
  ++report_.turns;
  if (one.report.changed.empty()) return;
  ++report_.changed;
  if (report_.result.conversations.size() < kMostKept)
    report_.result.conversations.push_back(std::move(one));
}

ShadowReport Shadow::report() {
  std::lock_guard lock(mutex_);
  ShadowReport report = report_;
  if (stage_ == nullptr) report.version = storage::BundleVersion();
  report.result.turns = report.turns;
  std::vector<DiffForm> forms = FormsOf(report.result);
  for (DiffForm& form : forms) form.cause = only_change_;
  report.rows = RowsOf(forms, report.turns);
  return report;
}

}  // namespace frontdesk::server
