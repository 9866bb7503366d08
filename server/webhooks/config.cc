#include "server/webhooks/config.h"

#include <yaml-cpp/yaml.h>

#include <fstream>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "re2/re2.h"

namespace frontdesk::server {
namespace {

constexpr size_t kLeastSecret = 16;
const std::set<std::string>& Kinds() {
  static const auto& kinds = *new std::set<std::string>{"conversation", "handoff", "outcome"};
  return kinds;
}

absl::StatusOr<std::string> ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  if (!file) return absl::NotFoundError(absl::StrCat(path, ": cannot be read"));
  return std::move(bytes).str();
}

class Reader {
 public:
  explicit Reader(const std::string& path) : path_(path) {}

  absl::StatusOr<WebhookConfig> Read(const YAML::Node& root) {
    for (const auto& entry : root) {
      const auto key = entry.first.as<std::string>();
      if (key != "webhooks" && key != "allow_hosts" && key != "private_ranges" &&
          key != "first_pause" && key != "give_up")
        Fault(entry.first, absl::StrCat("unknown key ", key));
    }
    for (const auto& host : root["allow_hosts"]) hosts_.insert(host.as<std::string>());
    for (const auto& range : root["private_ranges"]) {
      const auto parsed = tools::AddressRange::Parse(range.as<std::string>());
      if (parsed.ok()) {
        config_.private_ranges.push_back(*parsed);
      } else {
        Fault(range, std::string(parsed.status().message()));
      }
    }
    ReadDuration(root, "first_pause", config_.first_pause);
    ReadDuration(root, "give_up", config_.give_up);
    for (const auto& node : root["webhooks"]) ReadEndpoint(node);
    if (config_.endpoints.empty() && faults_.empty())
      faults_ = absl::StrCat(path_, ": names no webhook\n");
    if (!faults_.empty()) return absl::InvalidArgumentError(faults_);
    return config_;
  }

 private:
  void Fault(const YAML::Node& node, const std::string& what) {
    absl::StrAppend(&faults_, path_, ":", node.Mark().line + 1, ": ", what, "\n");
  }

  void ReadDuration(const YAML::Node& root, const char* key, absl::Duration& duration) {
    const YAML::Node node = root[key];
    if (node && (!absl::ParseDuration(node.as<std::string>(), &duration) ||
                 duration <= absl::ZeroDuration()))
      Fault(node, absl::StrCat(key, " takes a duration such as 1s or 24h"));
  }

  void ReadEndpoint(const YAML::Node& node) {
    static const RE2& name = *new RE2("[a-z0-9_-]{1,40}");
    static const RE2& url = *new RE2("(https?)://([^/:?#@]+)(?::[0-9]+)?(?:[/?].*)?");
    WebhookEndpoint endpoint;
    endpoint.name = node["name"].as<std::string>("");
    endpoint.url = node["url"].as<std::string>("");
    if (!RE2::FullMatch(endpoint.name, name)) Fault(node, "name is 1 to 40 of a-z 0-9 _ -");
    for (const WebhookEndpoint& other : config_.endpoints) {
      if (other.name == endpoint.name) Fault(node, absl::StrCat("name ", other.name, " twice"));
    }
    std::string scheme, host;
    if (!RE2::FullMatch(endpoint.url, url, &scheme, &host)) {
      Fault(node, "url is https://HOST/PATH, without a user");
    } else if (hosts_.count(host) == 0) {
      Fault(node, absl::StrCat(host, " is not in allow_hosts"));
    } else if (scheme == "http" && host != "localhost" && host != "127.0.0.1") {
      Fault(node, "http is for this machine only; use https");
    }
    for (const auto& event : node["events"]) {
      const auto kind = event.as<std::string>();
      if (Kinds().count(kind) == 0)
        Fault(event, absl::StrCat(kind, " is none of conversation, handoff, outcome"));
      endpoint.events.insert(kind);
    }
    if (endpoint.events.empty()) endpoint.events = Kinds();
    const auto secret = ReadAll(node["secret_file"].as<std::string>(""));
    if (!secret.ok()) {
      Fault(node, absl::StrCat("secret_file: ", std::string(secret.status().message())));
    } else {
      endpoint.secret = std::string(absl::StripAsciiWhitespace(*secret));
      if (endpoint.secret.size() < kLeastSecret) Fault(node, "the secret has at least 16 bytes");
    }
    config_.endpoints.push_back(std::move(endpoint));
  }

  const std::string path_;
  std::set<std::string> hosts_;
  WebhookConfig config_;
  std::string faults_;
};

}  // namespace

absl::StatusOr<WebhookConfig> ReadWebhookConfig(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadAll(path);
  if (!text.ok()) return text.status();
  try {
    const YAML::Node root = YAML::Load(*text);
    if (!root.IsMap())
      return absl::InvalidArgumentError(absl::StrCat(path, ": is no map; see docs/webhooks.md"));
    return Reader(path).Read(root);
  } catch (const YAML::Exception& error) {
    return absl::InvalidArgumentError(absl::StrCat(path, ":", error.mark.line + 1, ": ", error.msg));
  }
}

}  // namespace frontdesk::server
