#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/quality/score_card.h"
#include "server/services/admin_services.h"
#include "server/services/wire_rows.h"

namespace frontdesk::server {
namespace {

constexpr size_t kMaxBundleBytes = 32u << 20;

template <class Request>
absl::StatusOr<BundleFiles> FilesOf(const Request& request) {
  BundleFiles files;
  size_t bytes = 0;
  for (const v1::BundleFile& file : request.files()) {
    const std::string& path = file.path();
    if (path.empty() || path.front() == '/' || path.find("..") != std::string::npos ||
        path.size() > 200) {
      return InvalidField("files.path", "is a path below the bundle's folder, without \"..\"");
    }
    bytes += file.content().size();
    if (!files.emplace(path, file.content()).second)
      return InvalidField("files.path", absl::StrCat("twice: ", path));
  }
  if (bytes > kMaxBundleBytes) return InvalidField("files", "have at most 32 MiB together");
  return files;
}

}  // namespace

std::string BundleService::StateOf(const storage::BundleVersion& version) const {
  const auto active = parts_.versions.Active();
  if (active != nullptr && active->version == version) return "active";
  const CanaryState canary = parts_.canary.state();
  if (canary.state == "running" && canary.challenger == version) return "canary";
  return parts_.shadow.report().version == version ? "shadow" : "kept";
}

v1::Bundle BundleService::ToWire(const Assistant& assistant) const {
  v1::Bundle wire;
  wire.set_version(assistant.version.value());
  wire.set_state(StateOf(assistant.version));
  wire.set_business(assistant.bundle.assistant.business);
  return wire;
}

Unary* BundleService::ListBundles(Context* context, const v1::ListBundlesRequest* request,
                                  v1::ListBundlesResponse* response) {
  return Handle(
      parts_.rpc, context, "BundleService/ListBundles", [=, this](const Principal&) -> absl::Status {
        const int size = request->page_size() == 0 ? 20 : request->page_size();
        if (size < 1 || size > 100) return InvalidField("page_size", "is from 1 to 100");
        const auto records = parts_.store.ListVersions();
        if (!records.ok()) return records.status();
        bool started = request->page_token().empty();
        for (auto it = records->rbegin(); it != records->rend(); ++it) {
          if (!started) {
            started = it->version.value() == request->page_token();
            continue;
          }
          if (response->bundles_size() == size) {
            response->set_next_page_token(response->bundles(size - 1).version());
            break;
          }
          v1::Bundle& wire = *response->add_bundles();
          wire.set_version(it->version.value());
          wire.set_state(StateOf(it->version));
          wire.mutable_create_time()->set_seconds(it->created_ms / 1000);
        }
        return absl::OkStatus();
      });
}

Unary* BundleService::CheckBundle(Context* context, const v1::CheckBundleRequest* request,
                                  v1::CheckBundleResponse* response) {
  return Handle(parts_.rpc, context, "BundleService/CheckBundle", [=](const Principal&) -> absl::Status {
    const auto files = FilesOf(*request);
    if (!files.ok()) return files.status();
    std::vector<dialog::BundleFault> faults;
    (void)dialog::LoadBundleFiles(*files, &faults);  // its error is these faults in one text
    CheckScoreCard(*files, faults);
    for (const dialog::BundleFault& fault : faults) {
      v1::BundleFault& wire = *response->add_faults();
      wire.set_path(fault.file);
      wire.set_line(fault.line);
      wire.set_text(absl::StrCat(fault.warning ? "warning: " : "", fault.what, "; ", fault.remedy));
    }
    return absl::OkStatus();
  });
}

Unary* BundleService::UploadBundle(Context* context, const v1::UploadBundleRequest* request,
                                   v1::UploadBundleResponse* response) {
  return Handle(parts_.rpc, context, "BundleService/UploadBundle",
                [=, this](const Principal&) -> absl::Status {
                  const auto files = FilesOf(*request);
                  if (!files.ok()) return files.status();
                  const auto added = parts_.versions.Add(*files);
                  if (!added.ok()) return added.status();
                  *response->mutable_bundle() = ToWire(**added);
                  return absl::OkStatus();
                }, request);
}

Unary* BundleService::ActivateBundle(Context* context, const v1::ActivateBundleRequest* request,
                                     v1::ActivateBundleResponse* response) {
  return Handle(parts_.rpc, context, "BundleService/ActivateBundle",
                [=, this](const Principal& caller) -> absl::Status {
                  const auto active =
                      parts_.versions.Activate(storage::BundleVersion(request->version()),
                                         absl::StrCat("activated by ", caller.user));
                  if (!active.ok()) return active.status();
                  *response->mutable_bundle() = ToWire(**active);
                  return absl::OkStatus();
                }, request);
}

Unary* BundleService::RollbackBundle(Context* context, const v1::RollbackBundleRequest* request,
                                     v1::RollbackBundleResponse* response) {
  return Handle(parts_.rpc, context, "BundleService/RollbackBundle",
                [=, this](const Principal& caller) -> absl::Status {
                  const auto history = parts_.store.PointerHistory("active");
                  if (!history.ok()) return history.status();
                  const auto active = parts_.versions.Active();
                  for (auto it = history->rbegin(); it != history->rend(); ++it) {
                    if (active != nullptr && it->version == active->version) continue;
                    const auto back = parts_.versions.Activate(
                        it->version, absl::StrCat("rolled back by ", caller.user));
                    if (!back.ok()) return back.status();
                    *response->mutable_bundle() = ToWire(**back);
                    return absl::OkStatus();
                  }
                  return absl::FailedPreconditionError("no version was active before this one");
                }, request);
}

Unary* BundleService::ShadowBundle(Context* context, const v1::ShadowBundleRequest* request,
                                   v1::ShadowBundleResponse*) {
  return Handle(parts_.rpc, context, "BundleService/ShadowBundle",
                [=, this](const Principal& caller) -> absl::Status {
                  if (request->version().empty()) return parts_.shadow.Stop(caller.user);
                  return parts_.shadow.Start(storage::BundleVersion(request->version()),
                                             absl::StrCat("by ", caller.user));
                }, request);
}

Unary* BundleService::GetShadowReport(Context* context, const v1::GetShadowReportRequest*,
                                      v1::GetShadowReportResponse* response) {
  return Handle(parts_.rpc, context, "BundleService/GetShadowReport",
                [=, this](const Principal&) -> absl::Status {
                  const ShadowReport report = parts_.shadow.report();
                  response->set_version(report.version.value());
                  if (!report.version.empty())
                    response->mutable_start_time()->set_seconds(absl::ToUnixSeconds(report.since));
                  response->set_turns(report.turns);
                  response->set_turns_changed(report.changed);
                  response->set_turns_skipped(report.skipped);
                  for (const DiffRow& row : report.rows)
                    server::ToWire(row, report.result, *response->add_rows());
                  return absl::OkStatus();
                });
}

Unary* BundleService::CanaryBundle(Context* context, const v1::CanaryBundleRequest* request,
                                   v1::CanaryBundleResponse*) {
  return Handle(parts_.rpc, context, "BundleService/CanaryBundle",
                [=, this](const Principal& caller) -> absl::Status {
                  if (request->version().empty())
                    return parts_.canary.Stop(caller.user, absl::Now());
                  return parts_.canary.Start(storage::BundleVersion(request->version()),
                                             request->percent(), absl::StrCat("by ", caller.user),
                                             absl::Now());
                }, request);
}

Unary* BundleService::GetCanary(Context* context, const v1::GetCanaryRequest*,
                                v1::GetCanaryResponse* response) {
  return Handle(parts_.rpc, context, "BundleService/GetCanary",
                [=, this](const Principal&) -> absl::Status {
                  const CanaryState state = parts_.canary.state();
                  const auto fill = [](const storage::BundleVersion& version, const ArmTally& tally,
                                       v1::CanaryArm& arm) {
                    arm.set_version(version.value());
                    arm.set_conversations(tally.conversations);
                    arm.set_escalated(tally.escalated);
                    arm.set_negative(tally.negative);
                  };
                  response->set_state(state.state);
                  response->set_percent(state.percent);
                  if (state.since_ms > 0)
                    response->mutable_start_time()->set_seconds(state.since_ms / 1000);
                  fill(state.champion, state.champion_tally, *response->mutable_champion());
                  fill(state.challenger, state.challenger_tally, *response->mutable_challenger());
                  response->set_evidence_worse(state.evidence_worse);
                  response->set_evidence_better(state.evidence_better);
                  response->set_reason(state.reason);
                  return absl::OkStatus();
                });
}

Unary* BundleService::CompareBundles(Context* context, const v1::CompareBundlesRequest* request,
                                     v1::CompareBundlesResponse* response) {
  return Handle(
      parts_.rpc, context, "BundleService/CompareBundles",
      [=, this](const Principal&) -> absl::Status {
        const auto measure = [&](const std::string& version, const char* field)
            -> absl::StatusOr<std::vector<Outcome>> {
          if (const auto known = parts_.store.GetVersion(storage::BundleVersion(version));
              !known.ok())
            return InvalidField(field, "is a version that ListBundles returns");
          OutcomeScope scope;
          if (request->has_start_time()) scope.from_ms = request->start_time().seconds() * 1000;
          if (request->has_end_time()) scope.until_ms = request->end_time().seconds() * 1000;
          scope.bundle_version = version;
          const auto reading = parts_.outcomes.Read(scope);
          if (!reading.ok()) return reading.status();
          return MeasureOutcomes((*reading)->judged);
        };
        const auto champion = measure(request->champion(), "champion");
        if (!champion.ok()) return champion.status();
        const auto challenger = measure(request->challenger(), "challenger");
        if (!challenger.ok()) return challenger.status();
        for (const Outcome& a : *champion) {
          for (const Outcome& b : *challenger) {
            if (a.unit != "share" || a.name != b.name) continue;
            const Interval interval = NewcombeInterval(a.count, a.base, b.count, b.base);
            v1::BundleComparison& wire = *response->add_comparisons();
            wire.set_figure(a.name);
            wire.set_champion(a.value);
            wire.set_champion_base(a.base);
            wire.set_challenger(b.value);
            wire.set_challenger_base(b.base);
            wire.set_difference(b.value - a.value);
            wire.set_low(interval.low);
            wire.set_high(interval.high);
          }
        }
        return absl::OkStatus();
      });
}

}  // namespace frontdesk::server
