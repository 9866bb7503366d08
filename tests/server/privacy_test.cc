// A person's rights on a running server: the archive, the erasure and its search, consents.
#include <frontdesk/v1/audit.grpc.pb.h>
#include <frontdesk/v1/privacy.grpc.pb.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "dialog/conversation.h"
#include "server/auth/private_file.h"
#include "server/commands/commands.h"
#include "tests/server/demo_server.h"
#include "tests/server/planted.h"
#include "tests/storage/temp_store.h"
#include "tools/crm/demo_crm.h"
#include "tools/verification.h"

namespace frontdesk::server {
namespace {

using client::ChatClient;

// Signs a customer of the CRM in, as the business's backend would.
std::unique_ptr<ChatClient> SignedIn(const DemoServer& demo, const std::string& customer) {
  const auto key = ReadPrivateFile(demo.data() + "/identity.key");
  return demo.Chat(tools::SignIdentityToken({.customer_id = customer,
                                             .audience = "frontdesk",
                                             .nonce = *NewSecret(),
                                             .expiry = absl::Now() + absl::Minutes(5)},
                                            *key));
}

void Say(ChatClient& chat, const std::string& text) {
  const absl::Status sent = chat.Send(text, [](const v1::ConversationEvent&) {});
  EXPECT_TRUE(sent.ok()) << sent;
}

void Authorize(grpc::ClientContext& context, const DemoServer& demo, CallerRole role) {
  context.AddMetadata("authorization", "Bearer " + demo.Token("root", role));
}

std::pair<grpc::Status, std::string> Export(const DemoServer& demo, const std::string& customer) {
  auto stub = v1::PrivacyService::NewStub(demo.Channel());
  grpc::ClientContext context;
  Authorize(context, demo, CallerRole::kAdmin);
  v1::ExportCustomerRequest request;
  request.set_customer_id(customer);
  auto stream = stub->ExportCustomer(&context, request);
  std::string document;
  v1::ExportCustomerResponse response;
  while (stream->Read(&response)) document += response.chunk();
  return {stream->Finish(), document};
}

v1::EraseCustomerResponse Erase(const DemoServer& demo, const std::string& customer) {
  auto stub = v1::PrivacyService::NewStub(demo.Channel());
  grpc::ClientContext context;
  Authorize(context, demo, CallerRole::kAdmin);
  v1::EraseCustomerRequest request;
  request.set_customer_id(customer);
  v1::EraseCustomerResponse response;
  const grpc::Status status = stub->EraseCustomer(&context, request, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return response;
}

v1::VerifyChainResponse Verify(const DemoServer& demo) {
  auto stub = v1::AuditService::NewStub(demo.Channel());
  grpc::ClientContext context;
  Authorize(context, demo, CallerRole::kAuditor);
  v1::VerifyChainResponse response;
  EXPECT_TRUE(stub->VerifyChain(&context, {}, &response).ok());
  return response;
}

// A customer's record in the CRM file.
struct Record {
  std::string name, email, phone, street;
};
Record RecordOf(const DemoServer& demo, const std::string& customer) {
  auto crm = tools::DemoCrm::Open(demo.data() + "/crm.db");
  EXPECT_TRUE(crm.ok()) << crm.status();
  tools::Rows rows = (*crm)->database().Query("SELECT * FROM customers WHERE id = ?", customer);
  EXPECT_TRUE(rows.Next());
  return {rows.Text("family_name"), rows.Text("email"), rows.Text("phone"), rows.Text("street")};
}

// The values found in plain in any file below the folder, by file.
std::vector<std::string> FoundIn(const PlainSearch& search, const std::string& folder) {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    for (const std::string& value : search.InFile(entry.path().string())) {
      found.push_back(absl::StrCat(entry.path().filename().string(), ": ", value));
    }
  }
  return found;
}

// Every event of everybody but one customer, byte for byte.
std::string BodiesOfOthers(const std::string& data, const std::set<std::string>& without) {
  auto store = storage::Store::Open({.path = data + "/frontdesk.db", .read_only = true});
  EXPECT_TRUE(store.ok()) << store.status();
  std::string bodies;
  const auto rows = (*store)->ListConversations({.limit = 1000});
  for (const storage::Conversation& row : *rows) {
    if (without.contains(row.id.value())) continue;
    const auto events = (*store)->Read(row.id, 0, 10'000);
    for (const storage::StoredEvent& event : *events) absl::StrAppend(&bodies, event.kind, event.body, "\n");
  }
  return bodies;
}

TEST(Privacy, TheArchiveHoldsEverythingOfThePersonAndNothingOfOthers) {
  const DemoServer demo("archive");
  const Person p = MakePerson(1), other = MakePerson(2);
  const auto first = SignedIn(demo, "C00001"), second = SignedIn(demo, "C00001"), stranger = SignedIn(demo, "C00002");
  Say(*first, absl::StrCat("hello, call me on ", p.phone, " or write to ", p.email));
  Say(*second, absl::StrCat("do you keep my card ", p.card, "?"));
  Say(*stranger, absl::StrCat("my email is ", other.email));
  ASSERT_TRUE(second->Consent("personalised_offers", true, "v3").ok());
  const auto [status, document] = Export(demo, "C00001");
  ASSERT_TRUE(status.ok()) << status.error_message();
  const auto archive = nlohmann::json::parse(document, nullptr, false);
  ASSERT_TRUE(archive.is_object()) << document.substr(0, 400);
  EXPECT_EQ(archive["conversations"].size(), 2u);
  EXPECT_EQ(archive["consents"].size(), 1u);
  EXPECT_EQ(archive["consents"][0]["text_version"], "v3");
  EXPECT_EQ(archive["business_systems"]["records"]["customers"][0]["email"], RecordOf(demo, "C00001").email);
  EXPECT_FALSE(archive["business_systems"]["records"]["orders"].empty());
  const PlainSearch mine({p.phone, p.email, p.card}), theirs({other.email, RecordOf(demo, "C00002").email});
  EXPECT_EQ(mine.In(document).size(), 3u) << document;
  EXPECT_THAT(theirs.In(document), testing::IsEmpty());
  EXPECT_EQ(Export(demo, "C99999").first.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(Export(demo, "").first.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST(Privacy, AfterAnErasureNoByteOfThePersonIsLeftAndEverybodyElseIsAsBefore) {
  DemoServer demo("erasure", [](ServerOptions& options) { options.cache = options.data + "/cache"; });
  const Person p = MakePerson(7), other = MakePerson(8);
  const Record record = RecordOf(demo, "C00001");
  const auto agent = demo.Console("noor");
  ASSERT_TRUE(agent->SetPresence(true, "Noor").ok());
  const auto talk = SignedIn(demo, "C00001"), proven = demo.Chat(), stranger = SignedIn(demo, "C00002");
  Say(*talk, absl::StrCat("my name is ", p.name, ", ", p.email, ", ", p.phone));
  Say(*talk, "how many days do I have to return something?");
  Say(*talk, "I want to talk to a human");
  const std::string name = talk->conversation().name();
  const auto epoch = agent->Claim(name);
  ASSERT_TRUE(epoch.ok()) << epoch.status();
  ASSERT_TRUE(agent->Whisper(name, absl::StrCat("pays by ", p.iban)).ok());
  ASSERT_TRUE(agent->ReturnToAssistant(name, *epoch, "done").ok());
  // Unknown at first, proven by order and email later: what was said before is the person's too.
  Say(*proven, absl::StrCat("I live at ", p.address));
  Say(*proven, absl::StrCat("where is my order 48213? ", record.email));
  Say(*stranger, absl::StrCat("write to ", other.email));
  ASSERT_TRUE(Export(demo, "C00001").first.ok());

  const PlainSearch search({p.name, p.email, p.phone, p.iban, p.address, record.email, record.phone, record.street});
  // The search is not blind: before, the business's own system holds its customer in plain.
  EXPECT_THAT(FoundIn(search, demo.data()), testing::Contains(testing::HasSubstr(record.email)));
  const std::set<std::string> erased = {talk->conversation().name().substr(14), proven->conversation().name().substr(14)};
  const std::string others_before = BodiesOfOthers(demo.data(), erased);

  const auto receipt = Erase(demo, "C00001");
  EXPECT_EQ(receipt.conversations(), 2) << receipt.receipt();
  EXPECT_THAT(receipt.receipt(), testing::HasSubstr("an archive that root took"));
  EXPECT_THAT(receipt.receipt(), testing::HasSubstr("the business's systems erased"));
  for (const bool stopped : {false, true}) {
    if (stopped) demo.Stop();
    EXPECT_EQ(absl::StrJoin(FoundIn(search, demo.data()), "\n"), "");
    for (const char* file : {"/frontdesk.db", "/frontdesk.db-wal", "/keystore.db"}) {
      EXPECT_EQ(storage::ReadFile(demo.data() + file).find("C00001"), std::string::npos) << file;
    }
    EXPECT_EQ(BodiesOfOthers(demo.data(), erased), others_before);
  }
  demo.StartAgain();
  const auto chains = Verify(demo);
  EXPECT_TRUE(chains.intact()) << chains.DebugString();
  // What agents could be shown of it is gone as well.
  const auto console = demo.Console("noor");
  const auto suggestions = console->SuggestReplies(name);
  EXPECT_TRUE(!suggestions.ok() || suggestions->empty());
  const auto transcript = console->Transcript(name);
  if (transcript.ok()) {
    EXPECT_THAT(search.In(transcript->SerializeAsString()), testing::IsEmpty());
  }
  EXPECT_EQ(Export(demo, "C00001").first.error_code(), grpc::StatusCode::OK) << "the books are kept";
  EXPECT_THAT(search.In(Export(demo, "C00001").second), testing::IsEmpty());
  const auto again = Erase(demo, "C00001");
  EXPECT_EQ(again.conversations(), 0);
}

TEST(Privacy, ConsentHasAHistoryAcrossConversations) {
  const DemoServer demo("consents");
  const auto one = SignedIn(demo, "C00003"), two = SignedIn(demo, "C00003"), other = SignedIn(demo, "C00004");
  ASSERT_TRUE(one->Consent("personalised_offers", true, "v1").ok());
  ASSERT_TRUE(two->Consent("personalised_offers", false, "v2").ok());
  ASSERT_TRUE(other->Consent("personalised_offers", true, "v2").ok());
  EXPECT_EQ(one->Consent("everything", true, "v1").code(), absl::StatusCode::kInvalidArgument);
  auto stub = v1::PrivacyService::NewStub(demo.Channel());
  grpc::ClientContext context;
  Authorize(context, demo, CallerRole::kAuditor);
  v1::ListConsentsRequest request;
  request.set_customer_id("C00003");
  v1::ListConsentsResponse response;
  ASSERT_TRUE(stub->ListConsents(&context, request, &response).ok());
  ASSERT_EQ(response.consents_size(), 2);
  EXPECT_TRUE(response.consents(0).granted());
  EXPECT_EQ(response.consents(0).text_version(), "v1");
  EXPECT_EQ(response.consents(0).source(), "web_form");
  EXPECT_FALSE(response.consents(1).granted());
  EXPECT_GT(response.consents(1).time().seconds(), 0);
}

// Transcripts for training: of those who consent now, whatever was said before.
TEST(Privacy, TranscriptsForTrainingAreOfThoseWhoConsentNow) {
  DemoServer demo("training");
  const auto willing = SignedIn(demo, "C00006"), silent = SignedIn(demo, "C00007"), unknown = demo.Chat();
  for (const auto* chat : {&willing, &silent, &unknown}) Say(**chat, "hello");
  ASSERT_TRUE(willing->Consent("training", true, "v1").ok());
  ASSERT_TRUE(unknown->Consent("training", true, "v1").ok());
  ASSERT_TRUE(silent->Consent("analytics", true, "v1").ok());
  for (const auto* chat : {&willing, &silent, &unknown}) ASSERT_TRUE((*chat)->End().ok());
  const auto exported = [&](const std::string& folder) {
    CLI::App program("frontdesk");
    int exit_code = 0;
    AddExport(program, exit_code);
    program.parse(absl::StrCat("export --training --data ", demo.data(), " ", demo.data(), "/", folder));
    EXPECT_EQ(exit_code, 0);
    std::ifstream file(demo.data() + "/" + folder + "/transcripts.jsonl");
    int transcripts = 0;
    for (std::string line; std::getline(file, line);) ++transcripts;
    return transcripts;
  };
  demo.Stop();
  EXPECT_EQ(exported("first"), 2);
  demo.StartAgain();
  // Withdrawn elsewhere: it holds for what was recorded before.
  ASSERT_TRUE(SignedIn(demo, "C00006")->Consent("training", false, "v1").ok());
  demo.Stop();
  EXPECT_EQ(exported("second"), 1);
}

TEST(Privacy, WhatAdministratorsDoIsOnRecord) {
  const DemoServer demo("admin-acts");
  EXPECT_EQ(CallRaw(demo.Channel(), "/frontdesk.v1.KnowledgeService/DeleteDocument", "", demo.Token("root", CallerRole::kAdmin),
                    std::chrono::milliseconds(5000)).ok(), false);
  (void)Erase(demo, "C00005");
  auto stub = v1::AuditService::NewStub(demo.Channel());
  grpc::ClientContext context;
  Authorize(context, demo, CallerRole::kAuditor);
  v1::ListEventsRequest request;
  request.set_conversation("conversations/system.audit");
  v1::ListEventsResponse response;
  const grpc::Status status = stub->ListEvents(&context, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(response.events_size(), 4);
  EXPECT_THAT(response.events(0).body(), testing::HasSubstr("server.started"));
  EXPECT_THAT(response.events(1).body(), testing::HasSubstr("KnowledgeService/DeleteDocument"));
  for (const int event : {2, 3}) {  // before anything was destroyed, and after
    EXPECT_THAT(response.events(event).body(),
                testing::AllOf(testing::HasSubstr("EraseCustomer"), testing::HasSubstr("person:"),
                               testing::HasSubstr(event == 2 ? "begun" : "destroyed"),
                               testing::Not(testing::HasSubstr("C00005"))));
  }
  EXPECT_TRUE(Verify(demo).intact());
}

}  // namespace
}  // namespace frontdesk::server
