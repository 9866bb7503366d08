#include "server/replay/run.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/insight/facts.h"
#include "storage/digest.h"

namespace frontdesk::server {
namespace {

constexpr int kEntriesPage = 1000;

// Calls body(0), body(1), … from several threads.
template <class Body>
void InParallel(size_t count, int threads, Body body) {
  std::atomic<size_t> next = 0;
  std::vector<std::thread> workers;
  for (int t = 0; t < threads; ++t) {
    workers.emplace_back([&] {
      for (size_t i = next++; i < count; i = next++) body(i);
    });
  }
  for (std::thread& worker : workers) worker.join();
}

bool Fits(const Recording& recording, const ReplayFilter& filter) {
  const ConversationFacts facts = FactsOf({}, recording.events);
  if (!filter.intent.empty() && facts.intent != filter.intent) return false;
  if (filter.outcome.empty()) return true;
  if (filter.outcome == "contained") return facts.contained();
  if (filter.outcome == "escalated") return facts.escalated();
  return std::find(facts.escalations.begin(), facts.escalations.end(), filter.outcome) !=
         facts.escalations.end();
}

void Add(const dialog::TurnTally& one, dialog::TurnTally& all) {
  all.turns += one.turns;
  all.answered += one.answered;
  all.refused += one.refused;
  all.handoffs += one.handoffs;
  all.tool_calls += one.tool_calls;
  all.cited += one.cited;
  all.ungrounded += one.ungrounded;
}

ReplayedConversation ReplayOne(const ArchiveEntry& entry, const StageFor& stage_for,
                               const ReplayPlan& plan, const std::function<bool()>& may_decode) {
  ReplayedConversation one{.name = entry.name};
  const absl::StatusOr<Recording> recording = entry.read();
  if (!recording.ok()) {
    one.error = std::string(recording.status().message());
    return one;
  }
  if (recording->erased) {
    one.erased = true;
    return one;
  }
  const auto stage = stage_for(*recording);
  if (!stage.ok()) {
    one.error = std::string(stage.status().message());
    return one;
  }
  one.report = (*stage)->Replay(*recording, {.mode = plan.mode,
                                             .decode = plan.decode,
                                             .may_decode = may_decode,
                                             .least_support = plan.least_support});
  // A record whose files are others than those at hand does not verify, even when no event
  // shows it.
  one.identical = one.report.identical() && (plan.mode == dialog::ReplayMode::kCompare ||
                                             one.report.changed_files.empty());
  return one;
}

}  // namespace

absl::StatusOr<std::vector<ArchiveEntry>> EntriesOf(const storage::Store& store,
                                                    RecordingReader& reader, int64_t from_ms,
                                                    int64_t until_ms, bool verified) {
  std::vector<ArchiveEntry> entries;
  storage::ConversationFilter filter;
  filter.limit = kEntriesPage;
  filter.created_from_ms = from_ms;
  filter.created_until_ms = until_ms;
  for (;;) {
    const auto page = store.ListConversations(filter);
    if (!page.ok()) return page.status();
    for (const storage::Conversation& row : *page) {
      entries.push_back({row.id.value(), [&reader, id = row.id, verified] {
                           return verified ? reader.ReadVerified(id) : reader.Read(id);
                         }});
    }
    if (page->size() < static_cast<size_t>(kEntriesPage)) return entries;
    filter.after_position = page->back().position;
  }
}

std::vector<ArchiveEntry> Filtered(std::vector<ArchiveEntry> entries, const ReplayFilter& filter,
                                   int threads) {
  if (!filter.empty()) {
    std::vector<char> fits(entries.size(), 0);
    InParallel(entries.size(), threads, [&](size_t i) {
      const auto recording = entries[i].read();
      fits[i] = !recording.ok() || (!recording->erased && Fits(*recording, filter)) ? 1 : 0;
    });
    std::vector<ArchiveEntry> kept;
    for (size_t i = 0; i < entries.size(); ++i) {
      if (fits[i] != 0) kept.push_back(std::move(entries[i]));
    }
    entries = std::move(kept);
  }
  if (filter.sample <= 0 || static_cast<size_t>(filter.sample) >= entries.size()) return entries;
  std::vector<std::pair<storage::Digest, size_t>> drawn;
  for (size_t i = 0; i < entries.size(); ++i)
    drawn.emplace_back(storage::Sha256(absl::StrCat(filter.seed, " ", entries[i].name)), i);
  std::sort(drawn.begin(), drawn.end());
  drawn.resize(static_cast<size_t>(filter.sample));
  std::vector<size_t> chosen;
  for (const auto& [hash, i] : drawn) chosen.push_back(i);
  std::sort(chosen.begin(), chosen.end());
  std::vector<ArchiveEntry> sample;
  for (size_t i : chosen) sample.push_back(std::move(entries[i]));
  return sample;
}

ReplayResult RunReplay(const std::vector<ArchiveEntry>& entries, const StageFor& stage_for,
                       const ReplayPlan& plan) {
  const absl::Time begin = absl::Now();
  ReplayResult result{.mode = plan.mode};
  result.conversations.resize(entries.size());
  std::atomic<int64_t> decodings = 0;
  std::function<bool()> may_decode;
  if (plan.decode_limit >= 0)
    may_decode = [&] { return decodings++ < plan.decode_limit; };
  std::mutex mutex;  // guards the sums and the order of progress
  size_t done = 0;
  InParallel(entries.size(), plan.threads, [&](size_t i) {
    if (plan.cancelled && plan.cancelled()) return;
    ReplayedConversation one = ReplayOne(entries[i], stage_for, plan, may_decode);
    std::lock_guard lock(mutex);
    result.events += one.report.events;
    result.turns += one.report.turns;
    result.turns_changed += static_cast<int64_t>(one.report.changed.size());
    result.decoded += one.report.decoded_again;
    result.decode_time += one.report.decode_time;
    result.identical += one.identical ? 1 : 0;
    result.erased += one.erased ? 1 : 0;
    result.unreadable += one.error.empty() ? 0 : 1;
    Add(one.report.recorded, result.recorded);
    Add(one.report.replayed, result.replayed);
    result.conversations[i] = std::move(one);
    if (plan.each) plan.each(result.conversations[i]);
    if (plan.progress) plan.progress(++done, entries.size());
  });
  result.took = absl::Now() - begin;
  return result;
}

}  // namespace frontdesk::server
