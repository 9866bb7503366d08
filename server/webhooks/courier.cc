#include "server/webhooks/courier.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/webhooks/post.h"
#include "storage/files/replace_file.h"

namespace frontdesk::server {
namespace {

constexpr int kPage = 1000;
constexpr absl::Duration kLongestPause = absl::Minutes(10);
constexpr absl::Duration kLook = absl::Seconds(30);  // also without a commit

std::string CursorFile(const std::string& folder, const std::string& endpoint) {
  return absl::StrCat(folder, "/", endpoint, ".cursor");
}

}  // namespace

absl::StatusOr<DeliveryCursor> DeliveryCursor::Load(const std::string& path) {
  DeliveryCursor cursor;
  std::ifstream file(path);
  if (!file) return cursor;
  size_t count = 0;
  if (!(file >> cursor.done_until >> count))
    return absl::DataLossError(path + ": is no cursor; delete it to tell everything again");
  for (size_t i = 0; i < count; ++i) {
    int64_t position = 0, sequence = 0;
    if (!(file >> position >> sequence))
      return absl::DataLossError(path + ": is cut; delete it to tell everything again");
    cursor.open[position] = sequence;
  }
  return cursor;
}

absl::Status DeliveryCursor::Save(const std::string& path) const {
  std::string lines = absl::StrCat(done_until, " ", open.size(), "\n");
  for (const auto& [position, sequence] : open) absl::StrAppend(&lines, position, " ", sequence, "\n");
  return storage::ReplaceFile(path, {lines});
}

Courier::Courier(storage::Store& store, WebhookConfig config, std::string folder)
    : store_(store), config_(std::move(config)), folder_(std::move(folder)) {
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  listener_ = store_.AddCommitListener([this](const storage::Store::Committed&) {
    std::lock_guard lock(mutex_);
    ++commits_;
    wake_.notify_all();
  });
  for (const WebhookEndpoint& endpoint : config_.endpoints)
    threads_.emplace_back([this, &endpoint] { Work(endpoint); });
}

Courier::~Courier() {
  store_.RemoveCommitListener(listener_);
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

Courier::Counts Courier::counts() const {
  std::lock_guard lock(mutex_);
  return counts_;
}

bool Courier::Pause(absl::Duration pause) {
  std::unique_lock lock(mutex_);
  return !wake_.wait_for(lock, absl::ToChronoMilliseconds(pause), [this] { return stopping_; });
}

void Courier::Work(const WebhookEndpoint& endpoint) {
  const std::string file = CursorFile(folder_, endpoint.name);
  absl::StatusOr<DeliveryCursor> cursor = DeliveryCursor::Load(file);
  if (!cursor.ok()) {
    spdlog::error("webhook={} error=\"{}\" effect=\"nothing is delivered\"", endpoint.name,
                  std::string(cursor.status().message()));
    return;
  }
  absl::Duration pause = config_.first_pause;
  absl::Time failing_since = absl::InfiniteFuture();
  for (int64_t seen = -1;;) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, absl::ToChronoMilliseconds(kLook),
                     [&] { return stopping_ || commits_ != seen; });
      if (stopping_) return;
      seen = commits_;
    }
    const bool all = Deliver(endpoint, *cursor, failing_since);
    if (absl::Status saved = cursor->Save(file); !saved.ok())
      spdlog::error("webhook={} error=\"{}\" effect=\"may deliver again\"", endpoint.name,
                    std::string(saved.message()));
    if (all) {
      pause = config_.first_pause;
      continue;
    }
    seen = -1;
    if (!Pause(pause)) return;
    pause = std::min(pause * 2, kLongestPause);
  }
}

bool Courier::Deliver(const WebhookEndpoint& endpoint, DeliveryCursor& cursor,
                      absl::Time& failing_since) {
  storage::ConversationFilter filter;
  filter.limit = kPage;
  filter.after_position = cursor.done_until;
  for (;;) {
    const auto page = store_.ListConversations(filter);
    if (!page.ok()) return false;
    for (const storage::Conversation& row : *page) {
      int64_t& told = cursor.open[row.position];
      if (row.erased) told = row.last_sequence;
      int64_t time_ms = row.created_ms;
      while (told < row.last_sequence) {
        const auto events = store_.Read(row.id, told, kPage);
        if (!events.ok() || events->empty()) return false;
        for (const storage::StoredEvent& stored : *events) {
          const auto event = dialog::DecodeEvent(stored.kind, stored.body);
          if (event.ok()) {
            std::visit(
                [&](const auto& e) {
                  if constexpr (requires { e.now_ms; }) time_ms = e.now_ms;
                },
                *event);
          }
          const std::optional<Notice> notice =
              event.ok() ? NoticeOf(row.id.value(), stored.sequence, *event, time_ms)
                         : std::nullopt;
          if (notice && endpoint.events.count(notice->kind) > 0) {
            const absl::Time now = absl::Now();
            const absl::Status posted = Post(endpoint, config_, *notice, now);
            std::lock_guard lock(mutex_);
            if (stopping_ && !posted.ok()) return false;
            if (!posted.ok()) {
              ++counts_.failed;
              failing_since = std::min(failing_since, now);
              spdlog::warn("webhook={} delivery={} error=\"{}\"", endpoint.name, notice->id,
                           std::string(posted.message()));
              if (now - failing_since < config_.give_up) return false;
              ++counts_.dropped;
              spdlog::error("webhook={} delivery={} effect=\"dropped\"", endpoint.name, notice->id);
            } else {
              ++counts_.delivered;
            }
            failing_since = absl::InfiniteFuture();
          }
          told = stored.sequence;
        }
      }
    }
    if (page->size() < static_cast<size_t>(kPage)) break;
    filter.after_position = page->back().position;
  }
  // A conversation that has ended and was told whole need not be looked at again; feedback may
  // still come for a day.
  const int64_t settled_ms = absl::ToUnixMillis(absl::Now() - absl::Hours(24));
  while (!cursor.open.empty()) {
    const auto [position, told] = *cursor.open.begin();
    storage::ConversationFilter one;
    one.after_position = position - 1;
    one.limit = 1;
    const auto row = store_.ListConversations(one);
    if (!row.ok() || row->empty() || row->front().position != position) break;
    const storage::Conversation& c = row->front();
    const bool over = c.erased || (c.state_tag == "ended" && c.updated_ms < settled_ms);
    if (!over || told < c.last_sequence) break;
    cursor.done_until = position;
    cursor.open.erase(cursor.open.begin());
  }
  return true;
}

absl::StatusOr<int64_t> SetCursorBack(const storage::Store& store, const std::string& folder,
                                      const std::string& endpoint, int64_t from_ms) {
  const std::string file = CursorFile(folder, endpoint);
  absl::StatusOr<DeliveryCursor> cursor = DeliveryCursor::Load(file);
  if (!cursor.ok()) return cursor.status();
  storage::ConversationFilter filter;
  filter.limit = kPage;
  int64_t again = 0, first = 0;
  std::map<int64_t, int64_t> passed;  // began earlier, but stand behind the first one
  for (;;) {
    const auto page = store.ListConversations(filter);
    if (!page.ok()) return page.status();
    for (const storage::Conversation& row : *page) {
      if (row.created_ms >= from_ms) {
        if (first == 0) first = row.position;
        ++again;
      } else if (first != 0) {
        const auto told = cursor->open.find(row.position);
        passed[row.position] = told == cursor->open.end() ? row.last_sequence : told->second;
      }
    }
    if (page->size() < static_cast<size_t>(kPage)) break;
    filter.after_position = page->back().position;
  }
  if (first == 0) return 0;
  for (auto it = cursor->open.begin(); it != cursor->open.end() && it->first < first; ++it)
    passed[it->first] = it->second;
  cursor->done_until = std::min(cursor->done_until, first - 1);
  cursor->open = std::move(passed);
  if (absl::Status saved = cursor->Save(file); !saved.ok()) return saved;
  return again;
}

}  // namespace frontdesk::server
