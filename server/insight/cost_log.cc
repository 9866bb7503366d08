#include "server/insight/cost_log.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/audit/system_log.h"

namespace frontdesk::server {
namespace {

constexpr char kCostKind[] = "cost.measured";
constexpr size_t kMostCostsWaiting = 10'000, kCostsPerEvent = 500;
constexpr int kCostPage = 1000;

storage::ConversationId CostLogId() { return storage::ConversationId(kCostConversation); }

}  // namespace

void CostLog::Add(const storage::ConversationId& conversation, int64_t turn, absl::Duration cpu) {
  std::lock_guard lock(mutex_);
  if (waiting_.size() >= kMostCostsWaiting) {
    ++dropped_;
    return;
  }
  waiting_.push_back({conversation.value(), turn, absl::ToInt64Microseconds(cpu)});
}

absl::Status CostLog::Write(const std::vector<Cost>& costs, absl::Time now) {
  storage::AppendRequest append;
  append.conversation = CostLogId();
  append.now_ms = absl::ToUnixMillis(now);
  for (size_t begin = 0; begin < costs.size(); begin += kCostsPerEvent) {
    nlohmann::json turns = nlohmann::json::array();
    for (size_t i = begin; i < std::min(begin + kCostsPerEvent, costs.size()); ++i)
      turns.push_back({costs[i].conversation, costs[i].turn, costs[i].cpu_us});
    append.events.push_back({kCostKind, nlohmann::json({{"turns", std::move(turns)}}).dump()});
  }
  return AppendToSystemLog(store_, std::move(append));
}

absl::Status CostLog::Flush(absl::Time now) {
  std::vector<Cost> costs;
  {
    std::lock_guard lock(mutex_);
    costs.swap(waiting_);
    if (dropped_ > 0) spdlog::warn("costs=dropped turns={}", std::exchange(dropped_, 0));
  }
  if (costs.empty()) return absl::OkStatus();
  const absl::Status written = Write(costs, now);
  if (!written.ok()) {
    std::lock_guard lock(mutex_);
    waiting_.insert(waiting_.begin(), costs.begin(), costs.end());
  }
  return written;
}

absl::Status CostBook::Refresh() {
  std::lock_guard lock(mutex_);
  for (;;) {
    const auto events = store_.Read(CostLogId(), after_, kCostPage);
    if (absl::IsNotFound(events.status())) return absl::OkStatus();
    if (!events.ok()) return events.status();
    if (events->empty()) return absl::OkStatus();
    for (const storage::StoredEvent& event : *events) {
      const nlohmann::json body = nlohmann::json::parse(event.body, nullptr, /*allow_exceptions=*/false);
      const auto bad = [&event] {
        return absl::DataLossError(
            absl::StrCat(kCostConversation, " event ", event.sequence, " is not of the format"));
      };
      if (!body.is_object() || !body.contains("turns") || !body["turns"].is_array()) return bad();
      for (const nlohmann::json& turn : body["turns"]) {
        if (!turn.is_array() || turn.size() != 3 || !turn[0].is_string() || !turn[2].is_number_integer())
          return bad();
        cpu_us_[turn[0].get<std::string>()] += turn[2].get<int64_t>();
      }
      after_ = event.sequence;
    }
  }
}

int64_t CostBook::CpuUs(const std::string& conversation) const {
  std::lock_guard lock(mutex_);
  const auto found = cpu_us_.find(conversation);
  return found == cpu_us_.end() ? 0 : found->second;
}

}  // namespace frontdesk::server
