#include "dialog/transcript/run_transcript.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "dialog/conversation.h"
#include "dialog/effects/live_effects.h"
#include "dialog/run_turn.h"
#include "dialog/transcript/faulty_adapter.h"
#include "dialog/transcript/from_recording.h"
#include "llm/scripted_model.h"
#include "storage/store.h"

namespace frontdesk::dialog {
namespace {

constexpr char kAgent[] = "agent-1";
constexpr char kDefaultClock[] = "2026-11-20T10:00:00+00:00";

// A folder that is gone when the transcript is over.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "frontdesk-chat-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data()) == nullptr ? "" : pattern;
  }
  ~ScratchFolder() {
    std::error_code error;
    if (!path_.empty()) std::filesystem::remove_all(path_, error);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// One transcript's world.
class Run {
 public:
  Run(const Transcript& transcript, const TranscriptStage& stage)
      : transcript_(transcript), stage_(stage) {}

  TranscriptRun Go() {
    TranscriptRun run;
    if (absl::Status ready = SetUp(); !ready.ok()) {
      run.diff = absl::StrCat(transcript_.file, ": ", std::string(ready.message()), "\n");
      run.rewritten = Text(transcript_.lines);
      return run;
    }
    std::vector<std::string> expected, pending;
    bool opened = false;
    int place = 1;
    const auto compare = [&] {
      if (expected != actual_) {
        absl::StrAppend(&run.diff, transcript_.file, ":", place, "\n");
        AppendDiff(expected, actual_, run.diff);
      }
      for (const std::string& line : actual_) absl::StrAppend(&run.rewritten, line, "\n");
      expected.clear();
      actual_.clear();
    };
    for (const TranscriptLine& line : transcript_.lines) {
      if (line.verb.empty() || line.input) {
        // The conversation opens with the first thing that needs one, after the settings above it.
        const bool setting = line.verb.empty() || line.verb == "clock" || line.verb == "crm" ||
                             line.verb == "agents" || line.verb == "language" ||
                             line.verb == "customer" || line.verb == "model" || line.verb == "tool";
        absl::Status done = absl::OkStatus();
        if (!setting && !std::exchange(opened, true)) done = Open();
        compare();
        absl::StrAppend(&run.rewritten, ToText(line), "\n");
        if (line.verb.empty()) continue;
        place = line.number;
        if (done.ok()) done = Happen(line);
        if (!done.ok()) {
          absl::StrAppend(&run.diff, transcript_.file, ":", line.number, ": ",
                          std::string(done.message()), "\n");
          run.passed = false;
          return run;
        }
      } else {
        expected.push_back(ToText(line));
      }
    }
    compare();
    if (model_->remaining() > 0) {
      absl::StrAppend(&run.diff, transcript_.file, ": ", model_->remaining(),
                      " model lines were never asked for\n");
    }
    run.passed = run.diff.empty();
    return run;
  }

 private:
  static std::string Text(const std::vector<TranscriptLine>& lines) {
    std::string text;
    for (const TranscriptLine& line : lines) absl::StrAppend(&text, ToText(line), "\n");
    return text;
  }

  static void AppendDiff(const std::vector<std::string>& expected,
                         const std::vector<std::string>& actual, std::string& diff) {
    size_t same = 0;
    while (same < expected.size() && same < actual.size() && expected[same] == actual[same]) ++same;
    for (size_t i = 0; i < same; ++i) absl::StrAppend(&diff, "   ", expected[i], "\n");
    for (size_t i = same; i < expected.size(); ++i)
      absl::StrAppend(&diff, "  -", expected[i], "\n");
    for (size_t i = same; i < actual.size(); ++i) absl::StrAppend(&diff, "  +", actual[i], "\n");
  }

  absl::Status SetUp() {
    if (scratch_.path().empty()) return absl::UnavailableError("no scratch folder could be made");
    absl::StatusOr<std::unique_ptr<storage::Store>> store =
        storage::Store::Open({.path = scratch_.path() + "/store.db"});
    if (!store.ok()) return store.status();
    store_ = *std::move(store);
    absl::StatusOr<std::unique_ptr<tools::DemoCrm>> crm = stage_.crm.Copy();
    if (!crm.ok()) return crm.status();
    crm_ = crm->get();
    adapter_ = std::make_shared<FaultyAdapter>(*std::move(crm));
    // Retries wait for nobody here.
    registry_ = std::make_unique<tools::Registry>(
        stage_.bundle.tools,
        tools::Clock{.now = [] { return absl::Now(); }, .sleep = [](absl::Duration) {}});
    for (const tools::AdapterSpec& spec : registry_->catalogue().adapters) {
      if (absl::Status bound = registry_->Bind(spec.name, adapter_); !bound.ok()) return bound;
    }
    model_ = std::make_unique<llm::ScriptedModel>();
    verifier_ = std::make_unique<tools::OrderVerifier>(
        [this](const std::vector<tools::AttemptName>& names, absl::Duration window,
               absl::Time now) {
          std::vector<storage::Store::AttemptName> kept;
          for (const tools::AttemptName& name : names) kept.push_back({name.scope, name.key});
          return store_->CountAttempts(kept, absl::ToInt64Milliseconds(window),
                                       absl::ToUnixMillis(now));
        },
        [this](std::string_view order, absl::Time now) { return FindOwner(order, now); },
        "secret of a transcript");
    parts_.emplace(LiveParts{.store = *store_,
                             .registry = *registry_,
                             .redactor = redactor_,
                             .verifier = *verifier_,
                             .knowledge = stage_.knowledge,
                             .embed = stage_.embed,
                             .features = stage_.features,
                             .agents_on_duty = [this](std::string_view) { return agents_; },
                             .clock = [this] { return now_; }});
    std::string error;
    if (!absl::ParseTime(absl::RFC3339_full, kDefaultClock, &now_, &error))
      return absl::InternalError(error);
    return absl::OkStatus();
  }

  absl::StatusOr<std::optional<tools::OrderOwner>> FindOwner(std::string_view order,
                                                             absl::Time now) {
    tools::ToolCall call{.tool = "customers.find_by_order",
                         .arguments = {{"order_id", std::string(order)}},
                         .now = now};
    call.principal.role = tools::Role::kSystem;
    const tools::ToolResult result = registry_->Call(call, absl::Now() + absl::Seconds(5));
    if (!result.ok()) return std::optional<tools::OrderOwner>();
    return std::optional(
        tools::OrderOwner{result.value.value("customer_id", ""), result.value.value("email", "")});
  }

  absl::Status Open() {
    id_ = storage::ConversationId(
        absl::StrCat("chat-", std::filesystem::path(transcript_.file).stem().string()));
    storage::NewConversation row{.id = id_,
                                 .bundle_version = storage::BundleVersion("transcript"),
                                 .knowledge_revision = stage_.knowledge.snapshot()->revision()};
    row.created_ms = absl::ToUnixMillis(now_);
    if (!customer_.empty()) row.customer = storage::CustomerId(customer_);
    if (auto created = store_->CreateConversation(std::move(row)); !created.ok())
      return created.status();
    return Act("", [&](Conversation& conversation, const TurnParts& parts, Effects& effects) {
      OpenInput open{.channel = "chat", .language = language_, .customer = customer_};
      open.signed_identity = !customer_.empty();
      open.numerics_version = "scripted";
      return OpenConversation(conversation, open, parts, effects);
    });
  }

  // Runs one act on the conversation and collects what it did.
  template <class Body>
  absl::Status Act(const std::string& request_id, Body body) {
    const absl::StatusOr<storage::Conversation> row = store_->GetConversation(id_);
    if (!row.ok()) return row.status();
    Conversation conversation{.id = id_};
    if (row->last_sequence > 0) {
      absl::StatusOr<Conversation> loaded = LoadConversation(*store_, id_);
      if (!loaded.ok()) return loaded.status();
      conversation = *std::move(loaded);
    }
    parts_->model = model_->remaining() > 0 ? model_.get() : nullptr;
    LiveEffects effects(id_, row->epoch, *parts_,
                        {.request_id = request_id, .request_body = request_id});
    const TurnParts parts{.bundle = stage_.bundle, .understander = stage_.understander};
    const absl::Status status = body(conversation, parts, effects);
    const absl::StatusOr<std::vector<Event>> events = ReadEvents(*store_, id_);
    if (!events.ok()) return events.status();
    for (; seen_ < events->size(); ++seen_) {
      for (std::string& line : TranscriptLines((*events)[seen_])) actual_.push_back(std::move(line));
    }
    return status;
  }

  absl::Status SetClock(const std::string& text) {
    if (!text.empty() && text[0] == '+') {
      absl::Duration step;
      if (!absl::ParseDuration(text.substr(1), &step))
        return absl::InvalidArgumentError("clock +DURATION, such as +15m");
      now_ += step;
      return absl::OkStatus();
    }
    std::string error;
    for (const char* format : {"%Y-%m-%dT%H:%MZ", "%Y-%m-%dT%H:%M:%SZ"}) {
      if (absl::ParseTime(format, text, absl::UTCTimeZone(), &now_, &error))
        return absl::OkStatus();
    }
    return absl::InvalidArgumentError("clock takes a time such as 2026-11-20T10:00Z, or +15m");
  }

  absl::Status LoadFixture(const std::string& name) {
    const std::filesystem::path path = std::filesystem::path(transcript_.file).parent_path() / name;
    std::ifstream file(path);
    if (!file) return absl::NotFoundError(absl::StrCat(path.string(), ": no such fixture"));
    std::ostringstream sql;
    sql << file.rdbuf();
    return crm_->Execute(sql.str());
  }

  absl::Status BreakTool(const std::string& rest) {
    const std::vector<std::string> words = absl::StrSplit(rest, ' ');
    const auto outcome = words.size() == 3 ? tools::ParseOutcome(words[2]) : std::nullopt;
    if (!outcome)
      return absl::InvalidArgumentError(
          "tool NAME fails OUTCOME, such as timeout, unavailable or ok to heal");
    adapter_->Fail(words[0], *outcome);
    return absl::OkStatus();
  }

  absl::Status Human(const std::string& rest) {
    const std::pair<std::string, std::string> words = absl::StrSplit(rest, absl::MaxSplits(' ', 1));
    HumanAction action;
    if (words.first == "claim") {
      action =
          Claim{.agent = kAgent, .lease_until_ms = absl::ToUnixMillis(now_ + absl::Minutes(15))};
    } else if (words.first == "reply") {
      action = Reply{.agent = kAgent, .text = words.second};
    } else if (words.first == "note") {
      action = Whisper{.agent = kAgent, .text = words.second};
    } else if (words.first == "return") {
      action = Return{.agent = kAgent, .note = words.second};
    } else if (words.first == "vanish") {
      action = Lose{.agent = kAgent};
    } else if (words.first == "resolve") {
      action =
          Resolve{.agent = kAgent, .resolution = words.second.empty() ? "solved" : words.second};
    } else {
      return absl::InvalidArgumentError(
          "agent claim|reply TEXT|note TEXT|return [NOTE]|vanish|resolve [OUTCOME]");
    }
    return Act("", [&](Conversation& conversation, const TurnParts& parts, Effects& effects) {
      return RunHumanAction(conversation, action, parts, effects);
    });
  }

  absl::Status Happen(const TranscriptLine& line) {
    if (line.verb == "clock") return SetClock(line.rest);
    if (line.verb == "crm") return LoadFixture(line.rest);
    if (line.verb == "tool") return BreakTool(line.rest);
    if (line.verb == "agent") return Human(line.rest);
    if (line.verb == "agents") {
      return absl::SimpleAtoi(line.rest, &agents_) ? absl::OkStatus()
                                                   : absl::InvalidArgumentError("agents N");
    }
    if (line.verb == "language") return language_ = line.rest, absl::OkStatus();
    if (line.verb == "customer") return customer_ = line.rest, absl::OkStatus();
    if (line.verb == "model") return model_->Push(line.rest), absl::OkStatus();
    if (line.verb == "consent") {
      return Act("", [&](Conversation&, const TurnParts&, Effects& effects) {
        const ConsentChanged granted{.purpose = line.rest,
                                     .granted = true,
                                     .source = "web_form",
                                     .text_version = "1",
                                     .now_ms = absl::ToUnixMillis(now_)};
        return effects.Commit(
            {.events = {EncodeEvent(granted)}, .now_ms = absl::ToUnixMillis(now_)});
      });
    }
    if (line.verb == "idle") {
      return Act("", [](Conversation& conversation, const TurnParts& parts, Effects& effects) {
        return RunIdle(conversation, parts, effects);
      });
    }
    const std::string request_id = absl::StrCat("r-", line.number);
    return Act(request_id, [&](Conversation& conversation, const TurnParts& parts,
                               Effects& effects) {
      return RunTurn(conversation, {.text = line.rest, .request_id = request_id, .arrived = now_},
                     parts, effects);
    });
  }

  const Transcript& transcript_;
  const TranscriptStage& stage_;
  const ScratchFolder scratch_;
  const tools::Redactor redactor_{};
  std::unique_ptr<storage::Store> store_;
  tools::DemoCrm* crm_ = nullptr;  // owned by adapter_
  std::shared_ptr<FaultyAdapter> adapter_;
  std::unique_ptr<tools::Registry> registry_;
  std::unique_ptr<llm::ScriptedModel> model_;
  std::unique_ptr<tools::OrderVerifier> verifier_;
  std::optional<LiveParts> parts_;
  absl::Time now_;
  int64_t agents_ = 1;
  std::string language_, customer_;
  storage::ConversationId id_{""};
  size_t seen_ = 0;                  // events already shown
  std::vector<std::string> actual_;  // what happened since the last input
};

}  // namespace

TranscriptRun RunTranscript(const Transcript& transcript, const TranscriptStage& stage) {
  return Run(transcript, stage).Go();
}

}  // namespace frontdesk::dialog
