// Every setting of `frontdesk serve`, with its default. docs/configuration.md explains each.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace frontdesk::server {

struct ServerOptions {
  // Places
  std::string data = "data";
  std::string bundle = "demo/bundle";
  std::string models;    // folder; default: $FRONTDESK_MODELS or ~/.cache/frontdesk/models
  std::string key_file;  // default: master.key in the data folder
  std::string demo_crm;  // SQLite file of the demo CRM; default: crm.db in the data folder
  std::string cache;     // trained artefacts and indexes; default: cache in the data folder
  std::string decoder = "smollm2-135m-instruct-q4_1.gguf";  // "none": extracts only
  std::string encoder = "all-minilm-l6-v2";                 // "none": words only

  // A decoder on another machine, instead of --decoder
  std::string remote_url;       // empty: none
  std::string remote_model;     // the server's name of it
  std::string remote_key_file;  // mode 0600; empty: no key
  int remote_timeout_seconds = 60;
  int remote_attempts = 3;

  bool keep_prefixes = false;  // the decoder's shared prefixes, in the cache folder
  bool keep_packed = false;    // the decoder's packed weights, beside the model file

  // Network
  std::string listen = "127.0.0.1:7600";
  std::string metrics_listen = "127.0.0.1:7601";  // "none": no metrics page
  std::string tls_certificate, tls_key;           // PEM files; needed beyond loopback
  std::string tls_client_ca;                      // PEM; whose certificates make services
  std::vector<std::string> trusted_proxies;       // addresses whose x-forwarded-for is believed
  int max_message_bytes = 36 << 20;               // of one request: a bundle is the largest
  int max_streams = 4000;
  std::string web_listen = "none";  // gRPC-Web for browsers; "none": no gateway
  std::string web_root;             // static files of the gateway; empty: none
  std::vector<std::string> web_origins;
  int web_streams = 64;
  bool web_trust_forwarded = false;
  bool admin_reflection = false;  // reflection and channelz beyond loopback

  // People
  std::string identity_key;  // signs widget identities; default: identity.key in the data folder
  std::string identity_audience = "frontdesk";
  std::string oidc_jwks, oidc_issuer, oidc_audience;  // the business's identity provider
  std::string oidc_role_claim = "role";
  std::string oidc_user_claim = "sub";

  // Work
  int threads = 2;        // of the models
  int turn_threads = 24;  // turns that run at once; those that wait for the encoder go in one batch
  int rpc_threads = 4;    // unary calls that run at once
  int max_waiting_turns = 1024;
  int max_waiting_calls = 1024;
  double rate_burst = 40;
  double rate_per_second = 10;
  int token_hours = 24;
  int drain_seconds = 20;

  // Webhooks
  std::string webhooks;  // file of server/webhooks/config.h; empty: nobody is told

  // Log
  std::string log_level = "info";
};

// $FRONTDESK_MODELS, else ~/.cache/frontdesk/models.
std::string DefaultModelsFolder();

// Hangs the flags on the command; each may also stand in the file of --config (TOML).
void AddServerFlags(CLI::App& command, ServerOptions& options);

}  // namespace frontdesk::server
