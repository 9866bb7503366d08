#include "server/server_options.h"

#include <cstdlib>

namespace frontdesk::server {

std::string DefaultModelsFolder() {
  if (const char* named = std::getenv("FRONTDESK_MODELS"); named != nullptr && *named != '\0')
    return named;
  const char* home = std::getenv("HOME");
  return std::string(home == nullptr ? "." : home) + "/.cache/frontdesk/models";
}

void AddServerFlags(CLI::App& command, ServerOptions& o) {
  o.models = DefaultModelsFolder();
  command.set_config("--config", "", "TOML file with these settings; flags win over it");
  command.add_option("--data", o.data, "Folder of store, keys and caches")
      ->envname("FRONTDESK_DATA")
      ->capture_default_str();
  command.add_option("--bundle", o.bundle, "Folder of the bundle")->capture_default_str();
  command.add_option("--models", o.models, "Folder of the model files")->capture_default_str();
  command.add_option("--key-file", o.key_file,
                     "Master key; default: master.key in the data folder");
  command.add_option("--demo-crm", o.demo_crm,
                     "SQLite file of the demo CRM; default: crm.db in the data folder");
  command.add_option("--cache", o.cache,
                     "Folder of trained artefacts and indexes; default: cache in the data folder");
  command.add_option("--decoder", o.decoder, "GGUF file, or none")->capture_default_str();
  command.add_option("--encoder", o.encoder, "Folder of the sentence encoder, or none")
      ->capture_default_str();

  command.add_option("--remote-url", o.remote_url,
                     "Base URL of an OpenAI-compatible server, used instead of the decoder");
  command.add_option("--remote-model", o.remote_model, "The remote server's name of its model");
  command.add_option("--remote-key-file", o.remote_key_file,
                     "File with the key of the remote server, mode 0600");
  command
      .add_option("--remote-timeout-seconds", o.remote_timeout_seconds,
                  "How long a remote answer may take, all attempts together")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
  command.add_option("--remote-attempts", o.remote_attempts, "Times a remote answer is tried")
      ->check(CLI::Range(1, 10))
      ->capture_default_str();

  command.add_flag("--keep-prefixes", o.keep_prefixes,
                   "Keep the decoder's work on bundle text in the cache folder across restarts");
  command.add_flag("--keep-packed", o.keep_packed,
                   "Keep the decoder's packed weights beside the model file for a faster start");

  command.add_option("--listen", o.listen, "host:port of gRPC")->capture_default_str();
  command
      .add_option("--metrics-listen", o.metrics_listen, "host:port of the metrics page, or none")
      ->capture_default_str();
  command.add_option("--tls-certificate", o.tls_certificate,
                     "PEM certificate chain; needed beyond loopback");
  command.add_option("--tls-key", o.tls_key, "PEM private key");
  command.add_option("--tls-client-ca", o.tls_client_ca,
                     "PEM authority; a client with a certificate of it is a service");
  command.add_option("--trusted-proxy", o.trusted_proxies,
                     "Address of a proxy whose x-forwarded-for is believed; may be repeated");
  command.add_option("--identity-key", o.identity_key,
                     "Key that signs customers' identity tokens; default: identity.key in the data "
                     "folder");
  command.add_option("--identity-audience", o.identity_audience, "Audience of identity tokens")
      ->capture_default_str();
  command.add_option("--oidc-jwks", o.oidc_jwks,
                     "Key set (JWKS) of the business's identity provider; read again when it changes");
  command.add_option("--oidc-issuer", o.oidc_issuer, "Issuer of its tokens");
  command.add_option("--oidc-audience", o.oidc_audience, "Audience of its tokens");
  command.add_option("--oidc-role-claim", o.oidc_role_claim, "Where its tokens name the role")
      ->capture_default_str();
  command.add_option("--oidc-user-claim", o.oidc_user_claim, "Where its tokens name the user")
      ->capture_default_str();
  command.add_option("--max-message-bytes", o.max_message_bytes, "Largest request")
      ->check(CLI::Range(1 << 16, 1 << 30))
      ->capture_default_str();
  command.add_option("--max-streams", o.max_streams, "Open event streams")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  command
      .add_option("--web-listen", o.web_listen,
                  "host:port of the built-in gRPC-Web gateway, on loopback, or none")
      ->capture_default_str();
  command.add_option("--web-root", o.web_root,
                     "Folder of static files the gateway serves, made by scripts/build_web.sh");
  command.add_option("--web-origin", o.web_origins,
                     "Origin of a page that may call the gateway; repeat for more")
      ->allow_extra_args(false);
  command.add_option("--web-streams", o.web_streams, "Open streams of the gateway, a thread each")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  command.add_flag("--web-trust-forwarded", o.web_trust_forwarded,
                   "X-Forwarded-For of the proxy before the gateway names the client");
  command.add_flag("--admin-reflection", o.admin_reflection,
                   "Serve reflection and channelz beyond loopback too");

  command.add_option("--threads", o.threads, "Threads of the models")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command.add_option("--turn-threads", o.turn_threads, "Turns that run at once")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  command.add_option("--rpc-threads", o.rpc_threads, "Unary calls that run at once")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  command.add_option("--max-waiting-turns", o.max_waiting_turns, "Messages that may wait")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  command.add_option("--max-waiting-calls", o.max_waiting_calls, "Unary calls that may wait")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  command.add_option("--rate-burst", o.rate_burst, "Calls a client may make at once; 0: no limit")
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
  command.add_option("--rate-per-second", o.rate_per_second, "Calls a second a client may keep up")
      ->check(CLI::Range(0.01, 1e6))
      ->capture_default_str();
  command.add_option("--token-hours", o.token_hours, "Life of a conversation token")
      ->check(CLI::Range(1, 8760))
      ->capture_default_str();
  command
      .add_option("--drain-seconds", o.drain_seconds,
                  "How long running turns may finish after SIGTERM")
      ->check(CLI::Range(0, 600))
      ->capture_default_str();
  command.add_option("--webhooks", o.webhooks, "YAML file of webhooks; docs/webhooks.md");
  command.add_option("--log-level", o.log_level, "debug, info, warn or error")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}))
      ->capture_default_str();
}

}  // namespace frontdesk::server
