#include "server/replay/import.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "dialog/effects/live_effects.h"
#include "dialog/run_turn.h"
#include "text/utf8.h"
#include "tools/pii/redact.h"

namespace frontdesk::server {
namespace {

constexpr char kAgent[] = "imported";
constexpr size_t kMostText = 64 << 10;

struct Message {
  bool customer = false;
  absl::Time time;
  std::string text;
};

struct Transcript {
  std::string id, language;
  std::vector<Message> messages;
};

absl::StatusOr<Transcript> ReadTranscript(const nlohmann::json& json, size_t number) {
  Transcript transcript;
  std::string place = absl::StrCat("conversation ", number);
  try {
    transcript.id = json.at("id").get<std::string>();
    place = absl::StrCat("conversation ", transcript.id);
    transcript.language = json.value("language", "");
    for (const nlohmann::json& one : json.at("messages")) {
      place = absl::StrCat("conversation ", transcript.id, " message ",
                           transcript.messages.size() + 1);
      Message message;
      const std::string from = one.at("from").get<std::string>();
      if (from != "customer" && from != "agent")
        return absl::InvalidArgumentError(absl::StrCat(place, ": from is customer or agent"));
      message.customer = from == "customer";
      std::string error;
      if (!absl::ParseTime(absl::RFC3339_full, one.at("time").get<std::string>(), &message.time,
                           &error))
        return absl::InvalidArgumentError(
            absl::StrCat(place, ": time is such as 2026-03-01T09:00:00Z"));
      if (!transcript.messages.empty() && message.time < transcript.messages.back().time)
        return absl::InvalidArgumentError(absl::StrCat(place, ": its time goes back"));
      message.text = one.at("text").get<std::string>();
      if (message.text.empty() || message.text.size() > kMostText ||
          !text::IsValidUtf8(message.text))
        return absl::InvalidArgumentError(
            absl::StrCat(place, ": text is UTF-8 of 1 byte to 64 KiB"));
      transcript.messages.push_back(std::move(message));
    }
  } catch (const nlohmann::json::exception& error) {
    return absl::InvalidArgumentError(absl::StrCat(place, ": ", error.what()));
  }
  if (transcript.messages.empty())
    return absl::InvalidArgumentError(absl::StrCat(place, ": has no messages"));
  return transcript;
}

// Writes one transcript; the clock is that of its messages.
class Writer {
 public:
  Writer(const SimulationPlace& place, const Models& models, std::shared_ptr<const Assistant> active)
      : place_(place),
        active_(std::move(active)),
        verifier_([](const std::vector<tools::AttemptName>& names, auto, auto) {
                    return absl::StatusOr<std::vector<int64_t>>(std::vector<int64_t>(names.size(), 1));
                  },
                  [](auto, auto) { return absl::StatusOr<std::optional<tools::OrderOwner>>(std::nullopt); },
                  "nobody proves anything here"),
        live_{.store = *place.store,
              .registry = active_->registry,
              .redactor = redactor_,
              .verifier = verifier_,
              .knowledge = place.documents->base(),
              .embed = models.embed,
              .features = models.features,
              .clock = [this] { return now_; }} {}

  absl::Status Write(const Transcript& transcript) {
    conversation_ = {.id = storage::ConversationId(transcript.id)};
    now_ = transcript.messages.front().time;
    storage::NewConversation row{.id = conversation_.id, .bundle_version = active_->version};
    row.knowledge_revision = place_.documents->base().snapshot()->revision();
    row.attributes = R"({"channel":"import"})";
    row.created_ms = absl::ToUnixMillis(now_);
    if (const auto created = place_.store->CreateConversation(row); !created.ok())
      return created.status();
    epoch_ = 1;
    dialog::OpenInput open{.channel = "import", .language = transcript.language};
    open.bundle_version = active_->version.value();
    open.numerics_version = active_->manifest.at("numerics");
    absl::Status status = Act([&](auto& c, const auto& parts, auto& effects) {
      return dialog::OpenConversation(c, open, parts, effects);
    });
    const absl::Time end = transcript.messages.back().time + absl::Minutes(15);
    if (status.ok())
      status = Human(dialog::Claim{.agent = kAgent, .lease_until_ms = absl::ToUnixMillis(end)});
    for (const Message& message : transcript.messages) {
      if (!status.ok()) return status;
      now_ = message.time;
      status = message.customer ? Act([&](auto& c, const auto& parts, auto& effects) {
        return dialog::RunTurn(c, {.text = message.text, .arrived = now_}, parts, effects);
      })
                                : Human(dialog::Reply{.agent = kAgent, .text = message.text});
    }
    return status.ok() ? Human(dialog::Resolve{.agent = kAgent, .resolution = "imported"}) : status;
  }

 private:
  template <class Body>
  absl::Status Act(Body body) {
    dialog::LiveEffects effects(conversation_.id, epoch_, live_, {});
    const dialog::TurnParts parts{.bundle = active_->bundle,
                                  .understander = active_->understander};
    const absl::Status status = body(conversation_, parts, effects);
    epoch_ = effects.epoch();
    return status;
  }
  absl::Status Human(const dialog::HumanAction& action) {
    return Act([&](auto& c, const auto& parts, auto& effects) {
      return dialog::RunHumanAction(c, action, parts, effects);
    });
  }

  const SimulationPlace& place_;
  const std::shared_ptr<const Assistant> active_;
  const tools::Redactor redactor_{};
  const tools::OrderVerifier verifier_;
  absl::Time now_;
  const dialog::LiveParts live_;
  dialog::Conversation conversation_;
  int64_t epoch_ = 1;
};

}  // namespace

absl::StatusOr<ImportReport> ImportTranscripts(std::string_view text, const SimulationPlace& place,
                                               const Models& models) {
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("conversations") || !json["conversations"].is_array())
    return absl::InvalidArgumentError("is no JSON object with a list \"conversations\"");
  ImportReport report;
  Writer writer(place, models, place.versions->Active());
  size_t number = 0;
  for (const nlohmann::json& one : json["conversations"]) {
    const auto transcript = ReadTranscript(one, ++number);
    if (!transcript.ok()) return transcript.status();
    const absl::Status written = writer.Write(*transcript);
    if (absl::IsAlreadyExists(written)) {
      ++report.known;
      continue;
    }
    if (!written.ok())
      return absl::Status(written.code(), absl::StrCat("conversation ", transcript->id, ": ",
                                                       std::string(written.message())));
    ++report.conversations;
    report.messages += static_cast<int64_t>(transcript->messages.size());
  }
  return report;
}

}  // namespace frontdesk::server
