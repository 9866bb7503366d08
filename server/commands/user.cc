// `frontdesk user`: tokens of agents, supervisors, admins, auditors and services.
#include <cstdio>
#include <filesystem>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/auth/disabled_users.h"
#include "server/auth/private_file.h"
#include "server/auth/user_token.h"
#include "server/commands/commands.h"
#include "tools/verification.h"

namespace frontdesk::server {
namespace {

struct Options {
  PlaceOptions place;
  std::string name;
  std::string role = "agent";
  int days = 1;
  std::string identity_key;
  std::string audience = "frontdesk";
  int minutes = 10;
};

std::string KeyPath(const PlaceOptions& place) {
  return (std::filesystem::path(place.data) / "user-tokens.key").string();
}

int RunAdd(const Options& options) {
  const std::optional<CallerRole> role = ParseCallerRole(options.role);
  if (!role) {
    return Report(
        "user add",
        absl::InvalidArgumentError(absl::StrCat(
            options.role, ": no such role; use agent, supervisor, admin, auditor or service")));
  }
  std::error_code error;
  std::filesystem::create_directories(options.place.data, error);
  absl::StatusOr<UserTokens> tokens = UserTokens::FromFile(KeyPath(options.place), /*create=*/true);
  if (!tokens.ok()) return Report("user add", tokens.status());
  absl::StatusOr<std::string> token =
      tokens->Issue(options.name, *role, absl::Now(), absl::Hours(24) * options.days);
  if (!token.ok()) return Report("user add", token.status());
  std::printf("%s\n", token->c_str());
  return 0;
}

int RunRotate(const Options& options) {
  if (absl::Status rotated = UserTokens::Rotate(KeyPath(options.place)); !rotated.ok()) {
    return Report("user rotate", rotated);
  }
  std::printf("a new key is in place; every token issued before is void\n");
  return 0;
}

int RunDisable(const Options& options) {
  const std::string path =
      (std::filesystem::path(options.place.data) / "users-disabled.txt").string();
  if (absl::Status done = DisableUser(path, options.name, absl::Now()); !done.ok()) {
    return Report("user disable", done);
  }
  std::printf("every token that %s has is void, also at the identity provider's; a running server knows\n",
              options.name.c_str());
  return 0;
}

// What the business's backend does for its signed-in customer, for trying it out.
int RunIdentify(const Options& options) {
  const std::string path =
      options.identity_key.empty()
          ? (std::filesystem::path(options.place.data) / "identity.key").string()
          : options.identity_key;
  const auto key = SecretInFile(path, /*create=*/options.identity_key.empty(), "identity key");
  if (!key.ok()) return Report("user identify", key.status());
  const auto nonce = NewSecret();
  if (!nonce.ok()) return Report("user identify", nonce.status());
  const absl::Time now = absl::Now();
  std::printf("%s\n", tools::SignIdentityToken({.customer_id = options.name,
                                                .audience = options.audience,
                                                .nonce = *nonce,
                                                .issued = now,
                                                .expiry = now + absl::Minutes(options.minutes)},
                                               *key)
                          .c_str());
  return 0;
}

}  // namespace

void AddUser(CLI::App& program, int& exit_code) {
  CLI::App* user = program.add_subcommand(
      "user", "Tokens for agents, supervisors, admins, auditors and services");
  user->require_subcommand(1);

  auto add = std::make_shared<Options>();
  CLI::App* command = user->add_subcommand("add", "Print a token for a person or a service");
  AddPlaceFlags(*command, add->place, /*assistant=*/false);
  command->add_option("NAME", add->name, "Login")->required();
  command->add_option("--role", add->role, "agent, supervisor, admin, auditor or service")
      ->capture_default_str();
  command->add_option("--days", add->days, "How long it is good")
      ->check(CLI::Range(1, 366))
      ->capture_default_str();
  command->callback([add, &exit_code] { exit_code = RunAdd(*add); });

  auto rotate = std::make_shared<Options>();
  command = user->add_subcommand("rotate", "Make a new signing key: every token becomes void");
  AddPlaceFlags(*command, rotate->place, /*assistant=*/false);
  command->callback([rotate, &exit_code] { exit_code = RunRotate(*rotate); });

  auto disable = std::make_shared<Options>();
  command = user->add_subcommand("disable", "Make every token void that a user has now");
  AddPlaceFlags(*command, disable->place, /*assistant=*/false);
  command->add_option("NAME", disable->name, "Login")->required();
  command->callback([disable, &exit_code] { exit_code = RunDisable(*disable); });

  auto identify = std::make_shared<Options>();
  command = user->add_subcommand(
      "identify", "Print a customer's identity token, as the business's backend would sign it");
  AddPlaceFlags(*command, identify->place, /*assistant=*/false);
  command->add_option("CUSTOMER", identify->name, "Id in the CRM")->required();
  command->add_option("--identity-key", identify->identity_key,
                      "Key file; default: identity.key in the data folder");
  command->add_option("--identity-audience", identify->audience, "Audience")->capture_default_str();
  command->add_option("--minutes", identify->minutes, "How long it is good")
      ->check(CLI::Range(1, 60))
      ->capture_default_str();
  command->callback([identify, &exit_code] { exit_code = RunIdentify(*identify); });
}

}  // namespace frontdesk::server
