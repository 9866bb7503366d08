// `frontdesk export`: conversations of a store as recordings, or as .chat tests.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>

#include "absl/strings/str_cat.h"
#include "dialog/consents.h"
#include "dialog/transcript/from_recording.h"
#include "server/commands/commands.h"
#include "server/replay/run.h"
#include "tools/crm/generate/generate.h"

namespace frontdesk::server {
namespace {

struct Options {
  PlaceOptions place;
  std::string folder, conversation;
  bool chat = false;
  bool training = false;
};

// Made-up values for vault tokens. An address that proved an order of the demo shop becomes
// that order's, so that the test proves it again.
class MadeUp {
 public:
  static absl::StatusOr<MadeUp> Make() {
    auto crm = tools::DemoCrm::OpenInMemory();
    if (!crm.ok()) return crm.status();
    if (absl::Status made = tools::GenerateDemoCrm(**crm, {}); !made.ok()) return made;
    return MadeUp(*std::move(crm));
  }
  std::string operator()(std::string_view token, std::string_view order) const {
    if (!order.empty()) {
      tools::Rows rows = crm_->database().Query(
          "SELECT c.email AS email FROM orders o JOIN customers c ON c.id = o.customer_id"
          " WHERE o.id = ?",
          order);
      if (rows.Next() && !rows.Text("email").empty()) return rows.Text("email");
    }
    const std::string number(token.substr(token.rfind('_') + 1, token.size() - token.rfind('_') - 2));
    if (token.substr(0, 6) == "<EMAIL") return absl::StrCat("person", number, "@post.example");
    if (token.substr(0, 6) == "<PHONE") return absl::StrCat("+353 20 915 01", 10 + number.size());
    if (token.substr(0, 7) == "<PERSON") return "Robin Hale";
    return absl::StrCat("made-up ", number);
  }

 private:
  explicit MadeUp(std::unique_ptr<tools::DemoCrm> crm) : crm_(std::move(crm)) {}
  std::shared_ptr<tools::DemoCrm> crm_;
};

absl::Status WriteChat(const Recording& recording, const std::string& file, const MadeUp& made_up) {
  std::error_code error;
  if (std::filesystem::exists(file, error))
    return absl::AlreadyExistsError(absl::StrCat(file, ": is there already"));
  std::ofstream out(file, std::ios::binary);
  out << dialog::TranscriptOf("recorded; say here what it must go on doing", recording.events,
                              made_up);
  out.close();
  return out ? absl::OkStatus() : absl::PermissionDeniedError(file + ": cannot be written");
}

int RunExport(const Options& options) {
  storage::StoreOptions at;
  at.path = options.place.data + "/frontdesk.db";
  at.key_file = options.place.key_file;
  at.read_only = true;
  const auto store = storage::Store::Open(at);
  if (!store.ok()) return Report("export", store.status());
  const auto made_up = MadeUp::Make();
  if (!made_up.ok()) return Report("export", made_up.status());
  std::error_code error;
  std::filesystem::create_directories(options.folder, error);
  RecordingReader reader(**store);
  const auto entries = EntriesOf(**store, reader, std::numeric_limits<int64_t>::min(),
                                 std::numeric_limits<int64_t>::max(), /*verified=*/false);
  if (!entries.ok()) return Report("export", entries.status());
  int64_t written = 0;
  for (const ArchiveEntry& entry : *entries) {
    if (!options.conversation.empty() && entry.name != options.conversation) continue;
    if (options.training) {
      const auto row = (*store)->GetConversation(storage::ConversationId(entry.name));
      if (!row.ok()) return Report("export", row.status());
      const auto consented = dialog::Consented(**store, *row, "training");
      if (!consented.ok()) return Report("export", consented.status());
      if (!*consented) continue;
    }
    const auto recording = entry.read();
    if (!recording.ok()) return Report("export", recording.status());
    if (recording->erased) continue;
    const std::string file =
        absl::StrCat(options.folder, "/", entry.name, options.chat ? ".chat" : ".jsonl");
    const absl::Status put = options.chat ? WriteChat(*recording, file, *made_up)
                                          : WriteRecordingFile(*recording, file);
    if (!put.ok()) return Report("export", put);
    ++written;
  }
  if (written == 0 && !options.conversation.empty()) {
    return Report("export", absl::NotFoundError(absl::StrCat(
                                options.conversation, ": no such conversation, or it was erased")));
  }
  std::printf("%lld %s in %s; they are redacted but not encrypted\n",
              static_cast<long long>(written), options.chat ? "transcripts" : "recordings",
              options.folder.c_str());
  return 0;
}

}  // namespace

void AddExport(CLI::App& program, int& exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      program.add_subcommand("export", "Write conversations as recordings or as .chat tests");
  AddPlaceFlags(*command, options->place, /*assistant=*/false);
  command->add_option("FOLDER", options->folder, "Where to")->required();
  command->add_option("--conversation", options->conversation, "Only this one");
  command->add_flag("--chat", options->chat,
                    "As .chat tests, values behind tokens made up; review them");
  command->add_flag("--training", options->training,
                    "Only conversations of people who consent to training, as the ledger stands now");
  command->callback([options, &exit_code] { exit_code = RunExport(*options); });
}

}  // namespace frontdesk::server
