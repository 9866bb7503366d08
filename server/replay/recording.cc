#include "server/replay/recording.h"

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/digest.h"

namespace frontdesk::server {
namespace {

constexpr int kFormat = 1;
constexpr int kBatch = 1000;

std::map<std::string, std::string> DocumentsAt(const storage::Store& store,
                                               const storage::KnowledgeRevision& revision) {
  std::map<std::string, std::string> documents;
  const auto records = store.ListDocumentsAt(revision);
  if (!records.ok()) return documents;
  for (const storage::DocumentRecord& record : *records)
    documents[record.id] = storage::ToHex(record.digest);
  return documents;
}

absl::Status DecodeInto(Recording& recording, const std::string& kind, const std::string& body,
                        const std::string& place) {
  absl::StatusOr<dialog::Event> event = dialog::DecodeEvent(kind, body);
  if (!event.ok()) return absl::DataLossError(absl::StrCat(place, ": ", event.status().message()));
  recording.events.push_back(*std::move(event));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Recording> ReadRecording(const storage::Store& store,
                                        const storage::ConversationId& id) {
  const absl::StatusOr<storage::Conversation> row = store.GetConversation(id);
  if (!row.ok()) return row.status();
  Recording recording;
  recording.name = id.value();
  recording.version = row->bundle_version;
  recording.revision = row->knowledge_revision;
  recording.erased = row->erased;
  if (recording.erased) return recording;
  bool revision_used = false;
  for (int64_t after = 0;;) {
    const auto batch = store.Read(id, after, kBatch);
    if (!batch.ok()) return batch.status();
    if (batch->empty()) break;
    for (const storage::StoredEvent& stored : *batch) {
      after = stored.sequence;
      const std::string place =
          absl::StrCat("conversation ", id.value(), " event ", stored.sequence);
      if (absl::Status decoded = DecodeInto(recording, stored.kind, stored.body, place);
          !decoded.ok())
        return decoded;
      const auto* retrieved = std::get_if<dialog::Retrieved>(&recording.events.back());
      if (retrieved != nullptr && !std::exchange(revision_used, true)) {
        recording.revision = storage::KnowledgeRevision(retrieved->revision);
      }
    }
  }
  if (const auto version = store.GetVersion(recording.version); version.ok()) {
    if (const auto manifest = dialog::ManifestFromJson(version->manifest); manifest.ok()) {
      recording.manifest = *manifest;
    }
  }
  recording.documents = DocumentsAt(store, recording.revision);
  return recording;
}

absl::StatusOr<Recording> ReadRecordingFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat(path, ": no such recording"));
  Recording recording;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    const std::string place = absl::StrCat(path, ":", number);
    const nlohmann::json json = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!json.is_object())
      return absl::DataLossError(absl::StrCat(place, ": is not a JSON object"));
    try {
      if (number == 1) {
        if (json.at("frontdesk_recording").get<int>() != kFormat) {
          return absl::InvalidArgumentError(
              absl::StrCat(place, ": is of another format; export it again"));
        }
        recording.name = json.at("conversation").get<std::string>();
        recording.version = storage::BundleVersion(json.at("bundle_version").get<std::string>());
        recording.revision =
            storage::KnowledgeRevision(json.at("knowledge_revision").get<std::string>());
        recording.manifest = json.at("manifest").get<std::map<std::string, std::string>>();
        recording.documents = json.at("documents").get<std::map<std::string, std::string>>();
        continue;
      }
      const std::string kind = json.at("kind").get<std::string>();
      const absl::Status decoded = DecodeInto(recording, kind, json.at("body").get<std::string>(),
                                              absl::StrCat(place, " (", kind, ")"));
      if (!decoded.ok()) return decoded;
    } catch (const nlohmann::json::exception& error) {
      return absl::DataLossError(absl::StrCat(place, ": ", error.what()));
    }
  }
  if (recording.name.empty())
    return absl::DataLossError(absl::StrCat(path, ": has no head; it is not a recording"));
  return recording;
}

absl::Status WriteRecordingFile(const Recording& recording, const std::string& path) {
  std::error_code error;
  if (std::filesystem::exists(path, error))
    return absl::AlreadyExistsError(absl::StrCat(path, ": is there already"));
  const std::string part = path + ".part";
  std::ofstream file(part, std::ios::binary);
  file << nlohmann::json({{"frontdesk_recording", kFormat},
                          {"conversation", recording.name},
                          {"bundle_version", recording.version.value()},
                          {"knowledge_revision", recording.revision.value()},
                          {"manifest", recording.manifest},
                          {"documents", recording.documents}})
              .dump()
       << "\n";
  for (const dialog::Event& event : recording.events) {
    const dialog::EncodedEvent encoded = dialog::EncodeEvent(event);
    file << nlohmann::json({{"kind", encoded.kind}, {"body", encoded.body}}).dump() << "\n";
  }
  file.close();
  if (file) std::filesystem::rename(part, path, error);
  if (!file || error) {
    std::filesystem::remove(part, error);
    return absl::PermissionDeniedError(
        absl::StrCat(path, ": cannot be written; check the folder and the disk"));
  }
  return absl::OkStatus();
}

}  // namespace frontdesk::server
