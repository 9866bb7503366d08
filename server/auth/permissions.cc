#include "server/auth/permissions.h"

#include <algorithm>
#include <array>
#include <string>

#include "absl/strings/str_cat.h"
#include "server/auth/user_token.h"

namespace frontdesk::server {
namespace {

constexpr unsigned Bit(CallerRole role) { return 1u << static_cast<int>(role); }
constexpr unsigned kNobody = Bit(CallerRole::kNobody);
constexpr unsigned kCustomer = Bit(CallerRole::kCustomer);
constexpr unsigned kAgent = Bit(CallerRole::kAgent);
constexpr unsigned kSupervisor = Bit(CallerRole::kSupervisor);
constexpr unsigned kAdmin = Bit(CallerRole::kAdmin);
constexpr unsigned kAuditor = Bit(CallerRole::kAuditor);
constexpr unsigned kService = Bit(CallerRole::kService);
constexpr unsigned kStaff = kAgent | kSupervisor;
constexpr unsigned kEverybody =
    kNobody | kCustomer | kAgent | kSupervisor | kAdmin | kAuditor | kService;

constexpr bool kAudited = true;

constexpr std::array kTable = {
    // Anybody may begin a conversation; only its token opens it afterwards.
    Permission{"ChatService/GetAssistant", kEverybody},
    Permission{"ChatService/CreateConversation", kEverybody},
    Permission{"ChatService/GetConversation", kCustomer},
    Permission{"ChatService/SendMessage", kCustomer},
    Permission{"ChatService/Subscribe", kCustomer},
    Permission{"ChatService/Converse", kCustomer},
    Permission{"ChatService/GetPassage", kCustomer},
    Permission{"ChatService/SubmitFeedback", kCustomer},
    Permission{"ChatService/UpdateConsent", kCustomer},
    Permission{"ChatService/EndConversation", kCustomer},

    Permission{"AgentConsoleService/SetPresence", kStaff},
    Permission{"AgentConsoleService/WatchQueue", kStaff},
    Permission{"AgentConsoleService/Claim", kStaff},
    Permission{"AgentConsoleService/Reply", kStaff},
    Permission{"AgentConsoleService/Whisper", kStaff},
    Permission{"AgentConsoleService/SuggestReplies", kStaff},
    Permission{"AgentConsoleService/RevealValue", kStaff},
    Permission{"AgentConsoleService/ListTools", kStaff},
    Permission{"AgentConsoleService/ListCannedReplies", kStaff},
    Permission{"AgentConsoleService/RunTool", kStaff},
    Permission{"AgentConsoleService/GetCustomer", kStaff},
    Permission{"AgentConsoleService/AddTag", kStaff},
    Permission{"AgentConsoleService/ReturnToAssistant", kStaff},
    Permission{"AgentConsoleService/Resolve", kStaff},
    Permission{"AgentConsoleService/WatchTranscript", kStaff},
    Permission{"AgentConsoleService/GetTranscript", kStaff | kAuditor},
    Permission{"AgentConsoleService/Transfer", kStaff},

    Permission{"KnowledgeService/UpsertDocument", kAdmin | kService, kAudited},
    Permission{"KnowledgeService/DeleteDocument", kAdmin | kService, kAudited},
    Permission{"KnowledgeService/ListDocuments", kStaff | kAdmin | kService},
    Permission{"KnowledgeService/Search", kStaff | kAdmin | kService},

    Permission{"BundleService/ListBundles", kSupervisor | kAdmin | kAuditor},
    Permission{"BundleService/CheckBundle", kAdmin},
    Permission{"BundleService/UploadBundle", kAdmin, kAudited},
    Permission{"BundleService/ActivateBundle", kAdmin, kAudited},
    Permission{"BundleService/ShadowBundle", kAdmin, kAudited},
    Permission{"BundleService/CanaryBundle", kAdmin, kAudited},
    Permission{"BundleService/RollbackBundle", kAdmin, kAudited},
    Permission{"BundleService/GetShadowReport", kSupervisor | kAdmin},
    Permission{"BundleService/GetCanary", kSupervisor | kAdmin},
    Permission{"BundleService/CompareBundles", kSupervisor | kAdmin},

    Permission{"ReplayService/Replay", kAdmin},

    Permission{"InsightService/GetOutcomes", kSupervisor | kAdmin | kAuditor},
    Permission{"InsightService/ListConversations", kSupervisor | kAdmin | kAuditor},

    Permission{"QualityService/GetScoreCard", kSupervisor | kAdmin | kAuditor},
    Permission{"QualityService/ListSample", kSupervisor},
    Permission{"QualityService/SubmitReview", kSupervisor},
    Permission{"QualityService/GetQuality", kSupervisor | kAdmin | kAuditor},
    Permission{"QualityService/ExportTranscripts", kAdmin, kAudited},

    Permission{"PrivacyService/ExportCustomer", kAdmin},
    Permission{"PrivacyService/EraseCustomer", kAdmin},
    Permission{"PrivacyService/ListConsents", kAdmin | kAuditor},

    Permission{"AuditService/ListEvents", kAuditor},
    Permission{"AuditService/VerifyChain", kAdmin | kAuditor},
    Permission{"AuditService/ExplainTurn", kSupervisor | kAuditor},
};

}  // namespace

std::span<const Permission> Permissions() { return kTable; }

bool IsAudited(std::string_view method) {
  const auto row = std::find_if(kTable.begin(), kTable.end(),
                                [method](const Permission& p) { return p.method == method; });
  return row != kTable.end() && row->audited;
}

absl::Status MayCall(const Principal& principal, std::string_view method) {
  const auto row = std::find_if(kTable.begin(), kTable.end(),
                                [method](const Permission& p) { return p.method == method; });
  if (row != kTable.end() && (row->roles & Bit(principal.role)) != 0) return absl::OkStatus();
  const std::string name(method);
  if (principal.role == CallerRole::kNobody) {
    return absl::UnauthenticatedError(
        absl::StrCat(name, " needs a token in the authorization metadata: \"Bearer TOKEN\""));
  }
  return absl::PermissionDeniedError(
      absl::StrCat(name, " is not for the role ", std::string(Name(principal.role))));
}

}  // namespace frontdesk::server
