#include "server/webhooks/post.h"

#include <curl/curl.h>
#include <sys/socket.h>

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "storage/digest.h"

namespace frontdesk::server {
namespace {

constexpr long kTimeoutMs = 10'000;

struct Transfer {
  const std::vector<tools::AddressRange>& ranges;
  bool refused = false;
};

// Runs after name resolution, for the address that is about to be connected to.
curl_socket_t OnOpenSocket(void* user, curlsocktype, curl_sockaddr* target) {
  auto& transfer = *static_cast<Transfer*>(user);
  const auto address = tools::Address::From(target->addr);
  const bool allowed =
      address.ok() &&
      (address->IsPublic() ||
       std::any_of(transfer.ranges.begin(), transfer.ranges.end(),
                   [&](const tools::AddressRange& range) { return range.Contains(*address); }));
  if (!allowed) {
    transfer.refused = true;
    return CURL_SOCKET_BAD;
  }
  return socket(target->family, target->socktype | SOCK_CLOEXEC, target->protocol);
}

size_t Drop(char*, size_t size, size_t count, void*) { return size * count; }

}  // namespace

std::string SignatureOf(std::string_view secret, absl::Time when, std::string_view body) {
  const std::string stamp = absl::StrCat(absl::ToUnixSeconds(when));
  const storage::Digest mac =
      storage::HmacSha256(secret, absl::StrCat(stamp, ".", std::string(body)));
  return absl::StrCat("t=", stamp, ",v1=", storage::ToHex(mac));
}

absl::Status Post(const WebhookEndpoint& endpoint, const WebhookConfig& config,
                  const Notice& notice, absl::Time now) {
  const std::unique_ptr<CURL, void (*)(CURL*)> curl(curl_easy_init(), curl_easy_cleanup);
  if (curl == nullptr) return absl::UnavailableError("curl has no memory");
  curl_slist* list = nullptr;
  for (const std::string& header :
       {std::string("Content-Type: application/json"), std::string("Expect:"),
        absl::StrCat("Frontdesk-Delivery: ", notice.id),
        absl::StrCat("Frontdesk-Signature: ", SignatureOf(endpoint.secret, now, notice.body))})
    list = curl_slist_append(list, header.c_str());
  const std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers(list, curl_slist_free_all);
  Transfer transfer{config.private_ranges};
  curl_easy_setopt(curl.get(), CURLOPT_URL, endpoint.url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "https,http");
  curl_easy_setopt(curl.get(), CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, kTimeoutMs);
  curl_easy_setopt(curl.get(), CURLOPT_USERAGENT, "frontdesk");
  curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, notice.body.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(notice.body.size()));
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, Drop);
  curl_easy_setopt(curl.get(), CURLOPT_OPENSOCKETFUNCTION, OnOpenSocket);
  curl_easy_setopt(curl.get(), CURLOPT_OPENSOCKETDATA, &transfer);
  const CURLcode code = curl_easy_perform(curl.get());
  if (transfer.refused)
    return absl::PermissionDeniedError(
        "its address is neither public nor in private_ranges; nothing was sent");
  if (code == CURLE_OPERATION_TIMEDOUT) return absl::DeadlineExceededError("no answer in time");
  if (code != CURLE_OK) return absl::UnavailableError(curl_easy_strerror(code));
  long answer = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &answer);
  if (answer >= 200 && answer < 300) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("answered ", answer));
}

}  // namespace frontdesk::server
