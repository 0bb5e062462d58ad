// A registry in the test's own process, that is away when it is told to be.
#ifndef THIDUA_SERVICES_PLATFORM_FAKE_REGISTRY_TESTLIB_H_
#define THIDUA_SERVICES_PLATFORM_FAKE_REGISTRY_TESTLIB_H_

#include <grpcpp/grpcpp.h>

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "services/platform/freshness.h"
#include "thidua/registry/v1/registry_service.grpc.pb.h"
#include "thidua/results/v1/results_service.grpc.pb.h"

namespace thidua::platform {

class FakeRegistry : public registry::v1::RegistryService::Service {
 public:
  FakeRegistry() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }

  std::string address() const { return absl::StrCat("127.0.0.1:", port_); }
  // Answers of the next calls, before it works.
  void AnswerFirst(std::deque<grpc::Status> answers) { answers_ = std::move(answers); }
  // Every request received, in order, refused ones too.
  const std::vector<std::string>& received() const { return received_; }
  // Of the last CreateUnit.
  const std::string& traceparent() const { return traceparent_; }
  const std::string& authorization() const { return authorization_; }
  template <typename Request>
  Request Received(size_t i) const {
    Request request;
    request.ParseFromString(received_[i]);
    return request;
  }

  grpc::Status CreateUnit(grpc::ServerContext* context,
                          const registry::v1::CreateUnitRequest* request,
                          registry::v1::CreateUnitResponse* response) override {
    *response->mutable_unit() = request->unit();
    NoteMetadata(*context);
    response->set_freshness_token(FreshnessToken("registry:1", request->unit().name(), 1));
    return Answer(*request);
  }
  grpc::Status CreatePact(grpc::ServerContext*, const registry::v1::CreatePactRequest* request,
                          registry::v1::CreatePactResponse* response) override {
    *response->mutable_pact() = request->pact();
    response->mutable_pact()->set_digest("digest-of-empty-pact");
    response->set_freshness_token(FreshnessToken("registry:1", request->pact().name(), 1));
    return Answer(*request);
  }
  grpc::Status RegisterTargets(grpc::ServerContext*,
                               const registry::v1::RegisterTargetsRequest* request,
                               registry::v1::RegisterTargetsResponse* response) override {
    response->set_digest("digest-with-targets");
    response->set_freshness_token(FreshnessToken("registry:1", request->pact(), 2));
    return Answer(*request);
  }
  grpc::Status SignPact(grpc::ServerContext*, const registry::v1::SignPactRequest* request,
                        registry::v1::SignPactResponse* response) override {
    response->set_freshness_token(FreshnessToken("registry:1", request->pact(), 3));
    return Answer(*request);
  }

 private:
  void NoteMetadata(const grpc::ServerContext& context) {
    const absl::MutexLock lock(&mutex_);
    const auto noted = [&context](const char* key) {
      const auto found = context.client_metadata().find(key);
      return found == context.client_metadata().end()
                 ? std::string()
                 : std::string(found->second.data(), found->second.size());
    };
    traceparent_ = noted("traceparent");
    authorization_ = noted("authorization");
  }
  grpc::Status Answer(const google::protobuf::Message& request) {
    const absl::MutexLock lock(&mutex_);
    received_.push_back(request.SerializeAsString());
    if (answers_.empty()) return grpc::Status::OK;
    grpc::Status answer = answers_.front();
    answers_.pop_front();
    return answer;
  }

  absl::Mutex mutex_;
  std::deque<grpc::Status> answers_;
  std::vector<std::string> received_;
  std::string traceparent_;
  std::string authorization_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

// Takes every row but one, as PutResults in mode PER_UNIT may.
class FakeResults : public results::v1::ResultsService::Service {
 public:
  FakeResults() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  std::string address() const { return absl::StrCat("127.0.0.1:", port_); }

  grpc::Status PutResults(grpc::ServerContext*, const results::v1::PutResultsRequest*,
                          results::v1::PutResultsResponse* response) override {
    response->add_outcomes()->set_kind(results::v1::RowOutcome::KIND_CREATED);
    auto& rejected = *response->add_outcomes();
    rejected.set_kind(results::v1::RowOutcome::KIND_REJECTED);
    auto& fault = *rejected.add_faults();
    fault.set_field("rows[1].actual");
    fault.set_reason("NUMBER_UNREADABLE");
    fault.set_message("Không đọc được số “17.89.3”.");
    return grpc::Status::OK;
  }

 private:
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_FAKE_REGISTRY_TESTLIB_H_
