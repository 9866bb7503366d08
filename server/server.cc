#include "server/server.h"

#include <grpc/health/v1/health.pb.h>
#include <grpcpp/ext/channelz_service_plugin.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/assistant/documents.h"
#include "server/assistant/models.h"
#include "server/assistant/versions.h"
#include "server/audit/audit_subject.h"
#include "server/auth/origins.h"
#include "server/auth/private_file.h"
#include "server/gateway/web_gateway.h"
#include "server/canary/canary.h"
#include "server/insight/cost_log.h"
#include "server/insight/outcome_book.h"
#include "server/insight/publish_outcomes.h"
#include "server/metrics_page.h"
#include "server/services/admin_services.h"
#include "server/services/chat_service.h"
#include "server/services/console_service.h"
#include "server/services/privacy_service.h"
#include "server/services/quality_service.h"
#include "server/transport.h"
#include "server/services/insight_service.h"
#include "server/services/replay_service.h"
#include "server/shadow/shadow.h"
#include "server/webhooks/courier.h"
#include "tools/crm/demo_crm.h"
#include "tools/crm/generate/generate.h"

namespace frontdesk::server {
namespace {

constexpr absl::Duration kSweepEvery = absl::Seconds(5);

// The demo CRM's file where the bundle's tools ask for it; made on the first start.
absl::StatusOr<std::shared_ptr<tools::Adapter>> DemoCrmFor(const BundleFiles& files,
                                                           const ServerOptions& options) {
  const auto tools_yaml = files.find("tools.yaml");
  if (tools_yaml == files.end() || !absl::StrContains(tools_yaml->second, "demo_crm"))
    return nullptr;
  const std::string path = options.demo_crm.empty() ? options.data + "/crm.db" : options.demo_crm;
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    tools::DemoCrmOptions crm;
    crm.reference_day = absl::ToCivilDay(absl::Now(), absl::UTCTimeZone());
    if (absl::Status made = tools::GenerateDemoCrm(path, crm); !made.ok()) return made;
    spdlog::info("demo_crm=made path={}", path);
  }
  auto opened = tools::DemoCrm::Open(path);
  if (!opened.ok()) return opened.status();
  return std::shared_ptr<tools::Adapter>(*std::move(opened));
}

// A nonce counts once: the durable attempt counter says whether it is the first time.
tools::ConsumeNonce NonceIn(storage::Store& store) {
  return
      [&store](std::string_view nonce, absl::Time expiry, absl::Time now) -> absl::StatusOr<bool> {
        const auto times = store.CountAttempts({{"identity nonce", std::string(nonce)}},
                                               absl::ToInt64Milliseconds(expiry - now) + 1000,
                                               absl::ToUnixMillis(now));
        if (!times.ok()) return times.status();
        return times->front() == 1;
      };
}

// Runs conversations' housekeeping every few seconds.
class Sweeper {
 public:
  Sweeper(Conversations& conversations, Canary& canary, CostLog& costs)
      : thread_([this, &conversations, &canary, &costs] {
          std::unique_lock lock(mutex_);
          while (!stop_.wait_for(lock, absl::ToChronoMilliseconds(kSweepEvery),
                                 [this] { return stopping_; })) {
            lock.unlock();
            conversations.Sweep(absl::Now());
            if (absl::Status judged = canary.Evaluate(absl::Now()); !judged.ok())
              spdlog::warn("canary=not_judged error=\"{}\"", std::string(judged.message()));
            if (absl::Status kept = costs.Flush(absl::Now()); !kept.ok())
              spdlog::warn("costs=not_kept error=\"{}\"", std::string(kept.message()));
            lock.lock();
          }
        }) {}
  ~Sweeper() {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    stop_.notify_all();
    thread_.join();
  }

 private:
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace

// In the order of making; destroyed in reverse, so that each finds what it borrows.
struct Server::Parts {
  ServerOptions options;
  Metrics metrics;
  Presence presence;
  Models models;
  std::unique_ptr<storage::Store> store;
  std::unique_ptr<Documents> documents;
  std::unique_ptr<Versions> versions;
  std::unique_ptr<CostLog> costs;
  std::unique_ptr<OutcomeBook> outcomes;
  std::unique_ptr<Canary> canary;
  std::unique_ptr<Shadow> shadow;
  std::unique_ptr<Conversations> conversations;
  std::unique_ptr<CommitHub> hub;
  std::unique_ptr<QueueBoard> board;
  std::unique_ptr<PastReplies> past;
  std::unique_ptr<Gate> gate;
  std::unique_ptr<WorkerPool> workers;
  std::unique_ptr<AuditLog> audit_log;
  std::unique_ptr<RpcParts> rpc;
  std::unique_ptr<tools::IdentityVerifier> identity;
  std::unique_ptr<ChatService> chat;
  std::unique_ptr<ConsoleService> console;
  std::unique_ptr<KnowledgeService> knowledge;
  std::unique_ptr<BundleService> bundles;
  std::unique_ptr<PrivacyService> privacy;
  std::unique_ptr<AuditService> audit;
  std::unique_ptr<InsightService> insight;
  std::unique_ptr<QualityService> quality;
  std::unique_ptr<ReplayService> replay;
  std::unique_ptr<MetricsPage> page;
  std::unique_ptr<grpc::Server> grpc;
  std::unique_ptr<WebGateway> gateway;
  std::unique_ptr<Courier> courier;
  std::unique_ptr<Sweeper> sweeper;
  int port = 0;
  bool drained = false;

  absl::Status Load(const StartProgress& progress);
  absl::Status OpenGate();
  absl::Status MakeServices();
  absl::Status Listen();
  void ReportHealth();
};

absl::Status Server::Parts::Load(const StartProgress& progress) {
  std::error_code error;
  std::filesystem::create_directories(options.data, error);
  if (error)
    return absl::PermissionDeniedError(
        absl::StrCat(options.data, ": ", error.message(), "; give --data DIR"));
  absl::StatusOr<BundleFiles> files = ReadBundleFiles(options.bundle);
  if (!files.ok()) return files.status();

  ModelOptions model_options;
  model_options.folder = options.models;
  model_options.decoder = options.decoder == "none" ? "" : options.decoder;
  model_options.encoder = options.encoder == "none" ? "" : options.encoder;
  model_options.threads = options.threads;
  model_options.keep_packed = options.keep_packed;
  if (options.keep_prefixes) {
    model_options.prefix_folder =
        options.cache.empty() ? options.data + "/cache" : options.cache;
  }
  if (!options.remote_url.empty()) {
    model_options.remote =
        llm::RemoteModelOptions{.url = options.remote_url,
                                .model = options.remote_model,
                                .key_file = options.remote_key_file,
                                .timeout = absl::Seconds(options.remote_timeout_seconds),
                                .attempts = options.remote_attempts};
  } else if (!options.remote_model.empty() || !options.remote_key_file.empty()) {
    return absl::InvalidArgumentError(
        "--remote-model and --remote-key-file need --remote-url, the server's base URL");
  }
  absl::StatusOr<Models> loaded = Models::Load(model_options);
  if (!loaded.ok()) return loaded.status();
  std::unique_ptr<llm::Model> given = std::move(models.decoder);
  models = *std::move(loaded);
  if (given != nullptr) models.decoder = std::move(given);
  for (const std::string& sentence : models.missing) {
    metrics.CountDegraded(absl::StartsWith(sentence, "decoder") ? "no_decoder" : "no_encoder");
  }

  storage::StoreOptions store_options;
  store_options.path = options.data + "/frontdesk.db";
  store_options.key_file = options.key_file;
  absl::StatusOr<std::unique_ptr<storage::Store>> opened = storage::Store::Open(store_options);
  if (!opened.ok()) return opened.status();
  store = *std::move(opened);

  absl::StatusOr<std::shared_ptr<tools::Adapter>> crm = DemoCrmFor(*files, options);
  if (!crm.ok()) return crm.status();
  AssistantOptions assistant;
  const std::string cache = options.cache.empty() ? options.data + "/cache" : options.cache;
  assistant.cache_folder = cache;
  assistant.threads = options.threads;
  assistant.demo_crm = *std::move(crm);
  assistant.progress = progress;
  versions = std::make_unique<Versions>(*store, models, std::move(assistant));
  if (auto active = versions->Activate(*files, "the server started with it"); !active.ok())
    return active.status();

  retrieval::KnowledgeOptions knowledge = KnowledgeOptionsFor(*files, models);
  if (progress) {
    knowledge.progress = [progress](size_t done, size_t total) {
      progress("indexing passages", static_cast<int64_t>(done), static_cast<int64_t>(total));
    };
  }
  std::filesystem::create_directories(cache, error);
  auto opened_documents =
      Documents::Open(*store, std::move(knowledge), cache + "/knowledge");
  if (!opened_documents.ok()) return opened_documents.status();
  documents = *std::move(opened_documents);
  return documents->SeedFrom(std::filesystem::path(options.bundle) / "knowledge");
}

// Keys of tokens are read again when their files change; what must be there is checked now.
absl::Status Server::Parts::OpenGate() {
  const std::string key_file = options.data + "/user-tokens.key";
  if (auto users = UserTokens::FromFile(key_file, /*create=*/true); !users.ok()) {
    return users.status();
  }
  CallersOptions callers{
      .conversations = ConversationTokens(store->DeriveSecret("conversation tokens")),
      .user_key_file = key_file,
      .disabled_users_file = options.data + "/users-disabled.txt",
      .trusted_proxies = options.trusted_proxies};
  if (!options.oidc_jwks.empty()) {
    auto provider = IdentityProvider::Open({.jwks_file = options.oidc_jwks,
                                            .issuer = options.oidc_issuer,
                                            .audience = options.oidc_audience,
                                            .role_claim = options.oidc_role_claim,
                                            .user_claim = options.oidc_user_claim});
    if (!provider.ok()) return provider.status();
    callers.provider = *std::move(provider);
  }
  RateLimit limit;
  limit.burst = options.rate_burst;
  limit.per_second = options.rate_per_second;
  gate = std::make_unique<Gate>(
      std::move(callers),
      [this](std::string_view origin) {
        return OriginAllowed(origin, versions->Active()->bundle.assistant.origins);
      },
      limit, metrics);
  return absl::OkStatus();
}

absl::Status Server::Parts::MakeServices() {
  if (absl::Status open = OpenGate(); !open.ok()) return open;
  workers = std::make_unique<WorkerPool>("rpc", options.rpc_threads,
                                         static_cast<size_t>(options.max_waiting_calls));
  audit_log = std::make_unique<AuditLog>(*store);
  rpc = std::make_unique<RpcParts>(
      RpcParts{*gate, *workers, metrics, *audit_log,
               [this](const google::protobuf::Message& request) { return SubjectOf(request, *store); }});
  const absl::Status recorded = audit_log->Record(
      {.user = "server",
       .role = "server",
       .action = "server.started",
       .subject = versions->Active()->version.value(),
       .detail = absl::StrCat("listen ", options.listen, options.tls_certificate.empty() ? "" : ", TLS",
                              options.tls_client_ca.empty() ? "" : ", client certificates",
                              options.oidc_issuer.empty() ? "" : ", identity provider ", options.oidc_issuer)},
      absl::Now());
  if (!recorded.ok()) return recorded;
  hub = std::make_unique<CommitHub>(*store, 2);
  const absl::StatusOr<std::string> identity_key = SecretInFile(
      options.identity_key.empty() ? options.data + "/identity.key" : options.identity_key,
      /*create=*/options.identity_key.empty(), "identity key");
  if (!identity_key.ok()) return identity_key.status();
  identity = std::make_unique<tools::IdentityVerifier>(*identity_key, options.identity_audience,
                                                       NonceIn(*store));
  LaneOptions lanes;
  lanes.threads = options.turn_threads;
  lanes.capacity = static_cast<size_t>(options.max_waiting_turns);
  costs = std::make_unique<CostLog>(*store);
  outcomes = std::make_unique<OutcomeBook>(*store);
  canary = std::make_unique<Canary>(*store, *versions, *outcomes);
  shadow = std::make_unique<Shadow>(*store, *versions, documents->base(), models);
  TurnWorld world{*store, *versions, models, documents->base(), presence, metrics};
  world.version_for = [this](const storage::ConversationId& id, const std::string& customer) {
    return canary->ChooseFor(id, customer);
  };
  world.after_turn = [this](const storage::ConversationId& id, int64_t turn) {
    shadow->Saw(id, turn);
  };
  world.charge = [this](const storage::ConversationId& id, int64_t turn, absl::Duration cpu) {
    costs->Add(id, turn, cpu);
  };
  conversations = std::make_unique<Conversations>(std::move(world), lanes);

  board = std::make_unique<QueueBoard>(
      *store, presence,
      QueueBoardParts{[this](int32_t priority) {
                        const auto active = versions->Active();
                        const auto& within = active->bundle.assistant.clients.answer_within;
                        return within[static_cast<size_t>(std::clamp(priority, 0, 2))];
                      },
                      [this](const storage::ConversationId& id) {
                        return conversations->CustomerValue(id);
                      }});
  past = std::make_unique<PastReplies>(*store, models.embed);
  ChatLimits limits;
  limits.max_streams = options.max_streams;
  limits.token_life = absl::Hours(options.token_hours);
  chat = std::make_unique<ChatService>(
      ChatParts{*rpc, *conversations, *store, *hub, documents->base(), *identity,
                [this](std::string_view agent) { return presence.DisplayName(agent); }, *versions},
      limits);
  console = std::make_unique<ConsoleService>(
      ConsoleParts{*rpc, *conversations, *store, *hub, *board, documents->base(), presence, *versions,
                   *past});
  knowledge = std::make_unique<KnowledgeService>(*rpc, *documents);
  bundles = std::make_unique<BundleService>(
      BundleParts{*rpc, *versions, *store, *canary, *shadow, *outcomes});
  privacy = std::make_unique<PrivacyService>(*rpc, *store, *versions);
  audit = std::make_unique<AuditService>(*rpc, *store);
  metrics.BeforeScrape(PublishOutcomes(*outcomes, metrics));
  insight = std::make_unique<InsightService>(*rpc, *outcomes);
  quality = std::make_unique<QualityService>(
      QualityParts{*rpc, *conversations, *store, *versions, *outcomes});
  replay = std::make_unique<ReplayService>(
      ReplayParts{*rpc, *store, models,
                  options.cache.empty() ? options.data + "/cache" : options.cache});
  return absl::OkStatus();
}

absl::Status Server::Parts::Listen() {
  absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> credentials =
      ListenCredentials(options, [this](std::string_view authorization) {
        const auto caller = gate->callers().Identify({.authorization = std::string(authorization)}, absl::Now());
        return caller.ok() && caller->role == CallerRole::kAdmin;
      });
  if (!credentials.ok()) return credentials.status();
  grpc::EnableDefaultHealthCheckService(true);
  // Links the description of the library's own health service, which reflection is asked for.
  (void)grpc::health::v1::HealthCheckRequest::descriptor();
  const bool open_to_admins = IsLoopback(options.listen) || options.admin_reflection;
  static std::once_flag plugins;
  if (open_to_admins) {
    std::call_once(plugins, [] {
      grpc::reflection::InitProtoReflectionServerBuilderPlugin();
      grpc::channelz::experimental::InitChannelzService();
    });
  }
  grpc::ServerBuilder builder;
  builder.AddListeningPort(options.listen, *credentials, &port);
  builder.SetMaxReceiveMessageSize(options.max_message_bytes);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT,
                             0);  // a second server must fail, not share the port
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 60'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20'000);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10'000);
  builder.RegisterService(chat.get());
  builder.RegisterService(console.get());
  builder.RegisterService(knowledge.get());
  builder.RegisterService(quality.get());
  builder.RegisterService(bundles.get());
  builder.RegisterService(privacy.get());
  builder.RegisterService(audit.get());
  builder.RegisterService(insight.get());
  builder.RegisterService(replay.get());
  grpc = builder.BuildAndStart();
  if (grpc == nullptr || port == 0) {
    return absl::UnavailableError(absl::StrCat(
        options.listen, " cannot be listened on; is another server running there? Give --listen"));
  }
  if (options.metrics_listen != "none") {
    auto started = MetricsPage::Start(options.metrics_listen, metrics);
    if (!started.ok()) return started.status();
    page = *std::move(started);
  }
  if (options.web_listen != "none") {
    WebGatewayOptions web;
    web.listen = options.web_listen;
    web.root = options.web_root;
    web.origins = options.web_origins;
    web.max_streams = options.web_streams;
    web.trust_forwarded = options.web_trust_forwarded;
    auto started = WebGateway::Start(web, grpc->InProcessChannel({}), metrics);
    if (!started.ok()) return started.status();
    gateway = *std::move(started);
  }
  return absl::OkStatus();
}

// One health name for each service and each part, so that "why is it degraded" has an answer.
void Server::Parts::ReportHealth() {
  grpc::HealthCheckServiceInterface* health = grpc->GetHealthCheckService();
  health->SetServingStatus(true);
  for (const char* service :
       {"ChatService", "AgentConsoleService", "KnowledgeService", "BundleService", "ReplayService",
        "InsightService", "QualityService", "PrivacyService", "AuditService"}) {
    health->SetServingStatus(absl::StrCat("frontdesk.v1.", service), true);
  }
  health->SetServingStatus("frontdesk.store", true);
  health->SetServingStatus("frontdesk.knowledge",
                           documents->base().snapshot()->passage_count() > 0);
  health->SetServingStatus("frontdesk.decoder", models.decoder != nullptr);
  health->SetServingStatus("frontdesk.encoder", models.encoder != nullptr);
}

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options,
                                                      StartProgress progress,
                                                      std::unique_ptr<llm::Model> decoder) {
  const absl::Time begin = absl::Now();
  auto parts = std::make_unique<Parts>();
  parts->models.decoder = std::move(decoder);
  parts->options = options;
  if (absl::Status loaded = parts->Load(progress); !loaded.ok()) return loaded;
  if (absl::Status made = parts->MakeServices(); !made.ok()) return made;
  auto server = std::unique_ptr<Server>(new Server(std::move(parts)));
  Parts& p = *server->parts_;
  if (absl::Status listening = p.Listen(); !listening.ok()) return listening;
  if (!options.webhooks.empty()) {
    absl::StatusOr<WebhookConfig> config = ReadWebhookConfig(options.webhooks);
    if (!config.ok()) return config.status();
    p.courier = std::make_unique<Courier>(*p.store, *std::move(config), options.data + "/webhooks");
  }
  const int resumed = p.conversations->ResumeOpenTurns();
  p.sweeper = std::make_unique<Sweeper>(*p.conversations, *p.canary, *p.costs);
  p.ReportHealth();
  spdlog::info("event=serving listen={} port={} bundle={} passages={} resumed_turns={} ms={:.0f}",
               options.listen, p.port, p.versions->Active()->version.value(),
               p.documents->base().snapshot()->passage_count(), resumed,
               absl::ToDoubleMilliseconds(absl::Now() - begin));
  return server;
}

Server::~Server() { Drain(); }

int Server::port() const { return parts_->port; }

int Server::web_port() const { return parts_->gateway ? parts_->gateway->port() : 0; }

void Server::Drain() {
  if (std::exchange(parts_->drained, true)) return;
  if (parts_->grpc != nullptr) parts_->grpc->GetHealthCheckService()->SetServingStatus(false);
  parts_->sweeper = nullptr;
  parts_->courier = nullptr;
  if (parts_->conversations) {
    parts_->conversations->Drain(absl::Now() + absl::Seconds(parts_->options.drain_seconds));
  }
  if (parts_->costs) {
    if (absl::Status kept = parts_->costs->Flush(absl::Now()); !kept.ok())
      spdlog::warn("costs=not_kept error=\"{}\"", std::string(kept.message()));
  }
  // Streams get what was committed; then the deadline cancels those that are still open.
  if (parts_->grpc != nullptr)
    parts_->grpc->Shutdown(absl::ToChronoTime(absl::Now() + absl::Milliseconds(500)));
  if (parts_->workers) parts_->workers->Stop();
  if (parts_->hub) parts_->hub->Stop();
  if (parts_->grpc != nullptr) parts_->grpc->Wait();
  parts_->gateway = nullptr;  // its relays have ended with the streams
  parts_->page = nullptr;
  spdlog::info("event=stopped");
}

}  // namespace frontdesk::server
