#include "tools/registry.h"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "absl/strings/str_cat.h"
#include "tools/check_call.h"

namespace frontdesk::tools {
namespace {

using Outcome = ToolResult::Outcome;

bool IsFailure(Outcome outcome) {
  return outcome == Outcome::kUnavailable || outcome == Outcome::kTimeout ||
         outcome == Outcome::kUnknown;
}

// Longest pause before retry number `retry` (from 0); no jitter, so that a
// recorded conversation and a test wait the same.
absl::Duration PauseBefore(int retry, const AdapterSpec& adapter) {
  absl::Duration pause = adapter.backoff;
  for (int i = 0; i < retry && pause < adapter.backoff_limit; ++i) pause *= 2;
  return std::min(pause, adapter.backoff_limit);
}

// What a failed attempt means once the call is given up: a read changed nothing,
// a write of which any attempt may have arrived is unknown.
ToolResult GiveUp(const ToolSpec& spec, bool may_have_happened, ToolResult last) {
  if (spec.effect == Effect::kRead && last.outcome == Outcome::kUnknown) {
    last.outcome = Outcome::kUnavailable;
  }
  if (spec.effect == Effect::kWrite && may_have_happened) last.outcome = Outcome::kUnknown;
  return last;
}

}  // namespace

struct Registry::Line {
  explicit Line(const AdapterSpec& adapter) : spec(adapter), breaker(adapter.breaker) {}
  const AdapterSpec& spec;
  Breaker breaker;
  std::shared_ptr<Adapter> adapter;
};

absl::StatusOr<Registry> Registry::FromYaml(std::string_view text, std::string_view file) {
  absl::StatusOr<Catalogue> catalogue = Catalogue::FromYaml(text, file);
  if (!catalogue.ok()) return catalogue.status();
  return Registry(*std::move(catalogue));
}

Registry::Registry(Catalogue catalogue, Clock clock)
    : catalogue_(std::make_unique<const Catalogue>(std::move(catalogue))),
      clock_(std::move(clock)) {
  for (const AdapterSpec& adapter : catalogue_->adapters) {
    lines_.emplace(adapter.name, std::make_unique<Line>(adapter));
  }
}

Registry::Registry(Registry&&) = default;
Registry& Registry::operator=(Registry&&) = default;
Registry::~Registry() = default;

absl::Status Registry::Bind(std::string_view adapter_name, std::shared_ptr<Adapter> adapter) {
  const auto line = lines_.find(adapter_name);
  if (line == lines_.end()) {
    return absl::NotFoundError(absl::StrCat("tools.yaml declares no adapter '",
                                            std::string(adapter_name),
                                            "'; add it under adapters:"));
  }
  line->second->adapter = std::move(adapter);
  return absl::OkStatus();
}

std::vector<std::string> Registry::Unbound() const {
  std::vector<std::string> names;
  for (const auto& [name, line] : lines_) {
    if (line->adapter == nullptr) names.push_back(name);
  }
  return names;
}

const Catalogue& Registry::catalogue() const { return *catalogue_; }
const ToolSpec* Registry::Find(std::string_view tool) const { return catalogue_->Find(tool); }

std::map<std::string, BreakerState> Registry::Breakers() const {
  std::map<std::string, BreakerState> states;
  for (const auto& [name, line] : lines_) states[name] = line->breaker.state();
  return states;
}

ToolResult Registry::Call(const ToolCall& call, absl::Time deadline, CallRecord* record) {
  const ToolSpec* spec = Find(call.tool);
  if (spec == nullptr) {
    return ToolResult::Rejected("unknown_tool",
                                absl::StrCat("tools.yaml declares no tool '", call.tool, "'"));
  }
  ToolCall checked = call;
  if (ToolResult refusal = CheckCall(*spec, call, checked.arguments); !refusal.ok()) return refusal;
  Line& line = *lines_.find(spec->adapter)->second;
  if (line.adapter == nullptr) {
    return ToolResult::Failed(Outcome::kUnavailable,
                              absl::StrCat("the adapter '", spec->adapter, "' is not connected"));
  }
  CallRecord own;
  CallRecord& kept = record != nullptr ? *record : own;
  kept = CallRecord{};
  ToolResult result = Attempts(*spec, checked, deadline, line, kept);
  kept.breaker = line.breaker.state();
  return result;
}

ToolResult Registry::Attempts(const ToolSpec& spec, const ToolCall& call, absl::Time deadline,
                              Line& line, CallRecord& record) {
  const bool once = spec.effect == Effect::kWrite && !spec.idempotent;
  const int most = once ? 1 : spec.retries + 1;
  bool may_have_happened = false;
  ToolResult last = ToolResult::Failed(Outcome::kUnavailable, "the deadline had passed");
  for (int attempt = 0; attempt < most; ++attempt) {
    if (attempt > 0) {
      const absl::Duration pause = PauseBefore(attempt - 1, line.spec);
      if (clock_.now() + pause >= deadline) break;
      clock_.sleep(pause);
    }
    const absl::Time now = clock_.now();
    if (now >= deadline) break;
    const std::optional<int64_t> pass = line.breaker.Admit(now);
    if (!pass) {
      last = ToolResult::Failed(
          Outcome::kUnavailable,
          absl::StrCat("the adapter '", line.spec.name, "' failed too often; its breaker is open"));
      break;
    }
    ToolResult raw = line.adapter->Call(call, std::min(deadline, now + spec.timeout));
    line.breaker.Report(*pass, !IsFailure(raw.outcome), clock_.now());
    last = CheckAnswer(spec, raw);
    record.attempts.push_back(last.outcome);
    if (!IsFailure(last.outcome)) return last;
    may_have_happened = may_have_happened || last.outcome != Outcome::kUnavailable;
    spdlog::warn("tool={} adapter={} attempt={} outcome={} reason=\"{}\"", spec.name,
                 line.spec.name, attempt + 1, std::string(Name(last.outcome)), last.message);
    if (!IsFailure(raw.outcome)) break;  // it answered, in a wrong shape: asking again is no use
  }
  return GiveUp(spec, may_have_happened, std::move(last));
}

absl::StatusOr<std::optional<ToolResult>> Registry::FindByKey(std::string_view tool,
                                                              std::string_view key,
                                                              absl::Time deadline) {
  const ToolSpec* spec = Find(tool);
  if (spec == nullptr) {
    return absl::NotFoundError(absl::StrCat("tools.yaml declares no tool '", std::string(tool),
                                            "'; it may have been renamed"));
  }
  Line& line = *lines_.find(spec->adapter)->second;
  if (line.adapter == nullptr) {
    return absl::UnavailableError(
        absl::StrCat("the adapter '", spec->adapter, "' is not connected"));
  }
  absl::StatusOr<std::optional<ToolResult>> found = line.adapter->FindByKey(tool, key, deadline);
  if (!found.ok() || !found->has_value()) return found;
  return std::optional<ToolResult>(CheckAnswer(*spec, **found));
}

}  // namespace frontdesk::tools
