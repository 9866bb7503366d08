// After many conversations with planted personal values, nothing that the server wrote holds one
// of them in plain: database, write-ahead log, keystore, caches and indexes, log, metrics. What the
// model was shown is measured and is what redaction missed, no more.
//
// 40 conversations with 160 values by default, 500 with 2,000 when FRONTDESK_FULL is set.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "dialog/conversation.h"
#include "storage/store.h"
#include "tests/server/demo_server.h"
#include "tests/server/listening_model.h"
#include "tests/server/planted.h"

namespace frontdesk::server {
namespace {

bool Full() { return std::getenv("FRONTDESK_FULL") != nullptr; }

int FreePort() {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(fd);
  return ntohs(address.sin_port);
}

// What a scraper gets: the page with its head.
std::string MetricsPageAt(int port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  EXPECT_EQ(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  const std::string request = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  EXPECT_EQ(::send(fd, request.data(), request.size(), 0), static_cast<ssize_t>(request.size()));
  std::string page;
  char bytes[4096];
  for (ssize_t got; (got = ::recv(fd, bytes, sizeof bytes, 0)) > 0;) page.append(bytes, static_cast<size_t>(got));
  ::close(fd);
  return page;
}

// The log of this process goes to a file, at its most talkative, while the object lives.
class LogFile {
 public:
  explicit LogFile(const std::string& path) : before_(spdlog::default_logger()) {
    auto logger = std::make_shared<spdlog::logger>(
        "leak", std::make_shared<spdlog::sinks::basic_file_sink_mt>(path));
    logger->set_level(spdlog::level::trace);
    logger->flush_on(spdlog::level::trace);
    spdlog::set_default_logger(logger);
    spdlog::set_level(spdlog::level::trace);
  }
  ~LogFile() {
    spdlog::set_default_logger(before_);
    spdlog::set_level(spdlog::level::warn);
  }

 private:
  std::shared_ptr<spdlog::logger> before_;
};

// The values found in plain, by file. The demo CRM is the business's own system, not ours.
struct Search {
  std::vector<std::string> found;
  int files = 0;
  int64_t bytes = 0;
};
Search SearchFolder(const PlainSearch& search, const std::string& folder) {
  Search result;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (!entry.is_regular_file() || name.rfind("crm.db", 0) == 0) continue;
    ++result.files;
    result.bytes += static_cast<int64_t>(entry.file_size());
    for (const std::string& value : search.InFile(entry.path().string())) {
      result.found.push_back(absl::StrCat(name, ": ", value));
    }
  }
  return result;
}

// The four values of one conversation, told in five messages, to an agent, and by an agent.
std::vector<std::string> TalkWith(const DemoServer& demo, client::ConsoleClient& agent, int i) {
  const Person p = MakePerson(static_cast<uint64_t>(i));
  const bool by_card = i % 2 == 0;
  const std::string& pays_with = by_card ? p.card : p.iban;
  const auto chat = demo.Chat();
  const auto say = [&](const std::string& text) {
    const absl::Status sent = chat->Send(text, [](const v1::ConversationEvent&) {});
    EXPECT_TRUE(sent.ok()) << sent;
  };
  const std::string told = i % 3 == 0 ? p.address : p.name;
  say(i % 3 == 0 ? absl::StrCat("hello, I live at ", p.address, " and my email is ", p.email)
                 : absl::StrCat("hi, my name is ", p.name, " and you reach me at ", p.email));
  say(absl::StrCat("how many days do I have to return something? call me on ", p.phone));
  say(by_card ? absl::StrCat("do you keep my card number ", p.card, " after I pay?")
              : absl::StrCat("can I pay by transfer from ", p.iban, "?"));
  say(absl::StrCat("where is my order 48213? ", p.email));
  if (i % 4 == 0) {
    say("I want to talk to a human");
    const std::string name = chat->conversation().name();
    if (const auto epoch = agent.Claim(name); epoch.ok()) {
      EXPECT_TRUE(agent.RevealValue(name, "<EMAIL_1>", "call back").ok());
      EXPECT_TRUE(agent.Reply(name, *epoch, absl::StrCat("I wrote to ", p.email)).ok());
      EXPECT_TRUE(agent.Whisper(name, absl::StrCat("wants a call on ", p.phone)).ok());
      EXPECT_TRUE(agent.ReturnToAssistant(name, *epoch, absl::StrCat("paid by ", pays_with)).ok());
    }
  }
  EXPECT_TRUE(chat->Rate(4, absl::StrCat("good, write to ", p.email)).ok());
  EXPECT_TRUE(chat->End().ok());
  return {told, p.email, p.phone, pays_with};
}

// Planted values that stand in the redacted texts: of turns that went to the model, and of all.
struct Missed {
  std::set<std::string> asked, anywhere;
  int sealed_events = 0;
};
Missed MissedByRedaction(const std::string& data, const PlainSearch& search) {
  Missed missed;
  auto store = storage::Store::Open({.path = data + "/frontdesk.db", .read_only = true});
  EXPECT_TRUE(store.ok()) << store.status();
  const auto rows = (*store)->ListConversations({.limit = 10000});
  for (const storage::Conversation& row : *rows) {
    const auto events = dialog::ReadEvents(**store, row.id);
    EXPECT_TRUE(events.ok()) << events.status();
    std::string heard;
    for (const dialog::Event& event : *events) {
      ++missed.sealed_events;
      missed.anywhere.merge(search.In(dialog::EncodeEvent(event).body));
      if (const auto* received = std::get_if<dialog::Received>(&event)) heard = received->text;
      if (std::holds_alternative<dialog::Generated>(event)) missed.asked.merge(search.In(heard));
    }
  }
  return missed;
}

TEST(Leaks, NoPlantedValueIsInPlainAnywhereAndTheModelSeesNoMoreThanRedactionMissed) {
  const int conversations = Full() ? 500 : 40;
  Heard heard;
  const int metrics_port = FreePort();
  DemoServer demo(
      "leaks",
      [&](ServerOptions& options) {
        options.cache = options.data + "/cache";
        options.metrics_listen = absl::StrCat("127.0.0.1:", metrics_port);
      },
      std::make_unique<ListeningModel>(
          heard, "You can return unused items within 30 days of delivery."));
  const LogFile log(demo.data() + "/server.log");
  const auto agent = demo.Console("noor");
  ASSERT_TRUE(agent->SetPresence(true, "Noor").ok());

  std::vector<std::string> planted;
  for (int i = 0; i < conversations; ++i) {
    for (std::string& value : TalkWith(demo, *agent, i)) planted.push_back(std::move(value));
  }
  const PlainSearch search(planted);

  const std::string metrics = MetricsPageAt(metrics_port);
  EXPECT_NE(metrics.find("frontdesk_turn_stage_seconds"), std::string::npos);
  EXPECT_THAT(search.In(metrics), ::testing::IsEmpty());

  const Search while_running = SearchFolder(search, demo.data());
  EXPECT_GT(std::filesystem::file_size(demo.data() + "/frontdesk.db-wal"), 0u);
  demo.Stop();
  const Search afterwards = SearchFolder(search, demo.data());
  EXPECT_EQ(absl::StrJoin(while_running.found, "\n"), "");
  EXPECT_EQ(absl::StrJoin(afterwards.found, "\n"), "");

  const Missed missed = MissedByRedaction(demo.data(), search);
  const std::set<std::string> exposed = search.In(heard.text);
  std::printf(
      "%d conversations, %zu planted values; %d files, %lld bytes searched: %zu in plain\n"
      "%d sealed events; redaction missed %zu values (%zu in texts that went to the model)\n"
      "%d prompts; the model was shown %zu of the planted values\n",
      conversations, planted.size(), while_running.files + afterwards.files,
      static_cast<long long>(while_running.bytes + afterwards.bytes),
      while_running.found.size() + afterwards.found.size(), missed.sealed_events,
      missed.anywhere.size(), missed.asked.size(), heard.calls, exposed.size());
  EXPECT_EQ(exposed, missed.asked);
  EXPECT_GT(heard.calls, conversations / 2) << "the model was hardly asked";
  for (const std::string& value : missed.anywhere) std::printf("  missed: %s\n", value.c_str());
}

// The search itself finds what is there, in each spelling, at any place of a file.
TEST(Leaks, TheSearchFindsWhatIsThere) {
  std::vector<std::string> values;
  for (uint64_t i = 0; i < 50; ++i) {
    const Person p = MakePerson(i);
    for (const std::string& v : {p.name, p.email, p.phone, p.card, p.iban, p.address}) {
      values.push_back(v);
    }
  }
  const PlainSearch search(values);
  EXPECT_EQ(std::set<std::string>(values.begin(), values.end()).size(), values.size());
  for (const std::string& value : values) {
    for (const std::string& spelling : SpellingsOf(value)) {
      const std::string bytes = absl::StrCat(std::string(37, '\xfe'), spelling, "x");
      EXPECT_TRUE(search.In(bytes).contains(value)) << spelling;
    }
  }
  EXPECT_THAT(search.In(std::string(10000, 'a')), ::testing::IsEmpty());
}

}  // namespace
}  // namespace frontdesk::server
