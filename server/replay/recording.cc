#include "server/replay/recording.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "storage/digest.h"
#include "storage/files/replace_file.h"

namespace frontdesk::server {
namespace {

constexpr int kFormat = 2;
constexpr int kBatch = 1000;
constexpr char kContentFolder[] = "content";

absl::Status DecodeInto(Recording& recording, const std::string& kind, const std::string& body,
                        const std::string& place) {
  absl::StatusOr<dialog::Event> event = dialog::DecodeEvent(kind, body);
  if (!event.ok()) return absl::DataLossError(absl::StrCat(place, ": ", event.status().message()));
  if (const auto* started = std::get_if<dialog::ConversationStarted>(&*event)) {
    recording.began_ms = started->now_ms;
    recording.revisions.push_back(started->knowledge_revision);
  }
  if (const auto* retrieved = std::get_if<dialog::Retrieved>(&*event)) {
    auto& used = recording.revisions;
    if (std::find(used.begin(), used.end(), retrieved->revision) == used.end())
      used.push_back(retrieved->revision);
  }
  recording.events.push_back(*std::move(event));
  return absl::OkStatus();
}

nlohmann::json DocumentsJson(const Recording& recording) {
  nlohmann::json json = nlohmann::json::object();
  for (const auto& [revision, documents] : recording.documents) {
    nlohmann::json& of = json[revision] = nlohmann::json::object();
    if (documents == nullptr) continue;
    for (const auto& [id, record] : *documents) {
      of[id] = {{"sha256", storage::ToHex(record.digest)},
                {"title", record.title},
                {"format", record.format},
                {"url", record.url},
                {"language", record.language}};
    }
  }
  return json;
}

absl::StatusOr<std::shared_ptr<const RevisionDocuments>> DocumentsFrom(const nlohmann::json& json) {
  auto documents = std::make_shared<RevisionDocuments>();
  for (const auto& [id, of] : json.items()) {
    storage::DocumentRecord record;
    record.id = id;
    record.title = of.at("title").get<std::string>();
    record.format = of.at("format").get<std::string>();
    record.url = of.at("url").get<std::string>();
    record.language = of.at("language").get<std::string>();
    const auto digest = storage::DigestFromHex(of.at("sha256").get<std::string>());
    if (!digest.ok()) return digest.status();
    record.digest = *digest;
    (*documents)[id] = std::move(record);
  }
  return documents;
}

absl::Status ReadHead(const nlohmann::json& json, const std::string& place, Recording& recording) {
  if (json.at("frontdesk_recording").get<int>() != kFormat)
    return absl::InvalidArgumentError(
        absl::StrCat(place, ": is of another format; export it again"));
  recording.name = json.at("conversation").get<std::string>();
  recording.version = storage::BundleVersion(json.at("bundle_version").get<std::string>());
  recording.manifest =
      std::make_shared<const dialog::Manifest>(json.at("manifest").get<dialog::Manifest>());
  for (const auto& [revision, of] : json.at("documents").items()) {
    auto documents = DocumentsFrom(of);
    if (!documents.ok())
      return absl::DataLossError(absl::StrCat(place, ": ", documents.status().message()));
    recording.documents[revision] = *std::move(documents);
  }
  return absl::OkStatus();
}

// An export can be made again, so it is not flushed.
constexpr storage::ReplaceOptions kExported = {.flush = storage::Flush::kNo};

absl::Status KeepContent(const Recording& recording, const std::filesystem::path& folder,
                         const std::string& digest) {
  std::error_code error;
  if (std::filesystem::exists(folder / digest, error)) return absl::OkStatus();
  const absl::StatusOr<std::string> bytes = recording.content(digest);
  if (absl::IsNotFound(bytes.status())) return absl::OkStatus();  // not kept: replay says so
  if (!bytes.ok()) return bytes.status();
  return storage::ReplaceFile(folder / digest, {*bytes}, kExported);
}

}  // namespace

std::shared_ptr<const dialog::Manifest> RecordingReader::ManifestOf(
    const storage::BundleVersion& version) {
  std::lock_guard lock(mutex_);
  auto& known = manifests_[version.value()];
  if (known == nullptr) {
    const auto record = store_.GetVersion(version);
    const auto manifest = record.ok() ? dialog::ManifestFromJson(record->manifest)
                                      : absl::StatusOr<dialog::Manifest>(record.status());
    known = std::make_shared<const dialog::Manifest>(manifest.ok() ? *manifest
                                                                   : dialog::Manifest());
  }
  return known;
}

std::shared_ptr<const RevisionDocuments> RecordingReader::DocumentsOf(const std::string& revision) {
  std::lock_guard lock(mutex_);
  auto& known = documents_[revision];
  if (known == nullptr) {
    auto documents = std::make_shared<RevisionDocuments>();
    if (auto records = store_.ListDocumentsAt(storage::KnowledgeRevision(revision));
        records.ok()) {
      for (storage::DocumentRecord& record : *records) {
        record.bytes.clear();
        (*documents)[record.id] = std::move(record);
      }
    }
    known = std::move(documents);
  }
  return known;
}

absl::StatusOr<Recording> RecordingReader::Read(const storage::ConversationId& id) {
  const absl::StatusOr<storage::Conversation> row = store_.GetConversation(id);
  if (!row.ok()) return row.status();
  Recording recording;
  recording.name = id.value();
  recording.began_ms = row->created_ms;
  recording.version = row->bundle_version;
  recording.erased = row->erased;
  if (recording.erased) return recording;
  for (int64_t after = 0;;) {
    const auto batch = store_.Read(id, after, kBatch);
    if (!batch.ok()) return batch.status();
    for (const storage::StoredEvent& stored : *batch) {
      after = stored.sequence;
      const std::string place =
          absl::StrCat("conversation ", id.value(), " event ", stored.sequence);
      if (absl::Status decoded = DecodeInto(recording, stored.kind, stored.body, place);
          !decoded.ok())
        return decoded;
    }
    if (batch->size() < static_cast<size_t>(kBatch)) break;
  }
  recording.manifest = ManifestOf(recording.version);
  for (const std::string& revision : recording.revisions)
    recording.documents[revision] = DocumentsOf(revision);
  recording.content = [&store = store_](const std::string& hex) -> absl::StatusOr<std::string> {
    const auto digest = storage::DigestFromHex(hex);
    if (!digest.ok()) return digest.status();
    return store.GetBlob(*digest);
  };
  return recording;
}

absl::StatusOr<Recording> RecordingReader::ReadVerified(const storage::ConversationId& id) {
  const auto chain = store_.VerifyChain(id);
  if (!chain.ok()) return chain.status();
  if (!chain->intact) {
    return absl::DataLossError(
        absl::StrCat("event ", chain->first_bad_sequence, ": ", chain->reason));
  }
  return Read(id);
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
        if (absl::Status head = ReadHead(json, place, recording); !head.ok()) return head;
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
  const std::filesystem::path folder = std::filesystem::path(path).parent_path() / kContentFolder;
  std::error_code error;
  if (std::filesystem::is_directory(folder, error)) {
    recording.content = [folder](const std::string& digest) -> absl::StatusOr<std::string> {
      // A digest is 64 hexadecimal digits: no path gets in here.
      if (!storage::DigestFromHex(digest).ok())
        return absl::InvalidArgumentError("not a SHA-256 in hexadecimal");
      std::ifstream kept(folder / digest, std::ios::binary);
      std::ostringstream bytes;
      bytes << kept.rdbuf();
      if (!kept) return absl::NotFoundError((folder / digest).string() + ": is not there");
      if (storage::ToHex(storage::Sha256(bytes.str())) != digest)
        return absl::DataLossError((folder / digest).string() + ": was changed");
      return std::move(bytes).str();
    };
  }
  return recording;
}

absl::Status WriteRecordingFile(const Recording& recording, const std::string& path) {
  std::error_code error;
  if (std::filesystem::exists(path, error))
    return absl::AlreadyExistsError(absl::StrCat(path, ": is there already"));
  std::ostringstream text;
  text << nlohmann::json({{"frontdesk_recording", kFormat},
                          {"conversation", recording.name},
                          {"bundle_version", recording.version.value()},
                          {"manifest", *recording.manifest},
                          {"documents", DocumentsJson(recording)}})
              .dump()
       << "\n";
  for (const dialog::Event& event : recording.events) {
    const dialog::EncodedEvent encoded = dialog::EncodeEvent(event);
    text << nlohmann::json({{"kind", encoded.kind}, {"body", encoded.body}}).dump() << "\n";
  }
  if (recording.content) {
    const std::filesystem::path folder = std::filesystem::path(path).parent_path() / kContentFolder;
    std::filesystem::create_directories(folder, error);
    for (const auto& [name, digest] : *recording.manifest) {
      if (absl::StrContains(name, ':') || name == "numerics") continue;  // not a file
      if (absl::Status kept = KeepContent(recording, folder, digest); !kept.ok()) return kept;
    }
    for (const auto& [revision, documents] : recording.documents) {
      for (const auto& [id, record] : *documents) {
        if (absl::Status kept = KeepContent(recording, folder, storage::ToHex(record.digest));
            !kept.ok())
          return kept;
      }
    }
  }
  return storage::ReplaceFile(path, {text.str()}, kExported);
}

}  // namespace frontdesk::server
