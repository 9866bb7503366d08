#include "server/services/privacy_service.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "dialog/consents.h"
#include "server/auth/user_token.h"
#include "server/privacy/customer_archive.h"
#include "server/privacy/erase_customer.h"

namespace frontdesk::server {
namespace {

constexpr size_t kChunkBytes = 256 * 1024;

AdminAct By(const Principal& caller) {
  return {.user = caller.user, .role = std::string(Name(caller.role))};
}

// Sends a document in chunks. The archive is made in memory: it never touches a disk in plain.
class ArchiveStream final : public grpc::ServerWriteReactor<v1::ExportCustomerResponse> {
 public:
  // Once, from any thread.
  void Send(std::string document) {
    document_ = std::move(document);
    Next();
  }
  void Refuse(const grpc::Status& status) { Finish(status); }

  void OnWriteDone(bool ok) override {
    if (ok) {
      Next();
    } else {
      Finish(grpc::Status(grpc::StatusCode::CANCELLED, "the client went away"));
    }
  }
  void OnDone() override { delete this; }

 private:
  void Next() {
    if (sent_ >= document_.size()) {
      Finish(grpc::Status::OK);
      return;
    }
    chunk_.set_chunk(document_.substr(sent_, kChunkBytes));
    sent_ += chunk_.chunk().size();
    StartWrite(&chunk_);
  }

  std::string document_;
  size_t sent_ = 0;
  v1::ExportCustomerResponse chunk_;
};

}  // namespace

tools::Registry* PrivacyService::Registry(std::shared_ptr<const Assistant>& held) const {
  held = versions_.Active();
  return held == nullptr ? nullptr : &held->registry;
}

grpc::ServerWriteReactor<v1::ExportCustomerResponse>* PrivacyService::ExportCustomer(
    Context* context, const v1::ExportCustomerRequest* request) {
  static constexpr char kMethod[] = "PrivacyService/ExportCustomer";
  auto* stream = new ArchiveStream;
  const auto refuse = [this, stream](const absl::Status& status) {
    rpc_.metrics.CountRpc(kMethod, absl::StatusCodeToString(status.code()));
    stream->Refuse(FromAbsl(status, kMethod));
  };
  const absl::StatusOr<Principal> caller = rpc_.gate.Admit(*context, kMethod);
  if (!caller.ok()) {
    refuse(caller.status());
    return stream;
  }
  const bool taken = rpc_.workers.Submit([this, stream, refuse, caller = *caller,
                                          customer = storage::CustomerId(request->customer_id())] {
    const absl::Time now = absl::Now();
    std::shared_ptr<const Assistant> held;
    std::string document;
    absl::Status status = WriteCustomerArchive(store_, Registry(held), customer, now,
                                               [&document](std::string_view piece) {
                                                 document.append(piece);
                                                 return absl::OkStatus();
                                               });
    if (status.ok()) {
      // On record before the first byte leaves: an erasure must be able to name every copy.
      AdminAct act = By(caller);
      act.action = kMethod;
      act.subject = AuditLog::PersonTag(store_, customer.value());
      status = rpc_.audit.Record(std::move(act), now);
    }
    if (!status.ok()) return refuse(status);
    rpc_.metrics.CountRpc(kMethod, "OK");
    stream->Send(std::move(document));
  });
  if (!taken) {
    rpc_.metrics.CountRefused("queue");
    refuse(Overloaded("the server has more calls waiting than it takes", absl::Seconds(1)));
  }
  return stream;
}

PrivacyService::Unary* PrivacyService::EraseCustomer(Context* context,
                                                     const v1::EraseCustomerRequest* request,
                                                     v1::EraseCustomerResponse* response) {
  return Handle(rpc_, context, "PrivacyService/EraseCustomer",
                [=, this](const Principal& caller) -> absl::Status {
                  if (request->customer_id().empty()) {
                    return InvalidField("customer_id", "is empty; it is the customer's id in the CRM");
                  }
                  std::shared_ptr<const Assistant> held;
                  const auto receipt =
                      frontdesk::server::EraseCustomer(store_, Registry(held), rpc_.audit, By(caller),
                                                       storage::CustomerId(request->customer_id()), absl::Now());
                  if (!receipt.ok()) return receipt.status();
                  response->set_conversations(static_cast<int32_t>(receipt->store.conversations));
                  response->set_receipt(receipt->Words());
                  return absl::OkStatus();
                });
}

PrivacyService::Unary* PrivacyService::ListConsents(Context* context,
                                                    const v1::ListConsentsRequest* request,
                                                    v1::ListConsentsResponse* response) {
  return Handle(rpc_, context, "PrivacyService/ListConsents",
                [=, this](const Principal&) -> absl::Status {
                  if (request->customer_id().empty()) {
                    return InvalidField("customer_id", "is empty; it is the customer's id in the CRM");
                  }
                  const auto history =
                      dialog::ConsentHistory(store_, storage::CustomerId(request->customer_id()));
                  if (!history.ok()) return history.status();
                  for (const dialog::ConsentChanged& change : *history) {
                    v1::Consent& wire = *response->add_consents();
                    wire.set_purpose(change.purpose);
                    wire.set_granted(change.granted);
                    wire.mutable_time()->set_seconds(change.now_ms / 1000);
                    wire.set_text_version(change.text_version);
                    wire.set_source(change.source);
                  }
                  return absl::OkStatus();
                });
}

}  // namespace frontdesk::server
